"""Data and fit."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from pytestqt.qtbot import QtBot

from gradviz.project.commands import bind_table, set_formula
from gradviz.session.session import Session
from gradviz.ui.panels.fit import FitPanel, confusion
from ui.training_session import iris_session, line_session, parabola_session


def panel_of(qtbot: QtBot, session: Session) -> FitPanel:
    panel = FitPanel(session)
    qtbot.addWidget(panel)
    panel.resize(480, 260)
    panel.show()
    return panel


def test_one_input_shows_the_points_and_the_line(qtbot: QtBot) -> None:
    session = line_session()
    session.set_value("W", 3.0)
    session.set_value("b", 1.0)
    panel = panel_of(qtbot, session)
    assert len(panel.points.data) == 40
    x, y = panel.curve.getData()
    np.testing.assert_allclose(y, 3 * x + 1)


def test_the_line_moves_with_training(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    x, y = panel.curve.getData()
    slope, _ = np.polyfit(x, y, 1)
    assert slope == pytest.approx(1.975, abs=1e-3)


def test_the_shown_sample_has_a_ring(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    session.show_sample(12)
    x, y = panel.ring.getData()
    assert (x[0], y[0]) == (session.data()["x"][12], session.data()["y"][12])


def test_a_click_on_a_point_shows_its_sample(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    panel.grab()
    panel.plot.clicked.emit(float(session.data()["x"][7]), float(session.data()["y"][7]))
    assert session.sample == 7


def test_classes_are_counted_against_what_they_are_taken_for(qtbot: QtBot) -> None:
    session = iris_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    assert panel.classes.isVisible()
    assert panel.classes.table.horizontalHeaderItem(0).text() == "setosa"
    assert panel.classes.table.item(0, 0).text() == "50"


def test_counts_are_by_class_and_by_what_it_is_taken_for() -> None:
    counts = confusion(np.array([0.0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0]), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 2, 0], [1, 0, 0]]


def test_the_data_tab_lists_every_sample_and_selects_the_shown_one(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    session.show_sample(5)
    assert panel.table.model.rowCount() == 40
    assert panel.table.view.currentIndex().row() == 5


def test_residuals_are_what_the_prediction_misses(qtbot: QtBot) -> None:
    session = line_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    edges, counts = panel.bars.getData()
    assert edges[0] < 0 < edges[-1]
    assert sum(counts[1:-1:2]) == 40


def test_without_data_there_is_a_hint(qtbot: QtBot) -> None:
    assert "Load data" in panel_of(qtbot, parabola_session()).plot.message


def test_taking_the_data_away_takes_the_points_away(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    session.document.apply(bind_table(None), "Remove data")
    assert len(panel.points.data) == 0
    assert "Load data" in panel.plot.message


def test_a_formula_without_a_prediction_says_so(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    session.document.apply(set_formula("W^2 + x"), "Edit formula")
    assert "no prediction" in panel.plot.message
