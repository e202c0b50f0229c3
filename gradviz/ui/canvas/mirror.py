"""Keeps the scene like the session: lays out when the structure changes, else repaints what differs.

    session ──▷ boxes and slots ──▷ layout (worker) ──▷ placement ─┐
       └──────▷ trace, position ─────────────────────────▷ compose ┴▷ scene

The layout's question is what decides: as long as it is the same, no node moves, whatever the numbers do. An
answer to a question that is no longer asked is dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gradviz.core.graph import Graph, Use
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId, Role
from gradviz.errors import GradvizError, LayoutError
from gradviz.events import Signal
from gradviz.export.cards import boxes_and_slots
from gradviz.export.film import Film
from gradviz.export.folding import Folding, folding
from gradviz.export.picture import Composer, Picture
from gradviz.layout.dot import place
from gradviz.layout.pinning import moves, pinned
from gradviz.layout.still import beneath, held, hints
from gradviz.layout.types import Box, Direction, Placement, Point, Slot
from gradviz.project.changes import ChangeFlags
from gradviz.project.matching import same_nodes
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.session.update_rule import update_rule
from gradviz.text.explain import Explainer
from gradviz.ui.canvas.accents import accents_of
from gradviz.ui.canvas.followers import with_open_ports
from gradviz.ui.canvas.items import Key
from gradviz.ui.canvas.lighting import lit_keys, subject_of
from gradviz.ui.canvas.scene import GraphScene
from gradviz.ui.canvas.stops import stop_keys
from gradviz.ui.canvas.veiling import veiled
from gradviz.ui.painting import Marks


@dataclass(frozen=True, slots=True)
class Question:
    """All that a layout depends on."""

    boxes: tuple[Box, ...]
    slots: tuple[Slot, ...]
    output: NodeId
    direction: Direction
    unfolded: frozenset[Use]
    groups: tuple[frozenset[NodeId], ...] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """A graph whose places are known."""

    graph: Graph
    question: Question
    free: Placement
    """Where the layout puts all cards."""
    pins: Mapping[NodeId, Point]
    placement: Placement
    """The same with pinned cards at their pins."""


class Mirror:
    """The session, seen on a scene. asked(): places are being sought. placed(): another graph or layout is shown.

    pinned(): some cards stand elsewhere. is_new: what is shown has little in common with what was shown before.
    """

    def __init__(self, session: Session, scene: GraphScene) -> None:
        self.asked: Signal[[]] = Signal()
        self.placed: Signal[[]] = Signal()
        self.pinned: Signal[[]] = Signal()
        self.is_animated = True
        self.is_new = True
        self._session = session
        self._scene = scene
        self._laid: Laid | None = None
        self._composer: Composer | None = None
        self._measured: tuple[Graph, dict[str, Role], Question] | None = None
        self._seen: tuple[Graph, frozenset[Use], Folding] | None = None
        self._asked: Question | None = None
        self._job: Job | None = None
        self._hovered: Key | None = None
        self._is_dragged = False
        session.document.changed.connect(self._document_changed)
        session.debugger.retraced.connect(self.refresh)
        session.debugger.moved.connect(self._moved)
        session.sampled.connect(self.refresh)
        session.selection.changed.connect(self.mark)
        session.lens.changed.connect(self.refresh)
        session.pointing.changed.connect(self.mark)
        session.veil.changed.connect(self._moved)

    def close(self) -> None:
        """Look away: the scene is gone."""
        self._drop_job()
        self._session.document.changed.disconnect(self._document_changed)
        self._session.debugger.retraced.disconnect(self.refresh)
        self._session.debugger.moved.disconnect(self._moved)
        self._session.sampled.disconnect(self.refresh)
        self._session.selection.changed.disconnect(self.mark)
        self._session.lens.changed.disconnect(self.refresh)
        self._session.pointing.changed.disconnect(self.mark)
        self._session.veil.changed.disconnect(self._moved)

    @property
    def is_laying_out(self) -> bool:
        """True while places for a new structure are being sought."""
        return self._job is not None and not self._job.is_finished

    @property
    def is_up_to_date(self) -> bool:
        """True when the nodes on the scene are those of the session's graph."""
        return self._laid is not None and self._laid.graph is self._session.graph

    @property
    def placement(self) -> Placement | None:
        """Where everything stands, None while nothing is shown."""
        return self._laid.placement if self._laid is not None else None

    @property
    def is_dragged(self) -> bool:
        """True while the mouse holds cards elsewhere than the picture has them."""
        return self._is_dragged

    @property
    def has_graph(self) -> bool:
        """True when there is something to see, or will be in a moment."""
        return self._session.graph is not None

    @property
    def seen(self) -> Folding | None:
        """Which cards and edges the session's graph has with its blocks folded as they are."""
        graph, unfolded = self._session.graph, self._session.document.project.unfolded
        if graph is None:
            return None
        if self._seen is None or self._seen[0] is not graph or self._seen[1] != unfolded:
            self._seen = graph, unfolded, folding(graph, unfolded)
        return self._seen[2]

    def card_of(self, node: NodeId) -> NodeId:
        """The node whose card shows this one: inside a folded block it is the block's."""
        seen = self.seen
        return node if seen is None else seen.shown_by.get(node, node)

    def film(self) -> Film | None:
        """All pictures of the run that is shown, for exporters; it stays as it is when the session goes on."""
        if self._laid is None or not self.is_up_to_date:
            return None
        graph, trace, roles = self._laid.graph, self._session.lens.trace, self._session.roles()
        shown = trace if _fits(trace, graph) else None
        veil = self._session.veil
        return Film(
            self._composer_of(self._laid),
            shown,
            Explainer(shown, roles, update_rule(self._session, shown)) if shown is not None else None,
            lambda picture: veiled(picture, veil),
        )

    def refresh(self) -> None:
        """Show the session as it is now."""
        graph = self._session.graph
        if graph is None:
            self._clear()
            return
        question = self._question(graph, self._session.roles())
        if self._laid is not None and question == self._laid.question:
            self._drop_job()
            self._keep(graph, self._laid)
        elif question != self._asked:
            self._ask(graph, question)

    def drag(self, places: Mapping[NodeId, Point]) -> None:
        """Show cards at these places with their edges, as long as the mouse holds them; `put_back` ends it."""
        if self._laid is not None:
            laid = self._laid
            whole = with_open_ports(laid.graph, laid.placement, places)
            moved = moves(laid.placement, whole, laid.graph.output, laid.question.direction, with_passing=False)
            self._scene.show_moved(moved, laid.placement)
            self._is_dragged = True

    def put_back(self) -> None:
        """End a drag: everything stands where the document says."""
        if self._is_dragged:
            self._is_dragged = False
            self._moved()

    def hover(self, key: Key | None) -> None:
        """The pointer is over this item, or over none."""
        if key != self._hovered:
            self._hovered = key
            self.mark()
            self._session.pointing.point_at(subject_of(key))

    def mark(self) -> None:
        """Mark what is hovered, selected and stops a run."""
        if not self.is_up_to_date:
            return
        selection = self._session.selection
        selected: set[Key] = {("card", self.card_of(node)) for node in selection.nodes}
        if selection.edge is not None:
            selected.add(("wire", selection.edge))
        stops = stop_keys(self._session)
        pins: set[Key] = {("card", node) for node in self._session.document.project.pins}
        hovered = {self._hovered} if self._hovered is not None else set()
        lit = lit_keys(self._session.pointing, self.seen, self._hovered)
        self._scene.show_marks(
            {
                key: Marks(key in hovered, key in selected, key in stops, key in pins, lit.get(key))
                for key in hovered | selected | stops | pins | lit.keys()
            }
        )

    # -- asking for a layout ----------------------------------------------------------------------

    def _question(self, graph: Graph, roles: dict[str, Role]) -> Question:
        """What a layout of this graph depends on, remembered: a training asks thirty times a second."""
        direction, unfolded = self._session.document.project.direction, self._session.document.project.unfolded
        known = self._measured
        if known is None or known[0] is not graph or known[1] != roles or known[2].unfolded != unfolded:
            boxes, slots = boxes_and_slots(graph, roles, unfolded)
            groups = folding(graph, unfolded).groups
            known = graph, roles, Question(boxes, slots, graph.output, direction, unfolded, groups)
        if known[2].direction is not direction:
            known = graph, roles, replace(known[2], direction=direction)
        self._measured = known
        return known[2]

    def _ask(self, graph: Graph, question: Question) -> None:
        self._drop_job()
        self._asked = question
        before, direction = self._laid, question.direction
        if before is not None and before.question.direction is not direction:
            before = None
        pairs = same_nodes(before.graph, graph) if before is not None else {}

        def work(token: CancelToken) -> Placement:
            order = hints(before.free, pairs, direction) if before is not None else {}
            found = place(
                question.boxes,
                question.slots,
                question.output,
                direction=direction,
                groups=question.groups,
                order=order,
                cancelled=token,
            )
            found = beneath(found, question.output)
            return held(before.free, found, pairs) if before is not None else found

        def done(placement: Placement) -> None:
            self._take(self._laid_out(graph, question, placement))

        self.asked.emit()
        self._job = self._session.runner.submit(work, done, self._failed)

    def _laid_out(self, graph: Graph, question: Question, free: Placement) -> Laid:
        """The layout with the document's pins."""
        wanted = self._session.document.project.pins if graph is self._session.graph else {}
        pins = {node: place for node, place in wanted.items() if node in free.boxes}
        places = with_open_ports(graph, free, pins)
        return Laid(graph, question, free, pins, pinned(free, places, graph.output, question.direction))

    def _keep(self, graph: Graph, laid: Laid) -> None:
        """Show the same layout, of another run or with other pins."""
        was_dragged, self._is_dragged = self._is_dragged, False
        wanted = self._session.document.project.pins
        if laid.pins == {node: place for node, place in wanted.items() if node in laid.free.boxes}:
            self._show(replace(laid, graph=graph))
            self._scene.show_picture(self._picture())
            self.mark()
            return
        self._show(self._laid_out(graph, laid.question, laid.free))
        if was_dragged:
            self._scene.show_picture(self._picture())
        else:
            same = {node: node for node in graph.node_ids()}
            self._scene.show_other(self._picture(), same, graph.output, is_gliding=self.is_animated)
        self.pinned.emit()
        self.mark()

    def _take(self, laid: Laid) -> None:
        if laid.question != self._asked:
            return
        self._asked, self._job = None, None
        before = self._laid
        known = {new: old for old, new in same_nodes(before.graph, laid.graph).items()} if before is not None else {}
        self.is_new = before is None or _is_other(before, laid, len(known))
        self._is_dragged = False
        self._show(laid)
        self._scene.show_other(self._picture(), known, laid.graph.output, is_gliding=self.is_animated)
        self.placed.emit()
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._job = None  # what was asked stays: the same question would fail again
        what = error if isinstance(error, GradvizError) else LayoutError(f"the graph could not be laid out: {error}")
        self._session.reported.emit(what)

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._asked, self._job = None, None

    def _clear(self) -> None:
        self._drop_job()
        self._laid = self._composer = None
        self._scene.clear_picture()
        self.placed.emit()

    # -- composing --------------------------------------------------------------------------------

    def _show(self, laid: Laid) -> None:
        """Compose this graph's pictures from now on, of the present trace."""
        self._laid = laid
        self._composer = self._composer_of(laid)

    def _composer_of(self, laid: Laid) -> Composer:
        trace = self._session.lens.trace
        is_one = self._session.sample_count > 0 and not self._session.lens.samples.is_summed
        return Composer(
            laid.graph,
            laid.placement,
            self._session.roles(),
            trace if _fits(trace, laid.graph) else None,
            sample=self._session.sample if is_one else None,
            unfolded=laid.question.unfolded,
            colours=self._session.document.project.colours if laid.graph is self._session.graph else {},
            comments=self._session.document.project.comments if laid.graph is self._session.graph else (),
        )

    def _picture(self) -> Picture:
        assert self._composer is not None
        debugger = self._session.debugger
        position = None if debugger.is_overview else debugger.position
        picture = self._composer.at(position, accents_of(self._session.lens, position, debugger.hit))
        return veiled(picture, self._session.veil)

    def _moved(self) -> None:
        if self._composer is not None:
            self._scene.show_picture(self._picture())

    def _document_changed(self, flags: ChangeFlags) -> None:
        if flags & (
            ChangeFlags.STRUCTURE
            | ChangeFlags.ROLES
            | ChangeFlags.VALUES
            | ChangeFlags.DATA
            | ChangeFlags.PLACES
            | ChangeFlags.REMARKS
        ):
            self.refresh()
        if flags & ChangeFlags.BREAKPOINTS:
            self.mark()


def _fits(trace: Trace | None, graph: Graph) -> bool:
    """True when the trace is one of this graph."""
    return trace is not None and (trace.graph is graph or trace.graph.same_as(graph))


def _is_other(before: Laid, after: Laid, kept: int) -> bool:
    """True when one has to look at it afresh: most nodes are others, or the direction is."""
    is_turned = before.question.direction is not after.question.direction
    return is_turned or 3 * kept < 2 * max(len(before.graph), len(after.graph))
