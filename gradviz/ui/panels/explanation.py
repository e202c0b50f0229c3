"""The explanation of the current step: an amber card that says in words and equations what has just happened."""

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from gradviz.core.trace import StepKind, Trace, leaf_name
from gradviz.core.types import Role
from gradviz.errors import GradvizError
from gradviz.session.monitors import NON_FINITE
from gradviz.session.session import Session
from gradviz.session.update_rule import update_rule
from gradviz.text import numbers
from gradviz.text.equation import Equation, PartKind, derivative, equation, name, quantity, sign
from gradviz.text.explain import Explainer, Explanation
from gradviz.text.symbols import display, symbols
from gradviz.train.explaining import UpdateExplanation
from gradviz.ui.panels.equation_lines import EquationLines
from gradviz.ui.panels.widgets import Card, header, note, show_look
from gradviz.ui.theme import theme

MOST_GRADIENTS = 6
"""The overview lists no more gradients than this."""


class ExplanationPanel(QWidget):
    """What the current step does, and why its number is what it is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._explainer: Explainer | None = None
        self._updates: dict[int, Explanation] = {}
        self.setObjectName("explanation")
        self.heading = header("This step")
        self.card = Card("current")
        self.card.setObjectName("explanationCard")
        self.sentence = note("", "")
        self.equations = EquationLines(20.0)
        self.rule = note("", "small")
        for widget in (self.sentence, self.equations, self.rule):
            self.card.column.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.card)
        session.debugger.moved.connect(self.refresh)
        session.debugger.retraced.connect(self._retraced)
        theme().changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Explain the step that happened last."""
        debugger = self._session.debugger
        trace, step = debugger.trace, debugger.current
        if trace is None:
            self._show(Explanation("This step", "Type a formula: each step of its run is explained here."), "card")
        elif step is not None:
            look = "failed" if step.kind is StepKind.FAIL else "current"
            self._show(self._explain(trace, step.index), look)
        elif debugger.is_overview:
            self._show(overview(trace, self._session.roles()), "card" if trace.failure is None else "failed")
        else:
            self._show(START, "card")

    def _inside(self) -> str:
        """Where in a folded block the current step is; "" outside of one."""
        trace, step = self._session.debugger.trace, self._session.debugger.current
        block = self._session.folds.block_at(trace.graph, step.node) if trace is not None and step is not None else None
        if trace is None or step is None or block is None:
            return ""
        inside = [one.index for one in trace.steps if one.node in block.members and one.phase is step.phase]
        return f" · IN {block.name}, {inside.index(step.index) + 1} OF {len(inside)}"

    def _retraced(self) -> None:
        self._explainer = None
        self._updates = {}
        self.refresh()

    def _explain(self, trace: Trace, index: int) -> Explanation:
        if self._explainer is None or self._explainer.trace is not trace:
            self._explainer = Explainer(trace, self._session.roles(), update_rule(self._session, trace))
        hit = self._session.debugger.hit
        found = self._updates.get(index) or self._explainer.explain(index)
        if trace.steps[index].kind is StepKind.UPDATE and index not in self._updates:
            self._ask_for_rule(trace, index)
        if hit is None:
            return found
        what = "Stopped" if hit.halts else "Here"
        note = f"What would help: {hit.advice}." if hit.advice else found.note
        sentence = "" if hit.key == NON_FINITE else f" {found.sentence}"  # the cause says it all, and shorter
        return Explanation(found.title, f"{what}: {hit.cause}.{sentence}", found.equations, note)

    def _ask_for_rule(self, trace: Trace, index: int) -> None:
        """Let the lines of the optimizer's rule be worked out, and show them when they are there."""
        parameter = leaf_name(trace.graph, trace.steps[index].node)
        if parameter is None or self._session.training.is_running:
            return

        def take(found: UpdateExplanation) -> None:
            if isValid(self) and self._session.debugger.trace is trace:
                self._updates[index] = Explanation(found.title, found.sentence, found.equations)
                self.refresh()

        self._session.watching.explain_update(parameter, take)

    def _show(self, explanation: Explanation, look: str) -> None:
        self.heading.setText("THE RUN" if self._session.debugger.current is None else f"THIS STEP{self._inside()}")
        self.sentence.setText(explanation.sentence)
        self.equations.show_equations(explanation.equations)
        self.rule.setText(explanation.note)
        self.rule.setVisible(bool(explanation.note))
        show_look(self.card, look)
        self.card.setAccessibleName(explanation.title)
        self.card.setAccessibleDescription(explanation.text)


START = Explanation(
    "Start", "Nothing has happened yet. Step (F10) reads the first leaf; Continue (F5) runs to the end."
)


def overview(trace: Trace, roles: Mapping[str, Role]) -> Explanation:
    """What the whole run gives: the value of the output and its gradients."""
    graph = trace.graph
    names = symbols(graph)
    output = names[graph.output]
    if trace.failure is not None:
        return Explanation("The run failed", f"{_sentence(trace.failure)} Step (F10) goes through what came before.")
    try:
        lines = [_line(name(output), quantity(trace.result, PartKind.VALUE))]
        found = {name: g for name, g in trace.gradients.items() if roles.get(name) is Role.PARAMETER} or trace.gradients
        for leaf, gradient in list(found.items())[:MOST_GRADIENTS]:
            lines.append(_line(derivative(output, leaf), quantity(gradient, PartKind.DERIVATIVE)))
    except GradvizError as error:
        return Explanation("The run", _sentence(error))
    shown = numbers.value(trace.result)
    return Explanation(
        "The run", f"{display(output)} is {shown}. Step (F10) goes through the run from its start.", tuple(lines)
    )


def _sentence(error: GradvizError) -> str:
    return error.message if error.message.endswith((".", "?", "!")) else f"{error.message}."


def _line(left: object, right: object) -> Equation:
    return equation(left, sign("="), right)  # type: ignore[arg-type]
