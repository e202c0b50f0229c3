"""How the parts of a picture are drawn: which colour each has, and where its lines of text and marks stand.

The canvas, the SVG and the TikZ writer all ask here, so that they can't come to differ.
"""

import math
from dataclasses import dataclass, replace

from gradviz.core.types import Role
from gradviz.export.accents import Accent
from gradviz.export.cards import MARK_WIDTH, NUMBER_SIZE, PILL_PADDING, SUBTITLE_SIZE, TITLE_SIZE
from gradviz.export.frames import HEADER, NAME_LEFT, NAME_SIZE, Frame
from gradviz.export.label import Font as Font
from gradviz.export.label import Label as Label
from gradviz.export.picture import Card, CardKind, Picture, Pill, PillKind, State, Wire
from gradviz.export.remarks import LINE_STEP, PADDING_X, PADDING_Y, TEXT_SIZE, Remark
from gradviz.export.theme import Theme, Token
from gradviz.layout import measure
from gradviz.layout.types import Point

CARD_RADIUS = 9.0
FRAME_RADIUS = 12.0
REMARK_RADIUS = 4.0
SPINE_WIDTH = 5.0
HALO_WIDTH = 4.0
"""How far the glow of the current card reaches."""
HALO_OPACITY = 0.28
WIRE_GLOW = 7.0
"""How much wider the glow of a wire is than its line."""
MOST_WIRE, MOST_OUTLINE = 5.0, 3.5
"""How thick a wire and an outline get where most flows back."""
NOTE_SIZE = 9.0
NOTE_GAP = 8.0
ARROW_LENGTH = 6.5
ARROW_HALF_WIDTH = 3.2

_LEGEND_STEP = 15.0
_MARK_LENGTH = 4.6
_MARK_HALF_WIDTH = 2.8
_GLOWING = {State.CURRENT: Token.CURRENT, State.FAILED: Token.ERROR}
_ROLE_TOKENS = {Role.PARAMETER: Token.PARAMETER, Role.DATA: Token.DATA, Role.CONSTANT: Token.CONSTANT}


@dataclass(frozen=True, slots=True)
class Paint:
    """How a shape is filled and outlined; None: not at all."""

    fill: Token | None
    line: Token | None
    line_width: float = 1.0
    is_dashed: bool = False
    opacity: float = 1.0
    """Of the line; of the fill where there is no line."""


def dressed(paint: Paint, theme: Theme) -> Paint:
    """The paint as this theme needs it: in black and white a line or dashes say what a colour says elsewhere."""
    if paint.line is None and paint.fill in theme.outlined:
        return replace(paint, line=Token.TEXT, line_width=0.8)
    return replace(paint, is_dashed=True) if paint.line in theme.dashed and paint.opacity == 1.0 else paint


def card_paint(card: Card) -> Paint:
    """Fill and outline of a card."""
    match card.state:
        case State.CURRENT:
            return Paint(Token.CURRENT_CARD, Token.CURRENT, 2.0)
        case State.FAILED:
            return Paint(Token.PANEL, Token.ERROR, 2.0)
        case State.DONE | State.NOT_YET:
            if card.accent is not None and card.accent.is_poisoned:
                return Paint(Token.PANEL, Token.ERROR, 1.6)
            if card.accent is not None and card.accent.strength is not None:
                return _flowing(card.accent.strength, Token.PANEL, MOST_OUTLINE)
            if card.kind is CardKind.HOLE:
                return Paint(Token.CANVAS, Token.MUTED, 1.2, is_dashed=True)
            if card.colour is not None:
                return Paint(Token(f"{card.colour}_card"), role_token(card) or Token(card.colour), 1.4)
            return Paint(Token.PANEL, role_token(card) or Token.LINE, 1.2 if card.role else 1.0)


def card_halo(card: Card) -> Paint | None:
    """The glow around a card: of the current step, and of a failure."""
    token = _GLOWING.get(card.state)
    return None if token is None else Paint(None, token, 2 * HALO_WIDTH, opacity=HALO_OPACITY)


def wire_halo(wire: Wire) -> Paint | None:
    """The glow along a wire, for the same."""
    token = _GLOWING.get(wire.state)
    return None if token is None else Paint(None, token, wire_paint(wire).line_width + WIRE_GLOW, opacity=HALO_OPACITY)


def _flowing(strength: float, fill: Token | None, most: float) -> Paint:
    """The stronger, the thicker and deeper in the colour of derivatives; where nothing flows, a thin dashed line."""
    if strength <= 0.0:
        return Paint(fill, Token.NOT_YET, 1.0, is_dashed=True)
    return Paint(fill, Token.DERIVATIVE, 1.0 + (most - 1.0) * strength, opacity=0.3 + 0.7 * strength)


def role_token(card: Card) -> Token | None:
    """The colour of a leaf's spine; None for any other card."""
    return _ROLE_TOKENS[card.role] if card.role is not None else None


def card_radius(card: Card) -> float:
    """The radius of a card's corners: a literal and an open port are round."""
    return card.rect.height / 2 if card.kind in (CardKind.LITERAL, CardKind.HOLE) else CARD_RADIUS


def card_labels(card: Card) -> tuple[Label, ...]:
    """The lines of text on a card, and the one below it."""
    return (*_inner_labels(card), *_notes(card))


def _notes(card: Card) -> tuple[Label, ...]:
    """What is said about a card's value and its adjoint, side by side below it, so that neighbours have room."""
    if card.accent is None:
        return ()
    notes = [(text, ink) for text, ink in _note_texts(card.accent) if text]
    widths = [measure.width(text, measure.NUMBER, NOTE_SIZE) for text, _ in notes]
    if sum(widths) > card.rect.width + 2 * NOTE_GAP:  # the pills beside a card need their room
        notes = [(_difference_alone(text), ink) for text, ink in notes]
        widths = [measure.width(text, measure.NUMBER, NOTE_SIZE) for text, _ in notes]
    left = card.rect.center.x - (sum(widths) + NOTE_GAP * (len(notes) - 1)) / 2
    labels = []
    for (text, ink), width in zip(notes, widths, strict=True):
        labels.append(Label(text, left + width / 2, card.rect.bottom + 12.5, Font.NUMBER, NOTE_SIZE, ink))
        left += width + NOTE_GAP
    return tuple(labels)


def _note_texts(accent: Accent) -> tuple[tuple[str, Token], ...]:
    return (accent.below, Token.VALUE), (accent.back, Token.DERIVATIVE)


def _difference_alone(text: str) -> str:
    """+9 for 16 + 9."""
    parts = text.split(" ")
    return "".join(parts[1:]) if len(parts) == 3 else text


def _inner_labels(card: Card) -> tuple[Label, ...]:
    middle = card.rect.center
    if card.kind is CardKind.LITERAL:
        return (Label(card.title, middle.x, middle.y + 4.2, Font.NUMBER, NUMBER_SIZE + 1.5, Token.TEXT),)
    if card.kind is CardKind.HOLE:
        return (Label(card.title, middle.x, middle.y + 3.6, Font.TEXT, NUMBER_SIZE, Token.MUTED),)
    x = middle.x + (SPINE_WIDTH / 2 if card.role else 0)
    ink = Token.MUTED if card.state is State.NOT_YET else Token.TEXT
    return (
        Label(card.title, x, middle.y + 0.5, Font.MATH, TITLE_SIZE, ink),
        Label(card.subtitle, x, middle.y + 15.5, Font.TEXT, SUBTITLE_SIZE, Token.MUTED),
    )


def frame_paint(frame: Frame) -> Paint:
    """Ground and line of an unfolded block; inside another one it is seen by its line."""
    return Paint(Token.WINDOW if frame.depth % 2 == 0 else Token.CANVAS, Token.NOT_YET)


def frame_label(frame: Frame) -> Label:
    """The block's name in the upper left corner."""
    width = measure.width(frame.name, measure.TEXT, NAME_SIZE)
    left = frame.rect.x + NAME_LEFT
    return Label(frame.name, left + width / 2, frame.rect.y + HEADER / 2 + 4.0, Font.TEXT, NAME_SIZE, Token.MUTED)


def remark_paint(remark: Remark) -> Paint:
    """Ground and line of a note."""
    return Paint(Token(f"{remark.colour}_card"), Token(remark.colour))


def remark_arrow_paint(remark: Remark) -> Paint:
    """The line of a note's arrow."""
    return Paint(None, Token(remark.colour), 1.3)


def remark_head(remark: Remark) -> tuple[Point, Point, Point] | None:
    """The triangle at the end of a note's arrow."""
    return None if remark.arrow is None else _head(remark.arrow)


def remark_labels(remark: Remark) -> tuple[Label, ...]:
    """The lines of a note."""
    left, first = remark.rect.x + PADDING_X, remark.rect.y + PADDING_Y + LINE_STEP / 2 + 4.0
    return tuple(
        Label(line, left, first + index * LINE_STEP, Font.TEXT, TEXT_SIZE, Token.TEXT, is_left=True)
        for index, line in enumerate(remark.lines)
        if line.strip()
    )


def wire_paint(wire: Wire) -> Paint:
    """The line of a wire."""
    match wire.state:
        case State.CURRENT:
            return Paint(None, Token.CURRENT, 2.2)
        case State.FAILED:
            return Paint(None, Token.ERROR, 2.2)
        case State.DONE | State.NOT_YET if wire.accent is not None and wire.accent.is_poisoned:
            return Paint(None, Token.ERROR, 2.0)
        case State.DONE if wire.accent is not None and wire.accent.strength is not None:
            return _flowing(wire.accent.strength, None, MOST_WIRE)
        case State.DONE:
            return Paint(None, Token.EDGE, 1.4)
        case State.NOT_YET:
            return Paint(None, Token.NOT_YET, 1.4)


def legend_lines(picture: Picture) -> tuple[tuple[Point, Point, Paint], ...]:
    """Short lines from the weakest to the strongest, in the margin below the graph; none without a legend."""
    if picture.legend is None:
        return ()
    left, y = _legend_place(picture)
    left += measure.width(picture.legend.title, measure.TEXT, NOTE_SIZE) + 8
    left += measure.width(picture.legend.low, measure.NUMBER, NOTE_SIZE) + 6
    count = 5
    return tuple(
        (Point(left + i * _LEGEND_STEP, y), Point(left + (i + 1) * _LEGEND_STEP - 3, y), _flowing(s, None, MOST_WIRE))
        for i in range(count)
        if (s := max(i / (count - 1), 0.01))
    )


def legend_labels(picture: Picture) -> tuple[Label, ...]:
    """What the lines of the legend mean, and the magnitudes at both ends."""
    if picture.legend is None:
        return ()
    left, y = _legend_place(picture)
    found = []
    for text, font, metrics, gap in (
        (picture.legend.title, Font.TEXT, measure.TEXT, 8.0),
        (picture.legend.low, Font.NUMBER, measure.NUMBER, 6.0 + 5 * _LEGEND_STEP + 3.0),
        (picture.legend.high, Font.NUMBER, measure.NUMBER, 0.0),
    ):
        width = measure.width(text, metrics, NOTE_SIZE)
        found.append(Label(text, left + width / 2, y + 3.2, font, NOTE_SIZE, Token.MUTED))
        left += width + gap
    return tuple(found)


def _legend_place(picture: Picture) -> tuple[float, float]:
    return picture.bounds.x + 10.0, picture.bounds.bottom - 11.0


def arrow_paint(wire: Wire) -> Paint:
    """An arrowhead is filled with the colour of its wire."""
    paint = wire_paint(wire)
    return Paint(paint.line, None, opacity=paint.opacity)


def arrowhead(wire: Wire) -> tuple[Point, Point, Point]:
    """The triangle at the end of a wire, tip first."""
    return _head(wire.path)


def _head(path: tuple[Point, ...]) -> tuple[Point, Point, Point]:
    tip = path[-1]
    behind = next((p for p in reversed(path[:-1]) if p != tip), Point(tip.x - 1, tip.y))
    length = math.hypot(tip.x - behind.x, tip.y - behind.y)
    dx, dy = (tip.x - behind.x) / length, (tip.y - behind.y) / length
    base = Point(tip.x - ARROW_LENGTH * dx, tip.y - ARROW_LENGTH * dy)
    across = Point(-dy * ARROW_HALF_WIDTH, dx * ARROW_HALF_WIDTH)
    return tip, Point(base.x + across.x, base.y + across.y), Point(base.x - across.x, base.y - across.y)


def pill_paint(pill: Pill) -> Paint:
    """Fill and outline of a pill."""
    match pill.state:
        case State.NOT_YET:
            return Paint(Token.CANVAS, Token.NOT_YET, 1.0, is_dashed=True)
        case State.FAILED:
            return Paint(Token.CANVAS, Token.ERROR, 1.4)
        case State.CURRENT:
            return Paint(_fill(pill), Token.CURRENT, 1.6)
        case State.DONE:
            return Paint(_fill(pill), None)


def pill_ink(pill: Pill) -> Token:
    """The colour of a pill's number and mark."""
    if pill.state is State.NOT_YET:
        return Token.NOT_YET
    if pill.state is State.FAILED:
        return Token.ERROR
    return Token.VALUE if pill.kind is PillKind.VALUE else Token.DERIVATIVE


def pill_label(pill: Pill) -> Label | None:
    """The number in a pill; None while it is empty."""
    if pill.text is None:
        return None
    middle = pill.rect.center
    return Label(pill.text, middle.x + MARK_WIDTH / 2, middle.y + 3.8, Font.NUMBER, NUMBER_SIZE, pill_ink(pill))


def pill_mark(pill: Pill) -> tuple[Point, Point, Point]:
    """The small triangle before the number: it points forward for a value and back for a derivative."""
    middle = pill.rect.center.y
    left = pill.rect.x + PILL_PADDING
    if pill.text is None:
        left = pill.rect.center.x - _MARK_LENGTH / 2
    tip, base = left + _MARK_LENGTH, left
    if pill.kind is PillKind.DERIVATIVE:
        tip, base = base, tip
    return Point(tip, middle), Point(base, middle - _MARK_HALF_WIDTH), Point(base, middle + _MARK_HALF_WIDTH)


def _fill(pill: Pill) -> Token:
    return Token.VALUE_PILL if pill.kind is PillKind.VALUE else Token.DERIVATIVE_PILL
