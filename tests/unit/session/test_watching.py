"""Breakpoints and ready-made watches across iterations: the exact iteration, sample and step."""

from typing import Any

import pytest

from gradviz.core.trace import Phase
from gradviz.core.types import NodeId
from gradviz.project.commands import set_training, set_value
from gradviz.project.examples import load_example
from gradviz.project.project import project_from_formula
from gradviz.project.stop_commands import add_breakpoint, add_watch, set_advice
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.session import Session
from gradviz.session.training import TrainingState


def halving(**training: Any) -> Session:
    """x² from 8 at rate 0.25: x is 8, 4, 2, 1, … and the loss 64, 16, 4, 1, …"""
    project = set_value("x", 8)(project_from_formula("x^2"))
    return Session(project=set_training(**{"rate": 0.25, "steps": 20, **training})(project))


def with_breakpoint(session: Session, condition: str = "", node: int | None = None, **more: Any) -> Breakpoint:
    point = Breakpoint(None if node is None else NodeId(node), condition=condition, **more)
    session.document.apply(add_breakpoint(point), "Break")
    return point


def where(session: Session) -> tuple[int, int]:
    return session.iteration, session.debugger.position


def test_training_stops_at_the_iteration_and_the_step_at_which_a_condition_holds() -> None:
    session = halving()
    with_breakpoint(session, "loss < 2")
    session.training.start()
    assert session.training.state is TrainingState.PAUSED
    assert where(session) == (3, 2)  # x, then x²
    assert session.debugger.hit is not None
    assert session.debugger.hit.breakpoint == session.document.project.breakpoints[0]


def test_going_on_after_a_stop_stops_at_the_next_iteration_that_fulfils_it() -> None:
    session = halving()
    with_breakpoint(session, "loss < 2")
    session.training.start()
    session.training.start()
    assert session.iteration == 4


def test_breakpoint_on_a_node_stops_every_iteration() -> None:
    session = halving()
    with_breakpoint(session, node=1)
    session.training.start()
    assert where(session) == (0, 2)
    session.training.start()
    assert where(session) == (1, 2)


def test_first_hits_are_ignored() -> None:
    session = halving()
    with_breakpoint(session, node=1, ignore=5)
    session.training.start()
    assert session.iteration == 5


def test_condition_has_to_last() -> None:
    session = halving()
    point = with_breakpoint(session, "iteration > 3", lasts=4)
    session.training.start()
    assert session.iteration == 7
    assert session.watching.hits(point) == 4


def test_hits_are_counted_on_after_a_stop() -> None:
    session = halving()
    point = with_breakpoint(session, "iteration > 3")
    session.training.start()
    session.training.start()
    assert session.watching.hits(point) == 2


def test_disabled_breakpoint_and_one_that_cannot_be_read_stop_nothing() -> None:
    session = halving()
    with_breakpoint(session, "loss < 2", is_enabled=False)
    with_breakpoint(session, "los < 2")
    session.training.start()
    assert session.training.state is TrainingState.FINISHED


def test_previous_compares_iterations_while_training() -> None:
    session = halving(rate=1.5)  # x ← −2x: the loss grows fourfold
    with_breakpoint(session, "loss > 3 previous(loss) and iteration > 2")
    session.training.start()
    assert session.iteration == 3


def test_breakpoint_on_an_edge_sees_what_goes_back_along_it() -> None:
    session = halving()
    point = with_breakpoint(session, "abs(adjoint) < 3", 1, operand=0, phase=BreakPhase.BACKWARD)
    session.training.start()
    assert session.iteration == 3  # 2 x = 2
    assert session.debugger.phase is Phase.BACKWARD
    assert session.debugger.hit is not None
    assert "adjoint = 2" in session.debugger.hit.cause
    assert session.watching.hits(point) == 1


def test_continue_goes_on_into_the_iteration_of_the_next_hit() -> None:
    session = halving()
    with_breakpoint(session, "loss < 2")
    session.debugger.restart()
    session.debugger.continue_()  # to the end of iteration 0
    session.debugger.continue_()
    assert where(session) == (3, 2)


def test_continue_looks_through_iterations_that_were_trained_before() -> None:
    session = halving()
    session.training.start()
    with_breakpoint(session, "abs(loss - 1) < 1e-9")
    session.training.reopen(0)
    session.debugger.go(session.debugger.last_position)
    session.debugger.continue_()
    assert where(session) == (3, 2)


def test_reverse_continue_goes_back_to_the_iteration_of_the_last_hit() -> None:
    session = halving()
    session.training.start()
    with_breakpoint(session, "loss > 3")  # iterations 0, 1, 2
    session.debugger.restart()
    session.debugger.reverse_continue()
    assert where(session) == (2, 2)


def test_a_step_into_the_next_iteration_does_not_jump_to_its_breakpoint() -> None:
    session = halving()
    with_breakpoint(session, node=1)
    session.debugger.go(session.debugger.last_position)
    session.debugger.step()
    assert where(session) == (1, 1)


def test_stop_shows_the_sample_in_which_the_condition_holds() -> None:
    session = Session(project=load_example("softmax-iris"))
    with_breakpoint(session, "loss > 0 and isfinite(value) and x[0] > 7.8")
    session.training.start()
    assert session.training.state is TrainingState.PAUSED
    assert session.values()["x"][0] > 7.8


def test_watch_is_known_from_the_step_that_computes_it() -> None:
    session = halving()
    session.document.apply(add_watch("2 loss + x"), "Watch")
    session.debugger.go(1)
    assert session.watching.watched()[0].value is None
    session.debugger.go(2)
    assert session.watching.watched()[0].value == 136.0


def test_watch_of_the_iteration_before() -> None:
    session = halving()
    session.training.start()
    session.document.apply(add_watch("previous(loss)"), "Watch")
    session.training.reopen(2)
    assert session.watching.watched()[0].value == 16.0


def test_watch_that_cannot_be_read_says_why() -> None:
    session = halving()
    session.document.apply(add_watch("los"), "Watch")
    assert "did you mean `loss`" in str(session.watching.watched()[0].error)


def test_breakpoints_and_watches_are_undone() -> None:
    session = halving()
    with_breakpoint(session, "loss < 2")
    session.document.undo()
    session.training.start()
    assert session.training.state is TrainingState.FINISHED


def test_watch_whose_stop_is_on_stops_training_with_advice() -> None:
    session = Session(project=load_example("rate-too-large"))
    session.document.apply(set_advice("loss_rising", stops=True), "Stop")
    session.training.start()
    hit = session.debugger.hit
    assert hit is not None
    assert (hit.key, session.iteration) == ("loss_rising", 5)
    assert "smaller learning rate" in hit.advice


def test_watch_that_was_raised_does_not_stop_again() -> None:
    session = Session(project=load_example("rate-too-large"))
    session.document.apply(set_advice("loss_rising", stops=True), "Stop")
    session.training.start()
    session.training.start()
    assert session.training.state is TrainingState.FINISHED


def test_what_is_marked_while_training_can_be_opened() -> None:
    session = Session(project=load_example("rate-too-large"))
    session.training.start()
    remark = next(found for found in session.watching.remarks if found.key == "loss_rising")
    session.open_stop(remark)
    assert session.iteration == remark.iteration == 5
    assert session.debugger.hit == remark


@pytest.mark.parametrize("is_on", [True, False])
def test_thresholds_are_the_documents(is_on: bool) -> None:
    session = halving(steps=3)
    thresholds = {"ratio": 0.4, "iterations": 1}  # each update is half of x
    advice = set_advice("update_large", is_enabled=is_on, stops=True, thresholds=thresholds)
    session.document.apply(advice, "On")
    session.training.start()
    assert (session.training.state is TrainingState.PAUSED) is is_on


def test_loose_parts_of_the_graph_move_no_breakpoint() -> None:
    """A line that leads nowhere is run, but not trained: the nodes of the two graphs have other numbers."""
    project = project_from_formula("q^2\n(y - w x)^2")
    for name, value in (("q", 3), ("w", 1), ("x", 2), ("y", 10)):
        project = set_value(name, value)(project)
    session = Session(project=set_training(rate=0.01, steps=20)(project))
    graph = session.graph
    assert graph is not None
    session.document.apply(add_breakpoint(Breakpoint(graph.output, condition="value < 30")), "Break")
    session.training.start()
    hit, trace = session.debugger.hit, session.debugger.trace
    assert hit is not None
    assert trace is not None
    assert trace.steps[session.debugger.position - 1].node == graph.output
    assert float(trace.result) < 30
    assert session.iteration > 0
