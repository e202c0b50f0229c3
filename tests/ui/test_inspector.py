"""Inspector, explanation and chain rule: what is said about a node and a step."""

import numpy as np
import pytest

pytest.importorskip("PySide6")

from pytestqt.qtbot import QtBot

from gradviz.core.gradcheck import check_node
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.chain_rule import ChainRule
from gradviz.ui.panels.explanation import ExplanationPanel
from gradviz.ui.panels.facts import adjoints_at, facts
from gradviz.ui.panels.inspector import Inspector
from gradviz.ui.panels.watches import Watches
from ui.canvas_session import session_of


def inspector_of(qtbot: QtBot, session: Session) -> Inspector:
    make_application()
    made = Inspector(session)
    qtbot.addWidget(made)
    made.resize(300, 400)
    made.show()
    return made


def text_of(inspector: Inspector, name: str) -> str:
    row = inspector.row(name)
    return row.value.text() if row is not None else ""


def test_value_adjoint_and_local_derivative_of_the_selected_node(qtbot: QtBot) -> None:
    session = session_of("(x^2)^2", x=2.0)
    inspector = inspector_of(qtbot, session)
    session.selection.select(session.graph.find("x"))  # type: ignore[union-attr]
    assert (text_of(inspector, "value"), text_of(inspector, "adjoint")) == ("2", "32")
    session.selection.select(session.graph.output)  # type: ignore[union-attr]
    assert text_of(inspector, "local") == "8"  # 2·4


def test_what_has_not_happened_is_not_shown(qtbot: QtBot) -> None:
    session = session_of("x^2", x=3.0)
    inspector = inspector_of(qtbot, session)
    session.debugger.go(2)
    assert (text_of(inspector, "value"), text_of(inspector, "adjoint")) == ("9", "not yet")


def test_the_contributions_to_a_value_used_twice_are_shown_as_a_sum(qtbot: QtBot) -> None:
    session = session_of("x^2 + 3x", x=2.0)
    inspector = inspector_of(qtbot, session)
    session.selection.select(session.graph.find("x"))  # type: ignore[union-attr]
    assert sorted(text_of(inspector, "contributions").split(" + ")) == ["3", "4"]
    assert text_of(inspector, "adjoint") == "7"


def test_the_gradient_check_passes(qtbot: QtBot) -> None:
    inspector = inspector_of(qtbot, session_of("tanh(x)", x=0.5))
    qtbot.waitUntil(lambda: text_of(inspector, "gradient check").startswith("✓"), timeout=5000)


def test_an_inner_node_is_checked_with_the_rest_of_the_graph() -> None:
    session = session_of("exp(a x)", a=1.0, x=2.0)
    trace = session.debugger.trace
    assert trace is not None
    inner = next(node for node in trace.graph.node_ids() if node not in (0, 1, trace.graph.output))
    check = check_node(trace, inner)
    assert check is not None
    assert check.has_passed
    assert float(check.backward) == pytest.approx(np.exp(2.0))  # d/dv exp(v)


def test_the_table_shows_the_elements_of_an_array(qtbot: QtBot) -> None:
    session = session_of("sum(W)", W=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    inspector = inspector_of(qtbot, session)
    session.selection.select(session.graph.find("W"))  # type: ignore[union-attr]
    cells = inspector.elements.table.cells
    assert inspector.elements.table.isVisible()
    assert (cells.rowCount(), cells.columnCount()) == (2, 3)
    assert cells.data(cells.index(1, 2)) == "6"
    assert text_of(inspector, "shape") == "(2, 3)"


def test_adjoints_on_their_way_are_partial_sums() -> None:
    session = session_of("x^2 + 3x", x=2.0)
    trace = session.debugger.trace
    assert trace is not None
    x = trace.graph.find("x")
    growing = [float(adjoints_at(trace, position).get(x, np.float64(0.0))) for position in range(len(trace.steps) + 1)]
    assert growing[0] == 0.0
    assert growing[-1] == 7.0
    assert {3.0, 4.0} & set(growing)


def test_facts_agree_with_the_trace_at_its_end() -> None:
    session = session_of("sin(x) y", x=1.0, y=2.0)
    trace = session.debugger.trace
    assert trace is not None
    for node in trace.graph.node_ids():
        found = facts(trace, node, len(trace.steps))
        assert found.value == trace.values[node]
        assert found.adjoint == trace.adjoints[node]


def test_the_explanation_follows_the_debugger(qtbot: QtBot) -> None:
    make_application()
    session = session_of("(x^2)^2", x=2.0)
    panel = ExplanationPanel(session)
    qtbot.addWidget(panel)
    assert any(line.plain.endswith("32") for line in panel.equations.equations)  # ∂L/∂x in the overview
    session.debugger.restart()
    assert "Nothing has happened" in panel.sentence.text()
    for _ in range(6):
        session.debugger.step_into()
    assert panel.card.property("look") == "current"
    assert panel.equations.equations[-1].plain.endswith("32")


def test_a_failed_run_is_explained_in_red(qtbot: QtBot) -> None:
    make_application()
    session = session_of("W x", W=[[1.0, 2.0]], x=[1.0, 2.0, 3.0])
    panel = ExplanationPanel(session)
    qtbot.addWidget(panel)
    session.debugger.continue_()
    assert panel.card.property("look") == "failed"
    assert "(1, 2)" in panel.sentence.text()


def test_the_chain_rule_shows_factors_numbers_and_closed_form(qtbot: QtBot) -> None:
    make_application()
    session = session_of("(x^2)^2", x=2.0)
    panel = ChainRule(session)
    qtbot.addWidget(panel)
    shown = [line.plain for line in panel.lines.equations]
    assert shown[0] == "∂L/∂x = sq′ · sq′"
    assert shown[-1].endswith("32")
    assert "4x³" in panel.closed.equations[0].plain
    panel.more.click()
    assert len(panel.lines.equations) > len(shown)


def test_a_watched_expression_is_computed_at_each_step(qtbot: QtBot) -> None:
    make_application()
    session = session_of("h = x^2\nh + 1", x=3.0)
    panel = Watches(session)
    qtbot.addWidget(panel)
    panel.watch("2 h")
    assert "18" in _texts(panel)
    session.debugger.restart()
    assert "18" not in _texts(panel)


def test_the_box_switches_the_stop_at_nan(qtbot: QtBot) -> None:
    make_application()
    session = session_of("x / x", x=0.0)
    panel = Watches(session)
    qtbot.addWidget(panel)
    from PySide6.QtWidgets import QCheckBox

    panel.findChild(QCheckBox, "breakIfNonFinite").click()  # type: ignore[union-attr]
    assert not session.document.project.stops_at_non_finite


def _texts(panel: Watches) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in panel.findChildren(QLabel)]
