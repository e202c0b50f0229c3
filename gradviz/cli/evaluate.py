"""`gradviz eval`: value and gradients, and the table of nodes and edges."""

import argparse
from collections.abc import Iterator
from typing import Any, assert_never

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE
from gradviz.cli.inputs import formula_input, pointing_into
from gradviz.cli.output import full_value, print_json, print_named, print_table
from gradviz.core.graph import Apply, Edge, Graph, Hole, Leaf, Literal
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.lang.reading import Reading
from gradviz.lang.unparse import formula, functions
from gradviz.text import numbers, symbols
from gradviz.text.plain import plain


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser)
    parser.add_argument(
        "--wrt", metavar="NAMES", type=arguments.names, help="differentiate by these leaves only, such as W,b"
    )
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Evaluate and print; returns the exit code."""
    given = formula_input(options.formula, options.values)
    with pointing_into(given.reading):
        trace = record(given.graph, given.values, wrt=options.wrt)
        if trace.failure is not None:
            raise trace.failure
    if options.json:
        print_json(as_data(trace))
    else:
        _print(given.reading, trace)
    return DONE


def as_data(trace: Trace) -> dict[str, Any]:
    """The answer of `eval --json`; `seed` is there when the output is no scalar."""
    graph = trace.graph
    answer = {
        "formula": formula(graph),
        "functions": functions(graph),
        "value": trace.result,
        "gradients": trace.gradients,
        "nodes": [_node_data(trace, node) for node in graph.node_ids()],
        "edges": [_edge_data(trace, edge) for edge in graph.edges()],
    }
    return {**answer, "seed": "ones"} if trace.is_seeded_with_ones else answer


def _node_data(trace: Trace, node: NodeId) -> dict[str, Any]:
    found = trace.graph.nodes[node]
    value = trace.value(node)
    return {
        "id": node,
        "op": op_name(trace.graph, node),
        "name": node_name(trace.graph, node),
        "operands": found.operands if isinstance(found, Apply) else (),
        "shape": value.shape,
        "value": value,
        "adjoint": trace.adjoints[node],
    }


def _edge_data(trace: Trace, edge: Edge) -> dict[str, Any]:
    return {
        "from": edge.source,
        "to": edge.target,
        "operand": edge.operand,
        "value": trace.value(edge.source),
        "derivative": trace.contributions.get((edge.target, edge.operand)),
    }


def op_name(graph: Graph, node: NodeId) -> str:
    """The name of a node's op; a leaf's is "leaf", a number's "constant"."""
    match graph.nodes[node]:
        case Apply(op=op):
            return op.name
        case Leaf():
            return "leaf"
        case Literal():
            return "constant"
        case Hole():
            return "open port"
        case other:
            assert_never(other)


def node_name(graph: Graph, node: NodeId) -> str | None:
    """The name that the formula gives to a node, None when it has none."""
    found = graph.nodes[node]
    return found.name if isinstance(found, Leaf) else graph.names.get(node)


def _print(reading: Reading, trace: Trace) -> None:
    graph = trace.graph
    print_named(_head(reading, trace))
    names = [symbols.display(name) for name in symbols.symbols(graph)]
    print("\nnodes")
    print_table(("id", "name", "op", "operands", "value", "adjoint"), _node_rows(trace, names))
    print("\nedges")
    print_table(("from", "to", "operand", "value", "derivative"), _edge_rows(trace, names))


def _head(reading: Reading, trace: Trace) -> Iterator[tuple[str, str]]:
    graph = trace.graph
    yield "formula", plain(graph)
    yield "functions", functions(graph)
    for note in reading.notes:
        yield "note", note
    yield "value", full_value(trace.result)
    for name, gradient in trace.gradients.items():
        yield f"∂/∂{symbols.display(name)}", full_value(gradient)
    if trace.is_seeded_with_ones:
        yield "seed", f"ones: the output has shape {trace.result.shape}, so the gradients are those of its sum"
    names = symbols.symbols(graph)
    for finding in trace.findings:
        yield "finding", f"{finding.what} at {symbols.display(names[finding.node])}"


def _node_rows(trace: Trace, names: list[str]) -> Iterator[tuple[str, ...]]:
    for node in trace.graph.node_ids():
        found = trace.graph.nodes[node]
        operands = ", ".join(str(i) for i in found.operands) if isinstance(found, Apply) else ""
        adjoint = trace.adjoints[node]
        shown = numbers.value(adjoint) if adjoint is not None else ""
        yield str(node), names[node], op_name(trace.graph, node), operands, numbers.value(trace.value(node)), shown


def _edge_rows(trace: Trace, names: list[str]) -> Iterator[tuple[str, ...]]:
    for edge in trace.graph.edges():
        contribution = trace.contributions.get((edge.target, edge.operand))
        shown = numbers.value(contribution) if contribution is not None else ""
        value = numbers.value(trace.value(edge.source))
        yield names[edge.source], names[edge.target], str(edge.operand), value, shown
