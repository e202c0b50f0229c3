"""The start page: a field for a formula, the examples and the last files. An empty window is never just empty."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.lang.lower import read
from gradviz.project.examples import Example, examples
from gradviz.text.latex import latex
from gradviz.ui.canvas.background import paint_background
from gradviz.ui.icons import drawing, icon
from gradviz.ui.mathview import MathView
from gradviz.ui.panels.widgets import ElidedLabel, clear, header, note, scrolling
from gradviz.ui.theme import number_font, theme

CARD_WIDTH = 264
MOST_WIDE = 860


class ExampleCard(QFrame):
    """One example: its formula in mathematics, its title and a sentence. clicked(key)."""

    clicked = Signal(str)

    def __init__(self, example: Example, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.example = example
        self.setObjectName(f"example-{example.key}")
        self.setAccessibleName(f"Example: {example.title}")
        self.setToolTip(f"Open this example: {example.formula}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumWidth(200)
        math = MathView(17.0)
        math.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        math.show_math(_latex(example.formula), example.formula)
        title = QLabel(example.title)
        title.setStyleSheet("font-weight: 600;")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(note(example.sentence, "small"))
        column.addStretch(1)
        column.addWidget(math)
        self._dress(is_lit=False)
        theme().changed.connect(self._restyle)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit(self.example.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self.example.key)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._dress(is_lit=True)

    def leaveEvent(self, event: QEvent) -> None:
        self._dress(is_lit=self.hasFocus())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._dress(is_lit=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._dress(is_lit=False)

    def _restyle(self) -> None:
        self._dress(is_lit=False)

    def _dress(self, *, is_lit: bool) -> None:
        of = theme().current
        line = of[Token.VALUE] if is_lit else of[Token.LINE]
        self.setStyleSheet(
            f"ExampleCard {{ background: {of[Token.PANEL]}; border: 1px solid {line}; border-radius: 8px; }}"
        )


class RecentFile(ElidedLabel):
    """One file of before. clicked(path)."""

    clicked = Signal(str)

    def __init__(self, path: str, parent: QWidget | None = None) -> None:
        super().__init__(f"{Path(path).name}   {Path(path).parent}", "", parent)
        self._path = path
        is_there = Path(path).is_file()
        self.setEnabled(is_there)
        self.setAccessibleName(f"Open {path}" if is_there else f"{path} is not there any more")
        if is_there:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isEnabled():
            self.clicked.emit(self._path)


class StartPage(QWidget):
    """What an empty window shows.

    formula_entered(text), example_chosen(key), file_chosen(path). building(): show an empty graph; opening(): ask for
    files. lecture_wanted(): begin the guided lecture.
    """

    formula_entered = Signal(str)
    example_chosen = Signal(str)
    file_chosen = Signal(str)
    building = Signal()
    opening = Signal()
    lecture_wanted = Signal()

    def __init__(self, recent: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startPage")
        self.setAccessibleName("Start")
        self.field = QLineEdit()
        self.field.setObjectName("startFormula")
        self.field.setFont(number_font(15))
        self.field.setPlaceholderText("(x^2)^2")
        self.field.setAccessibleName("Formula to begin with")
        self.field.setToolTip("Type a formula as on paper or as LaTeX; its graph appears as you type")
        self.field.setStyleSheet(
            'font-family: "JetBrains Mono"; font-size: 15px; padding: 7px 12px; border-radius: 8px;'
        )
        self.field.textEdited.connect(self._typed)
        self.field.returnPressed.connect(self._entered)
        self.build = _button("Build it node by node", "buildGraph", "An empty graph, to put operations on", "add")
        self.open = _button("Open a file…", "openFile", "Open a .gradviz document  (Ctrl+O)", "file")
        self.build.clicked.connect(self.building)
        self.open.clicked.connect(self.opening)
        tip = "From a loss to learning in twelve stops, each a graph to play with  (Ctrl+Alt+L)"
        self.lecture = _button("Take the lecture", "takeLecture", tip, "step")
        self.lecture.clicked.connect(self.lecture_wanted)
        self.cards: tuple[ExampleCard, ...] = ()
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._files = QVBoxLayout()
        self._files.setSpacing(4)
        self._files_header = header("Last files")
        self._columns = 0
        self._arrange()
        self.show_recent(recent)
        theme().changed.connect(self._restyle)

    def _arrange(self) -> None:
        body = self._body = QWidget()
        body.setMaximumWidth(MOST_WIDE)
        body.installEventFilter(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(12)
        title = QLabel("What shall we differentiate?")
        title.setProperty("look", "title")
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(_Logo())
        heading.addWidget(title)
        heading.addStretch(1)
        column.addLayout(heading)
        column.addWidget(self.field)
        column.addWidget(note("Type a formula, paste LaTeX, or begin with an example. Step through it with F10."))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.build)
        buttons.addWidget(self.open)
        buttons.addWidget(self.lecture)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addSpacing(12)
        column.addWidget(header("Examples"))
        column.addLayout(self._grid)
        column.addSpacing(12)
        column.addWidget(self._files_header)
        column.addLayout(self._files)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(body, 100)
        row.addStretch(1)
        holder = QWidget()
        holder.setLayout(row)
        holder.setObjectName("startBody")
        holder.setStyleSheet("#startBody { background: transparent; }")
        scroll = scrolling(holder)
        scroll.viewport().setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def show_recent(self, recent: Sequence[str]) -> None:
        """Show other recent files."""
        clear(self._files)
        for path in recent[:6]:
            line = RecentFile(path)
            line.clicked.connect(self.file_chosen)
            self._files.addWidget(line)
        self._files_header.setVisible(bool(recent))

    def _make_cards(self) -> None:
        """All examples are read for it, so a window that opens on a document is there sooner without."""
        self.cards = tuple(ExampleCard(example) for example in examples())
        for card in self.cards:
            card.clicked.connect(self.example_chosen)
        self._lay_out_cards()

    def showEvent(self, event: QShowEvent) -> None:
        if not self.cards:
            self._make_cards()
        super().showEvent(event)
        QTimer.singleShot(0, self, self._give_room)  # once the style has told the cards their fonts
        self.field.setFocus()  # who types at once types a formula

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = max(1, min(3, (min(self.width(), MOST_WIDE) - 36) // (CARD_WIDTH - 20)))
        if columns != self._columns:
            self._columns = columns
            self._lay_out_cards()
        self._give_room()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._give_room()
        return False

    def _give_room(self) -> None:
        """Let the page scroll rather than squeeze its cards: a scroll area asks no layout how high it is at a width."""
        layout = self._body.layout()
        if layout is not None:
            self._body.setMinimumHeight(layout.totalHeightForWidth(self._body.width()))

    def _lay_out_cards(self) -> None:
        columns = max(self._columns, 1)
        for index, card in enumerate(self.cards):
            self._grid.addWidget(card, index // columns, index % columns)
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._give_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_background(painter, self.rect().toRectF(), theme().current, 1.0)
        painter.end()

    def _typed(self, text: str) -> None:
        """The graph appears as soon as there is something to draw."""
        try:
            read(text)
        except GradvizError:
            return
        if len(text.strip()) > 1:
            self.formula_entered.emit(text)

    def _entered(self) -> None:
        if self.field.text().strip():
            self.formula_entered.emit(self.field.text())

    def _restyle(self) -> None:
        for button, name in ((self.build, "add"), (self.open, "file")):
            button.setIcon(icon(name, theme().current[Token.VALUE]))
        self.update()


class _Logo(QWidget):
    """The program's mark."""

    def sizeHint(self) -> QSize:
        return QSize(36, 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        drawing("gradviz", theme().current[Token.TEXT]).render(painter, self.rect().toRectF())
        painter.end()


def _latex(formula: str) -> str:
    try:
        return latex(read(formula).graph)
    except GradvizError:
        return ""


def _button(words: str, key: str, tip: str, picture: str) -> QPushButton:
    button = QPushButton(icon(picture, theme().current[Token.VALUE]), words)
    button.setObjectName(key)
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button
