"""The quiet plot that all panels use."""

import time

import numpy as np
import pytest

pytest.importorskip("PySide6")

from pytestqt.qtbot import QtBot

from gradviz.export.theme import Token
from gradviz.ui.panels.plot import Plot, draw_live, finite, logarithms, thinned
from gradviz.ui.theme import Choice, theme


def test_a_short_curve_is_not_thinned() -> None:
    x = np.arange(10.0)
    assert thinned(x, x)[0] is x


def test_a_thinned_curve_keeps_its_ends_and_every_spike() -> None:
    x = np.arange(100_000.0)
    y = np.sin(x / 1000)
    y[12_345], y[77_777] = 50, -50
    across, up = thinned(x, y)
    assert len(across) <= 602
    assert (across[0], across[-1]) == (0, 99_999)
    assert {50, -50} <= set(up)
    assert np.all(np.diff(across) > 0)


def test_a_thinned_curve_of_nothing_but_nan_is_its_ends() -> None:
    x = np.arange(2_000.0)
    assert len(thinned(x, np.full(2_000, np.nan))[0]) == 2


def test_a_loss_without_a_logarithm_is_not_drawn() -> None:
    assert np.isnan(logarithms(np.array([0.0, -1.0, np.nan, np.inf]))).all()
    assert logarithms(np.array([100.0])).tolist() == [2]


def test_an_infinite_loss_is_not_drawn() -> None:
    assert np.isnan(finite(np.array([np.inf])))[0]


def test_a_message_stands_in_place_of_the_numbers(qtbot: QtBot) -> None:
    plot = Plot("test")
    qtbot.addWidget(plot)
    plot.show_message("nothing yet")
    assert plot.message == "nothing yet"
    plot.show_message("")
    assert plot.message == ""


def test_numbers_on_a_logarithmic_axis_are_powers_of_ten(qtbot: QtBot) -> None:
    plot = Plot("test")
    qtbot.addWidget(plot)
    plot.set_logarithmic(True)
    assert plot.getAxis("left").tickStrings([-2.0, 0.0, 12.0], 1.0, 1.0) == ["10⁻²", "10⁰", "10¹²"]


def test_a_curve_takes_the_colour_of_another_theme(qtbot: QtBot) -> None:
    plot = Plot("test")
    qtbot.addWidget(plot)
    curve = plot.add_curve(Token.VALUE)
    try:
        for choice in (Choice.DARK, Choice.LIGHT):
            theme().choose(choice)
            assert curve.opts["pen"].color() == theme()[Token.VALUE]
    finally:
        theme().choose(Choice.SYSTEM)


def test_a_hundred_thousand_points_cost_little_more_than_a_thousand(qtbot: QtBot) -> None:
    plot = Plot("test")
    qtbot.addWidget(plot)
    plot.resize(600, 200)
    curve = plot.add_curve(Token.VALUE)
    plot.grab()

    def drawing(count: int) -> float:
        x, y, times = np.arange(float(count)), np.random.default_rng(0).random(count), []
        for _ in range(5):
            start = time.perf_counter()
            draw_live(curve, Token.VALUE, x, y, is_moving=True)
            plot.grab()
            times.append(time.perf_counter() - start)
        return min(times)

    assert drawing(100_000) < 10 * drawing(1_000)  # without thinning it takes seconds
