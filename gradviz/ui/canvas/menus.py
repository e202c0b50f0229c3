"""The context menus of a node, an edge and the empty canvas. Every entry does something now, or is not there."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.core.graph import Apply, Edge, Graph, Hole, Leaf, Literal
from gradviz.core.types import NodeId, Role
from gradviz.project.commands import set_role
from gradviz.project.placing_commands import paint, pin_all
from gradviz.project.stop_commands import add_breakpoint, remove_breakpoint
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.colours import fill_colours, painting_name
from gradviz.ui.canvas.gestures.base import Target
from gradviz.ui.canvas.gestures.keys import switch_breakpoint

ALIGNING = (
    "align_left", "align_centre", "align_right", "align_top", "align_middle", "align_bottom", "spread_across",
    "spread_down",
)  # fmt: skip
"""What can be done with the places of several cards: a menu of its own."""


def edits_of(session: Session, target: Target) -> tuple[tuple[str, ...], ...]:
    """The keys of the edits that make sense for what is under the pointer, in groups."""
    graph = session.graph
    match target:
        case None:
            return (("quick_add", "add_note", "paste"), ("select_all", "tidy"), ("flow_right", "flow_up", "flow_down"))
        case Edge():
            return (("swap", "delete"),)
        case node if graph is not None and node < len(graph):
            found = graph.nodes[node]
            own: tuple[str, ...] = ()
            if isinstance(found, Apply):
                own = ("op_page", "replace", "swap") if len(found.operands) > 1 else ("op_page", "replace")
            is_in_block = any(node == block.output or node in block.members for block in graph.blocks)
            blocks = ("unfold", "select_block", "dissolve", "keep_own") if is_in_block else ()
            whole = () if isinstance(found, Hole) else ("rename", "set_output")
            places = ALIGNING if len(session.selection.nodes) > 1 else ()
            changes = ("cut", "copy", "paste", "duplicate", "delete")
            if isinstance(found, Leaf | Literal):
                own = ("edit_value",)
            return (("quick_add", *own, *whole, "add_note"), changes, ("fold", *blocks), places)
        case _:
            return ()


class CanvasMenu(QMenu):
    """The menu for what is under the pointer; made when it is asked for, gone when it closes."""

    def __init__(self, session: Session, camera: Camera, target: Target, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvasMenu")
        self._session = session
        self._camera = camera
        graph = session.graph
        match target:
            case None:
                self._offer_view()
            case Edge() as edge if graph is not None:
                self._offer_edge(graph, edge)
            case node if graph is not None:
                self._offer_node(graph, node)  # type: ignore[arg-type]  # an edge without a graph can't be

    def add_edits(self, groups: Sequence[Sequence[QAction]]) -> None:
        """Put the window's own edits first, in groups."""
        first = self.actions()[0] if self.actions() else None
        for group in groups:
            if group[0].objectName() == ALIGNING[0]:
                aligning = QMenu("Align", self)
                aligning.setObjectName("alignMenu")
                aligning.addActions(list(group))
                self.insertMenu(first, aligning)  # type: ignore[arg-type]  # Qt appends before nothing
            else:
                self.insertActions(first, list(group))  # type: ignore[arg-type]  # Qt appends before nothing
            if first is not None:
                self.insertSeparator(first)

    def _offer(self, text: str, action: Callable[[], object], shortcut: str = "") -> None:
        entry = self.addAction(f"{text}\t{shortcut}" if shortcut else text)
        entry.triggered.connect(partial(_call, action))

    def _offer_view(self) -> None:
        self._offer("Fit the graph", self._camera.fit, "Ctrl+0")
        self._offer("100 %", self._camera.reset_zoom)
        self._offer("Zoom in", partial(self._camera.zoom, 1.2), "Ctrl++")
        self._offer("Zoom out", partial(self._camera.zoom, 1 / 1.2), "Ctrl+−")

    def _offer_edge(self, graph: Graph, edge: Edge) -> None:
        selection = self._session.selection
        for node in dict.fromkeys((edge.source, edge.target)):
            self._offer(f"Select {_called(graph, node)}", partial(selection.select, node))
        self.addSeparator()
        for phase, words in ((BreakPhase.FORWARD, "the value"), (BreakPhase.BACKWARD, "what comes back")):
            self._offer_stop(Breakpoint(edge.target, phase, operand=edge.operand), words)
        self.addSeparator()
        self._offer_runs(graph, edge.target)

    def _offer_stop(self, point: Breakpoint, words: str) -> None:
        """Offer a breakpoint on an edge, or to take it away."""
        document = self._session.document
        known = [one for one in document.project.breakpoints if one.is_at(point)]
        command = remove_breakpoint(known[0]) if known else add_breakpoint(point)
        text = f"Don't stop at {words}" if known else f"Stop at {words}"
        self._offer(text, partial(document.apply, command, "Toggle breakpoint"))

    def _offer_node(self, graph: Graph, node: NodeId) -> None:
        self._offer_runs(graph, node)
        found = graph.nodes[node]
        if isinstance(found, Apply):
            has_one = any(one.node == node for one in self._session.document.project.breakpoints)
            text = "Remove breakpoint" if has_one else "Add breakpoint"
            self._offer(text, partial(switch_breakpoint, self._session, node), "F9")
        if isinstance(found, Leaf):
            self.addSeparator()
            self._offer_roles(found.name)
        self.addSeparator()
        self._offer_unpin(node)
        self._offer_colours(node)
        self._offer_looks(graph, node)

    def _offer_unpin(self, node: NodeId) -> None:
        """Let the layout place the node again, and with it all that is selected."""
        document, selected = self._session.document, self._session.selection.nodes
        nodes = selected if node in selected else (node,)
        pinned = [one for one in nodes if one in document.project.pins]
        if pinned:
            command = pin_all(dict.fromkeys(pinned))
            self._offer("Unpin", partial(document.apply, command, "Unpin"))

    def _offer_colours(self, node: NodeId) -> None:
        """Offer the colours for the node, and with it all that is selected."""
        document, selected = self._session.document, self._session.selection.nodes
        nodes = selected if node in selected else (node,)

        def take(colour: str | None) -> None:
            document.apply(paint(nodes, colour), painting_name(colour))

        fill_colours(self.addMenu("Colour\tCtrl+Shift+C"), document.project.colours.get(node), take)

    def _offer_runs(self, graph: Graph, node: NodeId) -> None:
        debugger = self._session.debugger
        self._offer(f"Run to {_called(graph, node)}", partial(debugger.run_to, node), "Ctrl+F10")
        self._offer(f"Run back to {_called(graph, node)}", partial(debugger.run_back_to, node))

    def _offer_roles(self, name: str) -> None:
        present = self._session.roles().get(name)
        for role in Role:
            entry = self.addAction(role.value.capitalize())
            entry.setCheckable(True)
            entry.setChecked(role is present)
            entry.triggered.connect(partial(_call, partial(self._give_role, name, role)))

    def _give_role(self, name: str, role: Role) -> None:
        self._session.document.apply(set_role(name, role), f"Make {name} {_article(role)}")

    def _offer_looks(self, graph: Graph, node: NodeId) -> None:
        selection = self._session.selection
        upstream, downstream = _upstream(graph, node), sorted(graph.reaching({node}))
        self._offer("Select what it depends on", partial(selection.select, *upstream))
        self._offer("Select what depends on it", partial(selection.select, *downstream))
        self._offer("Copy its name", partial(QGuiApplication.clipboard().setText, symbol(graph, node)))


def _call(action: Callable[[], object], _checked: bool = False) -> None:
    action()


def _called(graph: Graph, node: NodeId) -> str:
    return display(symbol(graph, node))


def _article(role: Role) -> str:
    return "data" if role is Role.DATA else f"a {role.value}"


def _upstream(graph: Graph, node: NodeId) -> list[NodeId]:
    found, waiting = {node}, [node]
    while waiting:
        reached = graph.nodes[waiting.pop()]
        for operand in reached.operands if isinstance(reached, Apply) else ():
            if operand not in found:
                found.add(operand)
                waiting.append(operand)
    return sorted(found)
