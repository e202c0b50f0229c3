"""Function notation for reading, as in sq(sub(y, add(matmul(W, x), b))): shortened with … where it gets long.

It is not read back; `lang/unparse.py` writes the full notation that is.
"""

from collections.abc import Container

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal
from gradviz.core.op import AttrValue
from gradviz.core.types import NodeId
from gradviz.text import numbers, symbols
from gradviz.text.equation import Part
from gradviz.text.printer import index_part_text, setting_text

LIMIT = 160
"""Characters after which operands are written as …."""

_WIDEST = 8


def function_notation(graph: Graph, node: NodeId, *, by_name: Container[NodeId] = (), limit: int = LIMIT) -> Part:
    """The node in function notation; inner nodes in `by_name` are written by their given name."""
    return _written(graph, [node], by_name, limit, top=node)


def arguments(graph: Graph, node: NodeId, *, by_name: Container[NodeId] = (), limit: int = LIMIT) -> Part:
    """The operands of a node in function notation, separated by commas."""
    apply = graph.nodes[node]
    assert isinstance(apply, Apply)
    return _written(graph, _separated(apply), by_name, limit, top=None)


_Item = NodeId | Part


def _written(graph: Graph, items: list[_Item], by_name: Container[NodeId], limit: int, top: NodeId | None) -> Part:
    text: list[str] = []
    tex: list[str] = []
    length = 0
    pending = items[::-1]
    while pending:
        item = pending.pop()
        if not isinstance(item, Part):
            node = graph.nodes[item]
            if isinstance(node, Apply) and not (item in by_name and item != top) and length < limit:
                pending += [*_opened(node)][::-1]
                continue
            item = _short(graph, item, by_name)
        text.append(item.text)
        tex.append(item.latex)
        length += len(item.text)
    return Part("".join(text), "".join(tex))


def _opened(node: Apply) -> list[_Item]:
    opening = Part(f"{node.op.name}(", rf"{operator(node.op.name)}\left(")
    settings = [_setting(key, value) for key, value in node.attrs]
    return [opening, *_separated(node), *settings, Part(")", r"\right)")]


def _setting(key: str, value: AttrValue) -> Part:
    """How an op is set: axis=0, and of an index only the places, as in 0, 1:."""
    if key == "index" and isinstance(value, tuple):
        places = ", ".join(index_part_text(part) for part in value)
        return Part(f", {places}", rf",\, {places}")
    text = setting_text(value)
    return Part(f", {key}={text}", rf",\, {operator(key)}={_escaped(text)}")


def _separated(node: Apply) -> list[_Item]:
    items: list[_Item] = []
    for i, operand in enumerate(node.operands[:_WIDEST]):
        items += [Part(", ", r",\, "), operand] if i else [operand]
    return [*items, Part(", …", r",\, \ldots")] if len(node.operands) > _WIDEST else items


def _short(graph: Graph, node_id: NodeId, by_name: Container[NodeId]) -> Part:
    node = graph.nodes[node_id]
    match node:
        case Leaf():
            return Part(symbols.display(node.name), symbols.latex(node.name))
        case Literal():
            return Part(numbers.typeset_value(node.value), numbers.latex_value(node.value))
        case Apply():
            if node_id in by_name:
                return Part(symbols.display(graph.names[node_id]), symbols.latex(graph.names[node_id]))
            return Part("…", r"\ldots")
        case Hole():
            return Part("□", r"\square")


def operator(name: str) -> str:
    """The name of an op as LaTeX."""
    return rf"\mathrm{{{_escaped(name)}}}"


def _escaped(text: str) -> str:
    return text.replace("_", r"\_")
