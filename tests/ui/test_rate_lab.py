"""The learning-rate lab."""

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gradviz.session.session import Session
from gradviz.ui.panels.rate_lab import RateLabPanel, read_rates
from ui.training_session import line_session, parabola_session


def lab_of(qtbot: QtBot, session: Session) -> RateLabPanel:
    lab = RateLabPanel(session)
    qtbot.addWidget(lab)
    lab.show()
    return lab


def test_the_published_rates_are_judged_side_by_side(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, parabola_session())
    lab.run_button.click()
    assert lab.comparison is not None
    assert [run.verdict for run in lab.comparison.runs] == ["too small", "good", "too large"]
    words = [label.text() for label in lab.findChildren(QLabel)]
    assert all(any(word.startswith(verdict) for word in words) for verdict in ("too small:", "good:", "too large:"))
    assert "2/λmax = 1" in lab.limit.text()


def test_each_rate_has_a_curve(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, parabola_session())
    lab.run_button.click()
    assert [curve.getData()[0] is not None and len(curve.getData()[0]) for curve in lab._curves[:3]] == [11, 11, 11]


def test_the_slider_and_the_limit_stand_above_the_rates_however_many_they_are(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, parabola_session())
    before = lab.slider.y()
    lab.run_button.click()
    first = lab.findChildren(QPushButton, "use")[0]
    qtbot.waitUntil(lambda: 0 < lab.limit.mapTo(lab, QPoint()).y() < first.mapTo(lab, QPoint()).y())
    assert lab.slider.y() == before


def test_a_rate_can_be_taken_for_training(qtbot: QtBot) -> None:
    session = parabola_session()
    lab = lab_of(qtbot, session)
    lab.run_button.click()
    lab.findChildren(QPushButton, "use")[1].click()
    assert session.document.project.training.rate == 0.2


def test_suggested_rates_lie_around_the_limit(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, line_session())
    lab.suggest_button.click()
    assert lab.comparison is not None
    assert lab.comparison.limit is not None
    rates = [run.rate for run in lab.comparison.runs]
    assert rates[0] < rates[1] < lab.comparison.limit < rates[2]
    assert lab.comparison.runs[2].verdict == "too large"


def test_what_is_no_rate_is_refused_in_place(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, parabola_session())
    lab.field.setText("0.1, fast")
    lab.run_button.click()
    assert lab.error.isVisible()
    assert "numbers separated by commas" in lab.error.text()
    assert lab.run_button.isEnabled()


def test_a_document_without_a_formula_says_so(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, Session())
    lab.run_button.click()
    assert lab.error.isVisible()


def test_a_changed_document_takes_the_old_comparison_away(qtbot: QtBot) -> None:
    session = parabola_session()
    lab = lab_of(qtbot, session)
    lab.run_button.click()
    session.set_value("x", 3.0)
    assert lab.comparison is None
    assert "Compare" in lab.plot.message


@pytest.mark.parametrize(("text", "rates"), [(".05, .2,1.1", [0.05, 0.2, 1.1]), ("1e-3 −2", [0.001, -2])])
def test_rates_are_read_as_people_type_them(text: str, rates: list[float]) -> None:
    assert read_rates(text) == rates


@pytest.mark.parametrize("text", ["", "a", "1_000", ", ".join(["1"] * 51)])
def test_other_texts_are_no_rates(text: str) -> None:
    with pytest.raises(ValueError, match="rates"):
        read_rates(text)


def test_every_rate_has_a_way_of_its_own_on_the_loss(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, parabola_session())
    lab.run_button.click()
    qtbot.keyClicks(lab.view, "Paths")
    assert lab.paths.isVisible()
    assert lab.paths.paths is not None
    assert [path.way[-1, 0] for path in lab.paths.paths.paths] == pytest.approx(
        [3.486784, 0.060466, 61.917364], rel=1e-5
    )
    tiles = lab.paths.tiles()
    assert len(tiles) == 3
    assert not any(a.intersects(b) for a in tiles for b in tiles if a is not b)


def test_the_range_test_finds_where_the_loss_falls_fastest(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, line_session())
    qtbot.keyClicks(lab.view, "R")
    assert lab.tested is not None
    assert lab.tested.suggested is not None
    assert lab.suggested.isVisible()
    assert 1e-3 < lab.tested.suggested < 0.6  # below the limit of this loss, 2/λmax ≈ 0.65


def test_the_limit_stands_on_the_slider_and_moving_it_sets_the_rate(qtbot: QtBot) -> None:
    session = parabola_session()
    lab = lab_of(qtbot, session)
    lab.run_button.click()
    assert lab.slider.limit == pytest.approx(1)
    place = QPoint(round(lab.slider.x_of(0.5)), 13)
    qtbot.mouseClick(lab.slider, Qt.MouseButton.LeftButton, pos=place)
    assert session.document.project.training.rate == pytest.approx(0.5, rel=0.1)
    assert lab.comparison is not None  # the comparison has rates of its own


def test_any_number_of_rates_is_drawn(qtbot: QtBot) -> None:
    lab = lab_of(qtbot, parabola_session())
    lab.field.setText(", ".join(str(0.02 * k) for k in range(1, 31)))
    lab.compare()
    assert sum(curve.getData()[0] is not None and len(curve.getData()[0]) > 1 for curve in lab._curves) == 30
