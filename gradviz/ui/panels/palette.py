"""The op palette: a searchable board of operations. A click applies one to the selected node, or to the output."""

from functools import partial
from html import escape

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

import gradviz.core.ops  # noqa: F401  # fills the table of ops
from gradviz.core.op import OPS, Op, public_ops
from gradviz.export.theme import Token
from gradviz.ui.icons import icon
from gradviz.ui.panels.widgets import header, note, widgets_in
from gradviz.ui.theme import MATH, math_font, theme

COMMON = (
    "add", "sub", "mul", "div",
    "pow", "sq", "matmul", "sum",
    "exp", "log", "tanh", "sigmoid",
    "relu", "max", "stack",
)  # fmt: skip
"""What is on the board before anything is searched; the last place shows all."""
COLUMNS = 4
MOST_FOUND = 40


class OpButton(QToolButton):
    """One operation, in mathematics."""

    def __init__(self, op: Op, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.op = op
        self.setObjectName(f"op-{op.name}")
        self.setProperty("look", "op")
        self.setAccessibleName(f"{op.name}: {op.help.summary}")
        self.setToolTip(help_text(op))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(40, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(30, 36)

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


def symbol_of(op: Op) -> str:
    """What stands on an operation's button."""
    return op.notation.symbol or op.notation.card or op.name


def help_text(op: Op) -> str:
    """What an op does, what flows back, what is taken at its kinks, and where that stands, as rich text that wraps."""
    lines = [f"<b>{escape(op.name)}</b>: {escape(op.help.summary)}", f"Back: {escape(op.help.derivative)}"]
    if op.help.kinks:
        lines.append(f"Note: {escape(op.help.kinks)}")
    if op.help.source not in ("", "Calculus."):
        lines.append(f"Source: {escape(op.help.source)}")
    return "".join(f"<p>{line}</p>" for line in lines)


def found_ops(text: str) -> tuple[Op, ...]:
    """The ops that fit what is searched for, the best first; those of the board when nothing is."""
    wanted = text.strip().lower()
    if not wanted:
        return tuple(OPS[name] for name in COMMON if name in OPS)
    ranked = [(rank, i, op) for i, op in enumerate(public_ops()) if (rank := _rank(op, wanted)) is not None]
    return tuple(op for _, _, op in sorted(ranked, key=lambda item: item[:2]))[:MOST_FOUND]


def _rank(op: Op, wanted: str) -> int | None:
    name, words = op.name.lower(), [word.lower() for word in op.help.keywords]
    if wanted in (name, symbol_of(op).lower(), *words):
        return 0
    if name.startswith(wanted):
        return 1
    if wanted in name or any(word.startswith(wanted) for word in words):
        return 2
    return 3 if wanted in op.help.summary.lower() or wanted == op.group else None


class Palette(QWidget):
    """The search field and the board. chosen(name): an operation was clicked."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.field = QLineEdit()
        self.field.setObjectName("paletteSearch")
        self.field.setPlaceholderText("add an operation…")
        self.field.setClearButtonEnabled(True)
        for button in self.field.findChildren(QToolButton):
            button.setAccessibleName("Clear the search")
            button.setToolTip("Clear the search")
        self.field.setAccessibleName("Search for an operation")
        self.field.setToolTip("Search by name, sign or meaning; Enter applies the first  (Ctrl+Space)")
        self.field.setTextMargins(20, 0, 0, 0)
        self._magnifier = QLabel(self.field)
        self._magnifier.setGeometry(9, 7, 14, 14)
        self._magnifier.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._restyle()
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._nothing = note("No operation fits. Try a sign such as √ or a word such as square.", "small")
        self._more = self._more_button()
        self._is_all = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(header("Operations"))
        column.addLayout(self._grid)
        column.addWidget(self._nothing)
        self.field.textChanged.connect(self.refresh)
        self.field.returnPressed.connect(self._choose_first)
        theme().changed.connect(self._restyle)
        self.refresh()

    @property
    def buttons(self) -> tuple[OpButton, ...]:
        """The operations that are shown."""
        return tuple(widget for widget in widgets_in(self._grid) if isinstance(widget, OpButton))

    def refresh(self) -> None:
        """Show what fits the search."""
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._grid.removeWidget(self._more)
        is_searching = bool(self.field.text().strip())
        shown = tuple(public_ops()) if self._is_all and not is_searching else found_ops(self.field.text())
        for index, op in enumerate(shown):
            button = OpButton(op)
            button.clicked.connect(partial(self._choose, op.name))
            self._grid.addWidget(button, index // COLUMNS, index % COLUMNS)
        if not is_searching:
            self._grid.addWidget(self._more, len(shown) // COLUMNS, len(shown) % COLUMNS)
        self._more.setVisible(not is_searching)
        self._nothing.setVisible(not shown)

    def _more_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("op-more")
        button.setProperty("look", "op")
        button.setText("…")
        button.setStyleSheet(f'font-family: "{MATH}"; font-size: 16px; min-height: 34px; padding: 0;')
        button.setAccessibleName("All operations")
        button.setToolTip("Show all operations, or only the common ones")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._toggle_all)
        return button

    def _toggle_all(self) -> None:
        self._is_all = not self._is_all
        self.refresh()

    def _choose(self, name: str, _checked: bool = False) -> None:
        self.chosen.emit(name)

    def _choose_first(self) -> None:
        if self.field.text().strip() and self.buttons:
            name = self.buttons[0].op.name
            self.field.clear()
            self.chosen.emit(name)

    def _restyle(self) -> None:
        self._magnifier.setPixmap(icon("search", theme().current[Token.MUTED]).pixmap(14, 14))
