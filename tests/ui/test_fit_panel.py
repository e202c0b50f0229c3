"""Data and fit."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from gradviz.data.builtin import load
from gradviz.data.tables import Table
from gradviz.project.commands import bind_table, set_formula
from gradviz.project.data_commands import standardise
from gradviz.project.project import project_from_formula
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.ui.panels.fit import FitPanel
from gradviz.ui.panels.fitting import confusion, decisions
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


def moons_session() -> Session:
    session = Session(project=project_from_formula("(y - sigmoid(w x + b))^2"))
    session.document.apply(bind_table(load("moons"), {"x": ("x1", "x2"), "y": ("moon",)}, data_set="moons"), "x")
    return session


def test_two_inputs_and_a_class_show_the_plane_of_decisions(qtbot: QtBot) -> None:
    session = moons_session()
    panel = panel_of(qtbot, session)
    assert panel.image.isVisible()
    x, _ = panel.class_points[1].getData()
    assert len(x) == 50
    w, b = session.values()["w"], float(session.values()["b"])
    across, up = np.linspace(-1, 1, 72), np.linspace(-1, 1, 72)
    assert panel._fit is not None
    taken, _ = decisions(panel._fit, session.values(), across, up)
    expected = w[0] * across[:, None] + w[1] * up[None, :] + b > 0
    np.testing.assert_array_equal(taken, expected)


def test_the_rows_of_a_classifier_of_pictures_are_pictures(qtbot: QtBot) -> None:
    session = Session(project=project_from_formula("-log(softmax(W x + b))[y]"))
    session.document.apply(bind_table(load("digits"), {"x": ("p*",), "y": ("digit",)}, data_set="digits"), "x")
    panel = panel_of(qtbot, session)
    assert panel.weights.count == 10
    titles = [panel.tabs.tabText(i) for i in range(panel.tabs.count()) if panel.tabs.isTabVisible(i)]
    assert titles == ["Classes", "Weights", "Data", "Gradients", "Paper"]


def place_of(panel: FitPanel, x: float, y: float) -> QPoint:
    box = panel.plot.getPlotItem().getViewBox()
    return panel.plot.mapFromScene(box.mapViewToScene(QPointF(x, y)))


def test_points_are_drawn_and_taken_away_by_hand(qtbot: QtBot) -> None:
    session = Session(project=project_from_formula("(y-(Wx+b))^2"))
    panel = panel_of(qtbot, session)
    qtbot.mouseClick(panel.pencil, Qt.MouseButton.LeftButton)
    for x, y in ((0.2, 0.3), (0.6, 0.8)):
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=place_of(panel, x, y))
    assert session.sample_count == 2
    first = (float(session.data()["x"][0]), float(session.data()["y"][0]))
    assert first == pytest.approx((0.2, 0.3), abs=0.05)
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.RightButton, pos=place_of(panel, *first))
    assert session.sample_count == 1
    assert session.data()["x"][0] != first[0]
    session.document.undo()
    session.document.undo()
    assert session.sample_count == 1
    session.document.undo()
    assert session.document.project.table is None


def test_standardised_numbers_stand_beside_those_that_were_read(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    session.document.apply(standardise(["x"]), "x")
    model = panel.table.model
    names = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]
    assert "x as read" in names
    place = names.index("x as read")
    assert model.data(model.index(0, place)) == "−2"
    assert model.data(model.index(0, names.index("x"))) == number(float(session.data()["x"][0]))


def test_a_value_that_gives_each_sample_a_matrix_of_scores_is_drawn_as_nothing(qtbot: QtBot) -> None:
    session = Session()
    table = Table("t", {"x": np.arange(9.0), "y": np.arange(9.0) % 3})
    session.document.apply(set_formula("-log(softmax(W x + b)[y])"), "formula")
    session.document.apply(bind_table(table, {"x": ("x",), "y": ("y",)}), "data")
    session.set_value("W", [1.0, 0.5, 0.2])
    session.set_value("b", [0.0, 0.0, 0.0])
    panel = panel_of(qtbot, session)
    session.set_value("W", [[0.4, -1.0], [0.2, 0.5], [-0.3, 0.1]])
    assert not panel.image.isVisible()
