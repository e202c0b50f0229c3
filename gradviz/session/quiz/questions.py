"""What can be asked of a run: the value of each op, what each edge sends back, the sum where paths meet.

x ──▸?──▶ (·)² ──▸?──      VALUE of a node, hidden on all its edges
x ◀──◂?── (·)²             CONTRIBUTION of an edge
∂L/∂h = ?                  ADJOINT of a node that several edges leave
"""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.session.veil import DERIVATIVE, VALUE, Place
from gradviz.text.symbols import display, symbols

MOST_ENTRIES = 6
"""An array with more elements is asked for its shape."""


class Asked(Enum):
    """What is asked for."""

    VALUE = "value"
    CONTRIBUTION = "contribution"
    ADJOINT = "adjoint"


class Selected(Enum):
    """Which of the numbers are asked."""

    RANDOM = "some, by chance"
    VALUES = "all values"
    DERIVATIVES = "all derivatives"
    PATH = "the path of the selected node"
    SELECTION = "what is selected"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One hidden number. edge: of a contribution. places: where it is hidden."""

    asked: Asked
    node: NodeId
    edge: Edge | None
    answer: Array
    title: str
    places: frozenset[Place]

    @property
    def wants_shape(self) -> bool:
        """True where the array is too large to be typed: its shape is asked."""
        return self.answer.size > MOST_ENTRIES


def questions(trace: Trace, visible: Collection[Edge] | None = None) -> tuple[Question, ...]:
    """All that can be asked of a run, forward first. visible: the edges that are seen as they are; None: all."""
    graph = trace.graph
    names = [display(name) for name in symbols(graph)]
    seen = frozenset(graph.edges()) if visible is None else frozenset(visible)
    uses = graph.uses()
    found = [_value(trace, node, names, seen, uses[node]) for node in graph.node_ids()]
    sent = [(step.node, step.operand) for step in trace.steps if step.operand is not None and step.value is not None]
    found += [_contribution(trace, node, operand, names, seen) for node, operand in sent]
    found += [_adjoint(trace, node, names, seen, uses[node]) for node in reversed(list(graph.node_ids()))]
    return tuple(question for question in found if question is not None and np.isfinite(question.answer).all())


def chosen(
    trace: Trace,
    of: tuple[Question, ...],
    selected: Selected,
    *,
    seed: int = 0,
    count: int = 6,
    nodes: Collection[NodeId] = (),
    edge: Edge | None = None,
) -> tuple[Question, ...]:
    """The questions of a quiz. seed, count: of a random one. nodes, edge: what the person has selected."""
    match selected:
        case Selected.RANDOM:
            chance = random.Random(seed)  # noqa: S311 - a quiz is no secret
            picked = chance.sample(range(len(of)), min(count, len(of)))
            return tuple(of[index] for index in sorted(picked))
        case Selected.VALUES:
            return _only(of, lambda question: question.asked is Asked.VALUE)
        case Selected.DERIVATIVES:
            return _only(of, lambda question: question.asked is not Asked.VALUE)
        case Selected.PATH:
            above = trace.graph.reaching(set(nodes)) if nodes else frozenset()
            is_on = set(above) | set(nodes)
            return _only(of, lambda question: _lies_on(question, is_on))
        case Selected.SELECTION:
            return _only(of, lambda question: question.edge == edge if edge is not None else question.node in nodes)


def _only(of: tuple[Question, ...], keep: Callable[[Question], bool]) -> tuple[Question, ...]:
    return tuple(question for question in of if keep(question))


def _lies_on(question: Question, path: Collection[NodeId]) -> bool:
    edge = question.edge
    if question.asked is Asked.VALUE:
        return False
    return question.node in path if edge is None else edge.source in path and edge.target in path


def _value(trace: Trace, node: NodeId, names: list[str], seen: Collection[Edge], uses: list[Edge]) -> Question | None:
    value = trace.values[node]
    if not isinstance(trace.graph.nodes[node], Apply) or value is None:
        return None
    places: set[Place] = {(VALUE, edge) for edge in uses if edge in seen}
    if node == trace.graph.output:
        places.add((VALUE, None))
    return Question(Asked.VALUE, node, None, value, names[node], frozenset(places)) if places else None


def _contribution(
    trace: Trace, node: NodeId, operand: int, names: list[str], seen: Collection[Edge]
) -> Question | None:
    edge = edge_at(trace.graph, node, operand)
    if edge not in seen:
        return None
    back = trace.contributions[node, operand]
    title = f"∂{names[trace.graph.output]}/∂{names[edge.source]} through {names[node]}"
    return Question(Asked.CONTRIBUTION, edge.source, edge, back, title, frozenset({(DERIVATIVE, edge)}))


def _adjoint(trace: Trace, node: NodeId, names: list[str], seen: Collection[Edge], uses: list[Edge]) -> Question | None:
    adjoint = trace.adjoints[node]
    sent = [edge for edge in uses if (edge.target, edge.operand) in trace.contributions]
    if adjoint is None or len(sent) < 2 or not any(edge in seen for edge in sent):
        return None
    title = f"∂{names[trace.graph.output]}/∂{names[node]}, sum of {len(sent)}"
    return Question(Asked.ADJOINT, node, None, adjoint, title, frozenset())


def edge_at(graph: Graph, node: NodeId, operand: int) -> Edge:
    """The edge that ends in an operand slot."""
    found = graph.nodes[node]
    assert isinstance(found, Apply)
    return Edge(found.operands[operand], node, operand)
