"""`gradviz lab`: the laboratories without a window: order of the backward pass, forgotten zeros, both modes."""

import argparse
from collections.abc import Mapping
from typing import Any

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, Failure
from gradviz.cli.inputs import FormulaInput, formula_input, pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.core.accumulation import backward_again, walk
from gradviz.core.record import record
from gradviz.core.recursion import Attempt, Way, attempt
from gradviz.core.tangent import both_modes
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.errors import TrainingError
from gradviz.project.leaves import default_roles
from gradviz.text import laboratory, numbers
from gradviz.text.symbols import display, symbols
from gradviz.train.planning import plan

LABS = ("order", "zeroing", "modes")


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    parser.add_argument("lab", choices=LABS, help="order of the backward pass, forgotten zeros, forward beside reverse")
    arguments.add_formula(parser)
    parser.add_argument("--calls", type=arguments.whole_number, default=2, help="zeroing: calls of backward (2)")
    parser.add_argument("--steps", type=arguments.whole_number, default=30, help="zeroing: steps of the descents (30)")
    parser.add_argument("--rate", type=arguments.number, default=0.01, help="zeroing: their learning rate (0.01)")
    parser.add_argument("--of", metavar="NAME", type=arguments.name, help="modes: of which node (the output)")
    parser.add_argument("--by", metavar="NAMES", type=arguments.names, help="modes: by which leaves (all)")
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Do the experiment and print; returns the exit code."""
    if not (1 <= options.calls <= 100 and 1 <= options.steps <= 100_000):
        raise Failure("--calls goes from 1 to 100, --steps from 1 to 100000")
    given = formula_input(options.formula, options.values)
    with pointing_into(given.reading):
        trace = record(given.graph, given.values)
        if trace.failure is not None:
            raise trace.failure
        match options.lab:
            case "order":
                _order(trace, as_json=options.json)
            case "zeroing":
                _zeroing(given, trace, options)
            case _:
                _modes(trace, options)
    return DONE


def _order(trace: Trace, *, as_json: bool) -> None:
    found = [attempt(trace, way) for way in Way]
    if as_json:
        print_json({"ways": [_way_data(trace, one) for one in found]})
        return
    rows = [(one.way.value, numbers.count(one.calls), laboratory.verdict(trace, one)) for one in found]
    print_table(("way", "calls", "derivatives"), rows)
    print(laboratory.order_gist(found, laboratory.has_sharing(trace.graph)))
    for one in found:
        if one.wrong:
            words = f"{laboratory.culprit(trace, one)} {laboratory.comparison(trace, one)}".strip()
            print(f"{one.way.value}: {words}")


def _way_data(trace: Trace, found: Attempt) -> dict[str, Any]:
    leaves = {name: found.adjoints.get(node) for name, node in trace.graph.leaves().items()}
    return {
        "way": found.way.name.lower(),
        "calls": found.calls,
        "made": len(found.made),
        "complete": found.is_complete,
        "wrong": list(found.wrong),
        "culprit": found.culprit.node if found.culprit is not None else None,
        "gradients": leaves,
    }


def _zeroing(given: FormulaInput, trace: Trace, options: argparse.Namespace) -> None:
    repeated = backward_again(trace, options.calls)
    leaves = trace.graph.leaves()
    walks = _walks(given, options)
    if options.json:
        answer: dict[str, Any] = {
            "calls": {
                name: {
                    "at_leaves": [call.get(node) for call in repeated.at_leaves],
                    "at_all": [call.get(node) for call in repeated.at_all],
                }
                for name, node in leaves.items()
            }
        }
        if walks is not None:
            answer["losses"] = {"zeroed": list(walks[0].losses), "forgotten": list(walks[1].losses)}
        print_json(answer)
        return
    rows = [
        (name, *(numbers.value(calls[node]) for calls in _last(repeated)))
        for name, node in leaves.items()
        if node in repeated.at_all[-1]
    ]
    print_table(("leaf", "once", f"{options.calls} calls, kept at leaves", "kept at all nodes"), rows)
    if walks is not None:
        print(laboratory.walk_gist(*walks))


def _last(repeated: Any) -> tuple[Mapping[NodeId, Any], ...]:
    return repeated.at_all[0], repeated.at_leaves[-1], repeated.at_all[-1]


def _walks(given: FormulaInput, options: argparse.Namespace) -> tuple[Any, Any] | None:
    """Both descents; None where the formula has no scalar loss or no parameter."""
    roles = default_roles(given.graph)
    values = {**given.graph.defaults, **given.values}
    fixed = [name for name in given.graph.leaves() if roles[name].value != "parameter"]
    try:
        prepared = plan(given.graph, values, rate=options.rate, fixed=fixed)
    except TrainingError:
        return None

    def measure(parameters: Mapping[str, Any]) -> tuple[float, Mapping[str, Any]]:
        return prepared.objective.loss_and_gradient(parameters)

    rate, steps = options.rate, options.steps
    return (
        walk(measure, prepared.start, rate, steps, forgets=False),
        walk(measure, prepared.start, rate, steps, forgets=True),
    )


def _modes(trace: Trace, options: argparse.Namespace) -> None:
    graph = trace.graph
    target = graph.output if options.of is None else _node(trace, options.of)
    leaves = graph.leaves()
    chosen = options.by if options.by is not None else tuple(leaves)
    unknown = [name for name in chosen if name not in leaves]
    if unknown:
        raise Failure(f"there is no leaf {unknown[0]}; the leaves are {', '.join(leaves) or 'none'}")
    found = both_modes(trace, [leaves[name] for name in chosen], target)
    costs = {"forward": found.forward, "reverse": found.reverse}
    if options.json:
        data = {n: {"passes": c.passes, "products": c.products, "numbers": c.numbers} for n, c in costs.items()}
        print_json(
            {"inputs": found.inputs, "outputs": found.outputs, **data, "jacobian": found.by_rows,
             "difference": found.difference}
        )  # fmt: skip
        return
    rows = [(n, *map(numbers.count, (c.passes, c.products, c.numbers))) for n, c in costs.items()]
    print_table(("mode", "passes", "products", "numbers"), rows)
    print(laboratory.modes_gist(found))
    print(f"both Jacobians differ by {numbers.number(found.difference, 2)} at most, relative to the largest element")


def _node(trace: Trace, name: str) -> NodeId:
    names = symbols(trace.graph)
    if name not in names:
        raise Failure(f"there is no node {name}; the nodes are {', '.join(display(n) for n in names[:12])}")
    return NodeId(names.index(name))
