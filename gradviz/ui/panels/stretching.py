"""SVG as Qt writes it, with its stretched groups drawn as they are seen.

A plot's curve stands in the numbers of its data, and Qt leaves it to the reader of the file to stretch it but not its
line (`vector-effect`), which librsvg, Inkscape and others don't do alike. So the points are moved here.

    <g transform="matrix(90,0,0,-20,…)"> <path d="M1,2 L…">   →   <g> <path d="M143,60 L…">
"""

import re
from xml.etree import ElementTree

_SPACE = "{http://www.w3.org/2000/svg}"
_PLACES = {f"{_SPACE}path": "d", f"{_SPACE}polyline": "points"}
_UNCLIPPED = {f"{_SPACE}{name}" for name in ("g", "polyline", "text")}
_PAIR = re.compile(r"(-?[\d.]+(?:e[-+]?\d+)?)[ ,](-?[\d.]+(?:e[-+]?\d+)?)")
Matrix = tuple[float, float, float, float, float, float]


def unstretched(drawing: str) -> str:
    """The same drawing without groups that stretch lines of a fixed width, and without clips that have ended."""
    ElementTree.register_namespace("", _SPACE[1:-1])
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(drawing)  # noqa: S314  # Qt wrote it just now
    for group in root.iter(f"{_SPACE}g"):
        matrix = _matrix(group.get("transform", ""))
        if matrix is not None and len(group) and all(map(_has_fixed_line, group)):
            del group.attrib["transform"]
            for shape in group:
                _move(shape, matrix)
    for group in root.iter(f"{_SPACE}g"):
        # WORKAROUND: Qt forgets that a clip has ended; lines and text of the axes stand outside of it
        if "clip-path" in group.attrib and {shape.tag for shape in group.iter()} <= _UNCLIPPED:
            del group.attrib["clip-path"]
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _matrix(transform: str) -> Matrix | None:
    found = re.fullmatch(r"matrix\(([^)]*)\)", transform)
    if found is None:
        return None
    a, b, c, d, e, f = (float(number) for number in found[1].split(","))
    return a, b, c, d, e, f


def _has_fixed_line(shape: ElementTree.Element) -> bool:
    return shape.tag in _PLACES and shape.get("vector-effect") == "non-scaling-stroke"


def _move(shape: ElementTree.Element, matrix: Matrix) -> None:
    a, b, c, d, e, f = matrix

    def moved(pair: re.Match[str]) -> str:
        x, y = float(pair[1]), float(pair[2])
        return f"{a * x + c * y + e:.2f},{b * x + d * y + f:.2f}"

    name = _PLACES[shape.tag]
    shape.set(name, _PAIR.sub(moved, shape.get(name, "")))
    del shape.attrib["vector-effect"]
