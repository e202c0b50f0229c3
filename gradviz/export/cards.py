"""What each card says and how large it is: the operation in mathematics, and its name in small type below.

    ┌─────────────┐   ┃─────────────┐
    │    W · x    │   ┃      W      │   ( 2 )
    │ matmul · v₁ │   ┃  parameter  │
    └─────────────┘   ┃─────────────┘
    an operation      a leaf            a number in the formula

A size depends on the formula and the roles only, never on a value, so nothing moves while stepping.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from gradviz.core.graph import Apply, Block, Graph, Hole, Leaf, Literal, Use
from gradviz.core.op import AttrValue
from gradviz.core.types import Array, NodeId, Role
from gradviz.export.folding import Folding, folding
from gradviz.layout import measure
from gradviz.layout.types import Box, Slot
from gradviz.text import numbers, symbols

TITLE_SIZE = 17.0
SUBTITLE_SIZE = 9.0
NUMBER_SIZE = 10.0
CARD_HEIGHT = 48.0
LITERAL_HEIGHT = 28.0
PILL_HEIGHT = 17.0
PILL_GAP = 4.0
"""Between the two pills of an edge, where the wire shows."""
PILL_PADDING = 6.0
MARK_WIDTH = 8.0
"""The small triangle and the space after it."""
PILL_LETTERS = 9
"""Room for −0.014751 or [1, 2, 3]; a longer number loses digits here and keeps them in the inspector."""

_LEAST_WIDTH = 84.0
_MOST_WIDTH = 220.0
_PORT_PITCH = 16.0
_LONGEST_SAMPLE = 8888
_LONGEST_NAME = 12
_LONE_LETTER = re.compile(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])")


class CardKind(Enum):
    """What a card stands for, which decides its shape."""

    OPERATION = "operation"
    """A soft card: mathematics above, the op's name below."""
    LEAF = "leaf"
    """The same with a coloured spine for its role."""
    LITERAL = "literal"
    """A small round card with a number."""
    BLOCK = "block"
    """A folded use of a function: a card with the function's name and a second edge behind it."""
    HOLE = "hole"
    """An open port: a small, dashed, round card with the name of the operand that is missing."""


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says. role: that of a leaf, else None."""

    kind: CardKind
    title: str
    subtitle: str
    role: Role | None = None


def card_texts(
    graph: Graph, roles: Mapping[str, Role], *, sample: int | None = None, seen: Folding | None = None
) -> tuple[CardText, ...]:
    """The words of every card, by node id. A leaf without a role counts as a parameter; sample: shown on data.

    seen: which blocks are folded.
    """
    names = symbols.symbols(graph)
    shown = tuple(symbols.display(name) for name in names)
    blocks = seen.blocks if seen is not None else {}
    return tuple(
        _block_text(graph, blocks[node_id]) if node_id in blocks else _text(graph, node_id, shown, roles, sample)
        for node_id in graph.node_ids()
    )


def boxes_and_slots(
    graph: Graph, roles: Mapping[str, Role], unfolded: Collection[Use] | None = None
) -> tuple[tuple[Box, ...], tuple[Slot, ...]]:
    """The size of every card and of the room for every edge's pills: what a layout is asked to place.

    unfolded: the blocks that are not folded into one card; None: no block is folded.
    """
    seen = folding(graph, unfolded)
    texts = card_texts(graph, roles, sample=_LONGEST_SAMPLE, seen=seen)
    boxes = tuple(_box(node_id, texts[node_id], _arity(graph, seen, node_id)) for node_id in seen.nodes)
    width, height = slot_size()
    slots = tuple(Slot(edge.source, edge.target, edge.operand, width, height) for edge in seen.edges)
    return boxes, slots


def slot_size() -> tuple[float, float]:
    """Width and height of the room for two pills, wide enough for the longest number."""
    return pill_width("0" * PILL_LETTERS), 2 * PILL_HEIGHT + 2 * PILL_GAP


def pill_width(text: str) -> float:
    """The width of a pill with that number in it."""
    # one width a letter: a training measures thousands of new numbers a second
    return 2 * PILL_PADDING + MARK_WIDTH + len(text) * measure.width("0", measure.NUMBER, NUMBER_SIZE)


def pill_text(value: Array) -> str:
    """A number, a small array in full, or else the shape: −6, [1, 2, 3], (10×64)."""
    if np.ndim(value) == 0:
        return next(
            text
            for digits in range(numbers.DIGITS, 0, -1)
            if len(text := numbers.number(float(value), digits)) <= PILL_LETTERS or digits == 1
        )
    text = numbers.value(value)
    if len(text) <= PILL_LETTERS and not text.endswith("array"):
        return text
    shape = "×".join(str(n) for n in np.shape(value))
    return f"({shape})" if len(shape) <= PILL_LETTERS - 2 else f"{np.ndim(value)} axes"


def _text(
    graph: Graph, node_id: NodeId, shown: tuple[str, ...], roles: Mapping[str, Role], sample: int | None
) -> CardText:
    node = graph.nodes[node_id]
    match node:
        case Literal():
            return CardText(CardKind.LITERAL, pill_text(node.value), "")
        case Leaf():
            role = roles.get(node.name, Role.PARAMETER)
            subtitle = f"data · sample {sample}" if role is Role.DATA and sample is not None else role.value
            return CardText(CardKind.LEAF, _fitting_title(shown[node_id]), subtitle, role)
        case Apply():
            parts = [node.op.name.replace("_", " "), *_settings(node), shown[node_id]]
            subtitle = measure.shortened(" · ".join(parts), measure.TEXT, SUBTITLE_SIZE, _MOST_WIDTH - 24)
            return CardText(CardKind.OPERATION, _fitting_title(_title(node, shown)), subtitle)
        case Hole():
            return CardText(CardKind.HOLE, _missing(graph, node_id), "")


def _block_text(graph: Graph, block: Block) -> CardText:
    count = sum(isinstance(graph.nodes[member], Apply) for member in block.members)
    return CardText(CardKind.BLOCK, _fitting_title(block.name), f"block · {count} {'op' if count == 1 else 'ops'}")


def _missing(graph: Graph, hole: NodeId) -> str:
    """What an open port waits for: the name of the operand, or ? where that is not known."""
    for edge in graph.uses()[hole]:
        node = graph.nodes[edge.target]
        if isinstance(node, Apply) and edge.operand < len(node.op.operands):
            return node.op.operands[edge.operand].replace("_", " ")
    return "?"


def _title(node: Apply, shown: tuple[str, ...]) -> str:
    """The op's card; where that names its operands by letters ("W · x"), their own names take the place."""
    card = node.op.notation.card or node.op.name.replace("_", " ")
    names = [shown[operand] for operand in node.operands]
    if len(_LONE_LETTER.findall(card)) != len(names):
        return card
    left = (name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…" for name in names)
    return _LONE_LETTER.sub(lambda _: next(left), card)


def _fitting_title(title: str) -> str:
    return measure.shortened(title, measure.MATH, TITLE_SIZE, _MOST_WIDTH - 32)


def _settings(node: Apply) -> list[str]:
    kinds = {param.name: param.kind for param in node.op.params}
    return [_setting(name, value, kinds.get(name, "")) for name, value in node.attrs]


def _setting(name: str, value: AttrValue, kind: str) -> str:
    if kind == "index":
        places = value if isinstance(value, tuple) and not _is_slice(value) else (value,)
        return f"[{', '.join(map(_place, places))}]"
    if value is True:
        return name
    return f"{name} {value}".replace("-", numbers.MINUS)


def _is_slice(value: AttrValue) -> bool:
    return isinstance(value, tuple) and len(value) == 3 and any(part is None for part in value)


def _place(part: AttrValue) -> str:
    if not isinstance(part, tuple):
        return str(part).replace("-", numbers.MINUS)
    ends = ["" if end is None else str(end).replace("-", numbers.MINUS) for end in part]
    return ":".join(ends[:2] if ends[2:] in ([""], ["1"]) else ends)


def _arity(graph: Graph, seen: Folding, node_id: NodeId) -> int:
    if node_id in seen.blocks:
        return len(seen.blocks[node_id].operands)
    node = graph.nodes[node_id]
    return len(node.operands) if isinstance(node, Apply) else 0


def _box(node_id: NodeId, text: CardText, arity: int) -> Box:
    if text.kind is CardKind.HOLE:
        width = measure.width(text.title, measure.TEXT, NUMBER_SIZE) * 1.05 + 22
        return Box(node_id, max(width, LITERAL_HEIGHT + 6), LITERAL_HEIGHT)
    if text.kind is CardKind.LITERAL:
        width = measure.width(text.title, measure.NUMBER, NUMBER_SIZE + 1.5) + 22
        return Box(node_id, max(width, LITERAL_HEIGHT + 6), LITERAL_HEIGHT)
    title = measure.width(text.title, measure.MATH, TITLE_SIZE) * 1.05 + 28
    subtitle = measure.width(text.subtitle, measure.TEXT, SUBTITLE_SIZE) * 1.08 + 20
    return Box(node_id, max(_LEAST_WIDTH, title, subtitle), max(CARD_HEIGHT, _PORT_PITCH * (arity + 1)))
