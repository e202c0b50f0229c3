"""A section that folds: a line with an arrow and a title, and below it what it holds while it is open."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gradviz.export.theme import Token
from gradviz.ui.panels.widgets import ElidedLabel
from gradviz.ui.theme import theme


class Section(QWidget):
    """Title and content. opened(): it was unfolded, and may now work out what it shows."""

    opened = Signal()

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None, *, is_open: bool = False) -> None:
        super().__init__(parent)
        self.title = title
        self.content = content
        self.setObjectName(f"section-{title.lower().replace(' ', '-')}")
        self.bar = _Bar(title)
        self.bar.pressed.connect(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.bar)
        column.addWidget(content)
        self._is_open = is_open
        self._show()

    @property
    def is_open(self) -> bool:
        """True while the content is shown."""
        return self._is_open

    def set_open(self, is_open: bool) -> None:
        """Fold or unfold."""
        if is_open != self._is_open:
            self._is_open = is_open
            self._show()
            if is_open:
                self.opened.emit()

    def toggle(self) -> None:
        """Unfold when folded, fold when not."""
        self.set_open(not self._is_open)

    def say(self, text: str) -> None:
        """Say the gist of the content at the right end of the bar, also while it is folded."""
        self.bar.gist.show_text(text)

    def _show(self) -> None:
        self.content.setVisible(self._is_open)
        self.bar.show_open(self._is_open)


class _Bar(QWidget):
    """The line that is clicked; Space and Return do the same."""

    pressed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self._is_open = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = title
        name = QLabel(title)
        name.setStyleSheet("font-size: 12px; font-weight: 600;")
        self.gist = ElidedLabel("", "small")
        self.gist.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 3, 0, 3)
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.gist, 1)

    def show_open(self, is_open: bool) -> None:
        """Turn the arrow."""
        self._is_open = is_open
        self.setAccessibleName(f"{self._title}, {'open' if is_open else 'folded'}")
        self.setToolTip("Fold" if is_open else "Unfold")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 24)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().current[Token.VALUE if self.hasFocus() else Token.MUTED]))
        x, y = 5.0, self.height() / 2
        right = [QPointF(x - 2, y - 4), QPointF(x - 2, y + 4), QPointF(x + 3, y)]
        down = [QPointF(x - 4, y - 2), QPointF(x + 4, y - 2), QPointF(x, y + 3)]
        painter.drawPolygon(QPolygonF(down if self._is_open else right))
        painter.end()
