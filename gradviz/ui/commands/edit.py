"""The Edit menu: undo, and changes of the formula node by node."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gradviz.core.graph import Apply, Graph
from gradviz.core.op import OPS, public_ops
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.lang.lower import read
from gradviz.lang.unparse import formula
from gradviz.project import editing
from gradviz.project.commands import set_formula
from gradviz.session.session import Session
from gradviz.text.symbols import display, symbols
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.command_palette import Choice, Chooser
from gradviz.ui.panels.palette import symbol_of
from gradviz.ui.search import Found, Kind


class EditCommands:
    """Edits the session's formula. window: what popups open over; seen: brings a node into view."""

    def __init__(
        self,
        session: Session,
        window: QWidget,
        say: Callable[[str], None],
        *,
        focus_formula: Callable[[], None],
        seen: Callable[[NodeId], None],
    ) -> None:
        self._session = session
        self._window = window
        self._say = say
        self._focus_formula = focus_formula
        self._seen = seen

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "undo": self._session.document.undo,
            "redo": self._session.document.redo,
            "edit_formula": self._focus_formula,
            "quick_add": self.quick_add,
            "delete": self.delete,
            "duplicate": self.duplicate,
            "copy": self.copy,
            "paste": self.paste,
            "find": self.find,
        }

    def add(self, name: str) -> None:
        """Apply an op to the selected node, else to the output; to new leaves when there is no formula."""
        op = OPS[name]
        graph = self._session.graph
        if graph is None:
            self._become(editing.new_graph(op), f"Add {name}")
            return
        node = self._session.selection.node
        target = graph.output if node is None else node
        self._change(lambda: editing.apply_op(graph, target, op), f"Apply {name}")

    def add_found(self, found: Found) -> None:
        """Add what was clicked in the palette."""
        if found.kind is Kind.OP:
            self.add(found.key)
        elif self._session.graph is None and "?" not in found.key:
            self._session.document.apply(set_formula(found.key or "x"), f"Add {found.title}")
        else:
            self._say("Type the formula, or choose an operation: other parts can't be added yet.")

    def quick_add(self, place: QPoint | None = None) -> None:
        """Open the list of operations at a global place."""
        choices = [
            Choice(
                op.name,
                partial(self.add, op.name),
                hint=op.help.summary,
                key=symbol_of(op) if symbol_of(op) != op.name else "",
                search=" ".join((*op.help.keywords, op.group, symbol_of(op))),
            )
            for op in public_ops()
        ]
        Chooser(choices, "add an operation…", self._window).open_at(place or self._middle())

    def find(self) -> None:
        """Open the list of nodes; choosing one selects it."""
        graph = self._session.graph
        if graph is None:
            return
        names = symbols(graph)
        choices = [
            Choice(display(names[node]), partial(self._select, node), hint=_what(graph, node), search=names[node])
            for node in graph.node_ids()
        ]
        Chooser(choices, "find a node…", self._window).open_at(self._middle())

    def delete(self) -> None:
        """Take the selected nodes out of the formula."""
        graph, nodes = self._session.graph, self._session.selection.nodes
        if graph is None or not nodes:
            self._say("Select the node to delete: click it in the graph.")
            return
        if len(graph) == 1:
            self._session.document.apply(set_formula(""), "Delete the formula")
            return
        self._change(lambda: editing.remove(graph, nodes[-1]), f"Delete {display(symbols(graph)[nodes[-1]])}")

    def duplicate(self) -> None:
        """Write the selected part twice, as a sum."""
        graph, node = self._session.graph, self._session.selection.node
        if graph is None or node is None:
            self._say("Select the node to duplicate: click it in the graph.")
            return
        self._change(lambda: editing.duplicate(graph, node), f"Duplicate {display(symbols(graph)[node])}")

    def copy(self) -> None:
        """Copy the selected part as formula text, or the whole formula."""
        graph, node = self._session.graph, self._session.selection.node
        if graph is not None:
            part = graph if node is None else editing.part_of(graph, node)
            QGuiApplication.clipboard().setText(formula(part))

    def paste(self) -> None:
        """Put copied formula text in the selected node's place; without a selection it becomes the formula."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            return
        graph, node = self._session.graph, self._session.selection.node
        if graph is None or node is None:
            self._session.document.apply(set_formula(text), "Paste a formula")
            return
        self._change(lambda: editing.replace(graph, node, read(text, tuple(graph.leaves())).graph), "Paste")

    def _change(self, change: Callable[[], Graph], name: str) -> None:
        try:
            self._become(change(), name)
        except GradvizError as error:
            self._session.reported.emit(error)

    def _become(self, graph: Graph, name: str) -> None:
        self._session.document.seal()
        self._session.document.apply(set_formula(formula(graph)), name)

    def _select(self, node: NodeId) -> None:
        self._session.selection.select(node)
        self._seen(node)

    def _middle(self) -> QPoint:
        return self._window.mapToGlobal(QPoint(self._window.width() // 2, min(140, self._window.height() // 4)))


def _what(graph: Graph, node: NodeId) -> str:
    found = graph.nodes[node]
    return found.op.name if isinstance(found, Apply) else "leaf" if node in graph.leaves().values() else "number"
