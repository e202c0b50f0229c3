"""Graphs that the tests of layout and export draw, and the steps from a graph to its picture."""

import random
from collections.abc import Mapping
from typing import Any

import gradviz.core.ops  # noqa: F401  fills the table of ops
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.types import NodeId, Role
from gradviz.export.cards import boxes_and_slots
from gradviz.export.picture import Picture, compose
from gradviz.layout import fallback
from gradviz.layout.sketch import finish, task
from gradviz.layout.types import Direction, Placement


def quartic() -> Graph:
    """(x²)²."""
    build = GraphBuilder()
    x = build.leaf("x")
    return build.graph(build.apply(OPS["sq"], build.apply(OPS["sq"], x)))


def least_squares(*, parameter: str = "W") -> Graph:
    """(y − (Wx + b))², with another name for W if wanted."""
    build = GraphBuilder()
    y, w, x, b = (build.leaf(name) for name in ("y", parameter, "x", "b"))
    line = build.apply(OPS["add"], build.apply(OPS["matmul"], w, x), b)
    return build.graph(build.apply(OPS["sq"], build.apply(OPS["sub"], y, line)))


LINE_VALUES = {"W": 2.0, "x": 3.0, "b": 1.0, "y": 1.0}
LINE_ROLES = {"W": Role.PARAMETER, "b": Role.PARAMETER, "x": Role.DATA, "y": Role.DATA}


def random_graph(size: int, seed: int) -> Graph:
    """A graph of about that many nodes with sharing, long edges and a literal."""
    rng = random.Random(seed)
    build = GraphBuilder()
    ids = [build.leaf(f"x{i}") for i in range(5)] + [build.literal(2.5)]
    unused = list(ids)
    while len(build.nodes) < size:
        op = OPS[rng.choice(["add", "mul", "tanh", "sq", "sub", "sin"])]
        operands = [_taken(unused, ids, rng) for _ in range(op.arity)]
        ids.append(build.apply(op, *operands))
        unused.append(ids[-1])
    output = unused[0] if len(unused) == 1 else build.apply(OPS["sum"], build.apply(OPS["stack"], *unused))
    return build.graph(output)


def own_placement(graph: Graph, roles: Mapping[str, Role] | None = None) -> Placement:
    """A layout without Graphviz."""
    boxes, slots = boxes_and_slots(graph, roles or {})
    asked = task(boxes, slots, graph.output, Direction.LR)
    return finish(asked, fallback.arrange(asked), Direction.LR)


def picture_of(
    graph: Graph, values: Mapping[str, Any], position: int | None = None, roles: Mapping[str, Role] | None = None
) -> Picture:
    """The picture of one run."""
    return compose(graph, own_placement(graph, roles), roles or {}, record(graph, values), position)


def _taken(unused: list[NodeId], ids: list[NodeId], rng: random.Random) -> NodeId:
    if unused and rng.random() < 0.7:
        return unused.pop(0)
    return rng.choice(ids[-12:])
