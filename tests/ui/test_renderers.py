"""The same picture everywhere: canvas strokes, SVG in Qt, in librsvg and in a browser, PDF in Poppler.

Drawings are compared by the boxes of their ink: whole, and of each column of the picture. What is clipped, missing
or shifted by more than a few pixels shows.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PIL import Image
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gradviz.core.record import record
from gradviz.core.types import Array
from gradviz.export.cards import boxes_and_slots
from gradviz.export.choice import Choice
from gradviz.export.film import Film
from gradviz.export.formats import Options
from gradviz.export.picture import Composer, Picture
from gradviz.export.svg import SAFE, svg
from gradviz.export.theme import LIGHT, PRINT, Theme, Token
from gradviz.layout.dot import place
from gradviz.ui.app import make_application
from gradviz.ui.raster import pdf, png
from pictured import LINE_ROLES, LINE_VALUES, least_squares, random_graph

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NEAR = 3
"""Pixels by which two renderers may differ; letters are set a little differently."""


def _picture(choice: Choice, position: int | None) -> Picture:
    graph = least_squares()
    trace = record(graph, LINE_VALUES)
    placement = place(*boxes_and_slots(graph, LINE_ROLES), graph.output)
    return Film(Composer(graph, placement, LINE_ROLES, trace), trace).at(position, choice)


PICTURES: dict[str, Callable[[], Picture]] = {
    "a step with words": lambda: _picture(Choice(legend=True, explanation=True), 12),
    "the whole run": lambda: _picture(Choice(), None),
}


def _ink(image: Image.Image, theme: Theme) -> Array:
    """Where an image differs from its ground."""
    ground = np.array([int(theme[Token.CANVAS][i : i + 2], 16) for i in (1, 3, 5)])
    return np.abs(np.asarray(image.convert("RGB"), dtype=np.float64) - ground).max(axis=2) > 24


def _box(ink: Array) -> Array:
    rows, columns = np.nonzero(ink)
    assert rows.size
    return np.array([columns.min(), rows.min(), columns.max(), rows.max()])


def _qt(text: str, width: int, height: int) -> Image.Image:
    drawn = QImage(width, height, QImage.Format.Format_RGBA8888)
    drawn.fill(0xFFFFFFFF)
    painter = QPainter(drawn)
    QSvgRenderer(text.encode()).render(painter)
    painter.end()
    return Image.frombytes("RGBA", (width, height), bytes(drawn.constBits()))


def _rsvg(text: str, width: int, height: int, folder: Path) -> Image.Image:
    (folder / "a.svg").write_text(text, encoding="utf-8")
    done = subprocess.run(["rsvg-convert", str(folder / "a.svg")], capture_output=True, check=True, timeout=60)
    return Image.open(BytesIO(done.stdout)).resize((width, height))


def _browser(text: str, width: int, height: int, folder: Path) -> Image.Image:
    (folder / "a.svg").write_text(text, encoding="utf-8")
    assert BROWSER is not None
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--virtual-time-budget=1500",
    ]
    command += [f"--user-data-dir={folder / 'profile'}", f"--window-size={width},{height}"]
    command += [f"--screenshot={folder / 'a.png'}", (folder / "a.svg").as_uri()]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    return Image.open(folder / "a.png")


def _office(text: str, width: int, height: int, folder: Path) -> Image.Image:
    (folder / "a.svg").write_text(text, encoding="utf-8")
    assert OFFICE is not None
    command = [OFFICE, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "png"]
    command += ["--outdir", str(folder), str(folder / "a.svg")]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    return Image.open(folder / "a.png").resize((width, height))


def _poppler(content: bytes, width: int, height: int, folder: Path) -> Image.Image:
    (folder / "a.pdf").write_bytes(content)
    command = ["pdftoppm", "-r", "96", "-png", "-singlefile", str(folder / "a.pdf"), str(folder / "page")]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    return Image.open(folder / "page.png").resize((width, height))


def _same_ink(one: Image.Image, other: Image.Image, theme: Theme) -> None:
    first, second = _ink(one, theme), _ink(other, theme)
    assert np.abs(_box(first) - _box(second)).max() <= NEAR
    for ink, its in ((first, second), (second, first)):  # each has ink near all that the other has
        spread = its.copy()
        for shift in range(1, NEAR + 1):
            for axis in (0, 1):
                spread |= np.roll(its, shift, axis) | np.roll(its, -shift, axis)
        assert (ink & ~spread).sum() <= 0.03 * ink.sum()


@pytest.fixture(params=PICTURES)
def picture(request: pytest.FixtureRequest) -> Picture:
    make_application()
    return PICTURES[request.param]()


@pytest.mark.parametrize("theme", [LIGHT, PRINT], ids=lambda theme: theme.name)
def test_svg_in_qt_is_the_picture_of_the_canvas(picture: Picture, theme: Theme) -> None:
    """Given the canvas's fonts: Qt reads the attributes of an SVG and not its list of fallbacks."""
    canvas = Image.open(BytesIO(png(picture, Options(theme), scale=1.0)))
    text = svg(picture, theme)
    for font, name in SAFE.items():
        text = text.replace(f'font-family="{name}"', f'font-family="{font.value}"')
    _same_ink(canvas, _qt(text, *canvas.size), theme)


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice here")
def test_svg_in_an_office_has_the_same_box_of_ink(picture: Picture, tmp_path: Path) -> None:
    canvas = Image.open(BytesIO(png(picture, Options(LIGHT), scale=1.0)))
    other = _office(svg(picture, LIGHT), *canvas.size, tmp_path)
    assert np.abs(_box(_ink(canvas, LIGHT)) - _box(_ink(other, LIGHT))).max() <= NEAR


def test_svg_names_fonts_that_every_system_has_or_replaces(picture: Picture) -> None:
    assert set(re.findall(r'font-family="([^"]*)"', svg(picture, LIGHT))) == set(SAFE.values())


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
@pytest.mark.parametrize("theme", [LIGHT, PRINT], ids=lambda theme: theme.name)
def test_svg_in_a_browser_is_the_picture_of_the_canvas(picture: Picture, theme: Theme, tmp_path: Path) -> None:
    canvas = Image.open(BytesIO(png(picture, Options(theme), scale=1.0)))
    _same_ink(canvas, _browser(svg(picture, theme, embed_fonts=True), *canvas.size, tmp_path), theme)


@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="no librsvg here")
def test_svg_in_librsvg_has_the_same_box_of_ink(picture: Picture, tmp_path: Path) -> None:
    """Its letters are those of other fonts, so only the boxes are the same."""
    canvas = Image.open(BytesIO(png(picture, Options(LIGHT), scale=1.0)))
    other = _rsvg(svg(picture, LIGHT), *canvas.size, tmp_path)
    assert np.abs(_box(_ink(canvas, LIGHT)) - _box(_ink(other, LIGHT))).max() <= NEAR


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="no Poppler here")
@pytest.mark.parametrize("theme", [LIGHT, PRINT], ids=lambda theme: theme.name)
def test_pdf_is_the_picture_of_the_canvas(picture: Picture, theme: Theme, tmp_path: Path) -> None:
    canvas = Image.open(BytesIO(png(picture, Options(theme), scale=1.0)))
    _same_ink(canvas, _poppler(pdf(picture, Options(theme)), *canvas.size, tmp_path), theme)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no Poppler here")
def test_text_in_a_pdf_stands_where_it_stands_in_the_picture(picture: Picture, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(picture, Options()))
    command = ["pdftotext", "-bbox", str(tmp_path / "a.pdf"), "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    sides = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"'
    words = [(word, *map(float, place)) for *place, word in re.findall(sides + ">([^<]*)<", done.stdout.decode())]
    names = [word for word, *_ in words]
    looked = 0
    for card in picture.cards:
        name = card.subtitle.split(" ")[0]
        if names.count(name) == 1:
            _, left, top, right, bottom = words[names.index(name)]
            assert picture.bounds.x + (left + right) / 2 * 96 / 72 == pytest.approx(card.rect.center.x, abs=20)
            assert card.rect.y < picture.bounds.y + (top + bottom) / 2 * 96 / 72 < card.rect.bottom
            looked += 1
    assert looked >= 4


def test_nothing_is_clipped_at_the_edges() -> None:
    """A margin of ground is left on each side, whatever is shown."""
    make_application()
    graph = random_graph(40, 3)
    trace = record(graph, {f"x{i}": 0.3 * i for i in range(5)})
    film = Film(Composer(graph, place(*boxes_and_slots(graph, {}), graph.output), {}, trace), trace)
    for position in (0, 20, film.last):
        image = Image.open(BytesIO(png(film.at(position, Choice(legend=True, explanation=True)), scale=1.0)))
        box = _box(_ink(image, LIGHT))
        assert box[0] >= 6
        assert box[1] >= 6
        assert box[2] <= image.width - 7
        assert box[3] <= image.height - 5
