"""PNG, PDF and GIF show the same picture as the canvas, at the size that was asked."""

import io
import os
import subprocess
import sys

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from gradviz.core.graph import Graph
from gradviz.core.record import record
from gradviz.errors import ExportError
from gradviz.export.cards import boxes_and_slots
from gradviz.export.formats import EXPORTERS, Options
from gradviz.export.picture import Picture, compose
from gradviz.export.theme import DARK, LIGHT, Token
from gradviz.lang.lower import read
from gradviz.layout.dot import place
from gradviz.layout.types import Rect
from gradviz.ui.raster import MOST_PIXELS, RASTER_EXPORTERS, gif, pdf, png

pytestmark = pytest.mark.usefixtures("qapp")


def picture(formula: str = "(x^2)^2", position: int | None = None) -> Picture:
    graph: Graph = read(formula).graph
    boxes, slots = boxes_and_slots(graph, {})
    placement = place(boxes, slots, graph.output)
    return compose(graph, placement, {}, record(graph, dict.fromkeys(graph.leaves(), 2.0)), position)


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGBA")


def rgb(code: str) -> tuple[int, int, int]:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_png_has_the_size_of_the_picture_times_the_scale(scale: float) -> None:
    drawn = picture()
    width, height = pixels(png(drawn, scale=scale)).size
    assert width == pytest.approx(drawn.bounds.width * scale, abs=1)
    assert height == pytest.approx(drawn.bounds.height * scale, abs=1)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_corner_of_a_png_has_the_canvas_colour_of_the_theme(theme: object) -> None:
    corner = pixels(png(picture(), Options(theme=theme))).getpixel((0, 0))
    assert corner == (*rgb(theme[Token.CANVAS]), 255)


def test_transparent_png_has_no_background() -> None:
    assert pixels(png(picture(), Options(is_transparent=True))).getpixel((0, 0))[3] == 0


def test_spine_of_a_parameter_has_its_colour() -> None:
    drawn = picture()
    leaf = next(card for card in drawn.cards if card.role is not None).rect
    place_on_spine = round((leaf.x + 2.5 - drawn.bounds.x) * 2), round((leaf.center.y - drawn.bounds.y) * 2)
    assert pixels(png(drawn, scale=2.0)).getpixel(place_on_spine)[:3] == rgb(LIGHT[Token.PARAMETER])


def test_current_card_is_filled_with_its_own_colour() -> None:
    drawn = picture(position=2)
    card = next(card for card in drawn.cards if card.state.name == "CURRENT").rect
    spot = round((card.x + 6 - drawn.bounds.x) * 2), round((card.center.y - drawn.bounds.y) * 2)
    assert pixels(png(drawn, scale=2.0)).getpixel(spot)[:3] == rgb(LIGHT[Token.CURRENT_CARD])


def test_png_carries_its_title() -> None:
    assert QImage.fromData(png(picture(), Options(title="square of a square"))).text("Title") == "square of a square"


def test_too_large_a_png_is_refused_with_a_scale_that_would_do() -> None:
    drawn = picture()
    with pytest.raises(ExportError, match="choose a scale of at most") as caught:
        png(drawn, scale=1000.0)
    offered = float(caught.value.message.split("at most ")[1].split(",")[0])
    assert drawn.bounds.width * offered <= MOST_PIXELS


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_senseless_scale_is_refused(scale: float) -> None:
    with pytest.raises(ExportError, match="positive number"):
        png(picture(), scale=scale)


def test_pdf_is_one_page_of_vectors_with_embedded_fonts() -> None:
    data = pdf(picture())
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    assert b"/FontFile2" in data or b"/FontFile3" in data
    assert b"/Subtype /Image" not in data


def test_gif_has_a_frame_for_each_picture_and_starts_again() -> None:
    frames = [picture(position=position) for position in range(4)]
    moving = Image.open(io.BytesIO(gif(frames, scale=1.0)))
    assert moving.n_frames == 4
    assert moving.info["loop"] == 0


def test_gif_of_nothing_is_refused() -> None:
    with pytest.raises(ExportError, match="at least one picture"):
        gif([])


def test_raster_formats_are_no_text_formats() -> None:
    assert not RASTER_EXPORTERS.keys() & EXPORTERS.keys()


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".gif"])
def test_each_raster_format_writes_its_own_signature(suffix: str) -> None:
    signatures = {".png": b"\x89PNG", ".pdf": b"%PDF", ".gif": b"GIF8"}
    assert RASTER_EXPORTERS[suffix].write(picture(), Options()).startswith(signatures[suffix])


def test_empty_picture_is_a_small_image() -> None:
    assert pixels(png(Picture((), (), (), Rect(0, 0, 0, 0)))).size == (1, 1)


def test_png_is_written_without_a_display_and_without_an_application() -> None:
    script = (
        "from gradviz.ui.raster import png\n"
        "from gradviz.export.picture import Picture\n"
        "from gradviz.layout.types import Rect\n"
        "print(len(png(Picture((), (), (), Rect(0, 0, 9, 9)))) > 50)"
    )
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run([sys.executable, "-c", script], env=bare, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr
