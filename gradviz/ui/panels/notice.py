"""Messages that don't stop anybody: a bar above the graph that says what went wrong, or what can be done."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gradviz.export.theme import Token
from gradviz.ui.icons import icon
from gradviz.ui.panels.widgets import show_look
from gradviz.ui.theme import theme

Offer = tuple[str, Callable[[], None]]
"""A button's words and what it does."""


class Notice(QFrame):
    """One message at a time, with buttons for what can be done about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("look", "notice")
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._offers: list[QPushButton] = []
        self._is_passing = False
        self._close = QToolButton()
        self._close.setProperty("look", "flat")
        self._close.setObjectName("closeNotice")
        self._close.setAccessibleName("Close this message")
        self._close.setToolTip("Close this message")
        self._close.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 8, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self._label, 1)
        self._row.addWidget(self._close)
        self._restyle()
        theme().changed.connect(self._restyle)
        self.hide()

    @property
    def text(self) -> str:
        """The message."""
        return self._label.text()

    def say(self, text: str, offers: Sequence[Offer] = ()) -> None:
        """Show what went wrong; each offer becomes a button, and pressing one closes the message."""
        self._show(text, offers, "notice")

    def tell(self, text: str) -> None:
        """Show a hint, in calm colours; it goes with the next thing that is done."""
        self._show(text, (), "news", is_passing=True)

    def refuse(self, text: str) -> None:
        """Show why something can't be done; it goes with the next thing that is done."""
        self._show(text, (), "notice", is_passing=True)

    def end_hint(self) -> None:
        """Something else was done: a hint or a refusal is over, trouble stays until it is closed."""
        if self._is_passing:
            self.hide()

    def _show(self, text: str, offers: Sequence[Offer], look: str, *, is_passing: bool = False) -> None:
        show_look(self, look)
        self._is_passing = is_passing
        for button in self._offers:
            button.hide()
            button.deleteLater()
        self._offers = [self._button(words, call) for words, call in offers]
        for index, button in enumerate(self._offers):
            self._row.insertWidget(1 + index, button)
        self._label.setText(text)
        self.setAccessibleName(text)
        self.show()

    def _button(self, words: str, call: Callable[[], None]) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.clicked.connect(self.hide)
        button.clicked.connect(lambda _checked=False: call())
        return button

    def _restyle(self) -> None:
        self._close.setIcon(icon("close", theme().current[Token.MUTED]))
