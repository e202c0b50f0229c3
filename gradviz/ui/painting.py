"""A Picture through a QPainter: one set of strokes for the canvas, the PNG and the PDF.

What is drawn where in which colour is said by `export.drawing`; here are only Qt's words for it, and the marks
that only the screen has. Nothing here knows of a scene, so what is exported is what is seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from gradviz.export import drawing
from gradviz.export.drawing import Font, Label, Paint
from gradviz.export.frames import Frame
from gradviz.export.picture import Card, Picture, Pill, State, Wire
from gradviz.export.remarks import Remark
from gradviz.export.theme import Theme, Token
from gradviz.layout.types import Point, Rect

DASHES = [3.0, 2.5]
WIRE_GLOW = drawing.WIRE_GLOW
"""How much wider than itself the current wire's glow is."""
LIGHT_OPACITY = 0.4


@dataclass(frozen=True, slots=True)
class Marks:
    """What only the screen shows of a part: where the pointer is, what is chosen, where a run will halt."""

    is_hovered: bool = False
    is_selected: bool = False
    has_breakpoint: bool = False
    is_pinned: bool = False
    lit: Token | None = None
    """The colour in which it is lit up, because something elsewhere is about it."""


PLAIN = Marks()


# -- Qt's words -----------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _colour(code: str, alpha: float) -> QColor:
    found = QColor(code)
    found.setAlphaF(alpha)
    return found


def colour(theme: Theme, token: Token, alpha: float = 1.0) -> QColor:
    """The theme's colour of that name."""
    return _colour(theme[token], alpha)


@lru_cache(maxsize=128)
def font(family: Font, pixels: float, dpi: int = 0) -> QFont:
    """One of the three fonts; mathematics is italic. dpi: of the device, for sizes that are no whole pixels."""
    made = QFont(family.value)
    if dpi and pixels != int(pixels):
        made.setPointSizeF(pixels * 72.0 / dpi)  # Qt takes fractions of points only
    else:
        made.setPixelSize(round(pixels))
    made.setItalic(family is Font.MATH)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # same widths at every zoom and on paper
    return made


@lru_cache(maxsize=8192)
def advance(family: Font, pixels: float, text: str) -> float:
    """How wide a text is."""
    return QFontMetricsF(font(family, float(round(pixels * 20)))).horizontalAdvance(text) / 20


def rectangle(rect: Rect) -> QRectF:
    """A layout's rectangle as Qt's."""
    return QRectF(rect.x, rect.y, rect.width, rect.height)


def polygon(points: Iterable[Point]) -> QPolygonF:
    """Points as Qt's polygon."""
    return QPolygonF([QPointF(point.x, point.y) for point in points])


def curve(points: tuple[Point, ...]) -> QPainterPath:
    """The path through joined cubic Bézier curves, given by 1 + 3k control points."""
    path = QPainterPath()
    if points:
        path.moveTo(points[0].x, points[0].y)
    for first, second, end in zip(points[1::3], points[2::3], points[3::3], strict=False):
        path.cubicTo(first.x, first.y, second.x, second.y, end.x, end.y)
    return path


def wire_curve(wire: Wire) -> QPainterPath:
    """A wire's line; it ends inside the arrowhead, where its blunt end doesn't show."""
    if not wire.has_arrow:
        return curve(wire.path)
    tip, left, right = drawing.arrowhead(wire)
    inside = Point((2 * tip.x + left.x + right.x) / 4, (2 * tip.y + left.y + right.y) / 4)
    return curve((*wire.path[:-1], inside))


# -- parts ----------------------------------------------------------------------------------------


def paint_picture(painter: QPainter, picture: Picture, theme: Theme) -> None:
    """Draw a whole picture, back to front."""
    for frame in picture.frames:
        paint_frame(painter, frame, theme)
    for wire in sorted(picture.wires, key=_is_current):
        paint_wire(painter, wire, theme, wire_curve(wire))
    for pill in picture.pills:
        paint_pill(painter, pill, theme)
    for card in picture.cards:
        paint_card(painter, card, theme)
    for remark in picture.remarks:
        paint_remark(painter, remark, theme)
    paint_legend(painter, picture, theme)


def paint_legend(painter: QPainter, picture: Picture, theme: Theme) -> None:
    """Draw what the thickness of lines means; on the screen a widget of its own says it."""
    for start, end, paint in drawing.legend_lines(picture):
        _use(painter, paint, theme)
        painter.drawLine(QPointF(start.x, start.y), QPointF(end.x, end.y))
    for label in (*drawing.legend_labels(picture), *picture.labels):
        paint_label(painter, label, theme)


def paint_frame(
    painter: QPainter, frame: Frame, theme: Theme, *, is_hovered: bool = False, has_text: bool = True
) -> None:
    """Draw the frame of an unfolded block with its name."""
    paint = drawing.frame_paint(frame)
    _use(painter, _hovered(paint) if is_hovered else paint, theme)
    painter.drawRoundedRect(rectangle(frame.rect), drawing.FRAME_RADIUS, drawing.FRAME_RADIUS)
    if has_text:
        paint_label(painter, drawing.frame_label(frame), theme)


def paint_remark(
    painter: QPainter, remark: Remark, theme: Theme, *, is_selected: bool = False, has_text: bool = True
) -> None:
    """Draw a note with its arrow."""
    head = drawing.remark_head(remark)
    if remark.arrow is not None and head is not None:
        ink = drawing.remark_arrow_paint(remark)
        _use(painter, ink, theme)
        painter.drawPath(curve(remark.arrow))
        _use(painter, Paint(ink.line, None), theme)
        painter.drawPolygon(QPolygonF([QPointF(point.x, point.y) for point in head]))
    area = rectangle(remark.rect)
    if is_selected:
        _paint_ring(painter, theme, area, drawing.REMARK_RADIUS)
    _use(painter, drawing.remark_paint(remark), theme)
    painter.drawRoundedRect(area, drawing.REMARK_RADIUS, drawing.REMARK_RADIUS)
    for label in drawing.remark_labels(remark) if has_text else ():
        paint_label(painter, label, theme)


def paint_card(
    painter: QPainter, card: Card, theme: Theme, marks: Marks = PLAIN, labels: Sequence[Label] | None = None
) -> None:
    """Draw one node's card. labels: what is written on it, if that isn't what the picture says."""
    area, radius = rectangle(card.rect), drawing.card_radius(card)
    _paint_halo(painter, card, theme, area, radius)
    if marks.is_selected:
        _paint_ring(painter, theme, area, radius)
    if marks.lit is not None:
        _paint_light(painter, theme, area, radius, marks.lit)
    _use(painter, _hovered(drawing.card_paint(card)) if marks.is_hovered else drawing.card_paint(card), theme)
    painter.drawRoundedRect(area, radius, radius)
    _paint_spine(painter, card, theme, area, radius)
    for label in drawing.card_labels(card) if labels is None else labels:
        paint_label(painter, label, theme)
    if marks.has_breakpoint:
        _paint_breakpoint(painter, theme, area)
    if marks.is_pinned:
        _paint_pin(painter, theme, area)


def _paint_pin(painter: QPainter, theme: Theme, area: QRectF) -> None:
    """A small pin in the upper right corner: this card stays where it is."""
    head = QPointF(area.right() - 9.0, area.top() + 8.0)
    painter.setPen(QPen(colour(theme, Token.MUTED), 1.2))
    painter.drawLine(head, QPointF(head.x() - 4.5, head.y() + 4.5))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(theme, Token.MUTED))
    painter.drawEllipse(head, 2.6, 2.6)


def paint_wire(painter: QPainter, wire: Wire, theme: Theme, line: QPainterPath, marks: Marks = PLAIN) -> None:
    """Draw one edge along its line, with an arrow head where it has one."""
    paint = drawing.wire_paint(wire)
    if marks.is_hovered or marks.is_selected:
        paint = _hovered(paint)
    if wire.state in (State.CURRENT, State.FAILED) or marks.is_selected:
        assert paint.line is not None
        glow = QPen(colour(theme, paint.line, drawing.HALO_OPACITY), paint.line_width + WIRE_GLOW)
        glow.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(line, glow)
    if marks.lit is not None:
        light = QPen(colour(theme, marks.lit, LIGHT_OPACITY), paint.line_width + WIRE_GLOW + 2)
        painter.strokePath(line, light)
    _use(painter, paint, theme)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(line)
    if wire.has_arrow:
        _use(painter, Paint(paint.line, None, opacity=paint.opacity), theme)
        painter.drawPolygon(polygon(drawing.arrowhead(wire)))
    if marks.has_breakpoint:
        _paint_dot(painter, theme, line.pointAtPercent(0.86))


def paint_pill(painter: QPainter, pill: Pill, theme: Theme, *, has_text: bool = True) -> None:
    """Draw one value (▸) or derivative (◂); what is not yet computed is an empty dashed outline."""
    area = rectangle(pill.rect)
    _use(painter, drawing.pill_paint(pill), theme)
    painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
    if not has_text:
        return
    _use(painter, Paint(drawing.pill_ink(pill), None), theme)
    painter.drawPolygon(polygon(drawing.pill_mark(pill)))
    label = drawing.pill_label(pill)
    if label is not None:
        paint_label(painter, label, theme)


def paint_label(painter: QPainter, label: Label, theme: Theme) -> None:
    """Write one centred line of text."""
    painter.setFont(font(label.font, label.size, painter.device().logicalDpiY()))
    painter.setPen(colour(theme, label.colour))
    left = label.x if label.is_left else label.x - advance(label.font, label.size, label.text) / 2
    painter.drawText(QPointF(left, label.baseline), label.text)


# -- seen from afar -------------------------------------------------------------------------------


def paint_card_afar(painter: QPainter, card: Card, theme: Theme, marks: Marks = PLAIN) -> None:
    """A card where letters would be noise: a block in the colour of what matters about it."""
    token = marks.lit or (Token.TEXT if marks.is_selected else _afar_token(card))
    pen = QPen(colour(theme, token), 1.0 if marks.lit is None else 3.0)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(_afar_fill(card, theme))
    radius = drawing.card_radius(card)
    painter.drawRoundedRect(rectangle(card.rect), radius, radius)


def paint_wire_afar(painter: QPainter, wire: Wire, theme: Theme, line: QPainterPath, marks: Marks = PLAIN) -> None:
    """A wire as a hairline."""
    paint = drawing.wire_paint(wire)
    token = marks.lit or (Token.TEXT if marks.is_selected else paint.line or Token.EDGE)
    is_flowing = wire.accent is not None and wire.accent.strength is not None
    width = 2.0 if wire.state is State.CURRENT else max(1.0, paint.line_width * 0.6) if is_flowing else 1.0
    pen = QPen(colour(theme, token, paint.opacity), width)
    pen.setCosmetic(True)
    painter.strokePath(line, pen)


def paint_pill_afar(painter: QPainter, pill: Pill, theme: Theme) -> None:
    """A pill as a spot, once it has a number."""
    if pill.text is not None:
        paint_pill(painter, pill, theme, has_text=False)


def _afar_fill(card: Card, theme: Theme) -> QColor:
    if card.state in (State.CURRENT, State.FAILED):
        return colour(theme, _afar_token(card))
    return colour(theme, Token.PANEL) if card.role is None else colour(theme, _afar_token(card), 0.3)


def _afar_token(card: Card) -> Token:
    match card.state:
        case State.CURRENT:
            return Token.CURRENT
        case State.FAILED:
            return Token.ERROR
        case State.NOT_YET:
            return drawing.role_token(card) or Token.LINE
        case State.DONE:
            return drawing.role_token(card) or Token.EDGE


# -- details --------------------------------------------------------------------------------------


def _use(painter: QPainter, paint: Paint, theme: Theme) -> None:
    if theme.outlined or theme.dashed:
        paint = drawing.dressed(paint, theme)
    opacity = paint.opacity if paint.line is None else 1.0
    painter.setBrush(colour(theme, paint.fill, opacity) if paint.fill is not None else Qt.BrushStyle.NoBrush)
    if paint.line is None:
        painter.setPen(Qt.PenStyle.NoPen)
        return
    pen = QPen(colour(theme, paint.line, paint.opacity), paint.line_width)
    if paint.is_dashed:
        pen.setDashPattern(DASHES)
    painter.setPen(pen)


def _hovered(paint: Paint) -> Paint:
    """The same with a stronger line, unless the line says something already."""
    is_quiet = paint.line in (Token.LINE, Token.EDGE, Token.NOT_YET)
    line = Token.MUTED if is_quiet else paint.line
    return Paint(paint.fill, line, paint.line_width + 0.4, paint.is_dashed, paint.opacity)


def _paint_halo(painter: QPainter, card: Card, theme: Theme, area: QRectF, radius: float) -> None:
    if card.state not in (State.CURRENT, State.FAILED):
        return
    token = Token.CURRENT if card.state is State.CURRENT else Token.ERROR
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(theme, token, drawing.HALO_OPACITY), 2 * drawing.HALO_WIDTH))
    painter.drawRoundedRect(area, radius, radius)


def _paint_ring(painter: QPainter, theme: Theme, area: QRectF, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(theme, Token.TEXT, 0.6), 1.5))
    painter.drawRoundedRect(area.adjusted(-4.5, -4.5, 4.5, 4.5), radius + 4.5, radius + 4.5)


def _paint_light(painter: QPainter, theme: Theme, area: QRectF, radius: float, token: Token) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(theme, token, LIGHT_OPACITY), 7.0))
    painter.drawRoundedRect(area, radius, radius)


def _paint_spine(painter: QPainter, card: Card, theme: Theme, area: QRectF, radius: float) -> None:
    token = drawing.role_token(card)
    if token is None:
        return
    _use(painter, Paint(token, None), theme)
    painter.save()
    painter.setClipRect(QRectF(area.left() - 1, area.top(), drawing.SPINE_WIDTH + 1, area.height()), _INTERSECT)
    painter.drawRoundedRect(area, radius, radius)
    painter.restore()


def _paint_breakpoint(painter: QPainter, theme: Theme, area: QRectF) -> None:
    _paint_dot(painter, theme, area.topLeft() + QPointF(2.0, 2.0))


def _paint_dot(painter: QPainter, theme: Theme, middle: QPointF) -> None:
    painter.setPen(QPen(colour(theme, Token.CANVAS), 2.0))
    painter.setBrush(colour(theme, Token.ERROR))
    painter.drawEllipse(middle, 5.5, 5.5)


def _is_current(wire: Wire) -> bool:
    return wire.state is State.CURRENT


_INTERSECT = Qt.ClipOperation.IntersectClip
