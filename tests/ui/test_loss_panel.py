"""The loss plot, driven through the session and the mouse."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from gradviz.errors import DocumentError
from gradviz.project.commands import set_training
from gradviz.session.session import Session
from gradviz.ui.jobs import QtRunner
from gradviz.ui.panels.loss import LossPanel, duration
from ui.training_session import iris_session, line_session, parabola_session


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


def choose(qtbot: QtBot, panel: LossPanel, view: str) -> None:
    panel.view.setFocus()
    qtbot.keyClicks(panel.view, view)
    assert panel.view.currentText() == view


def test_the_validation_loss_is_a_curve_of_its_own(qtbot: QtBot) -> None:
    session = line_session()
    session.document.apply(set_training(validation=0.25), "x")
    panel = panel_of(qtbot, session)
    session.training.start()
    _, y = panel.validation.getData()
    assert y[-1] == pytest.approx(session.training.history.validation[-1])
    assert [name for _, name in panel.plot._legend_entries] == ["training", "validation"]


def test_the_parameters_are_drawn_by_name(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    choose(qtbot, panel, "Parameters")
    names = [name for _, name in panel.plot._legend_entries]
    ends = {name: curve.getData()[1][-1] for name, curve in zip(names, panel.parameters, strict=False)}
    assert ends == {name: pytest.approx(float(value)) for name, value in session.training.parameters.items()}


def test_the_accuracy_is_drawn_where_the_loss_classifies(qtbot: QtBot) -> None:
    session = iris_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    choose(qtbot, panel, "Accuracy")
    assert drawn(panel)[1][-1] == session.training.history.accuracy[-1]
    session = line_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    choose(qtbot, panel, "Accuracy")
    assert "classify" in panel.plot.message


def test_a_smoothed_loss_keeps_the_loss_itself_thin(qtbot: QtBot) -> None:
    session = line_session()
    session.document.apply(set_training(batch=2, steps=200), "x")
    panel = panel_of(qtbot, session)
    session.training.start()
    panel.smooth.click()
    assert np.std(np.diff(drawn(panel)[1])) < np.std(np.diff(panel.raw.getData()[1]))


def test_a_stopping_rule_is_told(qtbot: QtBot) -> None:
    session = parabola_session(100)
    session.document.apply(set_training(stop_loss=1.0), "x")
    panel = panel_of(qtbot, session)
    session.training.start()
    assert "stopped at iteration" in panel.status.whole


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (59.4, "59 s"), (125, "2 min 5 s"), (7265, "2 h 1 min")])
def test_durations_are_short(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize("suffix", [".png", ".svg", ".csv"])
def test_the_plot_can_be_taken_along(qtbot: QtBot, tmp_path: Path, suffix: str) -> None:
    session = parabola_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    path = tmp_path / f"plot{suffix}"
    panel.plot.save(path)
    content = path.read_bytes()
    if suffix == ".csv":
        assert content.decode().splitlines()[:2] == ["iteration,loss,gradient_norm", "0.0,100.0,20.0"]
    else:
        assert content.startswith(b"\x89PNG" if suffix == ".png" else b"<?xml")


def test_an_unknown_ending_of_a_file_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    panel = panel_of(qtbot, parabola_session())
    with pytest.raises(DocumentError, match="no format of a plot"):
        panel.plot.save(tmp_path / "plot.xyz")


def test_a_kept_run_stays_beside_the_next(qtbot: QtBot) -> None:
    session = parabola_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    panel.keeper.keep()
    before = session.training.losses
    session.document.apply(set_training(rate=0.2), "x")
    session.training.start()
    assert panel.kept_curves[0].getData()[1].tolist() == before.tolist()
    assert drawn(panel)[1][-1] != before[-1]
    assert [name for _, name in panel.plot._legend_entries] == ["loss", "sgd, ε 0.1"]
    panel.keeper.forget()
    assert panel.plot._legend_entries == []


def test_results_are_taken_along(qtbot: QtBot, tmp_path: Path) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    with pytest.raises(DocumentError, match="nothing has been trained"):
        panel.keeper.save_history(tmp_path / "h.csv")
    session.training.start()
    panel.keeper.save_history(tmp_path / "h.csv")
    assert len((tmp_path / "h.csv").read_text().splitlines()) == 102
    panel.keeper.save_parameters(tmp_path / "p.npz")
    assert float(np.load(tmp_path / "p.npz")["W"]) == float(session.training.parameters["W"])
    with pytest.raises(DocumentError, match="can't be written"):
        panel.keeper.save_parameters(tmp_path / "no folder" / "p.npz")


def test_the_menu_of_runs_names_what_is_kept(qtbot: QtBot) -> None:
    session = parabola_session()
    panel = panel_of(qtbot, session)
    session.training.start()
    panel.keeper.keep()
    panel.keeper.keep()
    panel.keeper.fill_menu()
    texts = [action.text() for action in panel.keeper.menu().actions()]
    assert any("sgd, ε 0.1 (2)" in text for text in texts)
