"""Graphs from nested tuples, so that these tests need no parser: ("sq", "x") is x²."""

from typing import Any

import gradviz.core.ops  # noqa: F401 - fills the table of ops
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.types import NodeId


def graph_of(expression: Any) -> Graph:
    """The graph of a name, a number, or (op, operand, …)."""
    builder = GraphBuilder()

    def node(part: Any) -> NodeId:
        match part:
            case str():
                return builder.leaf(part)
            case tuple():
                return builder.apply(OPS[part[0]], *map(node, part[1:]))
            case _:
                return builder.literal(part)

    return builder.graph(node(expression))


SCORES = ("add", ("matmul", "W", "x"), "b")

PARABOLA = graph_of(("sq", "x"))
LEAST_SQUARES = graph_of(("sq", ("sub", "y", SCORES)))
"""(y − (W x + b))²"""
LIKELIHOOD = graph_of(("neg", ("log", ("take", ("softmax", SCORES), "y"))))
"""−log(softmax(W x + b)[y])"""
STABLE_LIKELIHOOD = graph_of(("neg", ("take", ("log_softmax", SCORES), "y")))
