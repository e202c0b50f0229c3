"""Random graphs for property tests: operands are drawn from the last few nodes, so nodes are shared heavily."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.graph import Apply, Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.types import NodeId
from gradviz.lang.unparse import functions

SMOOTH = ("add", "sub", "mul", "neg", "sq", "tanh", "sigmoid", "sin", "cos", "softplus")
"""Ops that are smooth everywhere."""

TWINS = ("x-x", "x/x", "x^x", "x*x", "max(x,x)", "atan2(x,x)")
"""One node on both operands."""


class Case:
    """A graph with values of its leaves; no dataclass, whose report would hold every op of the graph in full."""

    def __init__(self, graph: Graph, values: dict[str, np.ndarray]) -> None:
        self.graph = graph
        self.values = values

    def __repr__(self) -> str:
        text = functions(self.graph) if len(self.graph) < 100 else f"{len(self.graph)} nodes"
        return f"<{text} at {self.values}>"


@st.composite
def graphs(draw: st.DrawFn, least: int = 1, most: int = 40, twins: Sequence[str] = ()) -> Case:
    """A graph of that many random ops, each kept within (−1, 1) by tanh; some of them have one node twice."""
    shape = draw(st.sampled_from([(), (3,), (2, 3), (1, 3)]))
    seed, length = draw(st.integers(0, 2**32)), draw(st.integers(least, most))
    random = np.random.default_rng(seed)  # one drawn number for hundreds of choices: hypothesis stays quick
    builder = GraphBuilder()
    nodes = [builder.leaf(name) for name in ("a", "b", "c")]
    kinds = [*SMOOTH, *twins]
    for _ in range(length):
        kind = kinds[random.integers(len(kinds))]
        operands = [nodes[-1 - random.integers(0, min(6, len(nodes)))] for _ in range(2)]
        made = twin(builder, kind, operands[0]) if kind in TWINS else applied(builder, kind, operands)
        nodes.append(builder.apply(OPS["tanh"], made))
    graph = builder.graph(_sum_of_the_unused(builder))
    shapes = {"a": shape, "b": shape[-1:], "c": ()}
    return Case(graph, {name: random.uniform(-1, 1, shapes[name]) for name in graph.leaves()})


def _sum_of_the_unused(builder: GraphBuilder) -> NodeId:
    """One output to which every node leads: what nobody uses would be left out of the graph."""
    used = {operand for node in builder.nodes if isinstance(node, Apply) for operand in node.operands}
    first, *others = [NodeId(i) for i in range(len(builder.nodes)) if i not in used]
    total = first
    for node in others:
        total = builder.apply(OPS["add"], total, node)
    return total


def applied(builder: GraphBuilder, kind: str, operands: list[NodeId]) -> NodeId:
    """The op with that name on as many of the operands as it takes."""
    return builder.apply(OPS[kind], *operands[: OPS[kind].arity])


def twin(builder: GraphBuilder, kind: str, node: NodeId) -> NodeId:
    """An op with one node as both operands, at a positive number: eˣ where x^x and x/x need one."""
    positive = builder.apply(OPS["exp"], node)
    names = {"x-x": "sub", "x/x": "div", "x^x": "pow", "x*x": "mul", "max(x,x)": "maximum", "atan2(x,x)": "atan2"}
    return builder.apply(OPS[names[kind]], positive, positive)
