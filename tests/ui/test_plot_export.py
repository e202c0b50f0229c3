"""Plots taken along: as PNG, SVG, PDF and CSV, in the window's colours or in others."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gradviz.export.theme import DARK, LIGHT, PRINT, Token
from gradviz.ui.app import make_application
from gradviz.ui.panels.heat_map import HeatMap
from gradviz.ui.panels.painted_export import picture_menu
from gradviz.ui.panels.plot import Plot
from gradviz.ui.theme import theme

BEGINNINGS = {"PNG": b"\x89PNG", "SVG": b"<?xml", "PDF": b"%PDF", "CSV": b"x,y"}


@pytest.fixture
def plot(qtbot: QtBot) -> Iterator[Plot]:
    make_application()
    window = QWidget()  # a plot that is a window of its own can't be closed twice
    qtbot.addWidget(window)
    made = Plot("Loss", window)
    made.set_columns(lambda: {"x": np.arange(3.0), "y": np.array([4.0, 2.0, 1.0])})
    made.add_curve(Token.VALUE).setData([0, 1, 2], [4, 2, 1])
    made.add_curve(Token.DERIVATIVE).setData([0, 1, 2], [1, 2, 4])
    made.resize(400, 300)
    window.show()
    yield made
    window.close()


def entry(menu: QMenu, words: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == words)


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_each_format_is_written_from_the_menu(
    plot: Plot, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "plot"), ""))
    entry(plot.menu(), f"Save as {kind}…").trigger()
    assert (tmp_path / f"plot.{kind.lower()}").read_bytes().startswith(BEGINNINGS[kind])


@pytest.mark.parametrize(
    ("words", "wanted"), [("Light", LIGHT), ("Dark", DARK), ("Black and white", PRINT)], ids=lambda p: str(p)[:5]
)
def test_a_plot_is_saved_in_other_colours_and_keeps_its_own(
    plot: Plot, words: str, wanted: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = theme().current
    target = tmp_path / "plot.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    entry(entry(plot.menu(), words).menu(), "Save as SVG…").trigger()
    strokes = {e.get("stroke", "").lower() for e in ElementTree.parse(target).iter()}
    assert wanted[Token.VALUE].lower() in strokes  # type: ignore[index]
    assert theme().current is before
    assert plot.backgroundBrush().color().name().lower() == before[Token.PANEL].lower()


def test_in_black_and_white_curves_differ_by_their_dashes(
    plot: Plot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "plot.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    entry(entry(plot.menu(), "Black and white").menu(), "Save as SVG…").trigger()
    assert any(e.get("stroke-dasharray") for e in ElementTree.parse(target).iter())


def test_a_saved_picture_is_what_is_seen(plot: Plot, tmp_path: Path) -> None:
    plot.save(tmp_path / "plot.png")
    with Image.open(tmp_path / "plot.png") as found:
        saved = np.asarray(found.convert("L").resize((40, 30), Image.Resampling.BOX), dtype=float)
    plot.grab().save(str(tmp_path / "seen.png"))
    with Image.open(tmp_path / "seen.png") as found:
        seen = np.asarray(found.convert("L").resize((40, 30), Image.Resampling.BOX), dtype=float)
    assert np.ptp(seen) > 20
    assert np.corrcoef(saved.ravel(), seen.ravel())[0, 1] > 0.9


def test_a_line_in_svg_is_as_wide_as_it_says_in_any_program(plot: Plot, tmp_path: Path) -> None:
    """Nothing is stretched by its reader: each point of a curve stands where it is seen."""
    plot.save(tmp_path / "plot.svg")
    root = ElementTree.parse(tmp_path / "plot.svg").getroot()
    shapes = [e for e in root.iter() if e.get("stroke", "").lower() == LIGHT[Token.DERIVATIVE].lower()]
    curve = next(e for group in shapes for e in group.iter() if e.get("d") or e.get("points"))
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", curve.get("d") or curve.get("points") or "")]
    item = plot.getPlotItem().getViewBox()
    for x, y, at in ((0, 1, numbers[:2]), (2, 4, numbers[-2:])):
        place = plot.mapFromScene(item.mapViewToScene(QPointF(x, y)))
        assert at == pytest.approx([place.x(), place.y()], abs=1.5)


def test_axes_and_grid_of_a_plot_are_clipped_by_nothing(plot: Plot, tmp_path: Path) -> None:
    plot.save(tmp_path / "plot.svg")
    root = ElementTree.parse(tmp_path / "plot.svg").getroot()
    clipped = [group for group in root.iter() if group.get("clip-path")]
    lines = [line for group in clipped for line in group.iter() if line.tag.endswith("}polyline")]
    assert not lines
    assert [line for line in root.iter() if line.tag.endswith("}polyline")]


def test_text_of_a_plot_stays_text(plot: Plot, tmp_path: Path) -> None:
    plot.set_names("iteration", "loss")
    plot.save(tmp_path / "plot.svg")
    assert "iteration" in "".join(ElementTree.parse(tmp_path / "plot.svg").getroot().itertext())


def test_a_copied_plot_is_an_image_and_a_drawing(plot: Plot) -> None:
    entry(plot.menu(), "Copy as picture").trigger()
    found = QGuiApplication.clipboard().mimeData()
    assert found.hasImage()
    assert b"<svg" in bytes(found.data("image/svg+xml").data())
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("kind", ["PNG", "SVG", "PDF"])
@pytest.mark.parametrize("colours", [None, "Dark", "Black and white"])
def test_a_heat_map_is_saved_as_a_picture(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, colours: str | None
) -> None:
    make_application()
    heat_map = HeatMap(height=60)
    qtbot.addWidget(heat_map)
    heat_map.show_array(np.array([[1.0, -2.0, 3.0], [0.5, np.nan, 2.0]]))
    heat_map.resize(300, 60)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "map"), ""))
    menu = picture_menu(heat_map, "map")
    entry(menu if colours is None else entry(menu, colours).menu(), f"Save as {kind}…").trigger()
    assert (tmp_path / f"map.{kind.lower()}").read_bytes().startswith(BEGINNINGS[kind])
    if kind == "PNG":
        with Image.open(tmp_path / "map.png") as found:
            assert found.size == (900, 180)
            assert len(found.getcolors(100_000)) > 4
    if kind == "SVG":
        assert ElementTree.parse(tmp_path / "map.svg").getroot().tag.endswith("svg")
    menu.close()
