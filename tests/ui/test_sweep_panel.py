"""The sweep panel."""

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradviz.session.session import Session
from gradviz.ui.panels.sweep import SweepPanel
from ui.training_session import line_session, parabola_session


def panel_of(qtbot: QtBot, session: Session) -> SweepPanel:
    panel = SweepPanel(session)
    qtbot.addWidget(panel)
    panel.resize(900, 220)
    panel.show()
    return panel


def test_every_combination_is_run_and_the_best_stands_first(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, line_session())
    qtbot.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    assert panel.table.rowCount() == 6
    losses = [outcome.loss for outcome in panel.outcomes if not outcome.diverged]
    assert losses == sorted(losses)
    assert panel.table.item(0, 6).text() == "best"
    assert panel.status.text() == "6 of 6 runs"
    assert panel.run_button.text() == "Run"


def test_seeds_draw_starts_of_their_own(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, line_session())
    panel.rates.setText("0.01")
    panel.optimizers.setText("sgd")
    qtbot.keyClicks(panel.seeds, "1..3")
    qtbot.keyClick(panel.seeds, Qt.Key.Key_Return)
    assert len({outcome.loss for outcome in panel.outcomes}) == 3


def test_a_double_click_takes_the_settings(qtbot: QtBot) -> None:
    session = line_session()
    panel = panel_of(qtbot, session)
    panel.run()
    panel.table.cellDoubleClicked.emit(0, 0)
    best = panel.outcomes[0].settings if panel.outcomes else None
    training = session.document.project.training
    assert best is None or (training.rate, training.optimizer) == (best.rate, best.optimizer)


@pytest.mark.parametrize(
    ("rates", "rules", "seeds", "says"),
    [("a", "sgd", "", "numbers"), ("1", "adm", "", "did you mean adam"), ("1", "sgd", "x", "whole numbers")],
)
def test_what_is_senseless_is_said_in_place(qtbot: QtBot, rates: str, rules: str, seeds: str, says: str) -> None:
    panel = panel_of(qtbot, parabola_session())
    panel.rates.setText(rates)
    panel.optimizers.setText(rules)
    panel.seeds.setText(seeds)
    panel.run()
    assert says in panel.error.text()
    assert panel.table.rowCount() == 0


def test_another_formula_forgets_the_outcomes(qtbot: QtBot) -> None:
    session = parabola_session()
    panel = panel_of(qtbot, session)
    panel.run()
    session.set_formula("x^4")
    assert panel.table.rowCount() == 0
