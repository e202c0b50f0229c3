"""Why is this number 32? Each debugger step in words and equations.

    EVALUATE     v₁ = x² = 2² = 4
    SEED         ∂L/∂L = 1
    CONTRIBUTE   ∂L/∂x = ∂L/∂v₁ · ∂v₁/∂x
                       = 8 · 2x = 8 · 4 = 32
                 ∂L/∂x = 8 + 24 = 32                (2 of 2 contributions)
    UPDATE       W ← W − ε · ∂L/∂W = 2 − 0.1 · 36 = −1.6

Nothing here knows an op: the mathematics comes from its rules (text/readable.py), the words from its help.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.kink import at_kink
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import SCALAR, Array, NodeId, Role, Shape
from gradviz.errors import GradvizError
from gradviz.text import numbers, readable, symbols
from gradviz.text.backward import contribution_lines, received_by_step, running_sum
from gradviz.text.equation import (
    Equation,
    Part,
    PartKind,
    derivative,
    equation,
    expression,
    letter,
    name,
    quantity,
    sign,
)
from gradviz.text.plain import plain


@dataclass(frozen=True, slots=True, eq=False)
class UpdateRule:
    """How parameters were updated: what the caller's optimizer did.

    gradients: the gradient that was actually used for each parameter, such as the mean over a batch.
    samples: over how many samples it was taken, None for the formula itself.
    """

    rate: float
    optimizer: str = "sgd"
    gradients: Mapping[str, Array] = field(default_factory=dict)
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One step explained: a heading, one or two sentences, and lines of mathematics.

    note: the rule of the op in words, or what to know about its kinks; "" when there is nothing to add.
    """

    title: str
    sentence: str
    equations: tuple[Equation, ...] = ()
    note: str = ""

    @property
    def text(self) -> str:
        """All of it as one line of plain text."""
        mathematics = "; ".join(line.plain for line in self.equations).replace("; = ", " = ")
        return f"{self.sentence} {mathematics}".strip()


def explain(
    trace: Trace, index: int, *, roles: Mapping[str, Role] | None = None, rule: UpdateRule | None = None
) -> Explanation:
    """The explanation of `trace.steps[index]`.

    roles: the roles of the leaves, where they are known. rule: how the parameters were updated.
    """
    return Explainer(trace, roles, rule).explain(index)


def explain_all(
    trace: Trace, *, roles: Mapping[str, Role] | None = None, rule: UpdateRule | None = None
) -> Iterator[Explanation]:
    """The explanations of all steps in order."""
    explainer = Explainer(trace, roles, rule)
    return (explainer.explain(step.index) for step in trace.steps)


class Explainer:
    """Explains the steps of one trace; worth keeping when several steps of a large trace are explained."""

    def __init__(self, trace: Trace, roles: Mapping[str, Role] | None = None, rule: UpdateRule | None = None) -> None:
        self.trace = trace
        self.roles = roles or {}
        self.rule = rule
        self.names = symbols.symbols(trace.graph)
        self.shapes = tuple(SCALAR if value is None else value.shape for value in trace.values)
        self._received = received_by_step(trace)

    def explain(self, index: int) -> Explanation:
        """The explanation of the step of that number."""
        step = self.trace.steps[index]
        match step.kind:
            case StepKind.EVALUATE:
                return self._evaluate(step)
            case StepKind.SEED:
                return self._seed(step)
            case StepKind.CONTRIBUTE:
                return self._contribute(step)
            case StepKind.UPDATE:
                return self._update(step)
            case StepKind.FAIL:
                return self._fail(step)
            case _:
                assert_never(step.kind)

    def _evaluate(self, step: Step) -> Explanation:
        graph, node = self.trace.graph, self.trace.graph.nodes[step.node]
        shown = symbols.display(self.names[step.node])
        assert step.value is not None
        if not isinstance(node, Apply):
            role = self.roles.get(self.names[step.node])
            line = equation(name(self.names[step.node]), sign("="), quantity(step.value, PartKind.VALUE))
            sentence = f"{_leaf_words(role)} {shown} has the value {numbers.typeset_value(step.value)}."
            return Explanation(f"Read {shown}", _capitalised(sentence), (line,))
        formula = readable.application(graph, step.node, self.names, self.shapes)
        operands = _listed([self._with_value(source) for source in self._named(node)])
        sentence = (
            f"{shown} = {plain(formula)} is computed from {operands}."
            if operands
            else f"{shown} = {plain(formula)} is computed."
        )
        sentence += self._findings(step.node, None, step.value)
        return Explanation(f"Evaluate {shown}", sentence, self._evaluation_lines(step, formula), node.op.help.summary)

    def _evaluation_lines(self, step: Step, formula: Graph) -> tuple[Equation, ...]:
        node = self.trace.graph.nodes[step.node]
        assert isinstance(node, Apply)
        assert step.value is not None
        values = {self.names[source]: self._value(source) for source in node.operands}
        parts: list[Part] = [name(self.names[step.node]), sign("="), expression(formula)]
        if all(value.ndim <= 1 and (value.ndim == 0 or numbers.is_small(value)) for value in values.values()):
            parts += [sign("="), expression(readable.with_numbers(formula, values), PartKind.VALUE)]
        result = quantity(step.value, PartKind.VALUE)
        if parts[-1].text != result.text:
            parts += [sign("="), result]
        lines = [equation(*parts)]
        if any(value.ndim for value in values.values()):
            lines.append(self._shape_line(formula, values, step.value.shape))
        return tuple(lines)

    def _seed(self, step: Step) -> Explanation:
        shown = symbols.display(self.names[step.node])
        assert step.value is not None
        line = equation(
            derivative(self.names[step.node], self.names[step.node]),
            sign("="),
            quantity(step.value, PartKind.DERIVATIVE),
        )
        sentence = (
            f"The seed: {shown} changes as fast as itself, so ∂{shown}/∂{shown} = 1. From here derivatives flow back."
        )
        if step.value.ndim:
            sentence = (
                f"The seed: {shown} is no scalar (shape {numbers.shape(step.value.shape)}), so each element is seeded "
                "with 1: the derivatives are those of the sum of its elements."
            )
        return Explanation(f"Seed {shown}", sentence, (line,))

    def _contribute(self, step: Step) -> Explanation:
        node = self.trace.graph.nodes[step.node]
        assert isinstance(node, Apply)
        assert step.operand is not None
        assert step.value is not None
        source = node.operands[step.operand]
        sender, receiver = symbols.display(self.names[step.node]), symbols.display(self.names[source])
        received = self._received.get(step.index)
        told = contribution_lines(self.trace, step, self.names, self.shapes, is_one_of_several=received is not None)
        formula = readable.application(self.trace.graph, step.node, self.names, self.shapes)
        sentence = f"{sender} = {plain(formula)} {told.sentence}"
        lines = list(told.equations)
        if received is not None:
            sentence += (
                f" {receiver} is used {received.expected} times: its adjoint is the sum of {received.expected} "
                f"contributions, and this is number {received.count}."
            )
            lines.append(running_sum(self._output_name, self.names[source], received))
        sentence += self._findings(step.node, step.operand, step.value)
        kink = at_kink(self.trace, step.node)
        if kink is not None:
            sentence += f" {_capitalised(kink.words)}"
        note = node.op.help.derivative if kink is not None else self._rule_words(node)
        return Explanation(f"Back from {sender} to {receiver}", sentence, tuple(lines), note)

    def _update(self, step: Step) -> Explanation:
        symbol = self.names[step.node]
        shown = symbols.display(symbol)
        assert step.value is not None
        before, after = self._value(step.node), step.value
        rule = self.rule
        if rule is None:
            line = equation(name(symbol), sign("←"), quantity(after, PartKind.VALUE))
            sentence = f"{shown} takes its new value; it was {numbers.typeset_value(before)}."
            return Explanation(f"Update {shown}", sentence, (line,))
        gradient = rule.gradients.get(symbol, self.trace.adjoints[step.node])
        if gradient is None or rule.optimizer.lower() != "sgd":
            return self._other_update(shown, symbol, before, after, gradient, rule)
        used = "" if rule.samples is None else f", taken over {rule.samples} samples"
        sentence = (
            f"{shown} goes downhill: against its gradient{used}, by the learning rate ε = {numbers.typeset(rule.rate)}."
        )
        general = (name(symbol), sign("←"), name(symbol), sign("−"), letter("ε"), sign("·"))
        line = equation(*general, derivative(self._output_name, symbol))
        numeric = equation(
            Part("= ", "= "),
            quantity(before, PartKind.VALUE),
            sign("−"),
            quantity(rule.rate, PartKind.PLAIN),
            sign("·"),
            quantity(gradient, PartKind.DERIVATIVE, bracketed=True),
            sign("="),
            quantity(after, PartKind.VALUE),
        )
        return Explanation(f"Update {shown}", sentence, (line, numeric))

    def _other_update(
        self, shown: str, symbol: str, before: Array, after: Array, gradient: Array | None, rule: UpdateRule
    ) -> Explanation:
        with np.errstate(all="ignore"):
            change = np.asarray(after - before)
        told = "" if gradient is None else f" from the gradient {numbers.typeset_value(gradient)}"
        rate = numbers.typeset(rule.rate)
        sentence = f"{shown} moves by the step that {rule.optimizer} makes{told} with the learning rate {rate}."
        line = equation(
            name(symbol),
            sign("←"),
            name(symbol),
            sign("+"),
            Part(f"Δ{shown}", rf"\Delta {symbols.latex(symbol)}"),
            sign("="),
            quantity(before, PartKind.VALUE),
            sign("+"),
            quantity(change, PartKind.DERIVATIVE, bracketed=True),
            sign("="),
            quantity(after, PartKind.VALUE),
        )
        return Explanation(f"Update {shown}", sentence, (line,))

    def _fail(self, step: Step) -> Explanation:
        node = self.trace.graph.nodes[step.node]
        assert isinstance(node, Apply)
        shown = symbols.display(self.names[step.node])
        formula = readable.application(self.trace.graph, step.node, self.names, self.shapes)
        where = (
            "computed"
            if step.operand is None
            else f"differentiated by {symbols.display(self.names[node.operands[step.operand]])}"
        )
        reason = _reason(self.trace.failure)
        sentence = f"{shown} = {plain(formula)} could not be {where}: {reason}"
        operands = _listed([self._with_shape(source) for source in self._named(node)])
        note = f"{_capitalised(operands)}. All that came before stays as it was." if operands else ""
        return Explanation(
            f"{shown} failed", sentence, (equation(name(self.names[step.node]), sign("="), expression(formula)),), note
        )

    def _shape_line(self, formula: Graph, values: Mapping[str, Array], result: Shape) -> Equation:
        named = readable.with_names(formula, {key: numbers.shape(value.shape) for key, value in values.items()})
        text = f"shapes {plain(named)} → {numbers.shape(result)}"
        return Equation((Part(text, rf"\text{{{text}}}"),))

    def _rule_words(self, node: Apply) -> str:
        if not node.op.partials and not any(self.shapes[i] for i in node.operands):
            return ""  # the rule speaks of arrays, and there are none
        return " ".join(words for words in (node.op.help.derivative, node.op.help.kinks) if words)

    def _findings(self, node: NodeId, operand: int | None, value: Array) -> str:
        kinds = [f.what for f in self.trace.findings if f.node == node and f.operand == operand]
        return "".join(f" {_FINDING_WORDS[kind]}" for kind in kinds if kind in _FINDING_WORDS)

    def _named(self, node: Apply) -> list[NodeId]:
        """The operands that have a name, each once; numbers have none."""
        return [i for i in dict.fromkeys(node.operands) if not isinstance(self.trace.graph.nodes[i], Literal)]

    def _with_value(self, node: NodeId) -> str:
        return f"{symbols.display(self.names[node])} = {numbers.typeset_value(self._value(node))}"

    def _with_shape(self, node: NodeId) -> str:
        return f"{symbols.display(self.names[node])} is {_shape_words(self._value(node).shape)}"

    def _value(self, node: NodeId) -> Array:
        value = self.trace.values[node]
        assert value is not None, "operands come first"
        return value

    @property
    def _output_name(self) -> str:
        return self.names[self.trace.graph.output]


_FINDING_WORDS = {
    "overflow": "The result is beyond the largest number that 64 bits hold, about 1.8×10³⁰⁸: it overflows to ±∞.",
    "division by zero": "This divides by zero or takes the logarithm of zero: the result is infinite.",
    "invalid value": "This has no value among real numbers, like 0/0 or the logarithm of a negative number: it is NaN.",
}


def _reason(failure: GradvizError | None) -> str:
    if failure is None:
        return "the reason is unknown."
    return failure.message if failure.message.endswith((".", "?", "!")) else f"{failure.message}."


def _leaf_words(role: Role | None) -> str:
    return f"the {role.value}" if role is not None else "the leaf"


def _shape_words(shape: Shape) -> str:
    return f"of shape {numbers.shape(shape)}" if shape else "a scalar"


def _listed(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part) if words else ""


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
