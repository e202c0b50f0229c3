"""`gradviz derive`: the chain rule line by line, the closed form, and its value where values are given."""

import argparse
from collections.abc import Iterator

from gradviz.cli import parser as arguments
from gradviz.cli.failure import DONE, note
from gradviz.cli.inputs import FormulaInput, formula_input, pointing_into
from gradviz.cli.output import full_value, print_json
from gradviz.core.types import NodeId
from gradviz.text.derivation import Derivation, derive, derive_by_node
from gradviz.text.derivation_line import Line
from gradviz.text.numbers import shape
from gradviz.text.symbols import symbols


def configure(parser: arguments.Parser) -> None:
    """Add the command's arguments."""
    arguments.add_formula(parser)
    parser.add_argument(
        "--wrt",
        metavar="NAME",
        type=arguments.name,
        required=True,
        help="the leaf or node to differentiate by; a node by its name, or v1, v2, … as in the lines",
    )
    arguments.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Derive and print; returns the exit code."""
    given = formula_input(options.formula, options.values, declared=[options.wrt])
    with pointing_into(given.reading):
        derivation = _derivation(given, options.wrt)
    if options.json:
        print_json(
            {
                "lines": derivation.lines,
                "closed_form": derivation.closed_form,
                "latex": derivation.latex,
                "value": derivation.value,
                "steps": [_step(line) for line in derivation.all_lines],
                "answers": [
                    {"way": answer.way, "value": answer.value, "relative_difference": answer.relative}
                    for answer in derivation.answers
                ],
                "align": derivation.as_align(),
                "notes": derivation.notes,
            }
        )
    else:
        print("\n".join(_lines(derivation, options.wrt)))
        for remark in derivation.notes:
            note(remark)
    return DONE


def _derivation(given: FormulaInput, name: str) -> Derivation:
    graph, values = given.graph, given.values if _has_values(given) else None
    names = symbols(graph)
    if name not in graph.leaves() and name in names:
        return derive_by_node(graph, NodeId(names.index(name)), values, compares=True)
    return derive(graph, name, values, compares=True)


def _has_values(given: FormulaInput) -> bool:
    """True when values were given, or the formula has them all itself."""
    return bool(given.values) or set(given.graph.leaves()) <= set(given.graph.defaults)


def _lines(derivation: Derivation, name: str) -> Iterator[str]:
    yield from derivation.lines
    if derivation.closed_form is not None:
        yield f"\nclosed form  ∂/∂{name} = {derivation.closed_form}"
        for line in derivation.closing[1:]:
            yield f"             {line.equation.plain}"
    if derivation.value is not None:
        yield f"value        {full_value(derivation.value)}"
    yield from _agreement(derivation)


def _step(line: Line) -> dict[str, object]:
    edges = [{"from": edge.source, "to": edge.target, "operand": edge.operand} for edge in line.edges]
    words = {"stage": line.stage.value, "text": line.equation.plain, "latex": line.equation.latex}
    return {**words, "edges": edges, "words": line.words}


def _agreement(derivation: Derivation) -> Iterator[str]:
    """The other ways to the same number, each with its difference from back-propagation."""
    for answer in derivation.answers[1:]:
        how = "the same" if answer.relative == 0 else f"relative difference {answer.relative:.1g}"
        shown = full_value(answer.value) if answer.value.ndim == 0 else f"{shape(answer.value.shape)} array"
        yield f"  {answer.way:22} {shown}   {how}"
