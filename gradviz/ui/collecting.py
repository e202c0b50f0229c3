"""When Python collects garbage: in the window's thread, in small portions, and thoroughly only while nothing runs.

Left to itself the collector runs wherever an object happens to be made. A thorough collection holds the interpreter
for a tenth of a second, which a person at the window feels; and in a worker it may destroy a widget's remains there.
"""

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

PERIOD_MS = 200
"""How often young garbage is looked for: a millisecond or two each time."""
MOST_SECONDS = 120.0
"""A thorough collection waits no longer than this for a quiet moment."""

_YOUNG, _MIDDLE, _ALL = 0, 1, 2


class Collecting(QObject):
    """Python's collector on a timer. is_busy: True while a thorough collection would be felt."""

    def __init__(self, is_busy: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_busy = is_busy
        self._thorough_at = time.monotonic()
        gc.disable()
        gc.collect()
        gc.freeze()  # what a start has made stays till the end; looking at it again and again is what takes so long
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(PERIOD_MS)

    def close(self) -> None:
        """Let Python collect as it is used to."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        _, middle, old = gc.get_count()
        _, middle_limit, old_limit = gc.get_threshold()
        if old > old_limit and self._is_quiet():
            gc.collect(_ALL)
            self._thorough_at = time.monotonic()
        elif middle > middle_limit:
            gc.collect(_MIDDLE)
        else:
            gc.collect(_YOUNG)

    def _is_quiet(self) -> bool:
        return not self._is_busy() or time.monotonic() - self._thorough_at > MOST_SECONDS
