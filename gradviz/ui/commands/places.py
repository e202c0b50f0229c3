"""Where nodes stand: the direction of flow, tidying up, cards in line; and selecting along the edges."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol

from gradviz.core.graph import Apply, Graph
from gradviz.core.types import NodeId
from gradviz.layout.aligning import Line, aligned, distributed
from gradviz.layout.types import Direction, Point, Rect
from gradviz.project.placing_commands import pin_all, set_direction, unpin_all
from gradviz.session.session import Session
from gradviz.ui.commands.run import Handlers

FLOWS: Mapping[str, Direction] = {"flow_right": Direction.LR, "flow_up": Direction.BT, "flow_down": Direction.TB}
"""The action of each direction."""


class Cards(Protocol):
    """The canvas, as far as places are concerned."""

    def card_rects(self, nodes: Iterable[NodeId]) -> dict[NodeId, Rect]:
        """Where the cards of nodes stand in the scene."""


class PlaceCommands:
    """Moves and selects nodes of the session's graph; each move is one entry of the history."""

    def __init__(self, session: Session, cards: Cards, say: Callable[[str], None]) -> None:
        self._session = session
        self._cards = cards
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "tidy": self.tidy,
            **{key: partial(self.flow, direction) for key, direction in FLOWS.items()},
            **{f"align_{line.name.lower()}": partial(self.align, line) for line in Line},
            "spread_across": partial(self.distribute, is_across=True),
            "spread_down": partial(self.distribute, is_across=False),
            "select_all": self.select_all,
            "select_path": self.select_path,
            "select_before": self.select_before,
            "select_after": self.select_after,
        }

    def tidy(self) -> None:
        """Let the layout place all nodes."""
        if self._session.document.project.pins:
            self._session.document.apply(unpin_all(), "Tidy up")
        else:
            self._say("No node is pinned: the layout has placed all of them.")

    def flow(self, direction: Direction) -> None:
        """Let values flow another way."""
        self._session.document.apply(set_direction(direction), f"Flow {direction.value}")

    def align(self, line: Line) -> None:
        """Bring the selected cards in line."""
        self._move(2, lambda cards: aligned(cards, line), f"Align {line.value}")

    def distribute(self, *, is_across: bool) -> None:
        """Give the selected cards equal gaps."""
        self._move(3, lambda cards: distributed(cards, is_across=is_across), "Distribute nodes")

    def select_all(self) -> None:
        """Select all nodes."""
        graph = self._session.graph
        if graph is not None:
            self._session.selection.select(*graph.node_ids())

    def select_path(self) -> None:
        """Select all that lies on ways between selected nodes."""
        graph, chosen = self._session.graph, set(self._session.selection.nodes)
        if graph is None or len(chosen) < 2:
            self._say("Select two nodes or more; what lies between them is added.")
            return
        between = {
            node
            for node in graph.reaching(chosen) & leading(graph, chosen)
            if node in chosen or (graph.reaching({node}) & chosen and leading(graph, {node}) & chosen)
        }
        if between == chosen:
            self._say("Nothing lies between the selected nodes.")
        self._session.selection.select(*sorted(between - chosen), *self._session.selection.nodes)

    def select_before(self) -> None:
        """Select all that the selected nodes depend on, and them."""
        graph, chosen = self._session.graph, self._session.selection.nodes
        if graph is not None and chosen:
            self._session.selection.select(*sorted(leading(graph, set(chosen)) - set(chosen)), *chosen)
        else:
            self._say("Select a node first; all that it depends on is added.")

    def select_after(self) -> None:
        """Select all that depends on the selected nodes, and them."""
        graph, chosen = self._session.graph, self._session.selection.nodes
        if graph is not None and chosen:
            self._session.selection.select(*sorted(graph.reaching(set(chosen)) - set(chosen)), *chosen)
        else:
            self._say("Select a node first; all that depends on it is added.")

    def _move(self, least: int, places: Callable[[Mapping[NodeId, Rect]], Mapping[NodeId, Point]], name: str) -> None:
        cards = self._cards.card_rects(self._session.selection.nodes)
        if len(cards) < least:
            self._say(
                f"Select {'two' if least == 2 else 'three'} nodes or more first (Shift+click, or drag with Shift)."
            )
            return
        self._session.document.apply(pin_all(places(cards)), name)


def leading(graph: Graph, nodes: set[NodeId]) -> set[NodeId]:
    """The nodes that these depend on, themselves included."""
    found = set(nodes)
    for index in reversed(tuple(graph.node_ids())):
        node = graph.nodes[index]
        if index in found and isinstance(node, Apply):
            found.update(node.operands)
    return found
