"""Conditions in the formula language: where a run is to stop.

    nan                       any number that the run computes is NaN (inf: infinite, nonfinite: either)
    isnan(loss)               the value of the output; in training, the loss over all samples
    abs(h) > 10               the value of the node h, when it is computed
    grad(W) > 10 and h < 0    ∂L/∂W, when it is complete
    abs(adjoint) > 1e6        any derivative that flows back; `value`: any value that is computed
    iteration >= 20           in training

An array fulfils a condition when one of its elements does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph, Literal
from gradviz.core.record import evaluate
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.errors import FormulaError, GradvizError
from gradviz.lang.lower import read
from gradviz.text.symbols import symbols

_ANY_VALUE, _ANY_ADJOINT, _ANY_NUMBER = "value", "adjoint", "number"
_LOSS, _ITERATION = "loss", "iteration"
_SHORT = {
    "nan": "isnan(number)",
    "inf": "isinf(number)",
    "nonfinite": "isnan(number) or isinf(number)",
}
_TESTS = {"isnan": "(({0}) != ({0}))", "isinf": "(abs({0}) == 1e999)", "isfinite": "(abs({0}) < 1e999)"}
_TEST = re.compile(r"\b(isnan|isinf|isfinite)\s*\(")
_GRADIENT = re.compile(r"\b(?:grad|gradient|adjoint)\(\s*(\w+)\s*\)")


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A condition on the runs of one graph. clauses: alternatives, each a list of formulas that must all hold."""

    text: str
    clauses: tuple[tuple[Graph, ...], ...]

    def first(self, trace: Trace, iteration: int = 0, loss: float | None = None) -> Step | None:
        """The first step of a run with which the condition holds; None when it never does.

        loss: that of all samples, where the run is of one of them; the run's own output when None.
        """
        known = _Known(trace, iteration, loss)
        return next((step for step in trace.steps if self._holds(known, step)), None)

    def _holds(self, known: "_Known", step: Step) -> bool:
        return any(all(_is_true(formula, known, step) for formula in clause) for clause in self.clauses)


def condition(text: str, graph: Graph) -> Condition:
    """Read a condition on runs of the graph; raises FormulaError for bad text or a name that isn't there."""
    stripped = text.strip()
    written = _SHORT.get(stripped.lower(), stripped)
    names = set(symbols(graph)) | {_ANY_VALUE, _ANY_ADJOINT, _ANY_NUMBER, _LOSS, _ITERATION}
    known = names | {_gradient(name) for name in names}
    clauses = tuple(
        tuple(_formula(part, known) for part in re.split(r"\s+and\s+", alternative))
        for alternative in re.split(r"\s+or\s+", written)
    )
    return Condition(stripped, clauses)


def path_of(trace: Trace, step: Step) -> tuple[NodeId, ...]:
    """The nodes that a bad value came from and reached, in the order of time, with the step's own node among them."""
    match step.kind:
        case StepKind.CONTRIBUTE | StepKind.SEED:
            return _backward_path(trace, step)
        case StepKind.UPDATE:
            return (step.node,)
        case _:
            return _forward_path(trace, step.node)


def _formula(text: str, known: set[str]) -> Graph:
    found = read(_GRADIENT.sub(lambda match: _gradient(match[1]), _without_tests(text)), tuple(known)).graph
    for name in found.leaves():
        if name not in known:
            raise FormulaError(f"the condition names {name}, which the formula doesn't have")
    return found


def _without_tests(text: str) -> str:
    """The text with isnan(…) and the like written as comparisons."""
    match = _TEST.search(text)
    while match is not None:
        stop = _closing(text, match.end())
        inner = text[match.end() : stop]
        text = text[: match.start()] + _TESTS[match[1]].format(inner) + text[stop + 1 :]
        match = _TEST.search(text)
    return text


def _closing(text: str, start: int) -> int:
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise FormulaError(f"a bracket is never closed in the condition {text}")


def _gradient(name: str) -> str:
    return f"grad_{name}"


class _Known:
    """What a condition can ask of a run: named numbers, each with the step from which it is known."""

    def __init__(self, trace: Trace, iteration: int, loss: float | None) -> None:
        self._trace = trace
        self._nodes = {name: node for node, name in enumerate(symbols(trace.graph))}
        self._nodes.setdefault(_LOSS, trace.graph.output)
        self._iteration = iteration
        self._loss = loss if _LOSS not in trace.graph.leaves() else None
        self._evaluated = {step.node: step.index for step in trace.steps if step.kind is StepKind.EVALUATE}
        self._complete = {receiver: step.index for step, receiver in _receivers(trace)}

    def at(self, name: str, step: Step) -> tuple[int, Any] | None:
        """The number of that name and the step from which it is known; None when this step doesn't have it."""
        if name == _LOSS and self._loss is not None:
            since = self._evaluated.get(self._trace.graph.output)
            return None if since is None else (since, np.float64(self._loss))
        if name in self._nodes:
            return self._of_node(self._nodes[name], self._evaluated, self._trace.values)
        if name.startswith("grad_") and name[5:] in self._nodes:
            return self._of_node(self._nodes[name[5:]], self._complete, self._trace.adjoints)
        if name == _ITERATION:
            return 0, np.float64(self._iteration)
        return (step.index, step.value) if step.value is not None and step.kind in _KINDS.get(name, ()) else None

    def _of_node(
        self, node: int, since: Mapping[NodeId, int], numbers: tuple[Array | None, ...]
    ) -> tuple[int, Any] | None:
        found = numbers[node]
        return (since[NodeId(node)], found) if found is not None and NodeId(node) in since else None


_KINDS = {
    _ANY_VALUE: (StepKind.EVALUATE, StepKind.UPDATE),
    _ANY_ADJOINT: (StepKind.SEED, StepKind.CONTRIBUTE),
    _ANY_NUMBER: (StepKind.EVALUATE, StepKind.SEED, StepKind.CONTRIBUTE, StepKind.UPDATE),
}


def _is_true(formula: Graph, known: _Known, step: Step) -> bool:
    found = {name: known.at(name, step) for name in formula.leaves()}
    present = {name: pair for name, pair in found.items() if pair is not None}
    if len(present) < len(found) or any(since > step.index for since, _ in present.values()):
        return False
    try:
        return bool(np.any(evaluate(formula, {name: value for name, (_, value) in present.items()})))
    except GradvizError:  # shapes that don't fit here: `value` has another shape at each step
        return False


def _receivers(trace: Trace) -> Iterator[tuple[Step, NodeId]]:
    for step in trace.steps:
        if step.kind is StepKind.SEED:
            yield step, step.node
        elif step.kind is StepKind.CONTRIBUTE:
            yield step, _edge(trace.graph, step).source


def _edge(graph: Graph, step: Step) -> Edge:
    node = graph.nodes[step.node]
    assert isinstance(node, Apply)
    assert step.operand is not None
    return Edge(node.operands[step.operand], step.node, step.operand)


def _forward_path(trace: Trace, node: NodeId) -> tuple[NodeId, ...]:
    graph = trace.graph
    bad = {i for i in graph.node_ids() if not _is_finite(trace.values[i])}
    before, after = _operands_of_operands(graph, node), graph.reaching({node})
    chain = {node} | (bad & (before | after))
    origins = [i for i in chain if not bad & set(_operands(graph, i))]
    return tuple(sorted(chain.union(*(_operands(graph, i) for i in origins))))


def _backward_path(trace: Trace, hit: Step) -> tuple[NodeId, ...]:
    path: dict[NodeId, None] = {hit.node: None}
    for step, receiver in _receivers(trace):
        if step.index == hit.index or (step.index > hit.index and not _is_finite(step.value) and step.node in path):
            path[receiver] = None
    return tuple(path)


def _operands_of_operands(graph: Graph, node: NodeId) -> set[NodeId]:
    found = {node}
    for index in range(node, -1, -1):  # reversed: a user is seen before its operands
        if index in found:
            found.update(_operands(graph, NodeId(index)))
    return found


def _operands(graph: Graph, node: NodeId) -> tuple[NodeId, ...]:
    """The operands that are no numbers of the formula."""
    found = graph.nodes[node]
    if not isinstance(found, Apply):
        return ()
    return tuple(i for i in found.operands if not isinstance(graph.nodes[i], Literal))


def _is_finite(value: Array | None) -> bool:
    return value is None or bool(np.all(np.isfinite(value)))
