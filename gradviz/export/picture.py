"""The one picture of a graph that the canvas and every exporter draw: cards, wires and pills, in words and places.

It knows no colours, no Qt and no file format. What each part looks like follows from its `state`
(`drawing.py` says in which colour):

    NOT_YET  quiet (a dashed, empty pill)     DONE     plain
    CURRENT  amber: what the last step did    FAILED   red: it failed, or its number is NaN or infinite
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeVar

import numpy as np

from gradviz.core.graph import Edge, Graph, Use
from gradviz.core.statistics import norm
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId, Role
from gradviz.export.accents import NONE, Accent, Accents, Legend
from gradviz.export.cards import PILL_GAP, PILL_HEIGHT, card_texts, pill_text, pill_width
from gradviz.export.cards import CardKind as CardKind
from gradviz.export.folding import folding
from gradviz.export.frames import Frame, frames_of
from gradviz.export.label import Label
from gradviz.export.moment import Moment, derivative_edges
from gradviz.export.moment import State as State
from gradviz.export.remarks import Remark, remarks_of
from gradviz.layout.types import Placement, Point, Rect, Route
from gradviz.project.placing import Comment

MARGIN = 28.0
"""Quiet space around the graph."""

Part = TypeVar("Part")


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
    accent: Accent | None = None
    """What is stressed about it."""
    colour: str | None = None
    """The colour that a person gave it, by name."""


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge from source to target (or, without an edge, the stub that leaves the output).

    path: 1 + 3k control points of joined cubic Bézier curves, the last one at the arrow's tip.
    """

    edge: Edge | None
    path: tuple[Point, ...]
    state: State
    accent: Accent | None = None
    """What is stressed about it."""

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
    """All that there is to draw, back to front: frames, wires, pills, cards; `bounds` includes a margin."""

    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    pills: tuple[Pill, ...]
    bounds: Rect
    legend: Legend | None = None
    """What the thickness of lines means; drawn in the margin below the graph."""
    frames: tuple[Frame, ...] = ()
    """Around unfolded blocks, an outer one before those inside it."""
    labels: tuple[Label, ...] = ()
    """Words below the graph: a legend, the explanation of the step; the canvas says them elsewhere."""
    remarks: tuple[Remark, ...] = ()
    """What people wrote beside the graph; in front of all else."""


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
    accents: Accents = NONE,
) -> Picture:
    """The picture of a graph, of a whole run (position None), or of a run after its first `position` steps.

    Without a trace the pills are empty. values, derivatives: which pills to show. sample: the number of the
    sample that data leaves name. accents: what is stressed.
    """
    composer = Composer(graph, placement, roles, trace, values=values, derivatives=derivatives, sample=sample)
    return composer.at(position, accents)


class Composer:
    """Makes the pictures of one run. From one position to another, parts that look the same are the same objects."""

    def __init__(
        self,
        graph: Graph,
        placement: Placement,
        roles: Mapping[str, Role],
        trace: Trace | None = None,
        *,
        values: bool = True,
        derivatives: bool = True,
        sample: int | None = None,
        unfolded: Collection[Use] | None = None,
        colours: Mapping[NodeId, str] | None = None,
        comments: Sequence[Comment] = (),
    ) -> None:
        """unfolded: the blocks that are not folded; None: no block is folded. colours: of cards.

        comments: the notes beside the graph.
        """
        self._colours = dict(colours or {})
        self._graph = graph
        self._trace = trace
        self._placement = placement
        self._routes = tuple(placement.all_routes())
        self._seen = folding(graph, unfolded)
        self._texts = card_texts(graph, roles, sample=sample, seen=self._seen)
        self._shows_values = values
        flowing = derivative_edges(graph, trace.wanted if trace is not None else None)
        self._carries = {
            r.edge
            for r in self._routes
            if derivatives and (r.edge is None or any(edge in flowing for edge in self._seen.real(r.edge)))
        }
        self._known: dict[object, Any] = {}
        self._frames = frames_of(self._seen, placement)
        self._bounds = placement.bounds
        for frame in self._frames:
            self._bounds = self._bounds.covering(frame.rect)
        self._remarks = remarks_of(
            comments, placement.boxes, self._seen.shown_by, (route.pill for route in self._routes)
        )
        for remark in self._remarks:
            self._bounds = self._bounds.covering(remark.hull)

    def at(self, position: int | None, accents: Accents = NONE) -> Picture:
        """The picture after the first `position` steps; of the whole run when None."""
        moment = Moment(self._graph, self._trace, position)
        cards = tuple(
            self._card(node, self._state(moment, node), self._accent(accents, node)) for node in self._seen.nodes
        )
        wires = tuple(
            self._wire(r, self._wire_state(moment, r.edge), self._wire_accent(accents, moment, r.edge))
            for r in self._routes
        )
        bounds = self._bounds.grown(MARGIN)
        pills = tuple(self._pills(moment))
        return Picture(cards, wires, pills, bounds, accents.legend, self._frames, remarks=self._remarks)

    def _card(self, node: NodeId, state: State, accent: Accent | None) -> Card:
        text, rect, colour = self._texts[node], self._placement.boxes[node], self._colours.get(node)
        return self._once(
            (node, state, accent),
            lambda: Card(node, text.kind, rect, text.title, text.subtitle, text.role, state, accent, colour),
        )

    def _state(self, moment: Moment, node: NodeId) -> State:
        """Of a card; what happens inside a folded block happens to its card."""
        if node not in self._seen.blocks:
            return moment.card(node)
        return _strongest([moment.card(member) for member in self._seen.members(node)], moment.card(node))

    def _wire_state(self, moment: Moment, edge: Edge | None) -> State:
        if edge is None or edge not in self._seen.inner:
            return moment.wire(edge)
        return _strongest([moment.wire(inner) for inner in self._seen.inner[edge]], moment.passed(edge.source))

    def _accent(self, accents: Accents, node: NodeId) -> Accent | None:
        """Of a card; a NaN that went through a folded block went through its card."""
        own, inside = accents.cards.get(node), self._seen.members(node)
        if len(inside) > 1 and any(one in accents.cards and accents.cards[one].is_poisoned for one in inside):
            return replace(own or Accent(), is_poisoned=True)
        return own

    def _wire_accent(self, accents: Accents, moment: Moment, edge: Edge | None) -> Accent | None:
        """Of a wire; into a folded block by what has come back along all edges that it stands for."""
        if edge is None or edge not in self._seen.inner:
            return accents.wires.get(edge)
        inner = [accents.wires[one] for one in self._seen.inner[edge] if one in accents.wires]
        sent = self._derivative(moment, edge)[0]
        size = norm(sent) if sent is not None else 0.0
        found = accents.strength_of(size) if any(one.strength is not None for one in inner) else None
        if any(one.is_poisoned for one in inner):
            return replace(found or Accent(), is_poisoned=True)
        return found

    def _derivative(self, moment: Moment, edge: Edge | None) -> tuple[Array | None, State]:
        """What came back along an edge; into a folded block the sum of what has come back out of it so far."""
        if edge is None or edge not in self._seen.inner:
            return moment.derivative(edge), moment.derivative_state(edge)
        inner = self._seen.inner[edge]
        sent = [value for one in inner if (value := moment.derivative(one)) is not None]
        states = [moment.derivative_state(one) for one in inner]
        return (sum(sent[1:], start=sent[0]) if sent else None), _strongest(states, _best(states))

    def _wire(self, route: Route, state: State, accent: Accent | None) -> Wire:
        return self._once((route.edge, state, accent), lambda: Wire(route.edge, route.path, state, accent))

    def _pills(self, moment: Moment) -> Iterator[Pill]:
        for route in self._routes:
            source = self._graph.output if route.edge is None else route.edge.source
            if self._shows_values:
                yield self._pill(route, PillKind.VALUE, moment.value(source), moment.value_state(source))
            if route.edge in self._carries:
                value, state = self._derivative(moment, route.edge)
                yield self._pill(route, PillKind.DERIVATIVE, value, state)

    def _pill(self, route: Route, kind: PillKind, value: Array | None, state: State) -> Pill:
        # a run gives one value to each place, so edge, kind and state say all; but a sum may be on its way
        grown = None if value is None or route.edge not in self._seen.inner else value.tobytes()
        return self._once((route.edge, kind, state, grown), lambda: _pill(route, kind, value, state))

    def _once(self, key: object, make: Callable[[], Part]) -> Part:
        found: Part | None = self._known.get(key)
        if found is None:
            found = self._known[key] = make()
        return found


def _strongest(states: Collection[State], else_: State) -> State:
    """Failed if any is, current if any is."""
    return next((state for state in (State.FAILED, State.CURRENT) if state in states), else_)


def _best(states: Collection[State]) -> State:
    return State.DONE if State.DONE in states else State.NOT_YET


def _pill(route: Route, kind: PillKind, value: Array | None, state: State) -> Pill:
    text = None if value is None else pill_text(value)
    if value is not None and not np.isfinite(value).all():
        state = State.FAILED
    shift = (PILL_HEIGHT + PILL_GAP) / 2
    center = route.pill.center
    middle = Point(center.x, center.y + (-shift if kind is PillKind.VALUE else shift))
    rect = Rect.around(middle, pill_width("0" if text is None else text), PILL_HEIGHT)
    return Pill(route.edge, kind, rect, text, state)
