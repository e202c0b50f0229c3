"""SVG, written by hand: plain elements with attributes that browsers, editors and Qt's SVG Tiny all draw alike.

No `<symbol>`, no markers, no filters, no styles but for font fallbacks. Text stays text, so it can be searched,
copied and edited.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from gradviz import resources
from gradviz.export.drawing import (
    FRAME_RADIUS,
    REMARK_RADIUS,
    SPINE_WIDTH,
    Font,
    Label,
    Paint,
    arrow_paint,
    arrowhead,
    card_halo,
    card_labels,
    card_paint,
    card_radius,
    dressed,
    frame_label,
    frame_paint,
    legend_labels,
    legend_lines,
    pill_ink,
    pill_label,
    pill_mark,
    pill_paint,
    remark_arrow_paint,
    remark_head,
    remark_labels,
    remark_paint,
    role_token,
    wire_halo,
    wire_paint,
)
from gradviz.export.frames import Frame
from gradviz.export.picture import Card, Picture, Pill, State, Wire
from gradviz.export.remarks import Remark
from gradviz.export.theme import LIGHT, Theme, Token
from gradviz.layout.types import Point, Rect

_FORBIDDEN = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CLASSES = {Font.TEXT: "gradviz-text", Font.MATH: "gradviz-math", Font.NUMBER: "gradviz-number"}

# WORKAROUND: QtSvg and LibreOffice take one family, no list of fallbacks, and skip rules with :lang(); browsers,
# Inkscape and librsvg read them. So the attribute names what they have, or have a substitute for
SAFE = {Font.TEXT: "Arial", Font.MATH: "Times New Roman", Font.NUMBER: "DejaVu Sans Mono"}
FALLBACKS = """
.gradviz-text:lang(en) { font-family: Inter, Helvetica, Arial, 'DejaVu Sans', sans-serif }
.gradviz-math:lang(en) { font-family: 'STIX Two Text', 'STIX Two Math', 'Times New Roman', 'DejaVu Serif', serif }
.gradviz-number:lang(en) { font-family: 'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace }
"""
_EMBEDDED = {
    Font.TEXT: "fonts/web/Inter-Regular.woff2",
    Font.MATH: "fonts/web/STIXTwoText-Italic.woff2",
    Font.NUMBER: "fonts/web/JetBrainsMono-Regular.woff2",
}


def svg(
    picture: Picture,
    theme: Theme = LIGHT,
    *,
    transparent: bool = False,
    title: str = "",
    embed_fonts: bool = False,
    zoom: float = 1.0,
) -> str:
    """The picture as an SVG document.

    transparent: without the background. title: for screen readers. embed_fonts: carry the three fonts inside
    (70 kB more), so that a browser without them shows the same. zoom: of the natural size.
    """
    return "\n".join(_document(picture, theme, transparent, title, embed_fonts, zoom)) + "\n"


def part_svg(part: Card | Wire | Pill, theme: Theme) -> str:
    """One part of a picture as SVG elements."""
    match part:
        case Card():
            return "".join(_card(part, theme))
        case Wire():
            return "".join(_wire(part, theme))
        case Pill():
            return "".join(_pill(part, theme))


def around(picture: Picture, parts: str, theme: Theme, *, title: str) -> str:
    """These elements as a drawing inside a web page, with the picture's bounds, frames, legend and words."""
    bounds = picture.bounds
    view = " ".join(map(_n, (bounds.x, bounds.y, bounds.width, bounds.height)))
    frames = "".join("".join(_frame(frame, theme)) for frame in picture.frames)
    notes = [line for remark in picture.remarks for line in _remark(remark, theme)]
    words = "".join((*notes, *_legend(picture, theme), *_labels(picture.labels, theme)))
    size = f'width="{_n(bounds.width)}" height="{_n(bounds.height)}"'
    name = _text(title, {'"': "&quot;"})
    return f'<svg {size} viewBox="{view}" role="img" aria-label="{name}">{frames}{parts}{words}</svg>'


def inline(picture: Picture, theme: Theme, *, title: str) -> str:
    """The whole picture as a drawing inside a web page, without a ground."""
    wires = sorted(picture.wires, key=lambda wire: wire.state is State.CURRENT)
    parts: tuple[Card | Wire | Pill, ...] = (*wires, *picture.pills, *picture.cards)
    return around(picture, "".join(part_svg(part, theme) for part in parts), theme, title=title)


def _document(
    picture: Picture, theme: Theme, transparent: bool, title: str, embed_fonts: bool, zoom: float
) -> Iterator[str]:
    bounds = picture.bounds
    view = " ".join(map(_n, (bounds.x, bounds.y, bounds.width, bounds.height)))
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="en" version="1.1" width="{_n(bounds.width * zoom)}" '
        f'height="{_n(bounds.height * zoom)}" viewBox="{view}">'
    )
    if title:
        yield f"<title>{_text(title)}</title>"
    yield f"<style>{FALLBACKS}{''.join(map(_font_face, Font)) if embed_fonts else ''}</style>"
    if not transparent:
        yield f"<rect{_place(bounds)}{_paint(Paint(Token.CANVAS, None), theme)}/>"
    for frame in picture.frames:
        yield from _frame(frame, theme)
    for wire in sorted(picture.wires, key=lambda wire: wire.state is State.CURRENT):  # the current one on top
        yield from _wire(wire, theme)
    for pill in picture.pills:
        yield from _pill(pill, theme)
    for card in picture.cards:
        yield from _card(card, theme)
    for remark in picture.remarks:
        yield from _remark(remark, theme)
    yield from _legend(picture, theme)
    yield from _labels(picture.labels, theme)
    yield "</svg>"


def _font_face(font: Font) -> str:
    data = b64encode(resources.path(_EMBEDDED[font]).read_bytes()).decode()
    style = "italic" if font is Font.MATH else "normal"
    source = f"url(data:font/woff2;base64,{data}) format('woff2')"
    return f"\n@font-face {{ font-family: '{font.value}'; font-style: {style}; src: {source} }}"


def _frame(frame: Frame, theme: Theme) -> Iterator[str]:
    yield f"<rect{_place(frame.rect)}{_round(FRAME_RADIUS)}{_paint(frame_paint(frame), theme)}/>"
    yield from _labels([frame_label(frame)], theme)


def _remark(remark: Remark, theme: Theme) -> Iterator[str]:
    head = remark_head(remark)
    if remark.arrow is not None and head is not None:
        ink = remark_arrow_paint(remark)
        yield f'<path d="{_curve(remark.arrow)}"{_paint(ink, theme)}/>'
        yield f'<path d="{_polygon(head)}"{_paint(Paint(ink.line, None), theme)}/>'
    yield f"<rect{_place(remark.rect)}{_round(REMARK_RADIUS)}{_paint(remark_paint(remark), theme)}/>"
    yield from _labels(remark_labels(remark), theme)


def _wire(wire: Wire, theme: Theme) -> Iterator[str]:
    paint = wire_paint(wire)
    assert paint.line is not None
    head = arrowhead(wire)
    # a blunt line would show beside the arrow's tip, so it ends inside the head
    path = (*wire.path[:-1], _between(head[0], head[1], head[2])) if wire.has_arrow else wire.path
    halo = wire_halo(wire)
    if halo is not None:
        yield f'<path d="{_curve(path)}"{_paint(halo, theme)}/>'
    yield f'<path d="{_curve(path)}"{_paint(paint, theme)} stroke-linecap="round"/>'
    if wire.has_arrow:
        yield f'<path d="{_polygon(head)}"{_paint(arrow_paint(wire), theme)}/>'


def _pill(pill: Pill, theme: Theme) -> Iterator[str]:
    yield f"<rect{_place(pill.rect)}{_round(pill.rect.height / 2)}{_paint(pill_paint(pill), theme)}/>"
    yield f'<path d="{_polygon(pill_mark(pill))}"{_paint(Paint(pill_ink(pill), None), theme)}/>'
    yield from _labels(filter(None, [pill_label(pill)]), theme)


def _card(card: Card, theme: Theme) -> Iterator[str]:
    radius = card_radius(card)
    halo = card_halo(card)
    if halo is not None:
        yield f"<rect{_place(card.rect)}{_round(radius)}{_paint(halo, theme)}/>"
    yield f"<rect{_place(card.rect)}{_round(radius)}{_paint(card_paint(card), theme)}/>"
    spine = role_token(card)
    if spine is not None:
        yield f'<path d="{_spine(card.rect, radius)}"{_paint(Paint(spine, None), theme)}/>'
    yield from _labels(card_labels(card), theme)


def _legend(picture: Picture, theme: Theme) -> Iterator[str]:
    for start, end, paint in legend_lines(picture):
        yield f'<path d="M{_n(start.x)} {_n(start.y)}L{_n(end.x)} {_n(end.y)}"{_paint(paint, theme)}/>'
    yield from _labels(legend_labels(picture), theme)


def _labels(labels: Iterable[Label], theme: Theme) -> Iterator[str]:
    for label in labels:
        if label.text:
            style = ' font-style="italic"' if label.font is Font.MATH else ""
            yield (
                f'<text x="{_n(label.x)}" y="{_n(label.baseline)}" '
                f'text-anchor="{"start" if label.is_left else "middle"}" '
                f'class="{CLASSES[label.font]}" font-family="{SAFE[label.font]}" '
                f'font-size="{_n(label.size)}"{style} fill="{theme[label.colour]}">{_text(label.text)}</text>'
            )


def _paint(paint: Paint, theme: Theme) -> str:
    paint = dressed(paint, theme)
    fill = theme[paint.fill] if paint.fill is not None else "none"
    if paint.line is None:
        return f' fill="{fill}"' + (f' fill-opacity="{_n(paint.opacity)}"' if paint.opacity < 1.0 else "")
    more = ' stroke-dasharray="2.5 2.5"' if paint.is_dashed else ""
    more += f' stroke-opacity="{_n(paint.opacity)}"' if paint.opacity < 1.0 else ""
    return f' fill="{fill}" stroke="{theme[paint.line]}" stroke-width="{_n(paint.line_width)}"{more}'


def _place(rect: Rect) -> str:
    return f' x="{_n(rect.x)}" y="{_n(rect.y)}" width="{_n(rect.width)}" height="{_n(rect.height)}"'


def _round(radius: float) -> str:
    return f' rx="{_n(radius)}" ry="{_n(radius)}"'


def _spine(rect: Rect, radius: float) -> str:
    """The left edge of a card as a filled band that follows its round corners."""
    x, y, bottom = rect.x, rect.y, rect.bottom
    inner = x + SPINE_WIDTH
    lift = radius - (radius**2 - (radius - SPINE_WIDTH) ** 2) ** 0.5
    arc = f"A{_n(radius)} {_n(radius)} 0 0"
    return (
        f"M{_n(inner)} {_n(y + lift)}{arc} 0 {_n(x)} {_n(y + radius)}V{_n(bottom - radius)}"
        f"{arc} 0 {_n(inner)} {_n(bottom - lift)}Z"
    )


def _curve(path: Sequence[Point]) -> str:
    rest = " ".join(f"{_n(p.x)} {_n(p.y)}" for p in path[1:])
    return f"M{_n(path[0].x)} {_n(path[0].y)}C{rest}"


def _polygon(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_n(p.x)} {_n(p.y)}" for p in points) + "Z"


def _between(tip: Point, a: Point, b: Point) -> Point:
    return Point((tip.x + (a.x + b.x) / 2) / 2, (tip.y + (a.y + b.y) / 2) / 2)


def _text(text: str, entities: Mapping[str, str] | None = None) -> str:
    """Text for XML: escaped, and with a mark for each character that XML can't hold."""
    return escape(_FORBIDDEN.sub("�", text), dict(entities or {}))


def _n(x: float) -> str:
    """A coordinate with at most two decimals."""
    text = f"{x:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
