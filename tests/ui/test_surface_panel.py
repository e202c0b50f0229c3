"""The loss surface."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.project.commands import set_training
from gradviz.session.session import Session
from gradviz.train.surface import LossCurve, LossSurface
from gradviz.ui.jobs import QtRunner
from gradviz.ui.panels.bands import bands, finer
from gradviz.ui.panels.surface import SurfacePanel
from gradviz.ui.panels.surveying import Directions
from ui.training_session import iris_session, line_session, parabola_session


def panel_of(qtbot: QtBot, session: Session) -> SurfacePanel:
    panel = SurfacePanel(session)
    qtbot.addWidget(panel)
    panel.resize(500, 240)
    return panel


def test_one_parameter_has_a_curve_with_the_way_on_it(qtbot: QtBot) -> None:
    session = parabola_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.refresh()
    assert panel.landscape is not None
    assert isinstance(panel.landscape.shape, LossCurve)
    x, y = panel.curve.getData()
    np.testing.assert_allclose(y, x**2)
    way, losses = panel.way.getData()
    assert way[0] == 10
    np.testing.assert_allclose(losses, way**2)


def test_two_parameters_have_a_surface(qtbot: QtBot) -> None:
    session = line_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.refresh()
    assert panel.landscape is not None
    assert isinstance(panel.landscape.shape, LossSurface)
    assert panel.image.isVisible()
    assert len(panel.way.getData()[0]) == 101


def test_the_ring_stands_at_the_shown_iteration(qtbot: QtBot) -> None:
    session = line_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.refresh()
    session.training.reopen(7)
    across, up = panel.way.getData()
    ring = panel.ring.getData()
    assert (ring[0][0], ring[1][0]) == (across[7], up[7])


def test_other_elements_can_be_chosen(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, iris_session())
    panel.across.setCurrentIndex(panel.across.findText("W[2, 3]"))
    panel.up.setCurrentIndex(panel.up.findText("b[1]"))
    panel.refresh()
    assert panel.landscape is not None
    assert isinstance(panel.landscape.shape, LossSurface)
    assert (panel.landscape.shape.across.label, panel.landscape.shape.up.label) == ("W[2, 3]", "b[1]")


def test_a_formula_without_a_parameter_has_a_hint(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, Session())
    panel.refresh()
    assert "parameter" in panel.plot.message


def test_settings_that_can_not_be_trained_are_said(qtbot: QtBot) -> None:
    session = Session(project=parabola_session().document.project)
    session.set_value("x", [1.0, 2.0])
    panel = panel_of(qtbot, session)
    panel.refresh()
    assert "scalar" in panel.status.whole


def test_a_new_formula_offers_its_own_elements(qtbot: QtBot) -> None:
    session = parabola_session()
    panel = panel_of(qtbot, session)
    session.set_formula("(u-1)^2 + v^2")
    assert [panel.across.itemText(i) for i in range(panel.across.count())][:2] == ["u", "v"]


def test_it_computes_by_itself_once_it_is_seen(qtbot: QtBot) -> None:
    runner = QtRunner()
    session = line_session(runner)
    session.document.apply(set_training(steps=5), "Set steps")
    panel = panel_of(qtbot, session)
    assert panel.landscape is None
    panel.show()
    qtbot.waitUntil(lambda: panel.landscape is not None, timeout=20_000)
    session.close()
    runner.close()


def test_bands_hold_as_many_points_each_and_the_highest_what_is_not_finite() -> None:
    found = bands(np.append(np.arange(1400.0), np.inf))
    assert np.bincount(found[:-1].astype(int)).tolist() == [100] * 14
    assert found[-1] == 13


def test_a_flat_loss_is_one_band() -> None:
    assert set(bands(np.ones((3, 3))).ravel()) == {0}


def test_the_tangent_has_the_slope_of_the_loss(qtbot: QtBot) -> None:
    session = parabola_session()
    session.set_value("x", 3.0)
    panel = panel_of(qtbot, session)
    panel.refresh()
    x, y = panel.tangent.getData()
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(6, rel=1e-2)
    assert "slope" in panel.status.whole


def test_a_click_starts_from_there(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    panel.show()
    panel.refresh()
    panel.plot.getPlotItem().getViewBox().updateAutoRange()
    place = panel.plot.mapFromScene(panel.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(-0.5, 0.25)))
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert float(session.values()["W"]) == pytest.approx(-0.5, abs=0.1)
    assert float(session.values()["b"]) == pytest.approx(0.25, abs=0.1)
    session.document.undo()
    assert float(session.values()["W"]) != pytest.approx(-0.5, abs=0.1)


def test_a_relief_is_turned_by_the_mouse(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    panel.show()
    panel.refresh()
    qtbot.keyClicks(panel.view, "3")
    assert panel.relief.isVisible()
    assert not panel.plot.isVisible()
    before = (panel.relief.turn, panel.relief.grab().toImage())
    QTest.mousePress(panel.relief, Qt.MouseButton.LeftButton, pos=QPoint(100, 60))
    QTest.mouseMove(panel.relief, QPoint(160, 80))
    QTest.mouseRelease(panel.relief, Qt.MouseButton.LeftButton, pos=QPoint(160, 80))
    assert panel.relief.turn != before[0]
    assert panel.relief.grab().toImage() != before[1]


@pytest.mark.parametrize("directions", list(Directions))
def test_a_plane_of_directions_holds_the_present_parameters(qtbot: QtBot, directions: Directions) -> None:
    session = iris_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.across.setCurrentIndex(panel.across.findText(directions.value))
    panel.refresh()
    found = panel.landscape
    assert found is not None
    assert found.plane is not None
    for name, value in found.plane.at(*found.way[-1]).items():
        np.testing.assert_allclose(value, session.values()[name], atol=1e-9)


def test_the_loss_of_a_batch_is_that_of_its_samples(qtbot: QtBot) -> None:
    session = line_session()
    session.document.apply(set_training(batch=4, steps=5), "x")
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.show()
    panel.up.setCurrentIndex(0)
    panel.batch.click()
    found = panel.landscape
    assert found is not None
    rows = session.training.samples_at(5)
    data, values = session.data(), session.values()
    residual = data["y"][rows] - float(values["W"]) * data["x"][rows] - float(values["b"])
    assert found.losses[-1] == pytest.approx(np.mean(residual**2))


def test_losses_between_two_points_lie_on_the_straight_line() -> None:
    fine = finer(np.array([[0.0, 4.0], [8.0, 20.0]]), 4)
    assert fine.shape == (5, 5)
    np.testing.assert_allclose(fine[0], [0, 1, 2, 3, 4])
    np.testing.assert_allclose(fine[:, 0], [0, 2, 4, 6, 8])
    assert fine[2, 2] == 8.0  # the mean of all four


def test_nothing_is_made_up_beside_a_loss_that_is_infinite() -> None:
    fine = finer(np.array([1.0, np.inf, 3.0]), 2)
    assert fine[0] == 1.0
    assert fine[4] == 3.0
    assert not np.isfinite(fine[1:4]).any()


def test_contours_lie_where_the_image_changes_its_shade(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    panel.refresh()
    shades = panel.image.image
    contour = panel.contours[0]
    contour.generatePath()
    for share in (0.2, 0.5, 0.8):
        place = contour.mapToParent(contour.path.pointAtPercent(share))
        x, y = int(place.x()), int(place.y())
        around = shades[max(x - 3, 0) : x + 4, max(y - 3, 0) : y + 4]
        assert around.min() < around.max()
