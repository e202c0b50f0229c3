"""What a page about one op says: one source for the window's pages and for docs/operations.md.

    page_of(op)    how it is called and written, its formula and derivatives in mathematics, a small run with numbers
                   forward and backward, curves of f and f′ where it acts on single numbers, and the declaration's words

Everything follows from the op's declaration in `core/ops`; nothing here knows a single op.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import Example, Op, as_value, public_ops
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import SCALAR, Array, NodeId
from gradviz.lang.names import function_names
from gradviz.lang.unparse import formula, value_text
from gradviz.project.project import Project, project_from_formula
from gradviz.text import numbers, symbols
from gradviz.text.equation import Equation, PartKind, derivative, equation, name, quantity, sign
from gradviz.text.node_lines import derivative_lines, formula_line

POINTS = 401
_LETTERS = "abcdefuvw"
_QUOTED = re.compile(r'"(\w+)"')
"""A name of several letters; the line that gives it its value declares it."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """f and its slope along one operand, the others held at a number. NaN where there is nothing to draw."""

    operand: str
    held: tuple[tuple[str, float], ...]
    x: Array
    value: Array
    slope: Array

    @property
    def title(self) -> str:
        """What is drawn: "along a, with b = 3"."""
        held = ", ".join(f"{other} = {numbers.number(at)}" for other, at in self.held)
        return f"along {self.operand}, with {held}" if held else f"along {self.operand}"


@dataclass(frozen=True, eq=False)
class OpPage:
    """One op, told in full. result: how the example names what the op gives. example: a formula with its values."""

    op: Op
    result: str
    example: str

    @property
    def call(self) -> str:
        """The call with all operands and settings: softmax(x, axis=-1)."""
        operands = [*self.op.operands, "…"] if self.op.is_variadic else list(self.op.operands)
        settings = [f"{param.name}={_setting(param.default)}" for param in self.op.params]
        return f"{self.op.name}({', '.join([*operands, *settings])})"

    @cached_property
    def written(self) -> str:
        """How it looks in a formula where that is another way than a call, else ""."""
        shown = formula(_application(self.op, self.op.operands, self.op.examples[0])).strip()
        return "" if shown.startswith(f"{self.op.name}(") else shown

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its other names in formulas."""
        names = function_names().items()
        return tuple(sorted(alias for alias, own in names if own == self.op.name and alias != self.op.name))

    @property
    def givens(self) -> tuple[str, ...]:
        """The lines of the example that give values."""
        lines = self.example.splitlines()
        return tuple(lines[: next(n for n, line in enumerate(lines) if line.startswith(f"{self.result} = "))])

    def project(self) -> Project:
        """The example as a document."""
        return project_from_formula(self.example)

    @cached_property
    def trace(self) -> Trace:
        """The example's run."""
        project = self.project()
        assert project.graph is not None
        return record(project.graph, project.values)

    @property
    def node(self) -> NodeId:
        """The op's node in the example."""
        return self.trace.graph.find(self.result)

    @cached_property
    def formulas(self) -> tuple[Equation, ...]:
        """The op as a formula, and its derivative (or what it sends back) by each operand."""
        lines = derivative_lines(self.trace, self.node)
        return (formula_line(self.trace.graph, self.node), *(line.equation for line in lines))

    @cached_property
    def forward(self) -> tuple[Equation, ...]:
        """The values of the example, operand by operand, then the op's own."""
        graph = self.trace.graph
        apply = graph.nodes[self.node]
        operands = dict.fromkeys(apply.operands)  # type: ignore[union-attr]  # the op's node
        nodes = [node for node in operands if symbols.symbol(graph, node) in graph.leaves()]
        return tuple(self._line(node) for node in (*nodes, self.node))

    @cached_property
    def backward(self) -> tuple[Equation, ...]:
        """The adjoint of what the op gives, then what reaches each operand."""
        graph, adjoints = self.trace.graph, self.trace.adjoints
        output = symbols.symbol(graph, graph.output)
        above = () if self.node == graph.output else (self.node,)
        reached = [node for node in (*above, *graph.leaves().values()) if adjoints[node] is not None]
        return tuple(
            equation(
                derivative(output, symbols.symbol(graph, node)),
                sign("="),
                quantity(self.trace.adjoint(node), PartKind.DERIVATIVE),
            )
            for node in reached
        )

    def _line(self, node: NodeId) -> Equation:
        shown = quantity(self.trace.value(node), PartKind.VALUE)
        return equation(name(symbols.symbol(self.trace.graph, node)), sign("="), shown)

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """One curve for each operand of an elementwise op; none for other ops."""
        return tuple(_curve(self.op, operand) for operand in range(len(self.op.partials)))


@lru_cache(maxsize=256)
def page_of(op: Op) -> OpPage:
    """The page of an op."""
    shown = _telling(op)
    operands = op.operands if not op.is_variadic else tuple(_LETTERS[: len(shown.operands)])
    result = next(letter for letter in "fhk" if letter not in operands)
    given = [_rounded(value) for value in shown.operands]
    lines = [f"{operand} = {value_text(value)}" for operand, value in zip(operands, given, strict=True)]
    graph = _application(op, operands, shown)
    lines.append(f"{result} = {_QUOTED.sub(_bare, formula(graph).strip())}")
    if not op.is_elementwise:  # something above it, so that what comes from there is seen
        is_number = record(graph, dict(zip(operands, given, strict=True))).result.shape == SCALAR
        lines.append(f"{result}^2" if is_number else f"sum({result}^2)")
    return OpPage(op, result, "\n".join(lines))


def pages() -> tuple[OpPage, ...]:
    """The pages of all ops that people can use, by group."""
    return tuple(page_of(op) for op in sorted(public_ops(), key=lambda op: op.group))


def _application(op: Op, operands: tuple[str, ...], example: Example) -> Graph:
    builder = GraphBuilder()
    leaves: list[NodeId] = [builder.leaf(operand) for operand in operands]
    return builder.graph(builder.apply(op, *leaves, **dict(example.attrs)))


def _telling(op: Op) -> Example:
    """The first example; of an op for arrays the first that has one and can be written in full, where there is one."""

    def is_telling(example: Example) -> bool:
        return any(np.ndim(v) for v in example.operands) and all(np.size(v) <= numbers.SMALL for v in example.operands)

    found = () if op.is_elementwise else filter(is_telling, op.examples)
    return next(iter(found), op.examples[0])


def _rounded(value: object) -> Array:
    return as_value(np.round(np.asarray(value, dtype=np.float64), 3))


def _bare(found: re.Match[str]) -> str:
    return found[1]


def _curve(op: Op, operand: int) -> Curve:
    low, high = op.domain[operand] if operand < len(op.domain) else (-2.0, 2.0)
    grid = np.linspace(low - (high - low) / 2, high + (high - low) / 2, POINTS)
    held = [float(np.ravel(value)[0]) for value in op.examples[0].operands]
    xs = [grid if other == operand else np.full(POINTS, at) for other, at in enumerate(held)]
    with np.errstate(all="ignore"):
        value = np.asarray(op.evaluate(*xs), dtype=float)
        is_sloped = op.is_differentiable_by(operand)
        slope = np.asarray(op.vjp(operand, np.ones(POINTS), value, *xs), dtype=float) if is_sloped else 0 * value
    is_inside = (grid >= low) & (grid <= high)
    others = tuple(
        (name, at) for other, (name, at) in enumerate(zip(op.operands, held, strict=True)) if other != operand
    )
    return Curve(op.operands[operand], others, grid, _tame(value, is_inside), _tame(slope, is_inside))


def _tame(y: Array, is_inside: NDArray[np.bool_]) -> Array:
    """Without what shoots far beyond the values inside the domain: it would flatten all the rest."""
    inside = np.abs(y[is_inside & np.isfinite(y)])
    most = 4 * float(inside.max(initial=0.25))
    return np.where(np.isfinite(y) & (np.abs(y) <= most), y, np.nan)


def _setting(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
