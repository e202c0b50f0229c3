"""What is selected: nodes, or one edge. Not undoable; forgotten or carried over when the structure changes."""

from collections.abc import Iterable

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.events import Signal


class Selection:
    """The selected nodes and edge. changed(): emitted when they differ from before."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._nodes: tuple[NodeId, ...] = ()
        self._edge: Edge | None = None

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        """The selected nodes, in the order in which they were selected."""
        return self._nodes

    @property
    def node(self) -> NodeId | None:
        """The node that was selected last, None when none is."""
        return self._nodes[-1] if self._nodes else None

    @property
    def edge(self) -> Edge | None:
        """The selected edge, None when none is."""
        return self._edge

    def select(self, *nodes: NodeId) -> None:
        """Select these nodes and nothing else."""
        self._set(nodes, None)

    def select_edge(self, edge: Edge) -> None:
        """Select this edge and nothing else."""
        self._set((), edge)

    def add(self, nodes: Iterable[NodeId]) -> None:
        """Select these nodes too."""
        self._set((*self._nodes, *nodes), None)

    def toggle(self, node: NodeId) -> None:
        """Select the node too, or no longer."""
        rest = tuple(other for other in self._nodes if other != node)
        self._set(rest if node in self._nodes else (*rest, node), None)

    def clear(self) -> None:
        """Select nothing."""
        self._set((), None)

    def _set(self, nodes: Iterable[NodeId], edge: Edge | None) -> None:
        unique = tuple(dict.fromkeys(nodes))
        if (unique, edge) != (self._nodes, self._edge):
            self._nodes, self._edge = unique, edge
            self.changed.emit()
