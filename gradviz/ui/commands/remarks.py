"""What the debugger has to say beside the window: what a ready-made watch found, and how a search ended."""

from functools import partial

from gradviz.session.halt import Stop
from gradviz.session.session import Session
from gradviz.ui.panels.notice import Notice


class Remarks:
    """Shows remarks of the session as notices, with a button that opens the place."""

    def __init__(self, session: Session, notice: Notice) -> None:
        self._session = session
        self._notice = notice
        session.watching.said.connect(self._say)
        session.watching.remarked.connect(self._remark)

    def _say(self, text: str) -> None:
        self._notice.say(text)

    def _remark(self, stop: Stop) -> None:
        text = f"Iteration {stop.iteration}: {stop.cause}. What would help: {stop.advice}."
        self._notice.say(text, [("Open", partial(self._session.open_stop, stop))])
