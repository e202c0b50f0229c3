"""Advice in the window, and the remedies that a click takes."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gradviz.data.builtin import load
from gradviz.data.tables import Table
from gradviz.project.commands import bind_table, set_training
from gradviz.project.project import project_from_formula
from gradviz.session.session import Session
from gradviz.ui.panels.advice_bar import AdviceBar
from gradviz.ui.panels.on_paper import OnPaperPanel
from ui.training_session import iris_session, line_session, parabola_session


def bar_of(qtbot: QtBot, session: Session) -> AdviceBar:
    bar = AdviceBar(session)
    qtbot.addWidget(bar)
    bar.show()
    bar._show()
    return bar


def take(qtbot: QtBot, bar: AdviceBar, remedy: str) -> None:
    qtbot.mouseClick(bar.findChild(QPushButton, f"remedy {remedy}"), Qt.MouseButton.LeftButton)


def test_badly_scaled_data_are_standardised_by_a_click(qtbot: QtBot) -> None:
    session = Session(project=project_from_formula("(y-(Wx+b))^2"))
    bindings = {"x": ("age..glu",), "y": ("progression",)}
    session.document.apply(bind_table(load("diabetes"), bindings, data_set="diabetes"), "x")
    bar = bar_of(qtbot, session)
    assert "badly scaled" in bar.text.text()
    take(qtbot, bar, "standardise")
    assert bar.advice is None
    np.testing.assert_allclose(session.data()["x"].std(axis=0), 1)


def test_a_diverged_run_offers_a_rate(qtbot: QtBot) -> None:
    session = parabola_session(5000)
    session.document.apply(set_training(rate=1.5), "x")
    bar = bar_of(qtbot, session)
    session.training.start()
    assert "Diverged" in bar.text.text()
    take(qtbot, bar, "rate")
    assert session.document.project.training.rate == 0.5


def test_a_loss_that_is_an_array_is_summed_by_a_click(qtbot: QtBot) -> None:
    session = Session(project=project_from_formula("v = [1, 2]; w = [3, 4]\n(v - w)^2"))
    bar = bar_of(qtbot, session)
    session.training.start()
    assert "not a number" in bar.text.text()
    take(qtbot, bar, "sum")
    assert session.document.project.formula.endswith("sum((v - w)^2)")
    session.training.start()
    assert session.training.iteration > 0


def test_classes_from_one_are_counted_from_zero_by_a_click(qtbot: QtBot) -> None:
    session = Session(project=project_from_formula("-log(softmax(Wx+b))[y]"))
    table = Table("t", {"a": np.array([1.0, 2.0, 5.0]), "k": np.array([1.0, 2.0, 4.0])})
    session.document.apply(bind_table(table, {"x": ("a",), "y": ("k",)}), "x")
    bar = bar_of(qtbot, session)
    take(qtbot, bar, "recode")
    assert session.data()["y"].tolist() == [0, 1, 2]
    assert session.document.project.table is not None
    assert session.document.project.table.labels["k"] == ("1", "2", "4")


def test_advice_that_is_dismissed_stays_away(qtbot: QtBot) -> None:
    session = parabola_session(5000)
    session.document.apply(set_training(rate=1.5), "x")
    bar = bar_of(qtbot, session)
    session.training.start()
    bar._dismiss()
    assert not bar.isVisible()


@pytest.mark.parametrize("session", [line_session, iris_session])
def test_the_gradient_on_paper_is_the_back_propagated_one(qtbot: QtBot, session: object) -> None:
    made = session()  # type: ignore[operator]  # one of two functions
    panel = OnPaperPanel(made)
    qtbot.addWidget(panel)
    panel.show()
    made.training.start()
    assert panel.found is not None
    assert max(panel.found.differences.values()) < 1e-12
