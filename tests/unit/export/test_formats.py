"""SVG, DOT and TikZ: sound files that show what was typed, letter by letter, and run none of it."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gradviz import resources
from gradviz.errors import ExportError
from gradviz.export import EXPORTERS, Options, export
from gradviz.export.dot import dot
from gradviz.export.picture import Picture
from gradviz.export.svg import svg
from gradviz.export.tex import tikz
from gradviz.export.theme import DARK, LIGHT, Theme, Token
from gradviz.layout.engine import find_engine
from pictured import LINE_ROLES, LINE_VALUES, least_squares, picture_of, quartic, random_graph

EVIL = [
    'x"]; evil[image=/etc/passwd]//',
    "<b>x</b>",
    "<<TABLE/>>",
    "a\\",
    "\\N\\G\\l",
    "&lt; & &amp;",
    "</text><script>alert(1)</script>",
    "\\input{/etc/passwd}",
    "}$\\end{tikzpicture}%",
    "{|}<p0>",
]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def picture() -> Picture:
    return picture_of(least_squares(), LINE_VALUES, 12, LINE_ROLES)


def _titled(picture: Picture, title: str) -> Picture:
    return replace(picture, cards=(replace(picture.cards[0], title=title), *picture.cards[1:]))


@pytest.mark.parametrize("suffix", EXPORTERS)
def test_every_format_writes_something(picture: Picture, suffix: str):
    assert len(export(picture, f"graph{suffix.upper()}")) > 500


def test_unknown_suffix_is_refused_with_the_formats_that_there_are(picture: Picture):
    with pytest.raises(ExportError, match=re.escape(".bmp is no picture format; choose one of .svg, .dot, .tex")):
        export(picture, "graph.bmp")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_svg_uses_the_colours_of_its_theme_and_no_other(picture: Picture, theme: Theme):
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", svg(picture, theme))) <= set(theme.tokens.values())


def test_svg_keeps_text_as_text(picture: Picture):
    texts = [node.text for node in ElementTree.fromstring(svg(picture)).iter(f"{SVG}text")]
    assert {"W · x", "matmul · v₁", "−12", "36"} <= set(texts)


@pytest.mark.parametrize("title", [*EVIL, "nul\x00 bell\x07 \ufffe lone \ud800"])
def test_svg_is_sound_xml_whatever_a_card_says(picture: Picture, title: str):
    root = ElementTree.fromstring(svg(_titled(picture, title), title=title))
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {"svg", "title", "style", "rect", "path", "text"}
    shown = [node.text for node in root.iter(f"{SVG}text")]
    assert any(text and text.startswith(title[:3]) for text in shown)


def test_transparent_svg_has_no_background(picture: Picture):
    background = f'fill="{LIGHT[Token.CANVAS]}"/>'
    assert background in svg(picture).split("<path")[0]
    assert background not in svg(picture, transparent=True).split("<path")[0]


def test_svg_refers_to_nothing_outside_itself(picture: Picture):
    text = svg(picture, embed_fonts=True)
    assert all(place.startswith("url(data:") for place in re.findall(r"(?:href|src)\s*[:=]\s*(\S+)", text))
    assert text.count("http") == 1  # the namespace


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("quartic", lambda: picture_of(quartic(), {"x": 2.0})),
        ("least squares", lambda: picture_of(least_squares(), LINE_VALUES, 12, LINE_ROLES)),
        ("sixty nodes", lambda: picture_of(random_graph(60, 1), {f"x{i}": 0.3 * i for i in range(5)})),
    ],
)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_qt_draws_the_svg_like_a_browser_would(qapp, tmp_path: Path, name: str, made, theme: Theme):
    for font in ("Inter-Regular.otf", "STIXTwoText-Italic.ttf", "JetBrainsMono-Regular.ttf"):
        assert QFontDatabase.addApplicationFont(str(resources.path(f"fonts/{font}"))) >= 0
    picture = made()
    image = _drawn(svg(picture, theme, embed_fonts=True), picture)
    assert image.save(str(tmp_path / f"{name} {theme.name}.png"))
    assert _colour_at(image, picture, picture.bounds.x + 2, picture.bounds.y + 2) == theme[Token.CANVAS]
    for pill in picture.pills:
        assert _has_ink(image, picture, pill.rect.x, pill.rect.center.y, pill.rect.right, theme)


@pytest.mark.parametrize("title", EVIL)
def test_graphviz_reads_a_label_as_it_was_typed(picture: Picture, title: str):
    root = ElementTree.fromstring(_by_graphviz("svg", dot(_titled(picture, title))))
    nodes = [group for group in root.iter(f"{SVG}g") if group.get("class") == "node"]
    assert len(nodes) == len(picture.cards)
    assert [text.text for text in nodes[0].iter(f"{SVG}text")] == [title, "data"]
    assert not list(root.iter(f"{SVG}image"))


def test_graphviz_reads_every_edge(picture: Picture):
    graph = json.loads(_by_graphviz("json0", dot(picture)))
    assert sorted((edge["tail"], edge["head"]) for edge in graph["edges"]) == [
        (wire.edge.source, wire.edge.target) for wire in sorted(picture.wires[:-1], key=lambda w: w.edge.source)
    ]


def test_dot_says_values_and_derivatives_on_its_edges(picture: Picture):
    assert r'label="value 7\nderivative 12"' in dot(picture)


def test_very_long_label_is_cut_in_dot(picture: Picture):
    assert max(map(len, dot(_titled(picture, "a" * 50_000)).splitlines())) < 400


@pytest.mark.parametrize("title", EVIL)
def test_tikz_braces_balance_whatever_a_card_says(picture: Picture, title: str):
    text = tikz(_titled(picture, title))
    bare = re.sub(r"\\[{}\\]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.count(r"\end{tikzpicture}") == 1
    assert r"\input" not in text


def test_tikz_is_a_document_of_plain_letters(picture: Picture):
    text = tikz(picture)
    assert text.startswith(r"\documentclass[border=0pt]{standalone}")
    assert text.isascii()


def test_options_choose_the_theme(picture: Picture):
    assert DARK[Token.CANVAS] in export(picture, "a.svg", Options(theme=DARK)).decode()


def _by_graphviz(kind: str, source: str) -> bytes:
    command = [find_engine().path, "-Kdot", f"-T{kind}"]
    return subprocess.run(command, input=source.encode(), capture_output=True, check=True).stdout


def _drawn(text: str, picture: Picture) -> QImage:
    renderer = QSvgRenderer(text.encode())
    assert renderer.isValid()
    image = QImage(round(picture.bounds.width), round(picture.bounds.height), QImage.Format.Format_ARGB32)
    image.fill(QColor("#FF00FF"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter)
    painter.end()
    return image


def _colour_at(image: QImage, picture: Picture, x: float, y: float) -> str:
    return image.pixelColor(round(x - picture.bounds.x), round(y - picture.bounds.y)).name().upper()


def _has_ink(image: QImage, picture: Picture, start: float, y: float, stop: float, theme: Theme) -> bool:
    """True when the line across a pill shows more than one colour: its number or its mark."""
    return len({_colour_at(image, picture, x, y) for x in range(round(start) + 3, round(stop) - 3)}) > 1
