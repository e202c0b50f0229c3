"""Unfinished graphs: which operands are missing, and the refusal of all that needs a finished one.

A run (core/record.py) computes what it can and leaves blank what depends on an open port. Everything else —
compiling, differentiating by symbols, training, checking — asks `complete` first.
"""

from gradviz.core.graph import Apply, Graph, Hole
from gradviz.core.types import NodeId
from gradviz.errors import GraphError

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def complete(graph: Graph) -> Graph:
    """The same graph; raises GraphError when its output depends on an open port. Loose parts may have some."""
    if any(isinstance(node, Hole) for node in graph.nodes) and blank_nodes(graph)[graph.output]:
        raise open_port(graph, graph.output)
    return graph


def blank_nodes(graph: Graph) -> list[bool]:
    """For each node whether it depends on an open port."""
    blank: list[bool] = []
    for node in graph.nodes:
        is_blank = any(blank[operand] for operand in node.operands) if isinstance(node, Apply) else False
        blank.append(is_blank or isinstance(node, Hole))
    return blank


def open_port(graph: Graph, node: NodeId) -> GraphError:
    """The error for a node that depends on an open port: "add has an open port: give it a second operand"."""
    blank = blank_nodes(graph)
    while isinstance(found := graph.nodes[node], Apply):
        operand, source = next(((i, o) for i, o in enumerate(found.operands) if blank[o]), (0, None))
        if source is None:
            return GraphError(f"node {node} has no value", node=node)
        if isinstance(graph.nodes[source], Hole):
            which = _ORDINALS[operand] if operand < len(_ORDINALS) else f"{operand + 1}th"
            wanted = "an operand" if len(found.operands) == 1 else f"a {which} operand"
            return GraphError(f"{found.op.name} has an open port: give it {wanted}", node=node)
        node = source
    return GraphError("there is nothing but an open port: put a number, a name or an operation there", node=node)
