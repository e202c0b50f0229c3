"""The Edit menu: undo, and changes of the graph node by node. Each is one named entry of the history.

The clipboard, blocks, colours and places have modules of their own.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Use
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, GradvizError
from gradviz.layout.types import Rect
from gradviz.project import editing
from gradviz.project.commands import rename_leaf
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbol, symbols
from gradviz.ui.canvas.card_field import CardFields
from gradviz.ui.canvas.notes import Notes
from gradviz.ui.commands.blocks import BlockCommands
from gradviz.ui.commands.clipboard import ClipboardCommands
from gradviz.ui.commands.colours import ColourCommands
from gradviz.ui.commands.copy_as import CopyCommands
from gradviz.ui.commands.field_undo import FieldUndo
from gradviz.ui.commands.places import PlaceCommands
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.command_palette import Choice, Chooser
from gradviz.ui.panels.name_prompt import NamePrompt


class Surface(Protocol):
    """The canvas, as far as editing is concerned."""

    notes: Notes
    cards: CardFields

    def bring_into_view(self, node: NodeId) -> None:
        """Show a node."""

    def card_rects(self, nodes: Iterable[NodeId]) -> dict[NodeId, Rect]:
        """Where the cards of nodes stand in the scene."""


class EditCommands:
    """Edits the session's graph. window: what popups open over; keep_own: keeps a definition as the person's own op."""

    def __init__(
        self,
        session: Session,
        window: QWidget,
        surface: Surface,
        say: Callable[[str], None],
        *,
        focus_formula: Callable[[], None],
        keep_own: Callable[[str], None],
    ) -> None:
        self._session = session
        self._window = window
        self._surface = surface
        self._say = say
        self._focus_formula = focus_formula
        self._blocks = BlockCommands(session, say, ask=self._ask, keep_own=keep_own)
        self._field_undo = FieldUndo(window)

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "undo": self._session.document.undo,
            "redo": self._session.document.redo,
            "edit_formula": self._focus_formula,
            "rename": self.rename,
            "edit_value": self.edit_value,
            "set_output": self.set_output,
            "swap": self.swap,
            "find": self.find,
            "add_note": lambda: self._surface.notes.add(),
            **self._blocks.handlers(),
            **ClipboardCommands(self._session, self._surface, self._say).handlers(),
            **ColourCommands(self._session, self._window, lambda: self._surface.notes, self._say).handlers(),
            **CopyCommands(self._session, self._say).handlers(),
            **PlaceCommands(self._session, self._surface, self._say).handlers(),
        }

    @property
    def _unfolded(self) -> frozenset[Use]:
        return self._session.document.project.unfolded

    # -- one node ------------------------------------------------------------------------------------

    def rename(self) -> None:
        """Ask for another name of the selected leaf or block, or for a name of the selected operation."""
        graph, node = self._session.graph, self._session.selection.node
        if self._blocks.rename():
            return
        if graph is None or node is None or isinstance(graph.nodes[node], Literal | Hole):
            self._say("Select the leaf or operation to rename: click it in the graph.")
            return
        present = graph.nodes[node]
        old = present.name if isinstance(present, Leaf) else graph.names.get(node, "")
        self._ask(f"Rename {display(symbol(graph, node))}", old, partial(self._rename, node, old))

    def _rename(self, node: NodeId, old: str, name: str) -> None:
        graph = self._session.graph
        if graph is None or node >= len(graph):
            return
        self._session.document.seal()
        if isinstance(graph.nodes[node], Leaf):
            self._session.document.apply(rename_leaf(old, name), f"Rename {display(old)} to {name}")
        else:
            was = display(symbol(graph, node))
            self._session.edit(
                lambda now: editing.rename(_there(now), node, name, unfolded=self._unfolded), f"Rename {was} to {name}"
            )

    def edit_value(self) -> None:
        """Let somebody type the value of the selected leaf or number on its card."""
        graph, node = self._session.graph, self._session.selection.node
        is_value = graph is not None and node is not None and isinstance(graph.nodes[node], Leaf | Literal)
        if node is None or not is_value or not self._surface.cards.edit(node):
            self._say("Select the leaf or number whose value to type: click it in the graph.")

    def set_output(self) -> None:
        """Make the selected node the output: what is differentiated."""
        node = self._session.selection.node
        if self._session.graph is not None and node == self._session.graph.output:
            self._say("This is the output already.")
            return
        chosen = node if node is not None else NodeId(0)
        nodes = () if node is None else (node,)
        self._on_nodes(nodes, lambda graph: editing.set_output(graph, chosen), "Mark as output:", "mark as the output")

    def swap(self) -> None:
        """Swap two operands: of the selected edge and the next one, or the first two of the selected operation."""
        graph, edge, node = self._session.graph, self._session.selection.edge, self._session.selection.node
        target, first = (edge.target, edge.operand) if edge is not None else (node, 0)
        found = graph.nodes[target] if graph is not None and target is not None else None
        if target is None or not isinstance(found, Apply) or len(found.operands) < 2:
            self._say("Select an operation with two operands: click it in the graph.")
            return
        other = (first + 1) % len(found.operands)
        chosen = target
        self._change(
            lambda now: editing.swap(_there(now), chosen, first, other, unfolded=self._unfolded),
            f"Swap the operands of {found.op.name}",
        )

    # -- all of them ---------------------------------------------------------------------------------

    def find(self) -> None:
        """Open the list of nodes and notes; choosing one selects it."""
        graph = self._session.graph
        if graph is None:
            return
        names = symbols(graph)
        choices = [
            Choice(display(names[node]), partial(self._select, node), hint=_what(graph, node), search=names[node])
            for node in graph.node_ids()
        ]
        choices += [
            Choice(" ".join(comment.text.split()), partial(self._surface.notes.show, number), hint="note")
            for number, comment in enumerate(self._session.document.project.comments)
        ]
        Chooser(choices, "find a node or a note…", self._window).open_at(self._middle())

    def _on_nodes(
        self, nodes: tuple[NodeId, ...], change: Callable[[Graph], editing.Edit], name: str, words: str
    ) -> None:
        graph = self._session.graph
        if graph is None or not nodes:
            self._say(f"Select what to {words}: click it in the graph.")
            return
        what = display(symbol(graph, nodes[0])) if len(nodes) == 1 else f"{len(nodes)} nodes"
        self._change(lambda now: change(_there(now)), f"{name} {what}")

    def _change(self, change: Callable[[Graph | None], editing.Edit], name: str) -> None:
        try:
            self._session.document.seal()
            self._session.edit(change, name)
        except GradvizError as error:
            self._session.reported.emit(error)

    def _select(self, node: NodeId) -> None:
        self._session.selection.select(node)
        self._surface.bring_into_view(node)

    def _ask(self, title: str, present: str, take: Callable[[str], object]) -> None:
        place = self._surface.cards.below(self._session.selection.node) or self._middle() - QPoint(120, 0)
        NamePrompt(title, present, take, self._window).open_at(place)

    def _middle(self) -> QPoint:
        return self._window.mapToGlobal(QPoint(self._window.width() // 2, min(140, self._window.height() // 4)))


def _there(graph: Graph | None) -> Graph:
    if graph is None:
        raise FormulaError("there is no graph yet")
    return graph


def _what(graph: Graph, node: NodeId) -> str:
    match graph.nodes[node]:
        case Apply(op, _, _):
            return op.name
        case Leaf():
            return "leaf"
        case Literal():
            return "number"
        case Hole():
            return "open port"
