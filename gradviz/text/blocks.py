"""What a block is, in mathematics: its function, and its combined local derivative by each operand.

sig(z) = 1/(1 + exp(−z))                  definition_line
∂sig/∂z = exp(−z)/(1 + exp(−z))² = 0.25   block_lines: all paths inside, in the letters of the definition
"""

import numpy as np

from gradviz.core.blocks import block_partial
from gradviz.core.graph import Block, Function, Graph, Literal
from gradviz.core.trace import Trace
from gradviz.core.types import SCALAR
from gradviz.errors import GradvizError
from gradviz.text import numbers, symbols
from gradviz.text.closed_form import closed_form
from gradviz.text.equation import Equation, Part, PartKind, derivative, equation, name, quantity, sign
from gradviz.text.latex import latex
from gradviz.text.plain import plain

LONGEST = 400
"""Characters of a body; a longer one is elided."""


def used(graph: Graph, function: str) -> str:
    """How often a function is used in a graph."""
    count = sum(block.name == function for block in graph.blocks)
    return "used once" if count == 1 else f"used {count} times"


def definition_line(function: Function) -> Equation:
    """The function with its parameters, and its body."""
    shown = ", ".join(symbols.display(param) for param in function.params)
    body = function.body
    return equation(
        name(function.name),
        Part(f"({shown})", f"({', '.join(function.params)})"),
        sign("="),
        Part(plain(body, length=LONGEST), latex(body, length=LONGEST)),
    )


def block_lines(trace: Trace, block: Block) -> tuple[Equation, ...]:
    """The combined local derivative by each operand that is no number: in symbols where they are found, and in numbers.

    None while the block has no value.
    """
    if trace.values[block.output] is None:
        return ()
    function = trace.graph.functions[block.name]
    found = []
    for place, (param, source) in enumerate(zip(function.params, block.operands, strict=True)):
        if isinstance(trace.graph.nodes[source], Literal) or trace.values[source] is None:
            continue
        parts: list[Part | None] = [derivative(function.name, param, PartKind.VALUE)]
        form = _in_symbols(trace, block, function, param)
        parts += [sign("="), form] if form is not None else []
        value = block_partial(trace, block, place)
        if value is not None and (np.ndim(value) == 0 or numbers.is_small(value)):
            parts += [sign("="), quantity(value, PartKind.VALUE)]
        if len(parts) > 1:
            found.append(equation(*parts))
    return tuple(found)


def _in_symbols(trace: Trace, block: Block, function: Function, param: str) -> Part | None:
    """The derivative of the body by a parameter, in the letters of the definition."""
    leaves = trace.graph.leaves()
    handed = dict(zip(function.params, block.operands, strict=True))
    known = {leaf: trace.values[handed.get(leaf, leaves.get(leaf, block.output))] for leaf in function.body.leaves()}
    values = {leaf: value for leaf, value in known.items() if value is not None}
    shapes = {leaf: np.shape(value) for leaf, value in values.items()}
    y = trace.values[block.output]
    if len(shapes) < len(known) or y is None or (np.shape(y) != SCALAR and np.shape(y) != shapes[param]):
        return None
    try:
        form = closed_form(function.body, param, shapes, values)
    except GradvizError:
        return None
    return None if form.plain is None or form.latex is None else Part(form.plain, form.latex)
