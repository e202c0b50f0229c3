"""The gradient check in the inspector: by real clicks, in a worker, never about an older run."""

from dataclasses import replace

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gradviz.core.examination import examine
from gradviz.core.gradcheck import Verdict
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.gradient_check import GradientCheck, gist
from gradviz.ui.panels.inspector import Inspector
from ui.canvas_session import session_of
from ui.held import HeldRunner


def opened(qtbot: QtBot, session: Session) -> Inspector:
    """An inspector whose gradient check was unfolded by a click, once it is done."""
    make_application()
    inspector = Inspector(session)
    qtbot.addWidget(inspector)
    inspector.resize(300, 700)
    inspector.show()
    QTest.mouseClick(inspector.sections["Gradient check"].bar, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not inspector.gradient_check.is_waiting, timeout=5000)
    return inspector


def cells(panel: GradientCheck) -> list[list[str]]:
    model = panel.model
    return [[model.data(model.index(r, c)) for c in range(model.columnCount())] for r in range(model.rowCount())]


def test_every_leaf_and_node_is_shown_with_its_numbers(qtbot: QtBot) -> None:
    inspector = opened(qtbot, session_of("(x^2)^2", x=2.0))
    assert [row[:3] for row in cells(inspector.gradient_check)] == [
        ["✓ x", "32", "32"],
        ["✓ L", "1", "1"],
        ["✓ v₁", "8", "8"],
    ]
    assert inspector.sections["Gradient check"].bar.gist.whole == "all 3 right"


def test_folded_section_works_nothing_out(qtbot: QtBot) -> None:
    make_application()
    inspector = Inspector(session_of("x^2", x=2.0))
    qtbot.addWidget(inspector)
    inspector.show()
    assert not inspector.gradient_check.is_waiting
    assert inspector.gradient_check.examination is None


def test_click_on_a_row_selects_its_node_and_tells_all_three_numbers(qtbot: QtBot) -> None:
    session = session_of("(x^2)^2", x=2.0)
    inspector = opened(qtbot, session)
    panel = inspector.gradient_check
    place = panel.table.visualRect(panel.model.index(2, 0)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.selection.node == 1
    assert panel.words.text() == "v₁: backward 8, numeric 8, symbolic 8: right"


def test_selected_node_is_marked(qtbot: QtBot) -> None:
    session = session_of("(x^2)^2", x=2.0)
    panel = opened(qtbot, session).gradient_check
    session.selection.select(session.graph.output)  # type: ignore[union-attr]
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [1]


def test_kink_is_told_with_its_convention(qtbot: QtBot) -> None:
    session = session_of("relu(x)", x=0.0)
    inspector = opened(qtbot, session)
    session.selection.select(session.graph.find("x"))  # type: ignore[union-attr]
    assert "The slope at 0 is taken as 0." in inspector.gradient_check.words.text()
    assert inspector.sections["Gradient check"].bar.gist.whole == "1 of 2 at a kink"
    qtbot.waitUntil(lambda: not inspector.is_waiting)
    row = inspector.row("gradient check")
    assert row is not None
    assert row.value.text() == "∧ at a kink"


def test_another_run_is_checked_anew(qtbot: QtBot) -> None:
    session = session_of("x^2", x=2.0)
    panel = opened(qtbot, session).gradient_check
    session.set_value("x", 5.0)
    qtbot.waitUntil(lambda: bool(cells(panel)) and cells(panel)[0][1] == "10", timeout=5000)


def test_answer_about_an_older_run_is_dropped(qtbot: QtBot) -> None:
    make_application()
    session = session_of("x^2", x=2.0)
    runner = HeldRunner()
    panel = GradientCheck(session, lambda _words: None)
    qtbot.addWidget(panel)
    panel.show()
    session.runner = runner  # type: ignore[assignment]
    qtbot.waitUntil(lambda: len(runner.held) == 1)
    job, finish = runner.held[0]
    session.debugger.retrace(record(session.graph, {"x": 5.0}))  # type: ignore[arg-type]
    assert job.token.is_cancelled
    finish()
    assert cells(panel) == []


def test_failed_run_has_nothing_to_check(qtbot: QtBot) -> None:
    panel = opened(qtbot, session_of("inverse(A)", A=[[1.0, 1.0], [1.0, 1.0]])).gradient_check
    assert panel.words.text() == "The run failed: nothing came back."


def test_gist_names_what_is_wrong() -> None:
    builder = GraphBuilder()
    wrong = replace(OPS["exp"], vjps=(lambda g, y, x: 2.0 * g * y,))
    found = examine(record(builder.graph(builder.apply(wrong, builder.leaf("x"))), {"x": 0.5}))
    assert found is not None
    assert gist(found) == "1 of 2 wrong"
    assert found.count(Verdict.WRONG) == 1


def test_op_exactly_at_its_kink_has_a_row_that_tells_the_convention(qtbot: QtBot) -> None:
    session = session_of("sum(relu(x))", x=[0.0, 1.0, 0.0])
    inspector = opened(qtbot, session)
    session.selection.select(session.graph.find("x"))  # type: ignore[union-attr]
    assert inspector.row("exactly at a kink") is None
    session.selection.select(1)  # type: ignore[arg-type]
    row = inspector.row("exactly at a kink")
    assert row is not None
    assert row.value.text() == "∧ 2 of 3"
    assert row.toolTip() == "relu is exactly at a kink in 2 of 3 elements. The slope at 0 is taken as 0."


def test_open_port_is_named_instead_of_a_check(qtbot: QtBot) -> None:
    session = session_of("x - ?", x=2.0)
    panel = opened(qtbot, session).gradient_check
    assert "open port" in panel.words.text()
    assert cells(panel) == []


def test_selecting_a_node_of_a_longer_formula_while_its_check_is_awaited_says_nothing_wrong(qtbot: QtBot) -> None:
    session = session_of("x^2", x=2.0)
    inspector = opened(qtbot, session)
    inspector.hide()  # what is folded away or hidden keeps the examination of the formula before
    session.new("tanh((x^2)^2 + 3 x)^2")
    graph = session.graph
    assert graph is not None
    session.selection.select(graph.output)
    assert "takes no gradient" not in inspector.gradient_check.words.text()
