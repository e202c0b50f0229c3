"""Why an answer is wrong: the plausible mistakes at this very place of this very graph, each with the number it gives.

    asked: what the edge sends back       upstream · local = −12 · 4 = −48
    −12   "the local derivative is missing"        4    "only the local derivative"
     48   "the sign"                              −24   "a factor of 2"

Nothing is known of any example: every candidate is computed from values, adjoints and rules of the run. The first
that fits is named; candidates that equal the right answer are no mistakes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.graph import Apply
from gradviz.core.op import public_ops
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.session.quiz.questions import Asked, Question
from gradviz.text.backward import local_value
from gradviz.text.symbols import display, symbols

RELATIVE = 5e-3
ABSOLUTE = 1e-9
"""People calculate with the five digits that they see."""


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """A wrong answer and, in words, how one comes to it."""

    answer: Any
    words: str


def agrees(given: Any, right: Any) -> bool:
    """True when a typed answer is the right number, up to what rounding does; nothing agrees with what isn't finite."""
    a, b = np.asarray(given, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if a.shape != b.shape or not np.isfinite(b).all():
        return False
    scale = float(np.abs(b).max(initial=0.0))
    return bool(np.all(np.abs(a - b) <= RELATIVE * np.maximum(np.abs(b), 1e-3 * scale) + ABSOLUTE))


def diagnosis(trace: Trace, question: Question, given: Array) -> str:
    """What is wrong with an answer: the mistake that gives this very number, else where to look."""
    for mistake in _mistakes(trace, question):
        if agrees(given, mistake.answer) and not agrees(mistake.answer, question.answer):
            return mistake.words
    return _whereabouts(trace, question, given)


def _mistakes(trace: Trace, question: Question) -> Iterator[Mistake]:
    with np.errstate(all="ignore"):
        match question.asked:
            case Asked.VALUE:
                yield from _of_value(trace, question.node)
            case Asked.CONTRIBUTION:
                yield from _of_contribution(trace, question)
            case Asked.ADJOINT:
                yield from _of_adjoint(trace, question)
        yield from _of_any(question.answer)


def _of_any(right: Array) -> Iterator[Mistake]:
    yield Mistake(-right, "The sign is wrong.")
    yield Mistake(right / 2, "A factor of 2 is missing.")
    yield Mistake(2 * right, "There is a factor of 2 too much.")
    yield Mistake(1 / right, "It is the other way up: divide where you have multiplied, or the other way round.")


def _of_contribution(trace: Trace, question: Question) -> Iterator[Mistake]:
    edge = question.edge
    assert edge is not None
    names = [display(name) for name in symbols(trace.graph)]
    above, below, output = names[edge.target], names[edge.source], names[trace.graph.output]
    upstream = trace.adjoints[edge.target]
    assert upstream is not None
    local = _local(trace, edge.target, edge.operand)
    way = f"∂{output}/∂{above}"
    if local is not None:
        yield Mistake(upstream, f"The local derivative ∂{above}/∂{below} is missing: you have sent {way} on unchanged.")
        yield Mistake(local, f"That is only the local derivative ∂{above}/∂{below}: multiply it by {way} from above.")
    yield from _without_one(trace, question, upstream, local, above)
    yield from _by_other_operand(trace, question, upstream, names)
    for node, name in ((edge.source, below), (edge.target, above)):
        value = trace.values[node]
        yield Mistake(value, f"That is the value of {name}, not a derivative.")
        if local is not None and value is not None and node == edge.target:
            yield Mistake(value * local, f"You have multiplied by the value of {name} instead of {way}.")
        if local is not None and value is not None and node == edge.source:
            yield Mistake(
                value * upstream, f"You have multiplied {way} by the value of {below}, not by ∂{above}/∂{below}."
            )
    if local is not None:
        yield Mistake(upstream + local, "The chain rule multiplies the factors; you have added them.")
        yield Mistake(upstream / local, "The chain rule multiplies the factors; you have divided.")
        if not agrees(upstream, question.answer):
            yield Mistake(-upstream, f"The local derivative ∂{above}/∂{below} is missing, and the sign is wrong.")
    whole = trace.adjoints[edge.source]
    yield Mistake(whole, f"That is the whole ∂{output}/∂{below}; asked is what this one edge brings.")


def _without_one(
    trace: Trace, question: Question, upstream: Array, local: Array | None, above: str
) -> Iterator[Mistake]:
    """One of the contributions to the node above was left out of its sum."""
    edge = question.edge
    assert edge is not None
    parts = trace.contributions_to(edge.target)
    names = [display(name) for name in symbols(trace.graph)]
    for left_out, part in parts.items() if len(parts) > 1 else ():
        rest = _sent(trace, edge.target, edge.operand, upstream - part)
        words = f"At {above} {len(parts)} paths meet: you have forgotten the one through {names[left_out.target]}."
        yield Mistake(rest, words)
    for part in parts.values() if len(parts) > 2 else ():
        yield Mistake(
            _sent(trace, edge.target, edge.operand, part),
            f"At {above} {len(parts)} paths meet: you have used only one.",
        )


def _by_other_operand(trace: Trace, question: Question, upstream: Array, names: list[str]) -> Iterator[Mistake]:
    edge = question.edge
    assert edge is not None
    apply = trace.graph.nodes[edge.target]
    assert isinstance(apply, Apply)
    for operand, source in enumerate(apply.operands):
        if operand != edge.operand and apply.op.is_differentiable_by(operand):
            sent = _sent(trace, edge.target, operand, upstream)
            yield Mistake(sent, f"That goes to the other operand, {names[source]}: take the derivative by this one.")


def _of_adjoint(trace: Trace, question: Question) -> Iterator[Mistake]:
    names = [display(name) for name in symbols(trace.graph)]
    parts = trace.contributions_to(question.node)
    below = names[question.node]
    total = question.answer
    for edge, part in parts.items():
        rest = total - part
        if len(parts) == 2:
            yield Mistake(rest, f"You have forgotten the contribution through {names[edge.target]}: all are added.")
        else:
            yield Mistake(rest, f"You have forgotten one contribution, that through {names[edge.target]}.")
            yield Mistake(part, f"That is only one of {len(parts)} contributions: add them all.")
    product = np.prod(np.stack(list(parts.values())), axis=0)
    yield Mistake(product, "Contributions are added; you have multiplied them.")
    yield Mistake(total / len(parts), "Contributions are added, not averaged.")
    for a in parts.values():
        for b in parts.values():
            yield Mistake(a - b, "Contributions are added; you have subtracted one.")
    yield Mistake(trace.values[question.node], f"That is the value of {below}, not a derivative.")


def _of_value(trace: Trace, node: NodeId) -> Iterator[Mistake]:
    graph = trace.graph
    apply = graph.nodes[node]
    assert isinstance(apply, Apply)
    names = [display(name) for name in symbols(graph)]
    xs = [trace.values[source] for source in apply.operands]
    if len(xs) > 1:
        yield Mistake(_evaluated(apply, xs[::-1]), "The operands are the wrong way round.")
    for source, x in zip(apply.operands, xs, strict=True):
        yield Mistake(x, f"That is still {names[source]}; {apply.op.name} has not been applied.")
    yield Mistake(trace.adjoints[node], f"That is the derivative ∂{names[graph.output]}/∂{names[node]}, not the value.")
    for op in public_ops():
        if op.is_elementwise and op.arity == len(xs) and op is not apply.op:
            yield Mistake(op.evaluate(*xs), f"That is what {op.name} gives; here stands {apply.op.name}.")


def _evaluated(apply: Apply, xs: list[Array | None]) -> Array | None:
    try:
        return apply.op.evaluate(*xs, **apply.settings)
    except (ValueError, IndexError, TypeError, ArithmeticError):  # shapes that don't fit the other way round
        return None


def _sent(trace: Trace, node: NodeId, operand: int, upstream: Array) -> Array | None:
    """What the edge would send back for another adjoint of its target."""
    apply = trace.graph.nodes[node]
    assert isinstance(apply, Apply)
    xs = [trace.values[source] for source in apply.operands]
    return np.asarray(apply.op.vjp(operand, upstream, trace.values[node], *xs, **apply.settings), dtype=np.float64)


def _local(trace: Trace, node: NodeId, operand: int) -> Array | None:
    """The local derivative where it is a number (a number for each element); None where it is a rule."""
    apply = trace.graph.nodes[node]
    assert isinstance(apply, Apply)
    operands = (trace.values[source] for source in apply.operands)
    is_scalar = all(np.ndim(value) == 0 for value in (trace.values[node], *operands))  # type: ignore[arg-type]
    if not (apply.op.partials or is_scalar):
        return None
    return local_value(trace, node, operand)


def _whereabouts(trace: Trace, question: Question, given: Array) -> str:
    """Where to look when no single mistake gives the number."""
    right = question.answer
    if given.shape != right.shape:
        return f"The answer has the shape {_shape(right)}, yours has {_shape(given)}."
    if right.ndim:
        wrong = [index for index in np.ndindex(right.shape) if not agrees(given[index], right[index])]
        places = ", ".join(str(list(index)) for index in wrong[:4])
        return f"{right.size - len(wrong)} of {right.size} elements are right; look at {places}."
    names = [display(name) for name in symbols(trace.graph)]
    if question.edge is None:
        apply = trace.graph.nodes[question.node]
        if question.asked is Asked.ADJOINT or not isinstance(apply, Apply):
            return f"Not yet. Add all contributions to {names[question.node]}."
        operands = ", ".join(names[source] for source in apply.operands)
        return f"Not yet: {names[question.node]} is {apply.op.name} of {operands}."
    above, below = names[question.edge.target], names[question.edge.source]
    rule = f"It is ∂{names[trace.graph.output]}/∂{above} · ∂{above}/∂{below}"
    if np.sign(given) == -np.sign(right):
        return f"{rule}: both factors matter, and the sign is wrong too."
    return f"{rule}: one of these factors is wrong."


def _shape(of: Array) -> str:
    return str(tuple(of.shape)) if of.ndim else "of a number"
