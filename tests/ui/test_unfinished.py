"""An unfinished graph in the whole window: nothing breaks, whatever is selected, stepped or shown."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Hole
from ui.windows import at_rest, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FORMULAS = (
    pytest.param("?", marks=pytest.mark.slow),
    "(y - ?)^2",
    pytest.param("tanh(?)\nW @ [1, 2, 3]\nx^2", marks=pytest.mark.slow),
    pytest.param("W\nsq(?)\n?", marks=pytest.mark.slow),
    "neuron(w, x, b) = tanh(w x + b)\nneuron(?, x, c)\nneuron(a, neuron(a, x, c), 1)^2",
    pytest.param("x\ny", marks=pytest.mark.slow),
    pytest.param("softmax(?)[2]\nlog(z)\nh = tanh(x)\nh h", marks=pytest.mark.slow),
)


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_node_and_every_step_of_an_unfinished_graph_can_be_looked_at(
    qtbot: QtBot, tmp_path: Path, formula: str
) -> None:
    with shown_window(qtbot, tmp_path, formula) as window:
        session = window.session
        graph = session.graph
        assert graph is not None
        for dock in window.findChildren(QDockWidget):
            dock.show()
        for node in graph.node_ids():
            session.selection.select(node)
            at_rest(qtbot, window)
        for edge in graph.edges():
            session.selection.select_edge(edge)
            at_rest(qtbot, window)
        for _ in range(len(graph) * 3):
            session.debugger.step_into()
        session.debugger.restart()
        session.debugger.continue_()
        at_rest(qtbot, window)
        is_finished = session.debugger.trace is not None and session.debugger.trace.is_complete
        session.training.single()
        qtbot.waitUntil(lambda: not session.training.is_running and not window.runner.is_busy)
        assert (session.training.failure is None) == (is_finished and bool(graph.leaves()))
        assert any(isinstance(found, Hole) for found in graph.nodes) == ("?" in formula)
