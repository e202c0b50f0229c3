"""Adding: quick-add, the palette, drops on the graph, replacing an operation by another, and ops of one's own.

Everything that is added goes through `add`: one change of the document, named in the history, with the new part at
the pointer's place when it is a loose one; then the next open port is selected.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from gradviz.core.graph import Apply, Edge, Graph, Hole
from gradviz.core.op import OPS, Op, public_ops
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, GradvizError
from gradviz.lang.names import function_names, is_name
from gradviz.layout.types import Point, Rect
from gradviz.project import editing
from gradviz.project.changes import ChangeFlags
from gradviz.project.placing_commands import pin
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.adding import Port, Target, adding, next_open, port_of
from gradviz.ui.canvas.wiring import shapes_of
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.command_palette import Choice, Chooser
from gradviz.ui.panels.name_prompt import NamePrompt
from gradviz.ui.panels.palette import Palette
from gradviz.ui.preferences import Preferences
from gradviz.ui.search import Found, Kind, Own, find

NEAR = 26.0
"""What is dropped so close to an open port is meant for it."""


class Surface(Protocol):
    """The canvas, as far as adding is concerned."""

    def scene_place(self, place: QPoint) -> Point:
        """The place of the scene that is at a global place."""

    def card_rects(self, nodes: Iterable[NodeId]) -> dict[NodeId, Rect]:
        """Where the cards of nodes stand in the scene."""

    def setFocus(self) -> None:
        """Take the keyboard."""

    def connect_by_keys(self) -> None:
        """Let keys choose where what is selected is connected."""


class AddCommands:
    """Adds to the session's graph. window: what popups open over; own_changed: called when the own ops are others."""

    def __init__(
        self,
        session: Session,
        window: QWidget,
        surface: Surface,
        preferences: Preferences,
        say: Callable[[str], None],
        *,
        own_changed: Callable[[], None],
    ) -> None:
        self._session = session
        self._window = window
        self._surface = surface
        self._preferences = preferences
        self._say = say
        self._own_changed = own_changed
        self._palette: Palette | None = None

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {"quick_add": self.quick_add, "replace": self.replace, "connect": self._surface.connect_by_keys}

    @property
    def own(self) -> tuple[Own, ...]:
        """The ops of the person's own; lines that define none (the settings file may be edited) are left out."""
        lines = [line for line in self._preferences.functions if "(" in line.partition("=")[0]]
        return tuple(Own(_name_of(line), line) for line in lines)

    # -- adding ------------------------------------------------------------------------------------

    def add(self, found: Found, target: Target | None = None, place: Point | None = None) -> None:
        """Add what was found, where the selection says if nothing else does; a loose part stands at a place.

        The first of all stands where the layout wants it, so that what is built onto it has room.
        """
        where = target if target is not None else self._target()
        name = f"Add {found.title}"
        one_change = object()
        session = self._session
        is_first = session.graph is None
        try:
            session.document.seal()
            session.edit(adding(found, where, session.document.project.unfolded), name, merge_key=one_change)
            made = session.selection.node
            if made is not None and place is not None and not is_first and _is_loose(found, where):
                session.document.apply(pin(made, place), name, merge_key=one_change)
        except GradvizError as error:
            self._session.reported.emit(error)
            return
        finally:
            session.document.seal()
        self._select_next_open()

    def add_chosen(self, found: Found) -> None:
        """Add what was clicked in the palette; the keyboard goes to the graph."""
        self._add_and_return(found, None, None)

    def _add_and_return(self, found: Found, target: Target | None, place: Point | None) -> None:
        self.add(found, target, place)
        self._surface.setFocus()

    def drop(self, found: Found, place: Point, on: NodeId | Edge | None) -> None:
        """Add what was dragged to a place of the scene, or onto a node, an open port or an edge.

        What is dropped close to an open port, or on its wire, fills it.
        """
        graph = self._session.graph
        match on:
            case None:
                hole = self._hole_near(graph, place) if graph is not None else None
                target = self._target_at(hole) if hole is not None else Target()
            case Edge(source=source) if graph is not None and isinstance(graph.nodes[source], Hole):
                target = self._target_at(source)
            case Edge() as edge:
                target = Target(edge=edge) if found.kind is Kind.OP else Target()
            case node:
                target = self._target_at(node)
        self.add(found, target, place)

    def _hole_near(self, graph: Graph, place: Point) -> NodeId | None:
        holes = [node for node in graph.node_ids() if isinstance(graph.nodes[node], Hole)]
        at = Rect(place.x, place.y, 0.01, 0.01)
        near = {node: rect for node, rect in self._surface.card_rects(holes).items() if rect.grown(NEAR).overlaps(at)}
        return min(
            near, key=lambda node: abs(near[node].center.x - place.x) + abs(near[node].center.y - place.y), default=None
        )

    def quick_add(self, place: QPoint | None = None) -> None:
        """Open the list of all that can be added at a global place."""
        scene_place = self._surface.scene_place(place) if place is not None else None
        graph = self._session.graph
        self._open(
            lambda text: find(text, graph, own=self.own),
            lambda found: self._add_and_return(found, None, scene_place),
            self._question(),
            place,
        )

    def add_at_wire(self, place: QPoint, node: NodeId, operand: int | None = None) -> None:
        """A wire was dropped on the empty canvas: open the list of what it can lead to, or of what feeds an operand."""
        if operand is not None:
            self._feed_at_wire(place, (node, operand))
        elif self._session.graph is not None:
            self._lead_at_wire(self._session.graph, place, node)

    def _lead_at_wire(self, graph: Graph, place: QPoint, source: NodeId) -> None:
        fits = set(editing.fitting_ops(graph, source, shapes_of(self._session)))
        scene_place = self._surface.scene_place(place)
        self._open(
            lambda text: find(text, graph, fits=fits),
            lambda found: self._add_and_return(found, Target(source=source), scene_place),
            f"lead {display(symbol(graph, source))} into…",
            place,
        )

    def _feed_at_wire(self, place: QPoint, port: Port) -> None:
        graph, unfolded = self._session.graph, self._session.document.project.unfolded
        if graph is None:
            return
        refused = editing.feed_refusals(graph, port, shapes_of(self._session), unfolded=unfolded)
        scene_place = self._surface.scene_place(place)

        def fitting(text: str) -> list[Found]:
            there = [_there(graph, leaf) for leaf in graph.leaves().values()] if not text.strip() else []
            found = [*there, *find(text, graph, own=self.own)]
            return [one for one in found if one.kind is not Kind.NODE or NodeId(int(one.key)) not in refused]

        self._open(
            fitting,
            lambda found: self._add_and_return(found, Target(port=port, is_wire=True), scene_place),
            f"feed {display(symbol(graph, port[0]))}: an operation, a name, a number…",
            place,
        )

    def replace(self) -> None:
        """Open the list of operations that can stand where the selected one does."""
        graph, node = self._session.graph, self._session.selection.node
        found = graph.nodes[node] if graph is not None and node is not None else None
        if graph is None or node is None or not isinstance(found, Apply):
            self._say("Select the operation to replace: click it in the graph.")
            return
        count = len(found.operands)
        fits = {op for op in public_ops() if _takes(op, count) and op is not found.op}
        self._open(
            lambda text: find(text, graph, fits=fits),
            lambda chosen: self._replace(node, found.op, OPS[chosen.key]),
            f"replace {found.op.name} by…",
            None,
        )

    def _open(
        self,
        search: Callable[[str], Sequence[Found]],
        take: Callable[[Found], None],
        question: str,
        place: QPoint | None,
    ) -> None:
        def source(text: str) -> list[Choice]:
            return [Choice(f.title, partial(take, f), hint=f.hint, key=f.symbol) for f in search(text)]

        Chooser(source, question, self._window).open_at(place or self._middle())

    def _question(self) -> str:
        graph, target = self._session.graph, self._target()
        if graph is not None and target.port is not None:
            node = graph.nodes[target.port[0]]
            assert isinstance(node, Apply)
            return f"into the open port of {node.op.name}: an operation, a name, a number…"
        if graph is not None and target.node is not None:
            return f"apply to {display(symbol(graph, target.node))}, or add a name, a number…"
        return "add an operation, a name, a number, a formula…"

    def _target(self) -> Target:
        node = self._session.selection.node
        return self._target_at(node) if node is not None else Target()

    def _target_at(self, node: NodeId) -> Target:
        graph = self._session.graph
        if graph is None:
            return Target()
        port = port_of(graph, node)
        return Target(port=port) if port is not None else Target(node=node)

    def _select_next_open(self) -> None:
        graph, made = self._session.graph, self._session.selection.node
        hole = next_open(graph, made) if graph is not None and made is not None else None
        if hole is not None:
            self._session.selection.select(hole)

    def _replace(self, node: NodeId, old: Op, new: Op) -> None:
        session = self._session
        unfolded = session.document.project.unfolded

        def change(graph: Graph | None) -> editing.Edit:
            assert graph is not None  # the list of replacements opens over a node
            return editing.replace_op(graph, node, new, unfolded=unfolded)

        try:
            session.document.seal()
            session.edit(change, f"Replace {old.name} by {new.name}")
        except GradvizError as error:
            session.reported.emit(error)

    def _middle(self) -> QPoint:
        return self._window.mapToGlobal(QPoint(self._window.width() // 2, min(140, self._window.height() // 4)))

    # -- the palette -------------------------------------------------------------------------------

    def serve(self, palette: Palette) -> None:
        """Do what is asked for in the palette, and show it the functions of the formula and of the person."""
        palette.chosen.connect(self.add_chosen)
        palette.own_renamed.connect(self.ask_own_name)
        palette.own_deleted.connect(self.delete_own)
        palette.kept.connect(lambda found: self.keep(found.hint))
        palette.show_own(self.own)
        self._palette = palette
        self._session.document.changed.connect(self._document_changed)
        self._document_changed(ChangeFlags.REPLACED)

    def _document_changed(self, flags: ChangeFlags) -> None:
        graph, palette = self._session.graph, self._palette
        if palette is None or not flags & (ChangeFlags.FORMULA | ChangeFlags.STRUCTURE | ChangeFlags.REPLACED):
            return
        functions = graph.functions if graph is not None else ()
        defined = ((name, editing.definition_of(graph, name)) for name in functions if graph is not None)
        palette.show_functions([Found(Kind.FUNCTION, name, name, "", line) for name, line in defined])

    # -- ops of one's own ----------------------------------------------------------------------------

    def keep(self, definition: str) -> None:
        """Keep a function as an op of one's own; one of the same name gives way."""
        name = _name_of(definition)
        self._preferences.functions = [
            *(line for line in self._preferences.functions if _name_of(line) != name),
            definition.strip(),
        ]
        self._preferences.save()
        self._own_changed()
        self._say(f"{name} is in the palette now, under My ops.")

    def delete_own(self, found: Found) -> None:
        """Take an own op out of the palette; formulas that use it keep its definition."""
        self._preferences.functions = [line for line in self._preferences.functions if line != found.key]
        self._preferences.save()
        self._own_changed()

    def ask_own_name(self, found: Found) -> None:
        """Ask for another name of an own op."""
        NamePrompt(f"Rename {found.title}", found.title, partial(self._rename_own, found), self._window).open_at(
            self._middle()
        )

    def _rename_own(self, found: Found, name: str) -> None:
        if not is_name(name) or name in function_names():
            raise FormulaError(f"{name or 'nothing'} can't be the name of an op; use letters that no function has yet")
        if name != found.title and name in {own.name for own in self.own}:
            raise FormulaError(f"there is a {name} already; choose another name")
        renamed = f"{name}{found.key[found.key.index('(') :]}"
        self._preferences.functions = [renamed if line == found.key else line for line in self._preferences.functions]
        self._preferences.save()
        self._own_changed()


def _is_loose(found: Found, target: Target) -> bool:
    has_place = (target.port is None or target.is_wire) and target.edge is None
    is_beside = target.node is None or found.kind in (Kind.LEAF, Kind.NUMBER)
    return has_place and is_beside and found.kind is not Kind.NODE


def _there(graph: Graph, leaf: NodeId) -> Found:
    return Found(Kind.NODE, str(leaf), display(symbol(graph, leaf)), "", "the leaf that is there already")


def _takes(op: Op, count: int) -> bool:
    return op.arity == count or (op.is_variadic and count >= op.arity)


def _name_of(definition: str) -> str:
    return definition.partition("(")[0].strip()
