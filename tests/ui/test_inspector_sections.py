"""The inspector's sections: edges, figures, elements, formula, course, what can be taken away."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Edge, Graph
from gradviz.core.types import NodeId
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.formula_section import FormulaView
from gradviz.ui.panels.inspector import Inspector
from gradviz.ui.panels.take_away import save
from ui.canvas_session import session_of
from ui.held import HeldRunner
from ui.training_session import line_session, parabola_session


def shown(qtbot: QtBot, session: Session, width: int = 300) -> Inspector:
    make_application()
    made = Inspector(session)
    qtbot.addWidget(made)
    made.resize(width, 900)
    made.show()
    return made


def graph_of(session: Session) -> Graph:
    assert session.graph is not None
    return session.graph


def text_of(inspector: Inspector, name: str) -> str:
    row = inspector.row(name)
    return row.value.text() if row is not None else ""


def edges_from(session: Session, name: str) -> list[Edge]:
    graph = graph_of(session)
    return [edge for edge in graph.edges() if edge.source == graph.find(name)]


def test_an_edge_shows_what_it_carries_forward_and_back(qtbot: QtBot) -> None:
    session = session_of("x^2 + 3x", x=2.0)
    inspector = shown(qtbot, session)
    session.selection.select_edge(next(e for e in edges_from(session, "x") if len(graph_of(session)) > e.target == 1))
    assert inspector.heading.whole == "EDGE x → v₁"
    assert (text_of(inspector, "value"), text_of(inspector, "contribution")) == ("2", "4")
    assert (text_of(inspector, "local"), text_of(inspector, "upstream")) == ("4", "1")
    assert text_of(inspector, "of ∂L/∂x") == "57.1 % of 7"


def test_an_edge_into_a_product_with_itself_says_which_operand(qtbot: QtBot) -> None:
    session = session_of("x*x", x=5.0)
    inspector = shown(qtbot, session)
    session.selection.select_edge(edges_from(session, "x")[1])
    assert inspector.heading.whole.endswith("operand 2")
    assert text_of(inspector, "contribution") == "5"


def test_figures_count_zeros_and_what_is_not_finite(qtbot: QtBot) -> None:
    session = session_of("sum(log(x))", x=[0.0, 1.0, -1.0, np.e])
    inspector = shown(qtbot, session)
    log = edges_from(session, "x")[0].target
    session.selection.select(log)
    qtbot.mouseClick(inspector.sections["Statistics"].bar, Qt.MouseButton.LeftButton)
    figures = inspector.figures
    assert (figures.text("−∞"), figures.text("NaN"), figures.text("zeros"), figures.text("max")) == ("1", "1", "1", "1")


def test_a_large_array_is_shown_at_once(qtbot: QtBot) -> None:
    session = session_of("sum(x)", x=np.ones((4, 4)))
    inspector = shown(qtbot, session)
    session.selection.select(NodeId(0))
    session.set_value("x", np.arange(1e6).reshape(1000, 1000))
    qtbot.waitUntil(lambda: inspector.elements.table.cells.rowCount() == 1000)
    cells = inspector.elements.table.cells
    assert cells.data(cells.index(999, 999)) == "1e6"
    assert cells.data(cells.index(999, 999), Qt.ItemDataRole.ToolTipRole) == "999999.0"
    assert inspector.elements.map.grid.shape == (64, 64)


def test_a_lone_nan_is_seen_in_the_heat_map_of_a_large_array(qtbot: QtBot) -> None:
    value = np.zeros((500, 300))
    value[333, 77] = np.nan
    session = session_of("sum(x)", x=value)
    inspector = shown(qtbot, session)
    session.selection.select(NodeId(0))
    assert int(np.count_nonzero(np.isnan(inspector.elements.map.grid))) == 1


def test_the_adjoint_is_shown_instead_of_the_value_when_it_is_chosen(qtbot: QtBot) -> None:
    session = session_of("sum(x^2)", x=[1.0, 2.0, 3.0])
    inspector = shown(qtbot, session)
    session.selection.select(graph_of(session).find("x"))
    buttons = [b for b in inspector.elements.choice.children() if getattr(b, "text", str)() == "adjoint"]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    cells = inspector.elements.table.cells
    assert [cells.data(cells.index(i, 0)) for i in range(3)] == ["2", "4", "6"]


def test_a_section_folds_by_key_and_by_click(qtbot: QtBot) -> None:
    inspector = shown(qtbot, session_of("sum(x)", x=[1.0, 2.0]))
    section = inspector.sections["Formula"]
    assert not section.content.isVisible()
    qtbot.mouseClick(section.bar, Qt.MouseButton.LeftButton)
    assert section.content.isVisible()
    qtbot.keyClick(section.bar, Qt.Key.Key_Space)
    assert not section.content.isVisible()


def test_formula_and_derivative_of_a_node_are_set(qtbot: QtBot) -> None:
    session = session_of("(a x + 1)^2", a=3.0, x=2.0)
    inspector = shown(qtbot, session)
    inspector.sections["Formula"].set_open(True)
    qtbot.waitUntil(lambda: len(inspector.formula.lines.equations) == 2, timeout=5000)
    first, second = (line.plain for line in inspector.formula.lines.equations)
    assert first == "L = (a·x + 1)²"
    assert second == "∂L/∂v₂ = 2v₂ = 14"


def test_lines_of_a_node_that_was_left_again_do_not_arrive(qtbot: QtBot) -> None:
    session = session_of("h = x^2\nh + 1", x=3.0)
    graph, trace, runner = graph_of(session), session.debugger.trace, HeldRunner()
    make_application()
    view = FormulaView(session)
    qtbot.addWidget(view)
    view.show()
    session.runner = runner

    def ask(node: NodeId) -> None:
        view.show_subject(trace, node)
        qtbot.waitUntil(lambda: not view.is_waiting)

    ask(graph.find("h"))
    runner.let_go()
    shown = view.lines.equations
    ask(graph.output)
    ask(graph.find("h"))
    runner.let_go()
    assert shown
    assert view.lines.equations == shown


def test_the_course_over_the_iterations_is_that_of_the_descent(qtbot: QtBot) -> None:
    session = parabola_session(steps=10)
    inspector = shown(qtbot, session)
    session.selection.select(graph_of(session).find("x"))
    inspector.sections["Over the iterations"].set_open(True)
    assert inspector.course.course is None
    session.training.start()
    qtbot.waitUntil(lambda: inspector.course.course is not None, timeout=5000)
    found = inspector.course.course
    assert found is not None
    rate = session.document.project.training.rate
    np.testing.assert_allclose(found.values, [10.0 * (1 - 2 * rate) ** k for k in range(11)], rtol=1e-12)
    np.testing.assert_allclose(found.derivatives, 2 * found.values, rtol=1e-12)


def test_the_course_is_of_the_shown_sample(qtbot: QtBot) -> None:
    session = line_session()
    inspector = shown(qtbot, session)
    session.selection.select(graph_of(session).find("x"))
    inspector.sections["Over the iterations"].set_open(True)
    session.training.single()
    session.show_sample(3)
    qtbot.waitUntil(
        lambda: (
            inspector.course.course is not None
            and inspector.course.course.values[0] == float(session.data()["x"][3])
            and not inspector.is_waiting
        ),
        timeout=5000,
    )


def entries(menu: QMenu) -> dict[str, Callable[[], None]]:
    found = {}
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            found |= {f"{action.text()}: {name}": do for name, do in entries(inner).items()}
        elif action.text():
            found[action.text()] = action.trigger
    return found


def test_numbers_and_formula_go_to_the_clipboard(qtbot: QtBot) -> None:
    session = session_of("sum(tanh(W x))", W=[[1.0, 2.0], [0.5, -1.0]], x=[0.1, 0.2])
    inspector = shown(qtbot, session)
    session.selection.select(graph_of(session).find("W"))
    inspector.menu.aboutToShow.emit()
    offered = entries(inspector.menu)
    clipboard = QGuiApplication.clipboard()
    offered["Value: Copy as NumPy"]()
    assert clipboard.text() == "np.array([[1.0, 2.0],\n          [0.5, -1.0]])"
    offered["Value: Copy as LaTeX"]()
    assert clipboard.text() == r"\begin{bmatrix}1 & 2 \\ 0.5 & -1\end{bmatrix}"
    offered["Adjoint: Copy as text"]()
    trace = session.debugger.trace
    assert trace is not None
    rows = [[float(x) for x in line.split("\t")] for line in clipboard.text().splitlines()]
    np.testing.assert_array_equal(rows, trace.adjoint("W"))
    session.selection.select(edges_from(session, "x")[0].target)
    inspector.menu.aboutToShow.emit()
    entries(inspector.menu)["Copy the formula"]()
    assert clipboard.text() == "W x" or clipboard.text() == "W @ x"


@pytest.mark.parametrize("suffix", [".npy", ".csv"])
def test_a_saved_array_is_read_back(tmp_path: Path, suffix: str) -> None:
    value = np.random.default_rng(1).standard_normal((3, 2))
    said: list[str] = []
    save(tmp_path / "value", value, suffix, said.append)
    path = tmp_path / f"value{suffix}"
    found = np.load(path) if suffix == ".npy" else np.loadtxt(path, delimiter=",")
    np.testing.assert_array_equal(found, value)
    assert said == [f"Saved value{suffix}."]


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    save(tmp_path / "nowhere" / "value.npy", np.zeros(2), ".npy", said.append)
    assert "could not be written" in said[0]


def test_what_is_pinned_stays_pinned_while_others_are_selected(qtbot: QtBot) -> None:
    session = session_of("(x^2)^2", x=2.0)
    inspector = shown(qtbot, session)
    session.selection.select(NodeId(1))
    qtbot.mouseClick(inspector.pin, Qt.MouseButton.LeftButton)
    assert session.pins.subjects == (NodeId(1),)
    session.selection.select(NodeId(0))
    assert not inspector.pin.isChecked()
    session.selection.select(NodeId(1))
    assert inspector.pin.isChecked()
    qtbot.mouseClick(inspector.pin, Qt.MouseButton.LeftButton)
    assert session.pins.subjects == ()


def test_pins_follow_their_nodes_through_an_edit() -> None:
    session = session_of("a x + b", a=1.0, x=2.0, b=3.0)
    product = edges_from(session, "x")[0]
    session.pins.toggle(product.target)
    session.pins.toggle(product)
    session.set_formula("b - (a x)^2")
    graph = graph_of(session)
    node, edge = session.pins.subjects
    assert isinstance(edge, Edge)
    assert graph.nodes[edge.source] == graph.nodes[graph.find("x")]
    assert node == edge.target
    session.set_formula("b")
    assert session.pins.subjects == ()
