"""The quiz in the window: starts and ends it, hands answers over, and keeps from telling what is hidden.

While it is on only the graph, the formula and the quiz's panel are there, and few commands; a change of the formula
or of a value ends it, for its questions are about the run that was.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from shiboken6 import isValid

from gradviz.core.graph import Edge
from gradviz.project.changes import ChangeFlags
from gradviz.session.quiz import Quiz, State, questions
from gradviz.session.quiz.questions import chosen
from gradviz.ui.canvas.answers import Answers
from gradviz.ui.panels.quiz_panel import QuizPanel, points
from gradviz.ui.stage import Act, Bar, Stage

if TYPE_CHECKING:
    from gradviz.ui.main_window import MainWindow

STAYING = frozenset(
    ("fit", "zoom_in", "zoom_out", "theme_system", "theme_light", "theme_dark", "full_screen", "new_window",
     "next_window", "close", "quit", "save", "save_as", "quiz", "language", "about", "animate")
)  # fmt: skip
"""The commands that tell nothing about the run."""
HEIGHT = 280
"""Of the panel while nothing is asked yet."""
MOST_ASKED = 60
READABLE = 0.9
"""A graph that is shown smaller is shown at 100 % for a quiz."""


class Quizzing:
    """The quiz of one window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._session = window.session
        self.panel = QuizPanel()
        self.quiz: Quiz | None = None
        self.answers: Answers | None = None
        self._index = 0
        self._follows_dock = False
        self.panel.started.connect(self.start)
        self.panel.ended.connect(self.end)
        self.panel.checked.connect(self._check)
        self.panel.hinted.connect(self._hint)
        self.panel.revealed.connect(self._show)
        self.panel.chosen.connect(self._go)
        self._session.debugger.retraced.connect(self._retraced)
        self._session.document.changed.connect(self._changed)

    @property
    def _stage(self) -> Stage:
        return self._window.learning.stage

    def open(self) -> None:
        """Show the panel, where a quiz begins."""
        dock = self._window.docks["quiz"]
        if not self._follows_dock:
            self._follows_dock = True
            dock.visibilityChanged.connect(lambda _is_visible: self.closed())
        self._window.docks.reveal("quiz")
        if self.quiz is None:
            QTimer.singleShot(0, dock, lambda: self._window.resizeDocks([dock], [HEIGHT], Qt.Orientation.Vertical))
        self.panel.setup.start.setFocus()

    def start(self) -> None:
        """Ask what the panel says; nothing to ask is said there."""
        session, setup = self._session, self.panel.setup
        trace = session.debugger.trace
        if trace is None or not trace.is_complete:
            self.panel.show_setup("There is no finished run to ask about: complete the formula first.")
            return
        selection = session.selection
        asked = chosen(
            trace,
            questions(trace, self._visible()),
            setup.selected,
            seed=setup.seed.value(),
            count=setup.count.value(),
            nodes=selection.nodes,
            edge=selection.edge,
        )
        if not asked:
            self.panel.show_setup("There is nothing to ask there: select an operation, a leaf or an edge first.")
            return
        left_out, asked = len(asked[MOST_ASKED:]), asked[:MOST_ASKED]
        session.lens.reset()
        session.debugger.overview()
        self._stage.enter(Act("quiz", frozenset({"quiz"}), frozenset({Bar.FORMULA}), STAYING))
        self._window.canvas.offer_quick_add(False)
        selection.clear()
        self.quiz = Quiz(trace, asked, session.veil)
        self.answers = Answers(self._window.canvas, self.quiz)
        self.answers.submitted.connect(self._submit)
        self.answers.entered.connect(self._enter)
        self._enter(0)
        self.panel.say(f"Asked are the first {MOST_ASKED} of {MOST_ASKED + left_out} numbers." if left_out else "")
        if self._window.canvas.camera.scale < READABLE:
            self._window.canvas.camera.reset_zoom()
        self.answers.focus(0)

    def end(self) -> None:
        """Show all numbers again, and everything else."""
        if self.quiz is None:
            return
        quiz, self.quiz = self.quiz, None
        if self.answers is not None:
            self.answers.close()
            self.answers = None
        quiz.end()
        self._stage.leave("quiz")
        if isValid(self._window.canvas):
            self._window.canvas.offer_quick_add(True)
        self.panel.show_setup(f"The last quiz: {points(quiz.score)} of {len(quiz.questions)}.")

    def _visible(self) -> frozenset[Edge]:
        """The edges that are seen as they are: not those of folded blocks."""
        canvas = self._window.canvas
        picture, seen = canvas.picture, canvas.mirror.seen
        if picture is None or seen is None:
            return frozenset()
        shown = (wire.edge for wire in picture.wires if wire.edge is not None)
        return frozenset(edge for edge in shown if edge not in seen.inner)

    def closed(self) -> None:
        """Somebody has closed the panel: the quiz is over."""
        if self.quiz is not None and isValid(self.panel) and self._window.docks["quiz"].isHidden():
            self.end()

    def _retraced(self) -> None:
        if self.quiz is not None and isValid(self.panel) and self._session.debugger.trace is not self.quiz.trace:
            self.end()
            self.panel.setup.words.setText("The run has changed, so the quiz has ended.")

    def _changed(self, flags: ChangeFlags) -> None:
        """Another document takes the questions with it, also where its run is the same."""
        if flags & ChangeFlags.REPLACED:
            self.end()

    def _enter(self, index: int) -> None:
        if self.quiz is not None:
            if index != self._index:
                self.panel.say("")
            self._index = index
            self.panel.show_quiz(self.quiz, index)

    def _go(self, index: int) -> None:
        if self.answers is not None:
            self._enter(index)
            self.answers.focus(index)

    def _submit(self, index: int, text: str) -> None:
        if self.quiz is None or self.answers is None or self.quiz.states[index] is not State.OPEN:
            return
        if not text.strip():
            return
        verdict = self.quiz.answer(index, text)
        self._enter(index)
        self.panel.tell(verdict)
        if verdict.is_right:
            self._advance(index)
        else:
            self.answers.mark_wrong(index)

    def _advance(self, index: int) -> None:
        """Go on to the next open question, or say how it went."""
        assert self.quiz is not None
        assert self.answers is not None
        words = self.panel.words.text()
        self.answers.refresh()
        if self.quiz.is_over:
            self.panel.show_quiz(self.quiz, index)
            self.panel.title.setText("All done")
            self.panel.say(f"{words} Score {points(self.quiz.score)} of {len(self.quiz.questions)}.".strip())
            self.panel.end.setFocus()
            return
        self.answers.step(index, 1)
        self.panel.say(words)

    def _check(self) -> None:
        field = self.answers.fields.get(self._index) if self.answers is not None else None
        if field is not None:
            self._submit(self._index, field.text())

    def _hint(self) -> None:
        if self.quiz is not None and self.answers is not None:
            self.panel.say(self.quiz.hint(self._index))
            self.answers.focus(self._index)

    def _show(self) -> None:
        if self.quiz is not None:
            self.panel.say(self.quiz.show(self._index))
            self._advance(self._index)
