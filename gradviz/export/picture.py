"""The one picture of a graph that the canvas and every exporter draw: cards, wires and pills, in words and places.

It knows no colours, no Qt and no file format. What each part looks like follows from its `state`
(`drawing.py` says in which colour):

    NOT_YET  quiet (a dashed, empty pill)     DONE     plain
    CURRENT  amber: what the last step did    FAILED   red: it failed, or its number is NaN or infinite
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.graph import Apply, Edge, Graph, Literal
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import Array, NodeId, Role
from gradviz.export.cards import PILL_GAP, PILL_HEIGHT, card_texts, pill_text, pill_width
from gradviz.export.cards import CardKind as CardKind
from gradviz.layout.types import Placement, Point, Rect, Route

MARGIN = 28.0
"""Quiet space around the graph."""


class State(Enum):
    """Where a part of the picture stands in the run."""

    NOT_YET = "not yet"
    DONE = "done"
    CURRENT = "current"
    FAILED = "failed"


class PillKind(Enum):
    """Which of the two numbers of an edge a pill shows; the enum's value is the mark before the number."""

    VALUE = "▸"
    DERIVATIVE = "◂"


@dataclass(frozen=True, slots=True)
class Card:
    """A node: its mathematics (`title`) and in small type its name or role (`subtitle`, maybe empty)."""

    node: NodeId
    kind: CardKind
    rect: Rect
    title: str
    subtitle: str
    role: Role | None
    """The role of a leaf, None for anything else."""
    state: State


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge from source to target (or, without an edge, the stub that leaves the output).

    path: 1 + 3k control points of joined cubic Bézier curves, the last one at the arrow's tip.
    """

    edge: Edge | None
    path: tuple[Point, ...]
    state: State

    @property
    def has_arrow(self) -> bool:
        """True where the wire ends in an arrowhead; the stub doesn't."""
        return self.edge is not None


@dataclass(frozen=True, slots=True)
class Pill:
    """One number on an edge, or on the stub (its derivative is the seed). `text` is None until it is computed.

    rect is as narrow as the text; the room around it is fixed, so a longer number moves nothing.
    """

    edge: Edge | None
    kind: PillKind
    rect: Rect
    text: str | None
    state: State


@dataclass(frozen=True, slots=True)
class Picture:
    """All that there is to draw, back to front: wires, pills, cards; `bounds` includes a margin."""

    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    pills: tuple[Pill, ...]
    bounds: Rect


def compose(
    graph: Graph,
    placement: Placement,
    roles: Mapping[str, Role],
    trace: Trace | None = None,
    position: int | None = None,
    *,
    values: bool = True,
    derivatives: bool = True,
    sample: int | None = None,
) -> Picture:
    """The picture of a graph, of a whole run (position None), or of a run after its first `position` steps.

    Without a trace the pills are empty. values, derivatives: which pills to show. sample: the number of the
    sample that data leaves name.
    """
    moment = _Moment(graph, trace, position)
    texts = card_texts(graph, roles, sample=sample)
    cards = tuple(
        Card(node, text.kind, placement.boxes[node], text.title, text.subtitle, text.role, moment.card(node))
        for node, text in zip(graph.node_ids(), texts, strict=True)
    )
    wires = tuple(Wire(route.edge, route.path, moment.wire(route.edge)) for route in placement.all_routes())
    pills = tuple(
        pill
        for route in placement.all_routes()
        for pill in _pills(graph, route, moment)
        if (values if pill.kind is PillKind.VALUE else derivatives)
    )
    return Picture(cards, wires, pills, placement.bounds.grown(MARGIN))


def derivative_edges(graph: Graph, wanted: frozenset[str] | None = None) -> frozenset[Edge]:
    """The edges along which something flows back to a wanted leaf (to any leaf when None)."""
    leaves = {node for name, node in graph.leaves().items() if wanted is None or name in wanted}
    flows_to = graph.reaching(leaves)
    receiving = {graph.output}
    found = set()
    for target in reversed(range(len(graph))):  # reversed: all that a node receives is known before it sends
        node = graph.nodes[target]
        if isinstance(node, Apply) and target in receiving:
            for operand, source in enumerate(node.operands):
                if source in flows_to and node.op.is_differentiable_by(operand):
                    receiving.add(source)
                    found.add(Edge(source, NodeId(target), operand))
    return frozenset(found)


def _pills(graph: Graph, route: Route, moment: "_Moment") -> Iterator[Pill]:
    source = graph.output if route.edge is None else route.edge.source
    yield _pill(route, PillKind.VALUE, moment.value(source), moment.value_state(source))
    if route.edge is None or route.edge in moment.derivative_edges:
        yield _pill(route, PillKind.DERIVATIVE, moment.derivative(route.edge), moment.derivative_state(route.edge))


def _pill(route: Route, kind: PillKind, value: Array | None, state: State) -> Pill:
    text = None if value is None else pill_text(value)
    if value is not None and not np.isfinite(value).all():
        state = State.FAILED
    shift = (PILL_HEIGHT + PILL_GAP) / 2
    center = route.pill.center
    middle = Point(center.x, center.y + (-shift if kind is PillKind.VALUE else shift))
    rect = Rect.around(middle, pill_width("0" if text is None else text), PILL_HEIGHT)
    return Pill(route.edge, kind, rect, text, state)


class _Moment:
    """What is known, and what was just done, at one position of a run."""

    def __init__(self, graph: Graph, trace: Trace | None, position: int | None) -> None:
        self._trace = trace
        steps = trace.steps[:position] if trace is not None else ()
        self._current = steps[-1] if steps and position is not None else None
        self._valued = {step.node for step in steps if step.kind is StepKind.EVALUATE}
        self._valued |= {node for node in graph.node_ids() if isinstance(graph.nodes[node], Literal)}
        self._sent = {(step.node, step.operand) for step in steps if step.kind is StepKind.CONTRIBUTE}
        self._is_seeded = any(step.kind is StepKind.SEED for step in steps)
        self._failed = {(step.node, step.operand) for step in steps if step.kind is StepKind.FAIL}
        self._is_still = position is None and (trace is None or trace.failure is None)
        self.derivative_edges = derivative_edges(graph, trace.wanted if trace is not None else None)

    def card(self, node: NodeId) -> State:
        """A card is done once it has a value; in a picture of the structure alone all cards are."""
        if any(node == failed for failed, _ in self._failed):
            return State.FAILED
        if self._current is not None and self._current.node == node:
            return State.CURRENT
        return State.DONE if self._is_still or node in self._valued else State.NOT_YET

    def wire(self, edge: Edge | None) -> State:
        """A wire is current while a contribution (on the stub: the seed) runs along it."""
        if edge is None:
            return State.CURRENT if self._does(StepKind.SEED) else State.DONE
        if (edge.target, edge.operand) in self._failed:
            return State.FAILED
        return State.CURRENT if self._is_sending(edge) else State.DONE

    def value(self, node: NodeId) -> Array | None:
        """The value of a node, if it is known by now."""
        return self._trace.values[node] if self._trace is not None and node in self._valued else None

    def value_state(self, node: NodeId) -> State:
        """Current for the value that was just computed."""
        if node not in self._valued:
            return State.NOT_YET
        is_new = self._does(StepKind.EVALUATE) and self._current is not None and self._current.node == node
        return State.CURRENT if is_new else State.DONE

    def derivative(self, edge: Edge | None) -> Array | None:
        """What an edge sent back, or on the stub the seed, if it is known by now."""
        if self._trace is None:
            return None
        if edge is None:
            return self._trace.adjoints[self._trace.graph.output] if self._is_seeded else None
        key = (edge.target, edge.operand)
        return self._trace.contributions[key] if key in self._sent else None

    def derivative_state(self, edge: Edge | None) -> State:
        """Current for the contribution that was just sent, or the seed."""
        if edge is None:
            known, is_new = self._is_seeded, self._does(StepKind.SEED)
        else:
            known, is_new = (edge.target, edge.operand) in self._sent, self._is_sending(edge)
        return (State.CURRENT if is_new else State.DONE) if known else State.NOT_YET

    def _does(self, kind: StepKind) -> bool:
        return self._current is not None and self._current.kind is kind

    def _is_sending(self, edge: Edge) -> bool:
        step = self._current
        return (
            step is not None
            and step.kind is StepKind.CONTRIBUTE
            and (step.node, step.operand) == (edge.target, edge.operand)
        )
