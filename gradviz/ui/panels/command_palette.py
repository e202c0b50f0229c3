"""A chooser: type a few letters, take one of what is left. It serves commands, operations and nodes alike.

What there is to choose from is a list that is filtered, or a function that answers what is typed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gradviz.export.theme import Token
from gradviz.ui.panels.widgets import note
from gradviz.ui.theme import BODY, TINY, text_font, theme

WIDTH, ROW_HEIGHT, MOST_ROWS = 460, 36, 10


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. hint: small words after the title; key: its shortcut; search: what else finds it.

    icon: before the title.
    """

    title: str
    choose: Callable[[], None]
    hint: str = ""
    key: str = ""
    search: str = ""
    icon: QIcon | None = None


Source = Callable[[str], Sequence[Choice]]
"""What there is to choose from for a typed text, the best first."""


def ranked(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The choices that hold all typed words, those whose title begins so first."""
    words = text.lower().split()
    found = [choice for choice in choices if all(word in _haystack(choice) for word in words)]
    wanted = text.strip().lower()
    return sorted(found, key=lambda choice: _rank(choice, wanted))


def _rank(choice: Choice, wanted: str) -> int:
    title = choice.title.lower()
    return 0 if title == wanted else 1 if title.startswith(wanted) else 2 if wanted in title else 3


def _haystack(choice: Choice) -> str:
    return f"{choice.title} {choice.hint} {choice.search}".lower()


class Chooser(QFrame):
    """The popup with a search field and a list; it closes when something is chosen or it loses the focus."""

    def __init__(self, choices: Sequence[Choice] | Source, placeholder: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._source: Source = choices if callable(choices) else partial(ranked, choices)
        self.setObjectName("chooser")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("look", "card")
        self.field = QLineEdit()
        self.field.setObjectName("chooserField")
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(placeholder)
        self.list = QListWidget()
        self.list.setObjectName("chooserList")
        self.list.setAccessibleName("What fits")
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("border: none; background: transparent;")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self._nothing = note("Nothing fits. Try another word, a sign such as √, or a formula such as (a + b)^2.")
        self._nothing.setContentsMargins(10, 6, 10, 8)
        column.addWidget(self._nothing)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self._filter("")

    def open_at(self, place: QPoint) -> None:
        """Show the chooser with its top middle at a global place, inside the screen."""
        self.setFixedWidth(WIDTH)
        self.adjustSize()
        screen = self.screen().availableGeometry()
        left = min(max(place.x() - WIDTH // 2, screen.left()), screen.right() - WIDTH)
        top = min(max(place.y(), screen.top()), screen.bottom() - self.height())
        self.move(left, top)
        self.show()
        self.field.setFocus()

    @property
    def titles(self) -> tuple[str, ...]:
        """What is left to choose from."""
        return tuple(self.list.item(i).text() for i in range(self.list.count()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match event.key():
                case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                    self._move(1)
                case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                    self._move(-1)
                case Qt.Key.Key_PageDown:
                    self._move(MOST_ROWS - 1)
                case Qt.Key.Key_PageUp:
                    self._move(1 - MOST_ROWS)
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._take(self.list.currentItem())
                case _:
                    return False
            return True
        return False

    def _filter(self, text: str) -> None:
        self.list.clear()
        for choice in self._source(text):
            item = QListWidgetItem(choice.title)
            item.setData(Qt.ItemDataRole.UserRole, choice)
            item.setSizeHint(QSize(WIDTH - 40, ROW_HEIGHT))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._nothing.setVisible(not self.list.count())
        self.list.setVisible(bool(self.list.count()))
        self.list.setFixedHeight(max(min(self.list.count(), MOST_ROWS), 1) * ROW_HEIGHT + 4)
        self.adjustSize()

    def _move(self, by: int) -> None:
        if self.list.count():
            self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        choice: Choice = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        choice.choose()


class _Delegate(QStyledItemDelegate):
    """Title, hint in small type, and the shortcut at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)
        area: QRect = option.rect.adjusted(2, 1, -2, -1)
        of = theme().current
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(of[Token.VALUE_PILL]))
            painter.drawRoundedRect(area, 6, 6)
        area = area.adjusted(10, 0, -10, 0)
        key_width = self._write(painter, choice.key, area, Token.MUTED, TINY, Qt.AlignmentFlag.AlignRight)
        area.setRight(area.right() - key_width - 8)
        if choice.icon is not None:
            choice.icon.paint(painter, QRect(area.left(), area.center().y() - 7, 14, 14))
            area.setLeft(area.left() + 24)
        width = self._write(painter, choice.title, area, Token.TEXT, BODY, Qt.AlignmentFlag.AlignLeft)
        area.setLeft(area.left() + width + 10)
        if area.width() > 40:
            self._write(painter, choice.hint, area, Token.MUTED, TINY, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    def _write(self, painter: QPainter, text: str, area: QRect, token: Token, size: int, side: Qt.AlignmentFlag) -> int:
        font: QFont = text_font(size)
        painter.setFont(font)
        painter.setPen(QColor(theme().current[token]))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown)
