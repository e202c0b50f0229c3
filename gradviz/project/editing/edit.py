"""What an edit of a graph gives: the new graph, and where the nodes of the old one are in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gradviz.core.graph import Graph, Hole
from gradviz.core.types import NodeId


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """A changed graph. When nothing is left, the graph is one open port.

    moved: old node → new node, for those that are still there. focus: what is worth selecting afterwards.
    """

    graph: Graph
    moved: Mapping[NodeId, NodeId]
    focus: tuple[NodeId, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "moved", MappingProxyType(dict(self.moved)))

    @property
    def is_empty(self) -> bool:
        """True when nothing is left."""
        return len(self.graph) == 1 and isinstance(self.graph.nodes[0], Hole) and not self.graph.functions

    def then(self, change: Callable[[Graph], "Edit"]) -> "Edit":
        """This edit and another one after it, as one; the focus is the second's."""
        second = change(self.graph)
        moved = {old: second.moved[new] for old, new in self.moved.items() if new in second.moved}
        return Edit(second.graph, moved, second.focus)


Change = Callable[[Graph | None], Edit]
"""An edit that waits for its graph; None while there is no formula."""
