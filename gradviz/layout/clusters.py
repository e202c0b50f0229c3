"""Cards that stand together: Graphviz's clusters, one inside the other, with the rooms between their own cards.

╭ neuron ─────────────────╮
│ n3 → s4 → n5 → s6 → n7  │ → s8 → n9      the rooms s4 and s6 lie inside, s8 doesn't
╰─────────────────────────╯
"""

from collections.abc import Sequence

from graphviz import Digraph

from gradviz.core.types import NodeId
from gradviz.layout.sketch import Task

AROUND = 24.0
"""Between the cards of a group and what stands beside it, in pixels: room for a frame and for its name."""


def enclose(graph: Digraph, asked: Task) -> None:
    """Add the groups of a task to its question; nodes and edges are there already."""
    clusters = [Digraph(f"cluster{index}", graph_attr={"margin": f"{AROUND:g}"}) for index in range(len(asked.groups))]
    inside = {
        **{f"n{box.node}": _around(asked.groups, frozenset({box.node})) for box in asked.boxes},
        **{
            f"s{index}": _around(asked.groups, frozenset({slot.source, slot.target}))
            for index, slot in enumerate(asked.slots)
        },
    }
    for name, place in inside.items():
        if place is not None:
            clusters[place].node(name)
    for index in reversed(range(len(clusters))):  # reversed: a cluster is whole before it is put into its parent
        place = _around(asked.groups[:index], asked.groups[index])
        (graph if place is None else clusters[place]).subgraph(clusters[index])


def _around(groups: Sequence[frozenset[NodeId]], nodes: frozenset[NodeId]) -> int | None:
    """The innermost of these groups that holds all the nodes."""
    return next((index for index in reversed(range(len(groups))) if nodes <= groups[index]), None)
