"""One quiz: questions about a run, what has been answered, hints, and the score.

A point for a right answer at once, half a point after a hint or a wrong answer, none for one that was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.graph import Apply, Hole, Leaf
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.errors import FormulaError, GradvizError
from gradviz.events import Signal
from gradviz.lang.lower import read
from gradviz.session.quiz.mistakes import agrees, diagnosis
from gradviz.session.quiz.questions import Asked, Question
from gradviz.session.veil import Place, Veil
from gradviz.text import numbers
from gradviz.text.node_lines import derivative_lines
from gradviz.text.symbols import display, symbols

MOST_CHARACTERS = 200


class State(Enum):
    """What has become of a question."""

    OPEN = "open"
    RIGHT = "right"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of an answer: whether it is right, and what there is to say."""

    is_right: bool
    words: str


class Quiz:
    """A quiz on one trace; it covers the asked numbers with the veil until they are answered. changed(): one is."""

    def __init__(self, trace: Trace, asked: Sequence[Question], veil: Veil) -> None:
        self.changed: Signal[[]] = Signal()
        self.trace = trace
        self.questions = tuple(asked)
        self.states = [State.OPEN] * len(self.questions)
        self.hints = [0] * len(self.questions)
        self.misses = [0] * len(self.questions)
        self._veil = veil
        self._cover()

    @property
    def hidden(self) -> frozenset[Place]:
        """The places that are still covered."""
        open_ones = (q for q, state in zip(self.questions, self.states, strict=True) if state is State.OPEN)
        return frozenset(place for question in open_ones for place in question.places)

    @property
    def is_over(self) -> bool:
        """True when nothing is open any more."""
        return State.OPEN not in self.states

    @property
    def score(self) -> float:
        """The points so far."""
        points = zip(self.states, self.hints, self.misses, strict=True)
        return sum((0.5 if hints or misses else 1.0) for state, hints, misses in points if state is State.RIGHT)

    def answer(self, index: int, text: str) -> Verdict:
        """Check an answer: a number, a list, or a calculation such as 2*3; of a large array its shape."""
        question = self.questions[index]
        try:
            given = given_by(text)
        except GradvizError as error:
            return Verdict(False, f"This can't be read: {error.message}")
        right = np.array(question.answer.shape, dtype=np.float64) if question.wants_shape else question.answer
        if agrees(given, right):
            self.states[index] = State.RIGHT
            self._cover()
            return Verdict(True, "Right.")
        self.misses[index] += 1
        self.changed.emit()
        if question.wants_shape:
            return Verdict(False, "That is not its shape. A derivative has the shape of what it is taken by.")
        return Verdict(False, diagnosis(self.trace, question, given))

    def hint(self, index: int) -> str:
        """One more hint: first the rule, then its parts; never a number that is hidden."""
        self.hints[index] += 1
        found = hints(self.trace, self.questions[index])
        self.changed.emit()
        return found[min(self.hints[index], len(found)) - 1]

    def show(self, index: int) -> str:
        """Give the answer away."""
        self.states[index] = State.SHOWN
        self._cover()
        return f"{self.questions[index].title} is {numbers.value(self.questions[index].answer)}."

    def end(self) -> None:
        """Show all numbers again."""
        self._veil.cover((), in_quiz=False)

    def _cover(self) -> None:
        self._veil.cover(self.hidden, in_quiz=True)
        self.changed.emit()


def hints(trace: Trace, question: Question) -> tuple[str, ...]:
    """What helps, from the rule to the formula of each factor; without numbers, for those may be asked too."""
    names = [display(name) for name in symbols(trace.graph)]
    output = names[trace.graph.output]
    if question.wants_shape:
        return ("Asked is the shape, such as (3, 2). A derivative has the shape of what it is taken by.",)
    if question.asked is Asked.VALUE:
        apply = trace.graph.nodes[question.node]
        assert isinstance(apply, Apply)
        operands = ", ".join(names[source] for source in apply.operands)
        return (f"Apply {apply.op.name} to {operands}.", apply.op.help.summary)
    if question.edge is None:
        parts = trace.contributions_to(question.node)
        through = ", ".join(names[edge.target] for edge in parts)
        return (f"Add what comes back through {through}.",)
    target = trace.graph.nodes[question.edge.target]
    assert isinstance(target, Apply)
    above, below = names[question.edge.target], names[question.edge.source]
    rule = f"Chain rule: ∂{output}/∂{above}, which comes from above, times the local derivative ∂{above}/∂{below}."
    lines = derivative_lines(trace, question.edge.target)
    forms = [line.equation for line in lines if line.operand == question.edge.operand]
    # only up to the form: what follows the second equals sign is the number
    formula = [_symbols_only(form.plain) for form in forms]
    return (rule, f"{target.op.name}: {target.op.help.derivative}", *formula)


def _symbols_only(line: str) -> str:
    parts = line.split(" = ")
    return " = ".join(parts[:2]) if len(parts) > 2 else line


def given_by(text: str) -> Array:
    """What a person has typed, calculated; raises GradvizError for what is no number."""
    typed = f"[{text.strip()[1:-1].strip().rstrip(',')}]" if _is_shape(text) else text.strip()
    if not typed:
        raise FormulaError("type a number")
    if len(typed) > MOST_CHARACTERS:
        raise FormulaError("that is too long for an answer")
    graph = read(typed.replace("\n", " ")).graph
    if any(isinstance(node, Leaf | Hole) for node in graph.nodes):
        raise FormulaError("type a number, or a calculation with numbers such as 2*3")
    return np.asarray(record(graph, {}).result, dtype=np.float64)


def _is_shape(text: str) -> bool:
    """(3, 2) is a shape; (3 + 2) is a calculation."""
    typed = text.strip()
    return typed.startswith("(") and typed.endswith(")") and "," in typed and typed.count("(") == 1
