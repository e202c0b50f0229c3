"""Typeset mathematics that knows which part of the drawing stands for which node.

Each part of the LaTeX is given a colour of its own, ziamath lays out the whole, and where a colour has come to lie
there its part is; then all glyphs get the ink of the theme. Groups that are there only for their colour are taken
out before the layout, so that the drawing is that of the plain LaTeX.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from PySide6.QtCore import QRectF

from gradviz.core.types import NodeId
from gradviz.text.marks import Mark, Marked, Tree
from gradviz.ui.mathview import ONE_AT_A_TIME, tamed

with warnings.catch_warnings():  # WORKAROUND: ziamath finds its font in a way that Python is giving up
    warnings.simplefilter("ignore", DeprecationWarning)
    from ziamath.tex import tex2mml
    from ziamath.zmath import Math

NEUTRAL = "#010203"
"""The ink in which formulas are kept."""
_FIRST = 0x010000
"""The colour of the first part; 16 million parts have one."""
_TAG = r"\{\\color\{#[0-9a-f]{6}\}"
_SIGN = re.compile(rf"(\\left[(\[]|[(\[=,]|\\cdot|\\leftarrow|\\to)((?:\s|{_TAG})*)-(?=\s*(?:{_TAG})?[\d.a-zA-Z\\({{])")
"""A minus that begins a number or a term, as in ui/mathview.py, also where a part begins with it."""
_FILL = re.compile(r'((?:fill|stroke)=")#[0-9a-f]{6}(")')


@dataclass(frozen=True, slots=True)
class Region:
    """Where a part of a drawing lies, and the node that it stands for."""

    area: QRectF
    node: NodeId


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing as SVG, its size, how far its baseline is below the top, and its parts in the order of the marks."""

    svg: bytes
    """In the ink NEUTRAL."""
    width: float
    height: float
    ascent: float
    regions: tuple[Region | None, ...]
    """By number of mark; None for a part of which nothing is seen."""

    def inked(self, ink: str) -> bytes:
        """The SVG in another colour."""
        return self.svg.replace(NEUTRAL.encode(), ink.encode())


@lru_cache(maxsize=256)
def drawn(formula: Marked, size: float) -> Drawn | None:
    """Marked LaTeX as a drawing; None when it can't be set. Takes milliseconds, and may be called in any thread."""
    tame = tamed(formula.text)
    if tame is None:
        return None
    source = _SIGN.sub(r"\1\2{-}", tagged(formula))
    if tame != formula.text:
        source = re.sub(r"\\(left|right)(?![a-z])", "", source)
    try:
        with ONE_AT_A_TIME:
            element = ElementTree.fromstring(tex2mml(source))  # noqa: S314  # written by a library of ours
            _colour_tokens(element, f"#{_FIRST - 1:06x}")
            return _laid_out(Math(_without_groups(element), size), formula)
    except Exception:  # ziamath raises many kinds for what it can't read; the plain text serves
        return None


def tagged(formula: Marked) -> str:
    r"""The LaTeX with a colour for each part: {\color{#010000}x}^{2}."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, int] = {}
    for number, mark in enumerate(formula.marks):
        if mark.stop > mark.start:
            opening.setdefault(mark.start, []).append(rf"{{\color{{#{_FIRST + number:06x}}}")
            closing[mark.stop] = closing.get(mark.stop, 0) + 1
    pieces: list[str] = []
    at = 0
    for place in sorted({*opening, *closing}):
        pieces += [formula.text[at:place], "}" * closing.get(place, 0), *opening.get(place, ())]
        at = place
    return "".join([*pieces, formula.text[at:]])


def _colour_tokens(element: ElementTree.Element, colour: str) -> None:
    colour = element.get("mathcolor", colour)
    if len(element) == 0 or element.tag.endswith(("mfrac", "msqrt", "mroot")):
        element.set("mathcolor", colour)
    for child in element:
        _colour_tokens(child, colour)


def _without_groups(element: ElementTree.Element) -> ElementTree.Element:
    """The same without the groups that were made for colours: a row in a row, and a row of one."""
    found = ElementTree.Element(element.tag, element.attrib)
    found.text = element.text
    for child in element:
        made = _without_groups(child)
        is_row = _tag(element) in ("mrow", "math", "mstyle")
        if _is_coloured_group(child) and (is_row or len(made) == 1):
            found.extend(made)
        else:
            found.append(made)
    if _tag(found) == "mstyle":
        found.tag, found.attrib = "mrow", {"mathcolor": found.get("mathcolor", "")}
    return found


def _is_coloured_group(element: ElementTree.Element) -> bool:
    """True for a style with a colour, and for a row that only holds one."""
    if _tag(element) == "mstyle":
        return "mathcolor" in element.attrib
    return _tag(element) == "mrow" and len(element) == 1 and _is_coloured_group(element[0])


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _laid_out(made: Any, formula: Marked) -> Drawn:
    svg = made.svgxml()
    left, top, width, height = map(float, svg.attrib["viewBox"].split())
    areas: dict[int, QRectF] = {}
    for colour, area in _pieces(made.node, -left, -top):
        number = int(colour[1:], 16) - _FIRST
        areas[number] = areas[number].united(area) if number in areas else area
    text = _FILL.sub(rf"\g<1>{NEUTRAL}\g<2>", ElementTree.tostring(svg, encoding="unicode"))
    return Drawn(text.encode(), width, height, max(-top, 0.0), _regions(formula.marks, areas))


def _pieces(node: Any, x: float, y: float) -> Iterator[tuple[str, QRectF]]:
    """The glyphs and lines of a drawing with their colours, from ziamath's tree of boxes."""
    boxes = list(zip(node.nodes, getattr(node, "nodexy", ()), strict=False))
    if not boxes:
        style, box = getattr(node, "style", None), node.bbox
        if style is not None and str(style.mathcolor).startswith("#") and box.xmax > box.xmin:
            yield style.mathcolor, QRectF(x + box.xmin, y - box.ymax, box.xmax - box.xmin, box.ymax - box.ymin)
    for child, (right, down) in boxes:
        yield from _pieces(child, x + right, y + down)


def _regions(marks: Sequence[Mark], areas: dict[int, QRectF]) -> tuple[Region | None, ...]:
    tree = Tree(marks)
    for number in range(len(marks) - 1, -1, -1):  # reversed: a part is complete before it is added to what holds it
        around = tree.parent(number)
        if number in areas and around is not None:
            areas[around] = areas[around].united(areas[number]) if around in areas else areas[number]
    return tuple(Region(areas[n], mark.node) if n in areas else None for n, mark in enumerate(marks))
