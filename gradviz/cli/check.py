"""`gradviz check`: each leaf's gradient against differences of the value itself; exit 1 when one is wrong.

With --nodes every node and every op's rule as well; with --data the gradient over all samples, and whether it is the
sum of the gradients of the samples.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, NOT_GOOD
from gradviz.cli.inputs import formula_input, pointing_into
from gradviz.cli.output import print_json, print_table
from gradviz.cli.training import add_data, job
from gradviz.core.gradcheck import LeafCheck, RuleCheck, check, check_node, check_rules, difference, symbolic_gradients
from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.per_sample import LeafSum, SampleGradients, batch_graph, sample_gradients
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.lang.reading import Reading
from gradviz.project.files import SUFFIX
from gradviz.text import numbers
from gradviz.text.symbols import display, symbols
from gradviz.train.planning import plan_of

SYMBOLIC_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """What is checked: a graph at values, by some leaves. samples: with data, what was found for each of them."""

    reading: Reading
    graph: Graph
    values: Mapping[str, Array]
    wrt: tuple[str, ...] | None = None
    samples: SampleGradients | None = None


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser, or_file=True)
    parser.add_argument("--nodes", action="store_true", help="check every node and the rule of every op as well")
    add_data(parser)
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Check and print; returns the exit code."""
    subject = _subject(options)
    with pointing_into(subject.reading):
        checks = check(subject.graph, subject.values, wrt=subject.wrt)
        symbolic = symbolic_gradients(subject.graph, subject.values, wrt=subject.wrt)
        trace = record(subject.graph, subject.values)
    nodes = _node_checks(trace) if options.nodes else {}
    rules = list(check_rules(trace)) if options.nodes else []
    differing = [name for name, c in symbolic.items() if difference(trace.adjoint(name), c) > SYMBOLIC_TOLERANCE]
    agrees = not differing and (subject.samples is None or subject.samples.agrees)
    every = [*checks.values(), *nodes.values(), *(rule.check for rule in rules)]
    has_passed = agrees and all(found.has_passed for found in every)
    if options.json:
        answer: dict[str, object] = {"passed": has_passed, "leaves": {name: _data(c) for name, c in checks.items()}}
        if options.nodes:
            answer["nodes"] = [_node_data(trace, node, found) for node, found in nodes.items()]
            answer["rules"] = [_rule_data(trace, rule) for rule in rules]
        if subject.samples is not None:
            answer["samples"] = _sample_data(subject.samples)
        print_json(answer)
    else:
        _print_leaves(checks, symbolic)
        if options.nodes:
            _print_nodes(trace, nodes, rules)
        if subject.samples is not None:
            _print_samples(subject.samples)
        if differing:
            print(f"wrong: the symbolic derivative by {', '.join(differing)} is another one")
        print("passed" if has_passed else "failed")
    return DONE if has_passed else NOT_GOOD


def _subject(options: argparse.Namespace) -> _Subject:
    """The formula itself, or with data its sum over all samples."""
    if options.data is None and not options.bind and Path(options.formula).suffix != SUFFIX:
        given = formula_input(options.formula, options.values)
        return _Subject(given.reading, given.graph, given.values)
    asked = job(options)
    if asked.data is None:
        return _Subject(asked.reading, asked.graph, asked.values)
    with pointing_into(asked.reading):
        plan = plan_of(asked.graph, asked.values, asked.settings, data=asked.data, fixed=asked.fixed)
        parameters = plan.first().parameters
        leaves = asked.graph.leaves()
        data = {name: column for name, column in asked.data.items() if name in leaves}
        values = {name: np.asarray(v) for name, v in {**asked.values, **parameters}.items() if name not in data}
        wanted = tuple(parameters)
        samples = sample_gradients(asked.graph, values, data, wrt=wanted)
        whole = batch_graph(asked.graph, values, data)
    return _Subject(asked.reading, whole, {**values, **data}, wanted, samples)


def _node_checks(trace: Trace) -> dict[NodeId, LeafCheck]:
    """Every inner node to which something flows back."""
    inner = (i for i in trace.graph.node_ids() if isinstance(trace.graph.nodes[i], Apply))
    found = {node: check_node(trace, node) for node in inner}
    return {node: checked for node, checked in found.items() if checked is not None}


def _data(found: LeafCheck) -> dict[str, object]:
    return {
        "backward": found.backward,
        "numeric": found.numeric,
        "relative_error": found.relative_error,
        "verdict": found.verdict,
    }


def _node_data(trace: Trace, node: NodeId, found: LeafCheck) -> dict[str, object]:
    apply = trace.graph.nodes[node]
    assert isinstance(apply, Apply)
    return {"id": node, "op": apply.op.name, "name": trace.graph.names.get(node), **_data(found)}


def _rule_data(trace: Trace, rule: RuleCheck) -> dict[str, object]:
    apply = trace.graph.nodes[rule.node]
    assert isinstance(apply, Apply)
    return {"node": rule.node, "operand": rule.operand, "op": apply.op.name, **_data(rule.check)}


def _sample_data(samples: SampleGradients) -> dict[str, object]:
    return {
        "count": samples.count,
        "agree": samples.agrees,
        "verdict": samples.verdict,
        "leaves": {
            name: {"sum": leaf.total, "batch": leaf.batch, "relative_error": leaf.difference}
            for name, leaf in samples.leaves.items()
        },
    }


def _row(found: LeafCheck) -> tuple[str, ...]:
    error = numbers.number(found.relative_error, 2)
    return (numbers.value(found.backward), numbers.value(found.numeric), error, found.verdict)


def _print_leaves(checks: Mapping[str, LeafCheck], symbolic: Mapping[str, Array]) -> None:
    rows = []
    for name, found in checks.items():
        backward, numeric, error, verdict = _row(found)
        rows.append((name, backward, numeric, numbers.value(symbolic[name]), error, verdict))
    print_table(("leaf", "backward", "numeric", "symbolic", "relative error", "verdict"), rows)


def _print_nodes(trace: Trace, nodes: Mapping[NodeId, LeafCheck], rules: list[RuleCheck]) -> None:
    shown = [display(symbol) for symbol in symbols(trace.graph)]

    def op(node: NodeId) -> str:
        apply = trace.graph.nodes[node]
        return apply.op.name if isinstance(apply, Apply) else ""

    def operand(rule: RuleCheck) -> str:
        apply = trace.graph.nodes[rule.node]
        assert isinstance(apply, Apply)
        source = apply.operands[rule.operand]
        return "a number" if isinstance(trace.graph.nodes[source], Literal) else shown[source]

    print()
    print_table(
        ("node", "op", "backward", "numeric", "relative error", "verdict"),
        [(shown[node], op(node), *_row(found)) for node, found in nodes.items()],
    )
    print()
    print_table(
        ("rule of", "at", "by", "sent back", "numeric", "relative error", "verdict"),
        [(op(rule.node), shown[rule.node], operand(rule), *_row(rule.check)) for rule in rules],
    )


def _print_samples(samples: SampleGradients) -> None:
    def row(name: str, leaf: LeafSum) -> tuple[str, ...]:
        error = numbers.number(leaf.difference, 2)
        return (name, numbers.value(leaf.total), numbers.value(leaf.batch), error, "equal" if leaf.agrees else "wrong")

    print()
    print_table(
        ("leaf", f"sum of {samples.count:,} gradients", "gradient of the sum", "relative error", "verdict"),
        [row(name, leaf) for name, leaf in samples.leaves.items()],
    )
    print(samples.verdict)
