"""What the pointer learns over a node or an edge: value, adjoint, local derivative, shape. Plain text, no Qt."""

from typing import Any

import numpy as np

from gradviz.core.blocks import block_partial
from gradviz.core.graph import Apply, Block, Edge, Graph, Leaf, Literal
from gradviz.core.trace import Phase, Trace
from gradviz.core.types import SCALAR, Array, NodeId
from gradviz.export.frames import Frame
from gradviz.project.editing import definition_of
from gradviz.text import numbers
from gradviz.text.blocks import used
from gradviz.text.symbols import display, symbol
from gradviz.ui.canvas.gestures.base import Target


def tooltip(graph: Graph, trace: Trace | None, target: Target, block: Block | None = None) -> str:
    """The lines for what is under the pointer; empty for nothing. block: the folded one whose card it is."""
    match target:
        case None:
            return ""
        case Edge() as edge:
            return "\n".join(_edge_lines(graph, trace, edge))
        case _ if block is not None:
            return "\n".join(_block_lines(graph, trace, block))
        case node:
            return "\n".join(_node_lines(graph, trace, node))


def frame_tip(graph: Graph, frame: Frame) -> str:
    """What the name on the frame of an unfolded block says and does."""
    block = next((one for one in graph.blocks if one.use == frame.use), None)
    lines = [definition_of(graph, block.name), used(graph, block.name)] if block is not None else [frame.name]
    return "\n".join((*lines, "Click selects it, a drag moves it, a double click folds it"))


def _node_lines(graph: Graph, trace: Trace | None, node: NodeId) -> list[str]:
    name = display(symbol(graph, node))
    lines = [_headline(graph, node, name)]
    if trace is None:
        return lines
    value, adjoint = trace.values[node], trace.adjoints[node]
    if value is not None:
        lines += [f"▸ value  {numbers.value(value)}", f"shape  {numbers.shape(np.shape(value))}"]
    if adjoint is not None:
        lines.append(f"◂ adjoint ∂L/∂{name}  {numbers.value(adjoint)}{_sum_note(graph, node)}")
    lines += [f"{finding.what} here" for finding in trace.findings if finding.node == node]
    return lines


def _block_lines(graph: Graph, trace: Trace | None, block: Block) -> list[str]:
    """A folded block: its call and its function, its numbers, and its combined local derivatives."""
    name = display(symbol(graph, block.output))
    operands = [display(symbol(graph, operand)) for operand in block.operands]
    lines = [f"{name} = {display(block.name)}({', '.join(operands)}), {used(graph, block.name)}"]
    lines += [definition_of(graph, block.name), *_node_lines(graph, trace, block.output)[1:]]
    for place, operand in enumerate(operands):
        if trace is None or isinstance(graph.nodes[block.operands[place]], Literal):
            continue
        value = block_partial(trace, block, place)
        if value is not None:
            lines.append(f"local derivative ∂{name}/∂{operand}  {numbers.value(value)}")
    return lines


def _headline(graph: Graph, node: NodeId, name: str) -> str:
    found = graph.nodes[node]
    match found:
        case Leaf():
            return name
        case Apply(op):
            return f"{name} = {op.name}({', '.join(display(symbol(graph, operand)) for operand in found.operands)})"
        case _:
            return "a number of the formula"


def _sum_note(graph: Graph, node: NodeId) -> str:
    count = len(graph.uses()[node])
    return f"  (sum of {count} contributions)" if count > 1 else ""


def _edge_lines(graph: Graph, trace: Trace | None, edge: Edge) -> list[str]:
    source, target = (display(symbol(graph, node)) for node in (edge.source, edge.target))
    lines = [f"{source} → {target}, operand {edge.operand + 1}"]
    if trace is None:
        return lines
    value, back = trace.values[edge.source], trace.contributions.get((edge.target, edge.operand))
    if value is not None:
        lines += [f"▸ value  {numbers.value(value)}", f"shape  {numbers.shape(np.shape(value))}"]
    if back is not None:
        lines.append(f"◂ contribution to ∂L/∂{source}  {numbers.value(back)}")
    local = local_derivative(graph, trace, edge)
    if local is not None:
        lines.append(f"local derivative ∂{target}/∂{source}  {numbers.value(local)}")
    return lines


def local_derivative(graph: Graph, trace: Trace, edge: Edge) -> Array | None:
    """The partial of the target by this operand, where it is one number (for arrays it would be a matrix)."""
    found = graph.nodes[edge.target]
    value = trace.values[edge.target]
    if not isinstance(found, Apply) or value is None or not found.op.is_differentiable_by(edge.operand):
        return None
    operands: list[Any] = [trace.values[operand] for operand in found.operands]
    if any(operand is None or np.shape(operand) != SCALAR for operand in operands) or np.shape(value) != SCALAR:
        return None
    with np.errstate(all="ignore"):
        return np.asarray(found.op.vjp(edge.operand, np.float64(1.0), value, *operands, **found.settings))


def shown(trace: Trace | None, position: int | None) -> Trace | None:
    """The trace as far as it has come, so that a tooltip never tells what is still to come."""
    if trace is None or position is None:
        return trace
    values: list[Array | None] = [None] * len(trace.values)
    adjoints: list[Array | None] = [None] * len(trace.adjoints)
    contributions: dict[tuple[NodeId, int], Array] = {}
    for step in trace.steps[:position]:
        if step.value is None:
            continue
        match step.phase:
            case Phase.FORWARD:
                values[step.node] = step.value
            case Phase.SEED:
                adjoints[step.node] = step.value
            case Phase.BACKWARD if step.operand is not None:
                contributions[step.node, step.operand] = step.value
                _receive(trace.graph, adjoints, step.node, step.operand, step.value)
            case _:
                pass
    return Trace(
        trace.graph,
        tuple(values),
        contributions,
        tuple(adjoints),
        trace.steps[:position],
        trace.wanted,
        trace.findings,
        trace.failure,
    )


def _receive(graph: Graph, adjoints: list[Array | None], node: NodeId, operand: int, value: Array) -> None:
    found = graph.nodes[node]
    assert isinstance(found, Apply)
    source = found.operands[operand]
    so_far = adjoints[source]
    adjoints[source] = value if so_far is None else so_far + value
