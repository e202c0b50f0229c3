"""The quiz's panel: what to ask, and while it is on the question at hand, what was wrong, hints, score.

QUIZ                                QUIZ  3 of 8 · score 2½
Ask   [some, by chance ▾]           ◂ ∂L/∂v₁ along the edge from L
How many [6]  Seed [0]              The local derivative ∂L/∂v₁ is missing …
[Start]                             [Check] [Hint] [Show]      [End the quiz]
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from gradviz.session.quiz import Asked, Quiz, Selected, State, Verdict
from gradviz.session.veil import DERIVATIVE, VALUE
from gradviz.ui.panels.widgets import Card, Column, clear, header, note, show_look, spaced

MOST_ASKED = 40
MARKS = {State.OPEN: "○", State.RIGHT: "✓", State.SHOWN: "–"}


class Setup(QWidget):
    """What to ask. started(): go."""

    started = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = QComboBox()
        self.choice.setObjectName("quizChoice")
        self.choice.setAccessibleName("What to ask")
        self.choice.setToolTip("Which numbers are hidden and asked")
        self.choice.addItems([selected.value for selected in Selected])
        self.count, self.seed = _number(1, MOST_ASKED, 6), _number(0, 999_999, 1)
        self.count.setToolTip("How many numbers are asked")
        self.seed.setToolTip("Another seed asks others; the same seed asks the same")
        self.start = QPushButton("Start the quiz")
        self.start.setProperty("look", "primary")
        self.start.setToolTip("Hide these numbers and ask for them")
        self.start.clicked.connect(lambda _checked: self.started.emit())
        self.words = note("", "muted")
        form = QFormLayout()
        form.addRow("Ask for", self.choice)
        form.addRow("How many", self.count)
        form.addRow("Seed", self.seed)
        self._form = form
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(note("Numbers of this graph are hidden; you work them out and type them on the graph.", ""))
        column.addLayout(form)
        column.addWidget(self.start)
        column.addWidget(self.words)
        self.choice.currentIndexChanged.connect(self._show_rows)
        self._show_rows()

    @property
    def selected(self) -> Selected:
        """Which numbers are wanted."""
        return list(Selected)[self.choice.currentIndex()]

    def _show_rows(self, _index: int = 0) -> None:
        for field in (self.count, self.seed):
            self._form.setRowVisible(field, self.selected is Selected.RANDOM)


class QuizPanel(Column):
    """Setup, or the quiz that is on. started(), ended(), checked(), hinted(), shown(), chosen(index)."""

    started = Signal()
    ended = Signal()
    checked = Signal()
    hinted = Signal()
    revealed = Signal()
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Quiz", 318, parent, margin=14)
        self.setObjectName("quizPanel")
        self.heading = header("Quiz")
        self.setup = Setup()
        self.setup.started.connect(self.started)
        self.score = note("", "")
        self.card = Card("current")
        self.title, self.words = note("", ""), note("", "")
        self.title.setStyleSheet("font-weight: 600;")
        self.card.column.addWidget(self.title)
        self.card.column.addWidget(self.words)
        self.check = self._button("Check", "Check the answer in the field  (Enter)", self.checked)
        self.check.setProperty("look", "primary")
        self.hint = self._button("Hint", "The rule, then more; half a point is lost", self.hinted)
        self.show_it = self._button("Show", "Show this number; it counts nothing", self.revealed)
        self.end = self._button("End the quiz", "Show everything again", self.ended)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._rows: list[QPushButton] = []
        self._arrange()
        self.show_setup()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.check, self.hint, self.show_it):
            buttons.addWidget(button)
        for widget in (self.heading, self.setup, self.score, self.card):
            self.column.addWidget(widget)
        self.column.addLayout(buttons)
        self.column.addSpacing(8)
        self.column.addLayout(self._list)
        self.column.addSpacing(8)
        self.column.addWidget(self.end)
        self.column.addStretch(1)

    def _button(self, text: str, tip: str, signal: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"quiz{text.split()[0]}")
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked: signal.emit())  # type: ignore[attr-defined]  # a bound signal
        return button

    @property
    def _running(self) -> tuple[QWidget, ...]:
        return (self.score, self.card, self.check, self.hint, self.show_it, self.end)

    def show_setup(self, words: str = "") -> None:
        """Ask what to ask; words: how the last quiz went."""
        for widget in self._running:
            widget.hide()
        clear(self._list)
        self._rows = []
        self.setup.words.setText(words)
        self.setup.show()

    def show_quiz(self, quiz: Quiz, index: int) -> None:
        """Show how the quiz stands, and the question at hand."""
        self.setup.hide()
        for widget in self._running:
            widget.show()
        if len(self._rows) != len(quiz.questions):
            self._fill(quiz)
        done = sum(state is not State.OPEN for state in quiz.states)
        self.score.setText(f"{done} of {len(quiz.questions)} done · score {points(quiz.score)}")
        for number, (row, state) in enumerate(zip(self._rows, quiz.states, strict=True)):
            row.setText(f"{MARKS[state]}  {title(quiz, number)}")
            row.setEnabled(state is State.OPEN)
        self.title.setText(title(quiz, index))
        for button in (self.check, self.hint, self.show_it):
            button.setEnabled(quiz.states[index] is State.OPEN)

    def say(self, words: str, *, is_bad: bool = False) -> None:
        """Say what there is to say about the question at hand."""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        show_look(self.card, "failed" if is_bad else "current")

    def tell(self, verdict: Verdict) -> None:
        """Say how the answer was."""
        self.say(verdict.words, is_bad=not verdict.is_right)

    def _fill(self, quiz: Quiz) -> None:
        clear(self._list)
        self._rows = []
        for index in range(len(quiz.questions)):
            row = QPushButton()
            row.setProperty("look", "flat")
            row.setStyleSheet("text-align: left;")
            row.setCursor(Qt.CursorShape.PointingHandCursor)
            row.setToolTip("Go to this question")
            row.clicked.connect(lambda _checked, index=index: self.chosen.emit(index))
            self._list.addWidget(row)
            self._rows.append(row)


def title(quiz: Quiz, index: int) -> str:
    """A question in short, with the mark of what is asked."""
    question = quiz.questions[index]
    mark = VALUE if question.asked is Asked.VALUE else DERIVATIVE
    what = "shape of " if question.wants_shape else ""
    return f"{mark} {what}{question.title}"


def points(score: float) -> str:
    """2½, 3, ½."""
    whole, half = divmod(round(score * 2), 2)
    return f"{whole if whole or not half else ''}{'½' if half else ''}"


def _number(least: int, most: int, value: int) -> QSpinBox:
    field = spaced(QSpinBox())
    field.setRange(least, most)
    field.setValue(value)
    return field
