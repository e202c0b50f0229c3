r"""TikZ for a LaTeX document: the same picture, drawn with plain `\draw` and `\node`, in a document that stands alone.

The `tikzpicture` can be copied into slides; it needs the packages tikz and amsmath and the colours defined above it.
"""

import re
from collections.abc import Iterator, Sequence

from gradviz.export.cards import CardKind
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
from gradviz.export.picture import Card, Picture, Pill, State, Wire
from gradviz.export.remarks import Remark
from gradviz.export.theme import LIGHT, Theme, Token
from gradviz.layout.types import Point, Rect

_ESCAPES = {c: f"\\{c}" for c in "{}$&#%_"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
_SIGNS = {
    "−": "-", "·": r"\cdot ", "×": r"\times ", "÷": r"\div ", "√": r"\surd ", "∞": r"\infty ", "⟨": r"\langle ",
    "⟩": r"\rangle ", "≤": r"\leq ", "≥": r"\geq ", "≠": r"\neq ", "∇": r"\nabla ", "∂": r"\partial ", "…": r"\dots ",
    "²": "^{2}", "³": "^{3}", "ⁿ": "^{n}", "ᵀ": r"^{\top}", "′": "'", "‖": r"\Vert ",
}  # fmt: skip
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"


def tikz(picture: Picture, theme: Theme = LIGHT, *, transparent: bool = False, zoom: float = 1.0) -> str:
    """The picture as a LaTeX document of its own, with one `tikzpicture`; one pixel becomes 0.75 pt times zoom."""
    return "\n".join(_document(picture, theme, transparent, zoom)) + "\n"


def escape(text: str) -> str:
    """Text that LaTeX sets literally; letters that pdfLaTeX doesn't know become mathematics or a question mark."""
    return "".join(_letter(c) for c in text)


def _document(picture: Picture, theme: Theme, transparent: bool, zoom: float) -> Iterator[str]:
    # with the option tikz each tikzpicture is a page, whatever stands around it
    yield r"\documentclass[border=0pt]{standalone}"
    yield r"\usepackage{tikz}"
    yield r"\usepackage[T1]{fontenc}"
    yield r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}"  # letters as outlines, not as dots
    yield r"\usepackage{amsmath,amssymb,textcomp}"
    for token, colour in theme.tokens.items():
        yield rf"\definecolor{{{_colour(token)}}}{{HTML}}{{{colour.removeprefix('#').upper()}}}"
    yield r"\begin{document}"
    yield (rf"\scalebox{{{zoom:.4g}}}{{" if zoom != 1.0 else "") + r"\begin{tikzpicture}[x=0.75pt,y=-0.75pt]"
    place = _rectangle(picture.bounds)
    yield rf"\path[use as bounding box] {place};" if transparent else rf"\fill[{_colour(Token.CANVAS)}] {place};"
    for frame in picture.frames:
        corners = f"rounded corners={_pt(FRAME_RADIUS)}"
        yield rf"\path[{_style(frame_paint(frame), theme)},{corners}] {_rectangle(frame.rect)};"
        yield _node(frame_label(frame), escape(frame.name))
    for wire in sorted(picture.wires, key=lambda wire: wire.state is State.CURRENT):
        yield from _wire(wire, theme)
    for pill in picture.pills:
        yield from _pill(pill, theme)
    for card in picture.cards:
        yield from _card(card, theme)
    for remark in picture.remarks:
        yield from _remark(remark, theme)
    for start, end, paint in legend_lines(picture):
        yield rf"\draw[{_style(paint, theme)}] {_at(start)} -- {_at(end)};"
    for label in (*legend_labels(picture), *picture.labels):
        yield _node(label, escape(label.text))
    yield r"\end{tikzpicture}" + ("}" if zoom != 1.0 else "")
    yield r"\end{document}"


def _remark(remark: Remark, theme: Theme) -> Iterator[str]:
    head = remark_head(remark)
    if remark.arrow is not None and head is not None:
        ink = remark_arrow_paint(remark)
        yield rf"\draw[{_style(ink, theme)}] {_curve(remark.arrow)};"
        yield rf"\path[{_style(Paint(ink.line, None), theme)}] {_polygon(head)};"
    corners = f"rounded corners={_pt(REMARK_RADIUS)}"
    yield rf"\path[{_style(remark_paint(remark), theme)},{corners}] {_rectangle(remark.rect)};"
    for label in remark_labels(remark):
        yield _node(label, escape(label.text))


def _wire(wire: Wire, theme: Theme) -> Iterator[str]:
    paint = wire_paint(wire)
    halo = wire_halo(wire)
    if halo is not None:
        yield rf"\draw[{_style(halo, theme)}] {_curve(wire.path)};"
    yield rf"\draw[{_style(paint, theme)}] {_curve(wire.path)};"
    if wire.has_arrow:
        yield rf"\path[{_style(arrow_paint(wire), theme)}] {_polygon(arrowhead(wire))};"


def _pill(pill: Pill, theme: Theme) -> Iterator[str]:
    corners = f"rounded corners={_pt(pill.rect.height / 2)}"
    yield rf"\path[{_style(pill_paint(pill), theme)},{corners}] {_rectangle(pill.rect)};"
    yield rf"\fill[{_colour(pill_ink(pill))}] {_polygon(pill_mark(pill))};"
    label = pill_label(pill)
    if label is not None:
        yield _node(label, escape(label.text))


def _card(card: Card, theme: Theme) -> Iterator[str]:
    corners = f"rounded corners={_pt(card_radius(card))}"
    place = _rectangle(card.rect)
    halo = card_halo(card)
    if halo is not None:
        yield rf"\path[{_style(halo, theme)},{corners}] {place};"
    yield rf"\path[{_style(card_paint(card), theme)},{corners}] {place};"
    spine = role_token(card)
    if spine is not None:
        band = Rect(card.rect.x, card.rect.y, SPINE_WIDTH, card.rect.height)
        yield rf"\begin{{scope}}\clip[{corners}] {place};\fill[{_colour(spine)}] {_rectangle(band)};\end{{scope}}"
    for label in card_labels(card):
        is_math = label.font is Font.MATH and card.kind is not CardKind.LITERAL
        yield _node(label, rf"$\mathit{{{_math(label.text)}}}$" if is_math else escape(label.text))


def _node(label: Label, text: str) -> str:
    size = f"\\fontsize{{{_pt(label.size)}}}{{{_pt(label.size)}}}\\selectfont"
    family = {Font.TEXT: r"\sffamily", Font.MATH: r"\rmfamily", Font.NUMBER: r"\ttfamily"}[label.font]
    at = _at(Point(label.x, label.baseline))
    anchor = "base west" if label.is_left else "base"
    return rf"\node[anchor={anchor},inner sep=0pt,text={_colour(label.colour)},font={family}{size}] at {at} {{{text}}};"


def _math(text: str) -> str:
    return re.sub(rf"[{_SUBSCRIPTS}]+", _subscript, "".join(_math_letter(c) for c in text))


def _subscript(match: re.Match[str]) -> str:
    return "_{" + "".join(str(_SUBSCRIPTS.index(c)) for c in match[0]) + "}"


def _math_letter(c: str) -> str:
    if c in _GREEK:
        return f"\\{_GREEK[c]} "
    if c == " ":
        return r"\,"
    if c in _SIGNS:
        return _SIGNS[c]
    is_plain = c in _SUBSCRIPTS or c in "|+-()[],." or (c.isascii() and c.isalnum())
    return c if is_plain else rf"\text{{{_letter(c)}}}"


def _letter(c: str) -> str:
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c in _GREEK:
        return rf"\ensuremath{{\{_GREEK[c]}}}"
    if c in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[c].strip()}}}"
    if c in _SUBSCRIPTS:
        return rf"\ensuremath{{_{{{_SUBSCRIPTS.index(c)}}}}}"
    return c if c.isprintable() and ord(c) < 0x180 else "?"


def _style(paint: Paint, theme: Theme) -> str:
    paint = dressed(paint, theme)
    parts = []
    if paint.fill is not None:
        parts.append(f"fill={_colour(paint.fill)}")
    if paint.line is not None:
        parts.append(f"draw={_colour(paint.line)},line width={_pt(paint.line_width)}")
    if paint.is_dashed:
        parts.append("dash pattern=on 2pt off 2pt")
    if paint.opacity < 1.0:
        parts.append(f"{'draw' if paint.line is not None else 'fill'} opacity={paint.opacity:.2f}")
    return ",".join(parts)


def _colour(token: Token) -> str:
    return "gv" + token.value.replace("_", "")


def _curve(path: Sequence[Point]) -> str:
    text = _at(path[0])
    for i in range(1, len(path) - 2, 3):
        text += f" .. controls {_at(path[i])} and {_at(path[i + 1])} .. {_at(path[i + 2])}"
    return text


def _polygon(points: Sequence[Point]) -> str:
    return " -- ".join(map(_at, points)) + " -- cycle"


def _rectangle(rect: Rect) -> str:
    return f"{_at(Point(rect.x, rect.y))} rectangle {_at(Point(rect.right, rect.bottom))}"


def _at(point: Point) -> str:
    return f"({point.x:.2f},{point.y:.2f})"


def _pt(pixels: float) -> str:
    return f"{pixels * 0.75:.2f}pt"
