"""What the debugger has to say beside the window: what a ready-made watch found, and how a search ended."""

from functools import partial

from shiboken6 import isValid

from gradviz.project.changes import ChangeFlags
from gradviz.session.halt import Stop
from gradviz.session.session import Session
from gradviz.ui.panels.notice import Notice


class Remarks:
    """Shows remarks of the session as notices, with a button that opens the place, for as long as they hold."""

    def __init__(self, session: Session, notice: Notice) -> None:
        self._session = session
        self._notice = notice
        self._shown: tuple[Stop, str] | None = None
        session.watching.said.connect(self._say)
        session.watching.remarked.connect(self._remark)
        session.training.progressed.connect(self._drop_old)
        session.document.changed.connect(self._changed)

    def _say(self, text: str) -> None:
        self._notice.say(text)

    def _remark(self, stop: Stop) -> None:
        text = f"Iteration {stop.iteration}: {stop.cause}. What would help: {stop.advice}."
        self._shown = stop, text
        self._notice.say(text, [("Open", partial(self._session.open_stop, stop))])

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.REPLACED | ChangeFlags.STRUCTURE | ChangeFlags.TRAINING | ChangeFlags.DATA):
            self._drop_old()

    def _drop_old(self) -> None:
        """Take a remark away once its training has been forgotten."""
        if self._shown is None or not isValid(self._notice):
            return
        stop, text = self._shown
        is_forgotten = stop not in self._session.watching.remarks or not self._session.training.last_iteration
        if is_forgotten:
            self._shown = None
            if self._notice.text == text:
                self._notice.hide()
