"""Text that knows which part of it stands for which node.

    (y − W·x)²
    ^^^^^^^^^^   sq
    ^^^^^^^^^    sub, in its brackets
     ^           y
         ^^^     matmul

A mark is a span and its node. The marks of a text form a tree: two of them are apart, or one holds the other; an
outer one stands before what it holds. A node that is written several times has several marks.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from string import Formatter

from gradviz.core.types import NodeId


@dataclass(frozen=True, slots=True)
class Mark:
    """One part of a text, from start up to stop, and the node that it stands for."""

    start: int
    stop: int
    node: NodeId

    def moved(self, by: int) -> "Mark":
        """The same part, so many characters later."""
        return Mark(self.start + by, self.stop + by, self.node)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its marks, outer ones before inner ones, from left to right."""

    text: str
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: "Marked | str") -> "Marked":
        """One text after the other."""
        return join("", (self, other))

    def around(self, node: NodeId) -> "Marked":
        """The text as a part of its own, that stands for a node."""
        return Marked(self.text, (Mark(0, len(self.text), node), *self.marks))

    def within(self, before: str, after: str) -> "Marked":
        """The text between two others; what stands for the whole text stands for these too."""
        by = len(before)
        length = len(self.text)
        marks = [
            mark.moved(by) if (mark.start, mark.stop) != (0, length) else Mark(0, by + length + len(after), mark.node)
            for mark in self.marks
        ]
        return Marked(f"{before}{self.text}{after}", tuple(marks))

    def relabelled(self, node_of: Callable[[NodeId], NodeId | None]) -> "Marked":
        """The text with other nodes for its marks; None takes a mark away."""
        marks = ((mark, node_of(mark.node)) for mark in self.marks)
        return Marked(self.text, tuple(Mark(m.start, m.stop, node) for m, node in marks if node is not None))

    def indented(self, by: int) -> "Marked":
        """The text with so many spaces before each line."""
        breaks = [-1, *(place for place, letter in enumerate(self.text) if letter == "\n")]
        space = " " * by

        def at(place: int) -> int:
            return place + by * bisect_right(breaks, place - 1)

        marks = tuple(Mark(at(mark.start), at(mark.stop), mark.node) for mark in self.marks)
        return Marked(space + self.text.replace("\n", "\n" + space), marks)

    def stripped(self, letters: str) -> "Marked":
        """The text without these letters at its ends; no mark may reach into them."""
        text = self.text.strip(letters)
        by = len(self.text.lstrip(letters)) - len(self.text)
        return Marked(text, tuple(mark.moved(by) for mark in self.marks))

    def cut(self, length: int) -> "Marked":
        """The beginning of the text, with all that is marked in it."""
        inside = (mark for mark in self.marks if mark.start < length)
        return Marked(self.text[:length], tuple(Mark(m.start, min(m.stop, length), m.node) for m in inside))


def join(separator: str, parts: Iterable[Marked | str]) -> Marked:
    """Texts one after the other, with a separator between them."""
    texts: list[str] = []
    marks: list[Mark] = []
    length = 0
    for part in parts:
        if texts:
            texts.append(separator)
            length += len(separator)
        text = part if isinstance(part, str) else part.text
        if not isinstance(part, str):
            marks += [mark.moved(length) for mark in part.marks]
        texts.append(text)
        length += len(text)
    return Marked("".join(texts), tuple(marks))


def fill(pattern: str, operands: Sequence[Marked]) -> Marked:
    """A pattern such as "{0} + {1}" with its operands in place; doubled braces are single ones."""
    parts: list[Marked | str] = []
    for text, field, _, _ in Formatter().parse(pattern):
        parts.append(text)
        if field:
            parts.append(operands[int(field)])
    return join("", parts)


class Tree:
    """The marks of a text as a tree: what stands at a place, what is around it, inside it and beside it.

    A part is known by its number in `marks`.
    """

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.marks = tuple(marks)
        self._starts = [mark.start for mark in self.marks]
        self._parents = _parents(self.marks)
        self._by_node: dict[NodeId, list[int]] = {}
        for number, mark in enumerate(self.marks):
            self._by_node.setdefault(mark.node, []).append(number)

    def at(self, place: int) -> int | None:
        """The smallest part that holds the character at a place."""
        found: int | None = bisect_right(self._starts, place) - 1
        while found is not None and found >= 0 and self.marks[found].stop <= place:
            found = self._parents[found]
        return found if found is not None and found >= 0 else None

    def of(self, node: NodeId) -> tuple[Mark, ...]:
        """All parts that stand for a node."""
        return tuple(self.marks[number] for number in self._by_node.get(node, ()))

    def first(self, node: NodeId) -> int | None:
        """The first part that stands for a node."""
        found = self._by_node.get(node)
        return found[0] if found else None

    def parent(self, number: int) -> int | None:
        """The part around a part; None for an outermost one."""
        return self._parents[number]

    def child(self, number: int) -> int | None:
        """The first part inside a part."""
        following = number + 1
        return following if following < len(self.marks) and self._parents[following] == number else None

    def following(self, number: int) -> int | None:
        """The next part to the right that stands on the same level or outside."""
        stop = self.marks[number].stop
        later = (n for n in range(number + 1, len(self.marks)) if self.marks[n].start >= stop)
        return next(later, None)

    def preceding(self, number: int) -> int | None:
        """The nearest part to the left that lies not around this one: on the same level where there is one."""
        for other in range(number - 1, -1, -1):
            if self.marks[other].stop <= self.marks[number].start:
                return self._widest_before(other, number)
        return None

    def _widest_before(self, other: int, number: int) -> int:
        around = self._parents[other]
        while around is not None and self.marks[around].stop <= self.marks[number].start:
            other, around = around, self._parents[around]
        return other


def _parents(marks: Sequence[Mark]) -> list[int | None]:
    found: list[int | None] = []
    around: list[int] = []
    for number, mark in enumerate(marks):
        while around and not (marks[around[-1]].start <= mark.start and mark.stop <= marks[around[-1]].stop):
            around.pop()
        found.append(around[-1] if around else None)
        around.append(number)
    return found
