"""Blocks: folding, looking inside, names, taking apart, and keeping one as an op of one's own."""

from collections.abc import Callable
from functools import partial

from gradviz.core.blocks import block_around
from gradviz.core.graph import Block, Graph, Use
from gradviz.core.types import NodeId
from gradviz.errors import FormulaError, GradvizError
from gradviz.export.folding import folding, whole_block
from gradviz.project import editing
from gradviz.session.session import Session
from gradviz.text.symbols import display
from gradviz.ui.commands.run import Handlers
from gradviz.ui.folding import fold, unfold

Ask = Callable[[str, str, Callable[[str], object]], None]
"""Asks for a name: title, present name, what takes the answer."""


class BlockCommands:
    """Makes and changes blocks of the session's graph."""

    def __init__(
        self, session: Session, say: Callable[[str], None], *, ask: Ask, keep_own: Callable[[str], None]
    ) -> None:
        self._session = session
        self._say = say
        self._ask = ask
        self._keep_own = keep_own

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "fold": self.fold,
            "unfold": self.unfold,
            "select_block": self.select_block,
            "dissolve": self.dissolve,
            "keep_own": self.keep_own,
        }

    def fold(self) -> None:
        """Ask for a name and make one block of the selected nodes."""
        graph, nodes = self._session.graph, self._session.selection.nodes
        if graph is None or not nodes:
            self._say("Select the nodes to fold: drag a frame around them, or click them with Shift.")
            return
        self._ask("Name of the block", _free_name(graph), partial(self._fold, nodes))

    def _fold(self, nodes: tuple[NodeId, ...], name: str) -> None:
        self._session.document.seal()
        self._session.edit(
            lambda graph: editing.fold(_there(graph), nodes, name, unfolded=self._unfolded), f"Fold into {name}"
        )

    def unfold(self) -> None:
        """Show what is inside the selected block, or fold it again."""
        block = self._block()
        if block is not None:
            (fold if block.use in self._unfolded else unfold)(self._session, block)

    def select_block(self) -> None:
        """Select all cards of the unfolded block around what is selected; once more selects the one around that."""
        graph, nodes = self._session.graph, self._session.selection.nodes
        if graph is None or not nodes:
            self._say("Select a node inside an unfolded block: click it in the graph.")
            return
        wider = [group for group in reversed(folding(graph, self._unfolded).groups) if set(nodes) <= group]
        found = min((group for group in wider if len(group) > len(nodes)), key=lambda group: len(group), default=None)
        if found is not None:
            self._session.selection.select(*sorted(found))
        else:
            self._say("There is no unfolded block around what is selected.")

    def dissolve(self) -> None:
        """Take the selected block apart: its nodes stay, the block is gone."""
        block = self._block()
        if block is not None:
            self._change(lambda graph: editing.dissolve(_there(graph), block), f"Dissolve {block.name}")

    def keep_own(self) -> None:
        """Keep the selected block as an op of one's own, in the palette of every document."""
        graph, block = self._session.graph, self._block()
        if graph is not None and block is not None:
            self._keep_own(editing.definition_of(graph, block.name))

    def rename(self) -> bool:
        """Ask for another name of the block that is selected as a whole; False when none is."""
        graph, nodes = self._session.graph, self._session.selection.nodes
        block = whole_block(graph, nodes, self._unfolded) if graph is not None else None
        if block is None:
            return False
        self._ask(f"Rename the block {display(block.name)}", block.name, partial(self._rename, block.name))
        return True

    def _rename(self, old: str, new: str) -> None:
        self._session.document.seal()
        self._session.edit(
            lambda graph: editing.rename_function(_there(graph), old, new), f"Rename {display(old)} to {new}"
        )

    def _change(self, change: Callable[[Graph | None], editing.Edit], name: str) -> None:
        try:
            self._session.document.seal()
            self._session.edit(change, name)
        except GradvizError as error:
            self._session.reported.emit(error)

    @property
    def _unfolded(self) -> frozenset[Use]:
        return self._session.document.project.unfolded

    def _block(self) -> Block | None:
        """The innermost block that is seen and that all selected nodes are in."""
        graph, nodes = self._session.graph, self._session.selection.nodes
        found = block_around(graph, nodes, self._unfolded) if graph is not None else None
        if found is None:
            self._say("Select a block: click its card in the graph. Ctrl+G makes one of the selected nodes.")
        return found


def _there(graph: Graph | None) -> Graph:
    if graph is None:
        raise FormulaError("there is no graph yet")
    return graph


def _free_name(graph: Graph) -> str:
    return next(name for number in range(1, len(graph) + 2) if (name := f"block{number}") not in graph.functions)
