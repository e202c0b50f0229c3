"""One contribution in words and equations: upstream adjoint times local derivative, with shapes where there are any.

scalars              ∂L/∂x = ∂L/∂v₁ · ∂v₁/∂x = 8 · 2x = 8 · 4 = 32
arrays, elementwise  ∂L/∂b = Σ ∂L/∂v₂ ⊙ ∂v₂/∂b                summed over the axes that broadcasting added
matrices and others  ∂L/∂W = g·xᵀ  with g = ∂L/∂v₁            shapes (3,) · (2,)ᵀ → (3, 2)
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.text import numbers, readable, symbols
from gradviz.text.equation import (
    Equation,
    Part,
    PartKind,
    derivative,
    equation,
    expression,
    letter,
    quantity,
    sign,
    words,
)
from gradviz.text.plain import plain

MOST_TERMS = 6
"""A longer running sum is shortened in its middle."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one contribution: the rest of a sentence that begins with the sender, and equations."""

    sentence: str
    equations: tuple[Equation, ...]


def contribution_lines(
    trace: Trace, step: Step, names: Sequence[str], shapes: Sequence[Shape], *, is_one_of_several: bool = False
) -> Told:
    """The sentence and the equations of one CONTRIBUTE step.

    names, shapes: of every node, by id. is_one_of_several: the receiver gets other contributions too.
    """
    return _Contribution(trace, step, names, shapes, is_one_of_several).told()


@dataclass(frozen=True, slots=True)
class Received:
    """The contributions that one node has received so far, and how many it will receive in all."""

    terms: tuple[Array, ...]
    """At most MOST_TERMS of them: the first ones and the last."""
    total: Array
    count: int
    expected: int


def running_sum(output: str, source: str, received: Received) -> Equation:
    """The contributions that a node has so far: 8 + 24 = 32 (2 of 2 contributions)."""
    parts = [derivative(output, source), sign("=")]
    is_shortened = received.count > len(received.terms)
    for i, term in enumerate(received.terms):
        parts += [sign("+")] if i else []
        parts += [Part("…", r"\ldots"), sign("+")] if is_shortened and i == len(received.terms) - 1 else []
        parts.append(quantity(term, PartKind.DERIVATIVE, bracketed=i > 0))
    if received.count > 1:
        parts += [sign("="), quantity(received.total, PartKind.DERIVATIVE)]
    so_far = "" if received.count == received.expected else " so far"
    parts.append(words(f"{so_far} ({received.count} of {received.expected} contributions)"))
    return equation(*parts)


def received_by_step(trace: Trace) -> dict[int, Received]:
    """For each CONTRIBUTE step to a node with several contributions: what the node has then, this one included."""
    counts = Counter(_receiver(trace, step) for step in trace.steps if step.kind is StepKind.CONTRIBUTE)
    latest: dict[NodeId, Received] = {}
    found: dict[int, Received] = {}
    for step in trace.steps:
        if step.kind is StepKind.CONTRIBUTE and step.value is not None:
            source = _receiver(trace, step)
            if counts[source] > 1:
                latest[source] = found[step.index] = _with_one_more(latest.get(source), step.value, counts[source])
    return found


def _with_one_more(before: Received | None, value: Array, expected: int) -> Received:
    if before is None:
        return Received((value,), value, 1, expected)
    with np.errstate(all="ignore"):  # what overflows here was a finding when it was recorded
        total = np.asarray(before.total + value)
    return Received((*before.terms[: MOST_TERMS - 1], value), total, before.count + 1, expected)


def _receiver(trace: Trace, step: Step) -> NodeId:
    node = trace.graph.nodes[step.node]
    assert isinstance(node, Apply)
    assert step.operand is not None
    return node.operands[step.operand]


class _Contribution:
    def __init__(
        self, trace: Trace, step: Step, names: Sequence[str], shapes: Sequence[Shape], is_one_of_several: bool
    ) -> None:
        node = trace.graph.nodes[step.node]
        upstream = trace.adjoints[step.node]
        assert isinstance(node, Apply)
        assert step.operand is not None
        assert step.value is not None
        assert upstream is not None
        self.trace, self.node, self.node_id, self.operand = trace, node, step.node, step.operand
        self.source = node.operands[step.operand]
        self.names, self.shapes = names, shapes
        self.upstream, self.value = upstream, step.value
        self.output = names[trace.graph.output]
        self.is_one_of_several = is_one_of_several

    def told(self) -> Told:
        is_scalar = all(self.shapes[i] == SCALAR for i in (self.node_id, *self.node.operands))
        if is_scalar or self.node.op.partials:
            return self._by_local_derivative(is_scalar=is_scalar)
        return self._by_rule()

    def _by_local_derivative(self, *, is_scalar: bool) -> Told:
        local = readable.local_derivative(
            self.trace.graph, self.node_id, self.operand, self.names, self._scalar_shapes()
        )
        value = local_value(self.trace, self.node_id, self.operand)
        summed = () if is_scalar else self._summed_axes()
        left = (derivative(self.output, self._source_name), self._way(), sign("="))
        numbers_line = self._numbers_parts(local, value, is_scalar=is_scalar, is_summed=bool(summed))
        if self.node_id == self.trace.graph.output and not self._has_two_slots:
            lines = [equation(*left, *numbers_line)]  # ∂L/∂v = ∂L/∂L · ∂L/∂v would say nothing: the seed is 1
        else:
            general = (
                letter("Σ") if summed else None,
                derivative(self.output, self.names[self.node_id]),
                sign("·" if is_scalar else "⊙"),
                self._local_name(),
            )
            lines = [equation(*left, *general), equation(Part("= ", "= "), *numbers_line)]
        if not is_scalar:
            lines.append(self._elementwise_shapes(value, summed))
        return Told(self._local_words(local, value) + self._sum_words(summed), tuple(lines))

    @property
    def _has_two_slots(self) -> bool:
        """True when the receiver is more than one operand of the sender, as in x·x."""
        return self.node.operands.count(self.source) > 1

    def _local_name(self) -> Part:
        sender = self.names[self.node_id]
        if not self._has_two_slots:
            return derivative(sender, self._source_name, PartKind.VALUE)
        slot = f"(operand {self.operand + 1})"
        tex = rf"\frac{{\partial {symbols.latex(sender)}}}{{\partial \text{{{slot}}}}}"
        return Part(f"∂{symbols.display(sender)}/∂{slot}", tex, PartKind.VALUE)

    def _way(self) -> Part | None:
        """Which of several contributions this is: by its sender, and by its slot where a sender has two."""
        if not self.is_one_of_several:
            return None
        way = f" via {symbols.display(self.names[self.node_id])}"
        if self._has_two_slots:
            way += f", operand {self.operand + 1}"
        return words(way)

    def _numbers_parts(
        self, local: Graph, value: Array, *, is_scalar: bool, is_summed: bool
    ) -> tuple[Part | None, ...]:
        times = sign("·" if is_scalar or value.ndim == 0 else "⊙")
        upstream = quantity(self.upstream, PartKind.DERIVATIVE)
        result = quantity(self.value, PartKind.DERIVATIVE)
        total = letter("Σ") if is_summed else None
        parts = [total, upstream, times, expression(local, PartKind.VALUE, bracketed=True)]
        is_number = isinstance(local.nodes[local.output], Literal)
        if not is_number and (value.ndim == 0 or numbers.is_small(value)):
            number = quantity(value, PartKind.VALUE, bracketed=True)
            parts += [sign("="), total, upstream, times, number]
        return (*parts, sign("="), result)

    def _local_words(self, local: Graph, value: Array) -> str:
        receiver = symbols.display(self._source_name)
        top = local.nodes[local.output]
        if isinstance(top, Literal) and float(np.max(top.value)) == float(np.min(top.value)) == 1.0:
            return f"passes its adjoint to {receiver} unchanged."
        if isinstance(top, Literal) and float(np.max(top.value)) == float(np.min(top.value)) == -1.0:
            how = "with the sign of a subtrahend" if len(self.node.operands) > 1 else "with its sign changed"
            return f"sends its adjoint back to {receiver}, {how}."
        if value.size and not np.any(value):
            return f"sends nothing back to {receiver}: the local derivative is 0 here."
        local_name = self._local_name().text
        return f"sends its adjoint back to {receiver}, times the local derivative {local_name} = {plain(local)}."

    def _summed_axes(self) -> tuple[int, ...]:
        return readable.summed_axes(self.shapes[self.node_id], self.shapes[self.source])

    def _sum_words(self, axes: tuple[int, ...]) -> str:
        if not axes:
            return ""
        receiver, shape = symbols.display(self._source_name), self.shapes[self.node_id]
        count = int(np.prod([shape[axis] for axis in axes]))
        which = "axis" if len(axes) == 1 else "axes"
        own = self.shapes[self.source]
        what = f"{receiver}, of shape {numbers.shape(own)}," if own else f"{receiver}, a scalar,"
        return (
            f" {what} was broadcast to {numbers.shape(shape)}: it was used {count} times, "
            f"so its contributions are summed over {which} {_listed(axes)}."
        )

    def _elementwise_shapes(self, value: Array, summed: tuple[int, ...]) -> Equation:
        text = f"shapes {numbers.shape(self.upstream.shape)} ⊙ {numbers.shape(value.shape)} → "
        text += numbers.shape(self.shapes[self.node_id])
        if summed:
            which = "axis" if len(summed) == 1 else "axes"
            text += f", summed over {which} {_listed(summed)} → {numbers.shape(self.shapes[self.source])}"
        return equation(words(text))

    def _by_rule(self) -> Told:
        upstream = next(name for name in ("g", "ḡ", "g̅") if name not in self.names)
        formula = readable.contribution(self.trace.graph, self.node_id, self.operand, self.names, self.shapes, upstream)
        receiver = symbols.display(self._source_name)
        lines = [
            equation(
                derivative(self.output, self._source_name),
                self._way(),
                sign("="),
                expression(formula, PartKind.DERIVATIVE),
                words("  with  "),
                Part(upstream, upstream, PartKind.DERIVATIVE),
                sign("="),
                derivative(self.output, self.names[self.node_id]),
                sign("="),
                quantity(self.upstream, PartKind.DERIVATIVE),
            ),
            equation(Part("= ", "= "), quantity(self.value, PartKind.DERIVATIVE)),
            self._rule_shapes(formula, upstream),
        ]
        return Told(f"sends its adjoint back to {receiver}, as {plain(formula)}.", tuple(lines))

    def _rule_shapes(self, formula: Graph, upstream: str) -> Equation:
        ids = (self.node_id, *self.node.operands)
        shown = {self.names[i]: numbers.shape(self.shapes[i]) for i in ids}
        shown[upstream] = numbers.shape(self.shapes[self.node_id])
        text = f"shapes {plain(readable.with_names(formula, shown))} → {numbers.shape(self.value.shape)}"
        return equation(words(text))

    def _scalar_shapes(self) -> Sequence[Shape]:
        # an elementwise rule reads the same for one element
        return (SCALAR,) * len(self.shapes)

    @property
    def _source_name(self) -> str:
        return self.names[self.source]


def local_value(trace: Trace, node_id: NodeId, operand: int) -> Array:
    """∂(node)/∂(operand) in numbers: of each element for an elementwise op, else of a scalar op."""
    node = trace.graph.nodes[node_id]
    assert isinstance(node, Apply)
    xs = [trace.values[source] for source in node.operands]
    y = trace.values[node_id]
    with np.errstate(all="ignore"):
        if node.op.partials:
            rule = node.op.partials[operand]
            assert rule is not None
            return np.asarray(rule(y, *xs), dtype=np.float64)
        return np.asarray(node.op.vjp(operand, np.float64(1.0), y, *xs, **node.settings), dtype=np.float64)


def _listed(axes: tuple[int, ...]) -> str:
    return " and ".join(map(str, axes))
