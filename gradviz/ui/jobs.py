"""Work beside the window: a ThreadRunner whose answers a timer hands over in the window's thread.

The timer runs only while there is something to wait for, so an idle window does nothing.
"""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gradviz.session.runner import CancelToken, Job, ThreadRunner

T = TypeVar("T")

PERIOD_MS = 8
"""How often answers are looked for while work goes on."""
PUMP_SECONDS = 0.006
"""How long answers may take of one turn of the event loop."""


class QtRunner(QObject):
    """The session's Runner in a window. Close it before the window goes: no thread outlives it."""

    _posted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = ThreadRunner()
        self._is_closed = False
        self._timer = QTimer(self)
        self._timer.setObjectName("jobs")
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._pump)
        self._posted.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """True while a job runs or an answer waits."""
        return self._threads.is_busy

    def submit(
        self,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        """Start the work in a thread; done or failed is called later in this thread."""
        job = self._threads.submit(work, done, failed)
        if not self._is_closed:
            self._timer.start()
        return job

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: make a call in this one soon."""
        if not self._is_closed:
            self._threads.post(call)
            self._posted.emit()

    def close(self) -> None:
        """Cancel all work and wait for it; nothing is reported afterwards."""
        self._is_closed = True
        self._timer.stop()
        self._threads.close()

    def _wake(self) -> None:
        if not self._is_closed and not self._timer.isActive():
            self._timer.start()

    def _pump(self) -> None:
        is_more_left = self._threads.pump(PUMP_SECONDS)
        if not is_more_left and not self._threads.is_busy:
            self._timer.stop()
