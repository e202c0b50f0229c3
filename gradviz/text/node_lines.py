"""What a node is, in mathematics: the formula of everything below it, and its derivative by each operand.

v₂ = (W·x + b)²          formula_line
∂v₂/∂v₁ = 2v₁ = −12      derivative_lines, where the local derivative is one number a number
∂L/∂W = ∂L/∂v₁ · xᵀ      derivative_lines, where it is a rule that takes what comes from above
"""

from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.trace import Trace
from gradviz.core.types import SCALAR, NodeId
from gradviz.errors import GradvizError
from gradviz.text import numbers, readable, symbols
from gradviz.text.backward import local_value
from gradviz.text.equation import Equation, Part, PartKind, derivative, equation, expression, name, quantity, sign
from gradviz.text.latex import latex
from gradviz.text.plain import plain

LONGEST = 400
"""Characters of a formula; a longer one is elided."""


@dataclass(frozen=True, slots=True, eq=False)
class DerivativeLine:
    """The derivative of a node by one operand. form: the right side as a graph; None where there is none to print."""

    operand: int
    equation: Equation
    form: Graph


def formula_line(graph: Graph, node: NodeId) -> Equation:
    """The node's name and the whole formula below it."""
    body = Part(plain(graph, node, length=LONGEST), latex(graph, node, length=LONGEST))
    if not isinstance(graph.nodes[node], Apply):
        return equation(body)
    return equation(name(symbols.symbol(graph, node)), sign("="), body)


def derivative_lines(trace: Trace, node: NodeId) -> tuple[DerivativeLine, ...]:
    """One line for each operand that takes a gradient; none while the node has no value."""
    apply = trace.graph.nodes[node]
    if not isinstance(apply, Apply) or any(trace.values[i] is None for i in (node, *apply.operands)):
        return ()
    found = []
    for operand, source in enumerate(apply.operands):
        if not isinstance(trace.graph.nodes[source], Literal) and apply.op.is_differentiable_by(operand):
            try:
                found.append(_line(trace, node, apply, operand))
            except (GradvizError, ValueError, IndexError):  # a rule that has no readable form here
                continue
    return tuple(found)


def _line(trace: Trace, node: NodeId, apply: Apply, operand: int) -> DerivativeLine:
    graph = trace.graph
    names = symbols.symbols(graph)
    shapes = [np.shape(value) if value is not None else SCALAR for value in trace.values]
    by = names[apply.operands[operand]]
    if not apply.op.partials and any(shapes[i] for i in (node, *apply.operands)):
        return _rule_line(graph, node, operand, names, shapes)
    scalar = [SCALAR if apply.op.partials else shape for shape in shapes]
    form = readable.local_derivative(graph, node, operand, names, scalar)
    value = local_value(trace, node, operand)
    parts: list[Part | None] = [derivative(names[node], by, PartKind.VALUE), sign("="), expression(form)]
    if not isinstance(form.nodes[form.output], Literal) and (np.ndim(value) == 0 or numbers.is_small(value)):
        parts += [sign("="), quantity(value, PartKind.VALUE)]
    return DerivativeLine(operand, equation(*parts), form)


def _rule_line(
    graph: Graph, node: NodeId, operand: int, names: tuple[str, ...], shapes: list[tuple[int, ...]]
) -> DerivativeLine:
    output = names[graph.output]
    apply = graph.nodes[node]
    assert isinstance(apply, Apply)
    upstream = f"∂{output}/∂{names[node]}"
    form = readable.contribution(graph, node, operand, names, shapes, upstream)
    left = derivative(output, names[apply.operands[operand]])
    return DerivativeLine(operand, equation(left, sign("="), expression(form)), form)
