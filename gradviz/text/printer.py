"""One engine for all written formulas: it walks a graph from the output down and decides the brackets.

    sq(sub(y, matmul(W, x)))     (y − W·x)²      plain.py
                                 (y - W x)^2     lang/unparse.py
                                 \\left(y - W x\\right)^{2}     latex.py

An op carries its pattern and how strongly it binds (core/op.py: Notation); a `Style` says how names, numbers, calls
and products look. The walk has a stack of its own, and a length: what is beyond it is written as "…", so a graph of
any size prints at once.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal
from gradviz.core.op import ATOM, POSTFIX, SUM, UNARY, AttrValue
from gradviz.core.types import NodeId
from gradviz.text.marks import Mark, Marked

MAX_LENGTH = 3_000
"""Characters of a formula for reading; beyond them operands are elided."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is to be written.

    needs: how strongly it must bind to go without brackets. leads: nothing stands left of it that a sign would
    run into, so a minus may go without brackets.
    """

    node: NodeId
    needs: int = 0
    leads: bool = True


Parts = Sequence[str | Place]


@dataclass(frozen=True, slots=True)
class Form:
    """How one node is written: texts and the places of its operands, and how strongly the whole binds."""

    parts: Parts
    binds: int = ATOM
    is_signed: bool = False
    """It begins with a minus sign."""


class Style(ABC):
    """How the pieces of a formula look."""

    elision = "…"
    hole = "□"

    def __init__(self, graph: Graph, stop_at: Mapping[NodeId, str] | None = None) -> None:
        self.graph = graph
        self.stop_at = stop_at or {}

    @abstractmethod
    def name(self, name: str) -> str:
        """The name of a leaf or of a node that is not expanded."""

    @abstractmethod
    def literal(self, node: Literal) -> Form:
        """A number or an array of numbers."""

    @abstractmethod
    def apply(self, node: Apply) -> Form:
        """An op on its operands."""

    def brackets(self, parts: Parts) -> Parts:
        """The parts between brackets."""
        return ["(", *parts, ")"]

    def form(self, node_id: NodeId, *, is_root: bool) -> Form:
        """How a node is written."""
        if node_id in self.stop_at and not is_root:
            return Form([self.name(self.stop_at[node_id])])
        node = self.graph.nodes[node_id]
        match node:
            case Leaf():
                return Form([self.name(node.name)])
            case Literal():
                return self.literal(node)
            case Apply():
                return self.apply(node)
            case Hole():
                return Form([self.hole])

    def simple(self, node_id: NodeId) -> bool:
        """True for what is written as one name."""
        return node_id in self.stop_at or isinstance(self.graph.nodes[node_id], Leaf)

    def line(self, node: NodeId) -> Marked:
        """The node in full, after its name where it has one: h = tanh(x)."""
        body = write_marked(self, node)
        if node not in self.stop_at:
            return body
        return body.within(f"{self.name(self.stop_at[node])} = ", "")

    def settings(self, node: Apply) -> list[str]:
        """The settings that differ from the op's defaults, as name=value."""
        return [f"{name}={setting_text(value)}" for name, value in node.attrs]


def write(style: Style, node: NodeId, *, length: int | None = MAX_LENGTH) -> str:
    """The text of a node; `length` None writes all of it."""
    return write_marked(style, node, length=length).text


@dataclass(frozen=True, slots=True)
class _End:
    """The end of the part that a mark stands for."""

    number: int


def write_marked(style: Style, node: NodeId, *, length: int | None = MAX_LENGTH) -> Marked:
    """The text of a node, in which each part is marked with its node; `length` None writes all of it."""
    written: list[str] = []
    marks: list[tuple[int, int, NodeId]] = []
    place = 0
    left = length if length is not None else 1 << 60
    waiting: list[str | Place | _End] = [Place(node)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            written.append(part)
            place += len(part)
        elif isinstance(part, _End):
            start, _, marked = marks[part.number]
            marks[part.number] = start, place, marked
        else:
            parts = _opened(style, part, is_root=not marks, has_room=left > 0)
            left -= sum(len(p) if isinstance(p, str) else 1 for p in parts)
            waiting.append(_End(len(marks)))
            waiting += reversed(parts)
            marks.append((place, place, part.node))
    return Marked("".join(written), tuple(Mark(*mark) for mark in marks))


def _opened(style: Style, place: Place, *, is_root: bool, has_room: bool) -> Parts:
    """What is written at a place; "…" for an op when there is no room left."""
    is_compound = isinstance(style.graph.nodes[place.node], Apply)
    if not has_room and is_compound and not (place.node in style.stop_at and not is_root):
        return [style.elision]
    return bracketed(style, place, style.form(place.node, is_root=is_root))


def bracketed(style: Style, place: Place, form: Form) -> Parts:
    """The parts of a form at a place, in brackets where the place asks for them."""
    binds = min(form.binds, SUM) if form.is_signed and not place.leads else form.binds
    if binds < place.needs:
        return style.brackets([_leading(p, True) for p in form.parts])
    first = form.parts[0] if form.parts else ""
    if isinstance(first, Place):
        return [_leading(first, place.leads and first.leads), *form.parts[1:]]
    return form.parts


def infix(pattern: str, node: Apply, needs: Sequence[int]) -> Parts:
    """The parts of a pattern such as "{0} + {1}"; an operand at its very beginning may lead."""
    parts: list[str | Place] = []
    for text, operand in _pieces(pattern):
        if text:
            parts.append(text)
        if operand is not None:
            need = needs[operand] if operand < len(needs) else 0
            parts.append(Place(node.operands[operand], need, leads=not parts or need == 0))
    return parts


@cache
def _pieces(pattern: str) -> tuple[tuple[str, int | None], ...]:
    """Texts of a pattern and the operand after each; doubled braces are single ones."""
    return tuple((text, int(field) if field else None) for text, field, _, _ in Formatter().parse(pattern))


def call(name: str, node: Apply, settings: Sequence[str], brackets: tuple[str, str] = ("(", ")")) -> Form:
    """name(a, b, axis=0)."""
    parts: list[str | Place] = [name + brackets[0]]
    for count, operand in enumerate(node.operands):
        parts += [", ", Place(operand)] if count else [Place(operand)]
    after = "".join(f", {setting}" if node.operands or count else setting for count, setting in enumerate(settings))
    return Form([*parts, after + brackets[1]])


def indexed(node: Apply, brackets: tuple[str, str] = ("[", "]")) -> Form:
    """x[0, 1:]."""
    index = node.settings.get("index", ())
    if not index:
        return call(node.op.name, node, [])
    text = ", ".join(index_part_text(part) for part in index)
    return Form([Place(node.operands[0], POSTFIX), f"{brackets[0]}{text}{brackets[1]}"], POSTFIX)


def index_part_text(part: AttrValue) -> str:
    """A whole number, or start:stop:step."""
    if not isinstance(part, tuple):
        return str(part)
    start, stop, step = ("" if bound is None else str(bound) for bound in part)
    return f"{start}:{stop}" + (f":{step}" if step else "")


def setting_text(value: AttrValue) -> str:
    """The value of a setting: 0, true, none, (2, 3), [3]."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case tuple():
            items = ", ".join(setting_text(item) for item in value)
            return f"({items})" if len(value) > 1 else f"[{items}]"
        case _:
            return repr(value)


def signed(parts: Parts) -> Form:
    """A form that begins with a minus sign."""
    return Form(parts, UNARY, is_signed=True)


def numeric_nodes(graph: Graph) -> list[bool]:
    """For each node whether it is a number: a scalar literal, or an op on nothing but numbers.

    A product with a number is elementwise, whichever way it is written.
    """
    found: list[bool] = []
    for node in graph.nodes:
        match node:
            case Literal():
                found.append(node.value.ndim == 0)
            case Leaf() | Hole():
                found.append(False)
            case Apply():
                found.append(all(found[operand] for operand in node.operands))
    return found


def _leading(part: str | Place, leads: bool) -> str | Place:
    if isinstance(part, Place) and part.leads != leads and not (leads and part.needs):
        return Place(part.node, part.needs, leads)
    return part
