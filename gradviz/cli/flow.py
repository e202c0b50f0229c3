"""`gradviz flow`: where the gradient goes: the nodes by |adjoint|, and the gradient by a leaf as a sum over paths."""

import argparse
from typing import Any

from gradviz.cli import parser as arguments
from gradviz.cli.documents import subject_input
from gradviz.cli.failure import DONE, Failure
from gradviz.cli.inputs import pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.core.flow import FlowPath, PathSum, local_factor, magnitudes, path_sum, ranking
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.errors import GraphError
from gradviz.text import numbers
from gradviz.text.numbers import count, plural
from gradviz.text.symbols import display, symbols

MOST = 1000


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument("--to", metavar="NAME", type=arguments.name, help="the leaf the paths lead to (the first)")
    parser.add_argument("--paths", metavar="N", type=arguments.whole_number, default=20, help="paths to list (20)")
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Follow the gradient and print; returns the exit code."""
    if not 1 <= options.paths <= MOST:
        raise Failure(f"--paths goes from 1 to {MOST}")
    given = subject_input(options.formula, options.values)
    with pointing_into(given.reading):
        trace = record(given.graph, given.values)
        if not trace.is_complete:
            raise trace.failure or GraphError("the formula is not finished: give each open port (?) a value")
        paths = _paths(trace, options)
    if options.json:
        print_json(_data(trace, paths))
        return DONE
    names = [display(name) for name in symbols(trace.graph)]
    print_table(("node", "|adjoint|"), [(names[n], numbers.number(size)) for n, size in ranking(magnitudes(trace))])
    if paths is not None:
        _print_paths(trace, paths, names)
    return DONE


def _paths(trace: Trace, options: argparse.Namespace) -> PathSum | None:
    leaves = trace.graph.leaves()
    if options.to is not None and options.to not in leaves:
        raise Failure(f"there is no leaf {options.to}; the leaves are {', '.join(leaves) or 'none'}")
    name = options.to or next(iter(leaves), None)
    return path_sum(trace, leaves[name], options.paths) if name is not None else None


def _print_paths(trace: Trace, paths: PathSum, names: list[str]) -> None:
    derivative = f"∂{names[trace.graph.output]}/∂{names[paths.node]}"
    print(f"\n{derivative} = {numbers.value(paths.total)}, the sum over {plural(paths.count, 'path')}")
    rows = [(" → ".join(names[n] for n in p.nodes), _factors(trace, p), numbers.value(p.product)) for p in paths.paths]
    left = paths.count - len(paths.paths)
    if left:
        rows.append((f"{count(left)} others together", "", numbers.value(paths.rest)))
    print_table(("path", "product", "arrives"), rows)


def _factors(trace: Trace, path: FlowPath) -> str:
    factors = [local_factor(trace, edge) for edge in path.edges]
    return " · ".join("array" if factor is None else numbers.number(factor) for factor in factors)


def _data(trace: Trace, paths: PathSum | None) -> dict[str, Any]:
    names = symbols(trace.graph)
    nodes = [{"id": n, "name": names[n], "adjoint": size} for n, size in ranking(magnitudes(trace))]
    if paths is None:
        return {"nodes": nodes, "paths": None}
    listed = [
        {"nodes": list(p.nodes), "factors": [local_factor(trace, e) for e in p.edges], "product": p.product}
        for p in paths.paths
    ]
    return {
        "nodes": nodes,
        "paths": {"to": names[paths.node], "count": paths.count, "listed": listed, "rest": paths.rest,
                  "sum": paths.total, "exact": paths.is_exact},
    }  # fmt: skip
