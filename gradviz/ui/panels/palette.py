"""The palette: a searchable board of everything that can be added. A click adds it, a drag puts it where it is dropped.

[ search…            ]
OPERATIONS      + − × ÷ …     in mathematics; the last place shows all
LEAVES          [leaf] [number]
IN THIS FORMULA neuron  tanh(w x + b)   its own functions, to be used once more or kept
MY OPS          swing   sin(x)²         kept in the settings; the menu of each renames or deletes it
"""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QDrag, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

import gradviz.core.ops  # noqa: F401  # fills the table of ops
from gradviz.core.op import OPS, Op, public_ops
from gradviz.export.theme import Token
from gradviz.ui.dragging import mime_of
from gradviz.ui.icons import icon
from gradviz.ui.panels.widgets import clear, header, note, widgets_in
from gradviz.ui.search import Found, Kind, Own, find, fitting_functions
from gradviz.ui.theme import MATH, SMALL, math_font, text_font, theme

COMMON = (
    "add", "sub", "mul", "div",
    "pow", "sq", "matmul", "sum",
    "exp", "log", "tanh", "sigmoid",
    "relu", "max", "stack",
)  # fmt: skip
"""What is on the board before anything is searched; the last place shows all."""
Offer = tuple[str, Callable[[Found], object]]
"""An entry of a menu: its words, and what it does."""
COLUMNS = 4
LEAF = Found(Kind.LEAF, "", "leaf", "x", "A new leaf: a name for a parameter or data")
NUMBER = Found(Kind.NUMBER, "1", "number", "1", "A number that stays as it is")


class AddButton(QToolButton):
    """One thing that can be added: click it, or drag it to the graph. taken(found): it was clicked."""

    taken = Signal(object)

    def __init__(self, found: Found, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = found
        self._pressed_at: QPoint | None = None
        self.setObjectName(f"add-{found.title}")
        self.setProperty("look", "op")
        self.setAccessibleName(f"{found.title}: {found.hint}")
        self.setToolTip(f"{found.title}: {found.hint}. Click to add it, or drag it to the graph.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._take)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        far = QApplication.startDragDistance()
        if self._pressed_at is not None and (place - self._pressed_at).manhattanLength() >= far:
            self._drag(self._pressed_at)
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        super().mouseReleaseEvent(event)

    def _drag(self, pressed_at: QPoint) -> None:
        """Hand a copy over to wherever it is dropped; the button itself comes up again."""
        self._pressed_at = None
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(mime_of(self.found))
        drag.setPixmap(self.grab())
        drag.setHotSpot(pressed_at)
        drag.exec(Qt.DropAction.CopyAction)

    def _take(self, _checked: bool = False) -> None:
        self.taken.emit(self.found)


class OpButton(AddButton):
    """One operation, in mathematics. asked(found): somebody wants to read about it."""

    asked = Signal(object)

    def __init__(self, op: Op, parent: QWidget | None = None) -> None:
        super().__init__(Found(Kind.OP, op.name, op.name, symbol_of(op), op.help.summary.rstrip(".")), parent)
        self.op = op
        self.setObjectName(f"op-{op.name}")

    def sizeHint(self) -> QSize:
        return QSize(40, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(30, 36)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.page_menu().popup(event.globalPos())

    def page_menu(self) -> QMenu:
        """The menu of an operation."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Add it").triggered.connect(lambda: self.taken.emit(self.found))
        menu.addAction(f"About {self.op.name}…").triggered.connect(lambda: self.asked.emit(self.found))
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(theme().current[Token.TEXT]))
        text = symbol_of(self.op)
        size = 16
        while size > 9 and QFontMetricsF(math_font(size)).horizontalAdvance(text) > self.width() - 6:
            size -= 1
        painter.setFont(math_font(size))
        painter.drawText(self.rect().adjusted(0, -1, 0, -1), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


class WideButton(AddButton):
    """A leaf, a number, a part or a function: its name, and in small type what it is. It may offer more in a menu."""

    def __init__(self, found: Found, offers: Sequence[Offer] = (), parent: QWidget | None = None) -> None:
        super().__init__(found, parent)
        self._offers = offers

    def sizeHint(self) -> QSize:
        return QSize(80, 30)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        area = self.rect().adjusted(8, 0, -8, 0)
        painter.setFont(text_font(SMALL))
        painter.setPen(theme()[Token.TEXT])
        metrics = painter.fontMetrics()
        name = metrics.elidedText(self.found.title, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        area.setLeft(area.left() + metrics.horizontalAdvance(name) + 8)
        if area.width() > 30:
            painter.setFont(math_font(14))
            painter.setPen(theme()[Token.MUTED])
            said = painter.fontMetrics().elidedText(self._said(), Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, said)
        painter.end()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._offers:
            self.more_menu().popup(event.globalPos())

    def more_menu(self) -> QMenu:
        """The menu of what else can be done with it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, call in self._offers:
            menu.addAction(words).triggered.connect(partial(_without_state, call, self.found))
        return menu

    def _said(self) -> str:
        is_function = self.found.kind is Kind.FUNCTION
        said = self.found.hint.partition("=")[2].strip() if is_function else self.found.symbol
        return "" if said == self.found.title else said


def _without_state(call: Callable[[Found], object], found: Found, _checked: bool = False) -> None:
    call(found)


def symbol_of(op: Op) -> str:
    """What stands on an operation's button."""
    return op.notation.symbol or op.notation.card or op.name


class Palette(QWidget):
    """The search field and the board.

    chosen(found): something was clicked, or Enter took the first. asked(found): its page is wanted.
    own_renamed(found), own_deleted(found): of an op of the person's own. kept(found): a function is to become one.
    """

    chosen = Signal(object)
    asked = Signal(object)
    own_renamed = Signal(object)
    own_deleted = Signal(object)
    kept = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.field = QLineEdit()
        self._dress_field()
        self._own: tuple[Own, ...] = ()
        self._functions: tuple[Found, ...] = ()
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._leaves = QHBoxLayout()
        self._leaves.setSpacing(6)
        for found in (LEAF, NUMBER):
            self._leaves.addWidget(self._wide(found))
        self._function_header = header("In this formula")
        self._function_rows = QVBoxLayout()
        self._function_rows.setSpacing(4)
        self._own_header = header("My ops")
        self._own_rows = QVBoxLayout()
        self._own_rows.setSpacing(4)
        self._nothing = note("Nothing fits. Try a sign such as √ or a word such as square.", "small")
        self._more = self._more_button()
        self._is_all = False
        self._arrange()
        self.field.textChanged.connect(self.refresh)
        self.field.returnPressed.connect(self._choose_first)
        theme().changed.connect(self._restyle)
        self.refresh()

    def _dress_field(self) -> None:
        self.field.setObjectName("paletteSearch")
        self.field.setPlaceholderText("add…")
        self.field.setClearButtonEnabled(True)
        for button in self.field.findChildren(QToolButton):
            button.setAccessibleName("Clear the search")
            button.setToolTip("Clear the search")
        self.field.setAccessibleName("Search for an operation")
        self.field.setToolTip("Search by name, sign or meaning; Enter adds the first  (Ctrl+Space on the graph)")
        self.field.setTextMargins(20, 0, 0, 0)
        self._magnifier = QLabel(self.field)
        self._magnifier.setGeometry(9, 7, 14, 14)
        self._magnifier.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._restyle()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(header("Operations"))
        column.addLayout(self._grid)
        column.addLayout(self._rows)
        column.addLayout(self._leaves)
        column.addWidget(self._nothing)
        column.addWidget(self._function_header)
        column.addLayout(self._function_rows)
        column.addWidget(self._own_header)
        column.addLayout(self._own_rows)

    @property
    def buttons(self) -> tuple[OpButton, ...]:
        """The operations that are shown."""
        return tuple(widget for widget in widgets_in(self._grid) if isinstance(widget, OpButton))

    @property
    def rows(self) -> tuple[WideButton, ...]:
        """The parts, leaves and numbers that a search has found, and the own ops."""
        leaves = [] if self.field.text().strip() else widgets_in(self._leaves)
        functions = [*widgets_in(self._function_rows), *widgets_in(self._own_rows)]
        found = [*widgets_in(self._rows), *leaves, *functions]
        return tuple(widget for widget in found if isinstance(widget, WideButton))

    def show_own(self, own: Sequence[Own]) -> None:
        """Show these ops of the person's own."""
        self._own = tuple(own)
        self.refresh()

    def show_functions(self, functions: Sequence[Found]) -> None:
        """Show these functions of the formula; the hint of each is the line that defines it."""
        if tuple(functions) != self._functions:
            self._functions = tuple(functions)
            self.refresh()

    def refresh(self) -> None:
        """Show what fits the search."""
        text = self.field.text().strip()
        found = self._find(text) if text else []
        ops = [OPS[each.key] for each in found if each.kind is Kind.OP] if text else self._board()
        self._show_ops(ops)
        clear(self._rows)
        for each in found:
            if each.kind is not Kind.OP:
                self._rows.addWidget(self._wide(each))
        for widget in widgets_in(self._leaves):
            widget.setVisible(not text)
        self._show_functions(is_shown=not text)
        if not text:
            self._grid.addWidget(self._more, len(ops) // COLUMNS, len(ops) % COLUMNS)
        self._more.setVisible(not text)
        self._nothing.setVisible(bool(text) and not found)

    def _board(self) -> list[Op]:
        return list(public_ops()) if self._is_all else [OPS[name] for name in COMMON if name in OPS]

    def _show_ops(self, ops: Sequence[Op]) -> None:
        if [button.op for button in self.buttons] == list(ops):
            return
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._grid.removeWidget(self._more)
        for index, op in enumerate(ops):
            button = OpButton(op)
            button.taken.connect(self.chosen)
            button.asked.connect(self.asked)
            self._grid.addWidget(button, index // COLUMNS, index % COLUMNS)

    def _show_functions(self, *, is_shown: bool) -> None:
        own = [Found(Kind.FUNCTION, one.definition, one.name, "", one.definition) for one in self._own]
        of_formula: list[Offer] = [("Keep as my op", self.kept.emit)]
        of_own: list[Offer] = [("Rename…", self.own_renamed.emit), ("Delete", self.own_deleted.emit)]
        for title, rows, functions, offers in (
            (self._function_header, self._function_rows, self._functions, of_formula),
            (self._own_header, self._own_rows, own, of_own),
        ):
            clear(rows)
            title.setVisible(is_shown and bool(functions))
            for found in functions if is_shown else ():
                rows.addWidget(self._wide(found, offers))

    def _find(self, text: str) -> list[Found]:
        """What fits, the functions of the formula first."""
        there = {one.title for one in self._functions}
        others = [one for one in self._own if one.name not in there]
        return [*fitting_functions(text, self._functions), *find(text, own=others)]

    def _wide(self, found: Found, offers: Sequence[Offer] = ()) -> WideButton:
        button = WideButton(found, offers)
        button.taken.connect(self.chosen)
        return button

    def _more_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("op-more")
        button.setProperty("look", "op")
        button.setText("…")
        button.setStyleSheet(f'font-family: "{MATH}"; font-size: 16px; min-height: 34px; padding: 0;')
        button.setAccessibleName("All operations")
        button.setToolTip("Show all operations, or only the common ones")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(partial(self._toggle_all))
        return button

    def _toggle_all(self, _checked: bool = False) -> None:
        self._is_all = not self._is_all
        self.refresh()

    def _choose_first(self) -> None:
        text = self.field.text().strip()
        found = self._find(text) if text else []
        if found:
            self.field.clear()
            self.chosen.emit(found[0])

    def _restyle(self) -> None:
        self._magnifier.setPixmap(icon("search", theme().current[Token.MUTED]).pixmap(14, 14))
