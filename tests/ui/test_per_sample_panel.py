"""The gradients of the samples beside their sum: real clicks, real data, in a worker."""

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.per_sample import PerSample


def shown(qtbot: QtBot, session: Session) -> PerSample:
    make_application()
    panel = PerSample(session)
    qtbot.addWidget(panel)
    panel.resize(500, 300)
    panel.show()
    qtbot.waitUntil(lambda: not panel.is_waiting, timeout=10_000)
    return panel


def least_squares() -> Session:
    session = Session()
    session.open_example("least-squares")
    return session


def test_sum_and_batch_stand_above_the_samples_and_agree(qtbot: QtBot) -> None:
    panel = shown(qtbot, least_squares())
    totals = [[panel.totals_model.text(row, column) for column in range(5)] for row in range(2)]
    assert [row[0] for row in totals] == ["Σ", "batch"]
    assert totals[0][1:] == totals[1][1:]
    assert panel.verdict.whole.startswith("✓ Σ of 40 gradients = gradient of Σ")


def test_samples_come_with_the_longest_gradient_first(qtbot: QtBot) -> None:
    panel = shown(qtbot, least_squares())
    assert panel.found is not None
    norms = panel.found.norms[panel.model.order]
    assert all(norms[:-1] >= norms[1:])


def test_click_on_a_head_sorts_by_it_and_once_more_the_other_way_round(qtbot: QtBot) -> None:
    panel = shown(qtbot, least_squares())
    heads = panel.totals.horizontalHeader()
    place = QPoint(heads.sectionViewportPosition(0) + 5, heads.height() // 2)
    QTest.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.model.order.tolist() == list(range(40))
    QTest.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.model.order.tolist() == list(range(39, -1, -1))


def test_click_on_a_row_shows_that_sample(qtbot: QtBot) -> None:
    session = least_squares()
    panel = shown(qtbot, session)
    panel.view.scrollToTop()
    place = panel.view.visualRect(panel.model.index(1, 1)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.sample == int(panel.model.order[1])


def test_other_parameters_are_gone_through_anew(qtbot: QtBot) -> None:
    session = least_squares()
    panel = shown(qtbot, session)
    before = panel.totals_model.text(0, 1)
    session.set_value("W", 5.0)
    qtbot.waitUntil(lambda: panel.totals_model.text(0, 1) != before, timeout=10_000)


def test_leaf_of_many_numbers_has_the_length_of_its_gradient(qtbot: QtBot) -> None:
    session = Session()
    session.open_example("softmax-digits")
    panel = shown(qtbot, session)
    assert [column.head for column in panel.model.columns] == ["sample", "loss", "|g|", "|∂/∂W|", "|∂/∂b|"]


def test_without_data_there_is_a_hint(qtbot: QtBot) -> None:
    session = Session()
    session.new("x^2")
    panel = shown(qtbot, session)
    assert panel.hint.isVisible()
    assert panel.hint.text() == "Load data to see the gradient of each sample"
    assert not panel.view.isVisible()
