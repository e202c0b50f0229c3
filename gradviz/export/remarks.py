"""Notes on the canvas: what a person wrote beside the graph, some with an arrow to a card.

    ╭───────────╮
    │ the error │──▷ sub
    ╰───────────╯

A note with a target stands at a distance from the middle of that card, so it moves along. Cards are never hidden: where
one has come to stand below a note, the note is shown at the nearest free place, and goes back when the card goes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, pi, sin

from gradviz.core.types import NodeId
from gradviz.layout import measure
from gradviz.layout.types import Point, Rect
from gradviz.project.placing import Comment

TEXT_SIZE = 11.5
LINE_STEP = 16.0
PADDING_X, PADDING_Y = 10.0, 7.0
MOST_WIDTH = 220.0
"""Of a note that nobody has made wider."""
LEAST_WIDTH = 28.0
USUAL_COLOUR = "yellow"
GAP = 6.0
"""At least between a note that was pushed aside and what it was pushed aside by."""
_STRIDE = 8.0
_MOST_STRIDES = 90
_WAYS = 16
_SLACK = 1.04
"""A text that another program draws may be a little wider."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Remark:
    """A note: its number among the document's comments, its lines, and the card that it is about.

    arrow: from its border to the card's as one Bézier curve; None without a card or where both overlap.
    """

    number: int
    rect: Rect
    lines: tuple[str, ...]
    target: NodeId | None = None
    arrow: tuple[Point, ...] | None = None
    colour: str = USUAL_COLOUR

    @property
    def hull(self) -> Rect:
        """All that it takes, with its arrow."""
        if self.arrow is None:
            return self.rect
        tip = self.arrow[-1]
        return self.rect.covering(Rect(tip.x, tip.y, 0.0, 0.0))


def remarks_of(
    comments: Sequence[Comment],
    cards: Mapping[NodeId, Rect],
    shown_by: Mapping[NodeId, NodeId],
    others: Iterable[Rect] = (),
) -> tuple[Remark, ...]:
    """The notes. shown_by: node inside a folded block → the card that shows it.

    others: places that no note is pushed to, beside those of cards and other notes.
    """
    wanted = [remark_of(number, comment, cards, shown_by) for number, comment in enumerate(comments)]
    if not wanted:
        return ()
    standing = tuple(cards.values())
    taken = [*standing, *others, *(remark.rect for remark in wanted if not _overlaps(remark.rect, standing))]
    found = []
    for remark in wanted:
        if _overlaps(remark.rect, standing):
            rect = free_place(remark.rect, taken)
            taken.append(rect)
            found.append(_standing(remark, rect, cards))
        else:
            found.append(remark)
    return tuple(found)


def free_place(wanted: Rect, taken: Iterable[Rect]) -> Rect:
    """The place of that size nearest to the wanted one where nothing stands; the wanted one when all is full."""
    reach = wanted.grown(_STRIDE * _MOST_STRIDES)
    return _free_place(wanted, tuple(rect for rect in taken if rect.overlaps(reach)))


@lru_cache(maxsize=256)
def _free_place(wanted: Rect, taken: tuple[Rect, ...]) -> Rect:
    rooms = [rect.grown(GAP) for rect in taken]
    for stride in range(_MOST_STRIDES):
        for way in range(_WAYS if stride else 1):
            turn = 2 * pi * way / _WAYS
            x, y = wanted.x + stride * _STRIDE * cos(turn), wanted.y + stride * _STRIDE * sin(turn)
            rect = Rect(x, y, wanted.width, wanted.height)
            if not _overlaps(rect, rooms):
                return rect
    return wanted


def size_of(text: str, width: float | None = None) -> tuple[tuple[str, ...], float, float]:
    """The lines of a note and its width and height."""
    room = max((width if width is not None else MOST_WIDTH) - 2 * PADDING_X, LEAST_WIDTH)
    lines = tuple(_wrapped(text, room / _SLACK))
    widest = max((_width(line) for line in lines), default=0.0) * _SLACK
    wide = width if width is not None else max(widest, LEAST_WIDTH) + 2 * PADDING_X
    return lines, max(wide, LEAST_WIDTH), len(lines) * LINE_STEP + 2 * PADDING_Y


def remark_of(number: int, comment: Comment, cards: Mapping[NodeId, Rect], shown_by: Mapping[NodeId, NodeId]) -> Remark:
    """A note exactly where it was put, whatever else stands there."""
    lines, width, height = size_of(comment.text, comment.width)
    target = None if comment.target is None else shown_by.get(comment.target, comment.target)
    card = cards.get(target) if target is not None else None
    colour = comment.colour or USUAL_COLOUR
    if target is None or card is None:
        return Remark(number, Rect(comment.x, comment.y, width, height), lines, colour=colour)
    rect = Rect(card.center.x + comment.x, card.center.y + comment.y, width, height)
    return Remark(number, rect, lines, target, _arrow(rect, card.grown(2.0)), colour)


def _overlaps(rect: Rect, others: Iterable[Rect]) -> bool:
    return any(rect.overlaps(other) for other in others)


def _standing(remark: Remark, rect: Rect, cards: Mapping[NodeId, Rect]) -> Remark:
    """The note elsewhere, with its arrow."""
    arrow = _arrow(rect, cards[remark.target].grown(2.0)) if remark.target is not None else None
    return replace(remark, rect=rect, arrow=arrow)


def _arrow(note: Rect, card: Rect) -> tuple[Point, ...] | None:
    """A straight line between both middles, from border to border."""
    if note.overlaps(card):
        return None
    start, end = _border(note, card.center), _border(card, note.center)

    def between(share: float) -> Point:
        return Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)

    return start, between(1 / 3), between(2 / 3), end


def _border(rect: Rect, aim: Point) -> Point:
    """Where the line from the middle of a rectangle to a point outside leaves it."""
    middle = rect.center
    dx, dy = aim.x - middle.x, aim.y - middle.y
    shares = [half / abs(way) for half, way in ((rect.width / 2, dx), (rect.height / 2, dy)) if way]
    share = min(shares, default=0.0)
    return Point(middle.x + dx * share, middle.y + dy * share)


def _wrapped(text: str, room: float) -> Iterator[str]:
    for paragraph in text.expandtabs(4).split("\n"):
        yield from _lines(_CONTROL.sub(" ", paragraph), room)


def _lines(paragraph: str, room: float) -> Iterator[str]:
    """Broken between words; a word that is too long is broken anywhere."""
    line = ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if _width(longer) <= room:
            line = longer
            continue
        if line:
            yield line
        line = word
        while _width(line) > room and len(line) > 1:
            count = _fitting(line, room)
            yield line[:count]
            line = line[count:]
    yield line


def _fitting(word: str, room: float) -> int:
    """How many letters of a word have room, at least one."""
    low, high = 1, min(len(word), 500)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _width(word[:middle]) <= room else (low, middle - 1)
    return low


def _width(text: str) -> float:
    return measure.width(text, measure.TEXT, TEXT_SIZE)
