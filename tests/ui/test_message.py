"""The message of a step: it travels along the edge of the step, in the right direction, unless motion is off."""

import pytest
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.project.project import project_from_formula
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.canvas.message import Messenger, edges_of
from gradviz.ui.canvas.view import GraphView


@pytest.fixture
def view(qtbot: QtBot) -> GraphView:
    make_application()
    found = GraphView(Session(project=project_from_formula("(x^2)^2")))
    qtbot.addWidget(found)
    found.show()
    found.messenger.set_speed("usual")
    return found


def messenger_of(view: GraphView) -> Messenger:
    return view.messenger


def test_message_of_a_contribution_goes_back_along_its_edge(view: GraphView, qtbot: QtBot) -> None:
    debugger = view.session.debugger
    debugger.go(4)  # x, v1, L, seed
    debugger.step_into()
    messenger = messenger_of(view)
    assert messenger.is_travelling
    messenger.message.move_to(0.1)
    early = messenger.message.places()[0].x()
    messenger.message.move_to(0.9)
    assert messenger.message.places()[0].x() < early
    qtbot.waitUntil(lambda: not messenger.is_travelling, timeout=3000)
    assert messenger.message.scene() is None


def test_value_goes_forward(view: GraphView) -> None:
    view.session.debugger.go(1)
    view.session.debugger.step()
    message = messenger_of(view).message
    message.move_to(0.1)
    early = message.places()[0].x()
    message.move_to(0.9)
    assert message.places()[0].x() > early


def test_nothing_travels_backwards_in_time_or_when_motion_is_off(view: GraphView) -> None:
    debugger, messenger = view.session.debugger, messenger_of(view)
    debugger.go(5)
    debugger.step_back()
    assert not messenger.is_travelling
    messenger.set_speed("off")
    debugger.step()
    assert not messenger.is_travelling


def test_slow_message_takes_longer(view: GraphView) -> None:
    messenger = messenger_of(view)
    view.session.debugger.go(1)
    messenger.set_speed("slow")
    view.session.debugger.step()
    slow = messenger._journey.duration()
    messenger.set_speed("usual")
    view.session.debugger.step()
    assert slow > 2 * messenger._journey.duration()


def test_less_motion_is_heeded(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setenv("GRADVIZ_REDUCED_MOTION", "1")
    make_application()
    view = GraphView(Session(project=project_from_formula("x^2")))
    qtbot.addWidget(view)
    view.session.debugger.go(1)
    view.session.debugger.step()
    assert not view.messenger.is_travelling


def test_edges_of_each_kind_of_step() -> None:
    session = Session(project=project_from_formula("x y"))
    trace = session.debugger.trace
    assert trace is not None
    output = trace.graph.output
    both = [Edge(NodeId(0), output, 0), Edge(NodeId(1), output, 1)]
    assert [edges_of(step, trace.graph) for step in trace.steps[:6]] == [[], [], both, [None], [both[0]], [both[1]]]
