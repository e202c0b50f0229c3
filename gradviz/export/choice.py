"""What of a picture is taken along: which numbers, which part, and what is written below it.

╭───────────────╮
│    graph      │      values, derivatives, notes, part
├───────────────┤
│ ▸ value …     │      legend
│ The square …  │      explanation of the step
╰───────────────╯
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from gradviz.core.types import NodeId
from gradviz.export.cards import PILL_HEIGHT, pill_width
from gradviz.export.label import Font, Label
from gradviz.export.moment import State
from gradviz.export.picture import MARGIN, Picture, Pill, PillKind
from gradviz.export.theme import Token
from gradviz.layout import measure
from gradviz.layout.types import Rect
from gradviz.text.explain import Explanation

LEAST_WIDTH = 420.0
"""Of a picture with words below it, so that they have lines worth the name."""
MOST_LINE = 760.0
TITLE_SIZE, TEXT_SIZE, MATH_SIZE = 12.0, 11.5, 14.0
_TEXT_STEP, _MATH_STEP, _LEGEND_STEP = 17.0, 22.0, 24.0
_MOST_LINES = 12
_LEGEND = (
    (PillKind.VALUE, "1.5", State.DONE, "value, forward"),
    (PillKind.DERIVATIVE, "1.5", State.DONE, "derivative, backward"),
    (PillKind.VALUE, "1.5", State.CURRENT, "this step"),
    (PillKind.VALUE, None, State.NOT_YET, "not yet computed"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What to show. part: only these nodes and what runs between them; None: all."""

    values: bool = True
    derivatives: bool = True
    legend: bool = False
    explanation: bool = False
    notes: bool = True
    """What people wrote on the canvas, and what is said below cards."""
    part: frozenset[NodeId] | None = None


def chosen(picture: Picture, choice: Choice, told: Explanation | None = None, *, room: float = 0.0) -> Picture:
    """The picture with what was chosen. told: the step's explanation. room: for the words below it, at least."""
    shown = picture if choice.part is None else _part(picture, choice.part)
    pills = tuple(pill for pill in shown.pills if _is_wanted(pill, choice))
    shown = replace(shown, pills=pills)
    if not choice.notes:
        shown = _without_notes(shown)
    width = max(shown.bounds.width, LEAST_WIDTH) if choice.legend or choice.explanation else shown.bounds.width
    return _with_words(shown, choice, told, width, room)


def room_below(picture: Picture, choice: Choice, told: Iterable[Explanation | None]) -> float:
    """The height of the words below any of the pictures of a run, so that all get the same size."""
    plain = chosen(picture, replace(choice, legend=False, explanation=False)).bounds
    if not (choice.legend or choice.explanation):
        return 0.0
    return max((chosen(picture, choice, one).bounds.bottom - plain.bottom for one in told), default=0.0)


def _is_wanted(pill: Pill, choice: Choice) -> bool:
    return choice.values if pill.kind is PillKind.VALUE else choice.derivatives


def _part(picture: Picture, nodes: Collection[NodeId]) -> Picture:
    """Cards of these nodes and the edges between two of them; nothing that hangs in the air."""
    cards = tuple(card for card in picture.cards if card.node in nodes)
    if not cards:
        return picture
    kept = {card.node for card in cards}
    wires = tuple(w for w in picture.wires if w.edge is not None and {w.edge.source, w.edge.target} <= kept)
    edges = {wire.edge for wire in wires}
    pills = tuple(pill for pill in picture.pills if pill.edge in edges)
    frames = tuple(frame for frame in picture.frames if frame.cards <= kept)
    remarks = tuple(remark for remark in picture.remarks if remark.target in kept)
    return _cropped(replace(picture, cards=cards, wires=wires, pills=pills, frames=frames, remarks=remarks))


def _cropped(picture: Picture) -> Picture:
    """The picture with bounds around what it shows."""
    rects = [card.rect for card in picture.cards]
    rects += [*(pill.rect for pill in picture.pills), *(frame.rect for frame in picture.frames)]
    rects += [*(_hull(wire.path) for wire in picture.wires), *(remark.hull for remark in picture.remarks)]
    bounds = rects[0]
    for rect in rects[1:]:
        bounds = bounds.covering(rect)
    return replace(picture, bounds=bounds.grown(MARGIN))


def _hull(path: Iterable[object]) -> Rect:
    xs, ys = [p.x for p in path], [p.y for p in path]  # type: ignore[attr-defined]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _without_notes(picture: Picture) -> Picture:
    cards = tuple(card if card.accent is None else replace(card, accent=None) for card in picture.cards)
    plain = replace(picture, cards=cards, remarks=())
    return _cropped(plain) if picture.remarks and cards else plain


def _with_words(picture: Picture, choice: Choice, told: Explanation | None, width: float, room: float) -> Picture:
    bounds = picture.bounds
    left, y = bounds.x + MARGIN / 2, bounds.bottom
    if width > bounds.width:  # the graph stays in the middle
        bounds = Rect(bounds.x - (width - bounds.width) / 2, bounds.y, width, bounds.height)
        left = bounds.x + MARGIN / 2
    pills, labels = list(picture.pills), list(picture.labels)
    if choice.legend:
        y = _legend(choice, left, bounds.right - MARGIN / 2, y, pills, labels)
    if choice.explanation and told is not None:
        lines = list(_lines(told, min(width - MARGIN, MOST_LINE), left, y))
        labels += lines
        y = lines[-1].baseline + 8.0 if lines else y
    below = max(room, y - bounds.bottom + (MARGIN / 2 if y > bounds.bottom else 0.0))
    grown = Rect(bounds.x, bounds.y, bounds.width, bounds.height + below)
    return replace(picture, pills=tuple(pills), labels=tuple(labels), bounds=grown)


def _legend(choice: Choice, left: float, right: float, y: float, pills: list[Pill], labels: list[Label]) -> float:
    """Samples of the marks, each with its meaning, in as many rows as it takes; gives the y below them."""
    x, middle = left, y + PILL_HEIGHT / 2
    for kind, text, state, words in _LEGEND:
        if not (choice.values if kind is PillKind.VALUE else choice.derivatives):
            continue
        wide = pill_width(text or "0")
        length = measure.width(words, measure.TEXT, TEXT_SIZE)
        if x > left and x + wide + 8 + length > right:
            x, middle = left, middle + _LEGEND_STEP
        pills.append(Pill(None, kind, Rect(x, middle - PILL_HEIGHT / 2, wide, PILL_HEIGHT), text, state))
        labels.append(Label(words, x + wide + 8, middle + 4, Font.TEXT, TEXT_SIZE, Token.MUTED, is_left=True))
        x += wide + 8 + length + 24
    return middle + PILL_HEIGHT / 2 + 8.0 if x > left else y


def _lines(told: Explanation, width: float, left: float, y: float) -> Iterator[Label]:
    """Title, sentence and equations, below one another."""
    count = 0
    baseline = y + 6.0
    rows = [(told.title, Font.TEXT, TITLE_SIZE, _TEXT_STEP, Token.TEXT)]
    rows += [(line, Font.TEXT, TEXT_SIZE, _TEXT_STEP, Token.MUTED) for line in _wrapped(told.sentence, width)]
    rows += [
        (measure.shortened(line.plain, measure.MATH, MATH_SIZE, width), Font.MATH, MATH_SIZE, _MATH_STEP, Token.TEXT)
        for line in told.equations
    ]
    for text, font, size, step, ink in rows:
        if text and count < _MOST_LINES:
            count += 1
            baseline += step
            yield Label(text, left, baseline, font, size, ink, is_left=True)


def _wrapped(text: str, width: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and measure.width(longer, measure.TEXT, TEXT_SIZE) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield measure.shortened(line, measure.TEXT, TEXT_SIZE, width)
