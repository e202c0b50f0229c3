"""A derivative as on a blackboard: the chain rule, the local derivatives, their numbers, and the closed form.

∂/∂W sq(sub(y, add(matmul(W, x), b)))
= sq′(sub(y, add(matmul(W, x), b))) · ∂/∂W sub(y, add(matmul(W, x), b))
= …
= sq′ · sub′ · add′ · matmul′
= 2(y − (Wx + b)) · (−1) · 1 · x
= 2·(−6) · (−1) · 1 · 3 = 36
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradviz.core.expr import Tape
from gradviz.core.graph import Apply, Graph, Leaf, needed
from gradviz.core.holes import complete
from gradviz.core.record import bind, record
from gradviz.core.symbolic import replay
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.errors import GraphError, ShapeError
from gradviz.text import symbols
from gradviz.text.answers import Answer, answers
from gradviz.text.closed_form import ClosedForm, closed_form
from gradviz.text.closing import closing_lines
from gradviz.text.derivation_line import Line, Stage
from gradviz.text.derivation_words import NAMES_WORDS, factor_words, first_words
from gradviz.text.equation import Equation, Part, PartKind, derivative
from gradviz.text.filling import Filling
from gradviz.text.unrolling import COUNTED, MOST_LINES, Unrolling, unroll

_NESTING = re.compile(r"\\[a-zA-Z]+|\\.|[{}=]")
"""Commands, and what opens, closes or is an equals sign."""


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """A derivative, derived.

    title: ∂L/∂x. steps: the chain rule line by line, then the local derivatives, then the numbers. closing: the closed
    form, at the present point, and for one element where that says more. closed_form, latex: the closed form alone,
    None where none is found. value: the number or array, when values were given. answers: the same by other ways.
    notes: what was shortened or left out, and why.
    """

    title: Part
    steps: tuple[Line, ...]
    closing: tuple[Line, ...]
    closed_form: str | None
    latex: str | None
    value: Array | None
    answers: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The steps, then the closing lines."""
        return (*self.steps, *self.closing)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """What is written on the steps."""
        return tuple(line.equation for line in self.steps)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines as plain text."""
        return tuple(line.plain for line in self.equations)

    @property
    def latex_lines(self) -> tuple[str, ...]:
        """The lines as LaTeX."""
        return tuple(line.latex for line in self.equations)

    def without_numbers(self) -> "Derivation":
        """The same in symbols alone, for where numbers are hidden."""
        steps = tuple(line for line in self.steps if line.stage is not Stage.NUMBERS)
        closing = tuple(line for line in self.closing if not line.equation.plain.startswith("= "))
        notes = (*self.notes, "the numbers are hidden here")
        return replace(self, steps=steps, closing=closing, value=None, answers=(), notes=notes)

    def as_align(self) -> str:
        """All of it as an align environment of LaTeX."""
        written = [line.equation for line in self.all_lines]
        rows = [align_row(line) for line in written]
        if rows and "&" not in rows[0]:  # the first line has no right side of its own: the second goes on from it
            rows[:2] = [f"{rows[0]} {rows[1]}" if len(rows) > 1 else rows[0]]
        body = " \\\\\n".join(f"  {row}" for row in rows)
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    def as_text(self) -> str:
        """All of it as plain text."""
        closing = (line.equation.plain for line in self.closing)
        return "\n".join([*self.lines, *closing])


def align_row(line: Equation) -> str:
    """A line with an & before its first equals sign; what goes on from the line above begins with it."""
    place = _equals_in(line.latex)
    if place is None:
        return line.latex.strip()
    return f"{line.latex[:place].strip()} &= {line.latex[place + 1 :].strip()}".strip()


def _equals_in(latex: str) -> int | None:
    """Where the first equals sign stands that is in no group and in no brackets, as that of axis=0 is."""
    depth = 0
    for found in _NESTING.finditer(latex):
        if found[0] == "=" and depth == 0:
            return found.start()
        depth += {"{": 1, "\\left": 1, "}": -1, "\\right": -1}.get(found[0], 0)
    return None


def derive(graph: Graph, name: str, values: Mapping[str, Any] | None = None, *, compares: bool = False) -> Derivation:
    """The derivative of the output by the leaf `name`; an output that is no scalar is summed.

    values: of all leaves that have no default; None leaves the numbers out and takes leaves without a default for
    scalars. compares: the number is found in other ways too. Raises GraphError when there is no such leaf, and the
    reason when the run fails.
    """
    leaves = complete(graph).leaves()
    if name not in leaves:
        has = f"its leaves are {', '.join(leaves)}" if leaves else "it has no leaves"
        raise GraphError(f"the formula has no leaf {name} to differentiate by; {has}")
    return _derived(graph, name, values, compares=compares)


def derive_by_node(
    graph: Graph, node: NodeId, values: Mapping[str, Any] | None = None, *, compares: bool = False
) -> Derivation:
    """The derivative of the output by any node: by its name, as if it were a leaf with the value that it has there.

    Raises GraphError for a number in the formula, and the reason when the run fails.
    """
    match complete(graph).nodes[node]:
        case Leaf() as leaf:
            return _derived(graph, leaf.name, values, compares=compares)
        case Apply():
            name = symbols.symbol(graph, node)
            given = None if values is None else {**values, name: _value_of(graph, values, node)}
            return _derived(_cut(graph, node, name), name, given, compares=compares)
        case _:
            raise GraphError("a number in the formula stands still: nothing is differentiated by it")


def _cut(graph: Graph, node: NodeId, name: str) -> Graph:
    """The graph with a leaf in place of a node; all nodes keep their ids, so that edges stay what they are."""
    nodes = (*graph.nodes[:node], Leaf(name), *graph.nodes[node + 1 :])
    names = {other: given for other, given in graph.names.items() if other != node}
    return Graph(nodes, graph.output, names, graph.defaults)


def _value_of(graph: Graph, values: Mapping[str, Any], node: NodeId) -> Array:
    trace = record(graph, values, wrt=[])
    found = trace.values[node]
    if found is None:
        raise trace.failure or GraphError("the node has no value here")
    return found


def _derived(graph: Graph, name: str, values: Mapping[str, Any] | None, *, compares: bool) -> Derivation:
    leaf = graph.leaves()[name]
    names = symbols.symbols(graph)
    title = derivative(names[graph.output], name, PartKind.PLAIN)
    trace = None if values is None else record(graph, values, wrt=[name])
    if trace is not None and trace.failure is not None:
        raise trace.failure
    value = None if trace is None else trace.adjoint(name)
    unrolling = unroll(graph, leaf)
    notes = _notes(unrolling)
    bound = {} if values is None else bind(graph, values)
    leaf_shapes = {other: _leaf_shape(graph, other, bound) for other in graph.leaves()}
    shapes = _shapes(graph, leaf_shapes)
    steps = _chain_lines(graph, unrolling, names, shapes, name)
    if shapes is None:
        notes.append("the local derivatives need the shapes of the operands: give values to see them")
        return Derivation(title, steps, (), None, None, value, (), tuple(notes))
    lines = Filling(graph, leaf, shapes, trace).lines(unrolling, value)
    small = needed(graph)
    known = {other: leaf_shapes[other] for other in small.leaves()} | {name: leaf_shapes[name]}
    here = {other: bound[other] for other in known if other in bound}
    form = closed_form(small, name, known, here) if name in small.leaves() else ClosedForm("0", "0")
    closing = closing_lines(title, form, known, bound, value, unrolling.edges[-1])
    found: tuple[Answer, ...] = ()
    left_out: tuple[str, ...] = ()
    if value is not None and compares:
        found, left_out = answers(graph, name, bound, value, form.graph)
    steps = (*steps, *lines)
    return Derivation(title, steps, closing, form.plain, form.latex, value, found, (*notes, *form.notes, *left_out))


def _chain_lines(
    graph: Graph, unrolling: Unrolling, names: Sequence[str], shapes: Sequence[Shape] | None, name: str
) -> tuple[Line, ...]:
    found = []
    last = len(unrolling.equations) - 1
    for number, (line, edges) in enumerate(zip(unrolling.equations, unrolling.edges, strict=True)):
        if number == 0:
            about = first_words(name)
        elif number == last:
            about = NAMES_WORDS if edges else ""
        else:
            about = factor_words(graph, names, shapes, edges)
        found.append(Line(Stage.CHAIN, line, edges, about))
    return tuple(found)


def _leaf_shape(graph: Graph, leaf: str, bound: Mapping[str, Array]) -> Shape:
    known = bound.get(leaf, graph.defaults.get(leaf))
    return SCALAR if known is None else known.shape


def _shapes(graph: Graph, leaf_shapes: Mapping[str, Shape]) -> tuple[Shape, ...] | None:
    try:
        return tuple(expr.shape for expr in replay(Tape(), graph, leaf_shapes))
    except ShapeError:
        return None


def _notes(unrolling: Unrolling) -> list[str]:
    notes = []
    shown = len(unrolling.paths)
    if unrolling.count > shown:
        count = f"{unrolling.count:,}" if unrolling.count < COUNTED else f"more than {COUNTED:,}"
        notes.append(f"the sum runs over {count} paths; the first {shown} are written out")
    if unrolling.is_shortened:
        notes.append(f"the chain is longer than {MOST_LINES} factors; the lines in its middle are left out")
    if not unrolling.count:
        notes.append("nothing flows back: the formula does not depend on it, or only by steps without a slope")
    return notes
