"""One rate of the lab: a piece of its curve's line, its verdict with the reason, and a button to take it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.export.theme import Token
from gradviz.text.numbers import number
from gradviz.train.rates import RateRun
from gradviz.ui.panels.plot import pen

LOOKS = {
    "too small": (Token.VALUE, Qt.PenStyle.DotLine),
    "good": (Token.PARAMETER, Qt.PenStyle.SolidLine),
    "too large": (Token.ERROR, Qt.PenStyle.DashLine),
}


class _Swatch(QWidget):
    """A piece of the curve's line, so that colour and dashes say which curve is meant."""

    def __init__(self, verdict: str) -> None:
        super().__init__()
        self._verdict = verdict
        self.setFixedSize(24, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token, style = LOOKS[self._verdict]
        painter.setPen(pen(token, 2, style))
        painter.drawLine(0, 6, 24, 6)
        painter.end()


class RateRow(QFrame):
    """One rate: its line, its verdict in words, and a button to train with it."""

    def __init__(self, run: RateRun, take: Callable[[float], None]) -> None:
        super().__init__()
        self.setProperty("look", "row")
        self.setToolTip(run.reason[0].upper() + run.reason[1:])
        self.setAccessibleName(f"rate {number(run.rate)}: {run.verdict}, {run.reason}")
        rate = QLabel(f"ε = {number(run.rate)}")
        rate.setProperty("look", "number")
        use = plain_button("Use", "use", f"Train with the rate {number(run.rate)}")
        use.setProperty("look", "flat")
        use.clicked.connect(lambda: take(run.rate))
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(_Swatch(run.verdict))
        top.addWidget(rate)
        top.addStretch(1)
        top.addWidget(use)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(_Reason(f"{run.verdict}: {run.reason}"))


class _Reason(QLabel):
    """A sentence that is never cut: as high as its lines at the width that it has."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("look", "small")
        self.setWordWrap(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(self.width()))


def plain_button(text: str, name: str, tip: str) -> QPushButton:
    """A button with a name and a tooltip."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    return button
