"""The loss plot, driven through the session and the mouse."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from gradviz.project.commands import set_training
from gradviz.session.session import Session
from gradviz.ui.jobs import QtRunner
from gradviz.ui.panels.loss import LossPanel
from ui.training_session import line_session, parabola_session


def panel_of(qtbot: QtBot, session: Session) -> LossPanel:
    panel = LossPanel(session)
    qtbot.addWidget(panel)
    panel.resize(600, 240)
    panel.show()
    return panel


def drawn(panel: LossPanel) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    x, y = panel.curve.getData()
    return (np.array([]), np.array([])) if x is None else (x, y)


def test_an_untrained_document_has_a_hint_in_place_of_a_curve(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, line_session())
    assert "Train" in panel.plot.message
    assert not panel.marker.isVisible()


def test_training_draws_the_loss_of_every_iteration(qtbot: QtBot) -> None:
    session = parabola_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    x, y = drawn(panel)
    assert x.tolist() == list(range(11))
    assert y[0] == 100
    assert panel.plot.message == ""


def test_a_logarithmic_axis_draws_logarithms(qtbot: QtBot) -> None:
    session = parabola_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.logarithmic.click()
    assert drawn(panel)[1][0] == pytest.approx(2)


def test_the_gradient_norm_is_drawn_on_wish(qtbot: QtBot) -> None:
    session = parabola_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    assert not panel.norms.isVisible()
    panel.with_norm.click()
    assert panel.norms.getData()[1][0] == 20


def test_the_shown_iteration_is_marked(qtbot: QtBot) -> None:
    session = parabola_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    session.training.reopen(4)
    assert panel.marker.isVisible()
    assert panel.marker.value() == 4
    assert "iteration 4 is shown" in panel.status.whole


def test_a_click_reopens_the_iteration_under_it(qtbot: QtBot) -> None:
    session = parabola_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.grab()
    box = panel.plot.getPlotItem().getViewBox()
    place = panel.plot.mapFromScene(box.mapViewToScene(QPointF(3.2, 50)))
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.iteration == 3


def test_the_pointer_tells_the_loss_of_the_nearest_iteration(qtbot: QtBot) -> None:
    session = parabola_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    panel.plot.hovered.emit(0.4, 10.0)
    assert panel.label.toPlainText() == "iteration 0: loss 100"
    panel.plot.left.emit()
    assert not panel.label.isVisible()


def test_a_diverged_run_says_where(qtbot: QtBot) -> None:
    session = parabola_session(steps=100)
    session.document.apply(set_training(rate=1e100), "Set rate")
    panel = panel_of(qtbot, session)
    session.training.start()
    assert "iteration 2" in panel.status.whole


def test_the_curve_goes_away_when_training_is_reset(qtbot: QtBot) -> None:
    session = parabola_session()
    session.training.start()
    panel = panel_of(qtbot, session)
    session.set_value("x", 3.0)
    assert len(drawn(panel)[0]) == 0
    assert "Train" in panel.plot.message


def test_the_curve_grows_while_a_worker_trains(qtbot: QtBot) -> None:
    runner = QtRunner()
    session = line_session(runner)
    session.document.apply(set_training(steps=3_000), "Set steps")
    panel = panel_of(qtbot, session)
    session.training.start()
    qtbot.waitUntil(lambda: not session.training.is_running, timeout=20_000)
    assert drawn(panel)[0][-1] == 3_000
    session.close()
    runner.close()
