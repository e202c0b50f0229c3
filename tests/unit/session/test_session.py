"""The session shows one run: this graph, this iteration, this sample."""

from pathlib import Path

import pytest

from gradviz.core.trace import StepKind
from gradviz.core.types import NodeId
from gradviz.data import builtin
from gradviz.errors import DocumentError, GradvizError
from gradviz.project import commands
from gradviz.project.project import project_from_formula
from gradviz.session.runner import ThreadRunner
from gradviz.session.session import Session
from gradviz.session.training import TrainingState


@pytest.fixture
def square(tmp_path: Path) -> Session:
    """(x²)² at 2 with the rate 0.1."""
    return Session(project=project_from_formula("(x^2)^2"), recovery_directory=tmp_path)


@pytest.fixture
def line(tmp_path: Path) -> Session:
    """Least squares over 40 points."""
    session = Session(project=project_from_formula("(y-(Wx+b))^2"), recovery_directory=tmp_path)
    bound = commands.bind_table(builtin.load("line"), data_set="line")
    session.document.apply(bound, "Bind data")
    session.document.apply(commands.set_values({"W": 0, "b": 0}), "Start at zero")
    return session


def test_new_session_has_nothing_to_show() -> None:
    session = Session()
    assert (session.graph, session.debugger.trace, session.values()) == (None, None, {})


def test_formula_is_traced_at_once(square: Session) -> None:
    assert square.debugger.trace is not None
    assert square.debugger.trace.gradients == {"x": 32}


def test_value_is_traced_at_once_and_keeps_the_position(square: Session) -> None:
    square.debugger.go(3)
    square.set_value("x", 3)
    assert square.debugger.position == 3
    assert square.debugger.trace is not None
    assert square.debugger.trace.gradients == {"x": 108}


def test_listeners_find_the_new_trace_when_the_document_changed(square: Session) -> None:
    seen: list[object] = []
    square.document.changed.connect(lambda flags: seen.append((square.graph, square.debugger.trace.graph)))  # type: ignore[union-attr]
    square.set_formula("x^3")
    assert seen[0][0] is seen[0][1]  # type: ignore[index]


def test_undo_is_traced_too(square: Session) -> None:
    square.set_value("x", 3)
    square.document.undo()
    assert square.debugger.trace is not None
    assert square.debugger.trace.gradients == {"x": 32}


def test_trace_ends_with_the_update_of_each_parameter(square: Session) -> None:
    trace = square.debugger.trace
    assert trace is not None
    assert trace.steps[-1].kind is StepKind.UPDATE
    assert float(trace.updates["x"]) == pytest.approx(2 - 0.1 * 32)


def test_constants_are_not_updated() -> None:
    session = Session(project=project_from_formula("(y-(Wx+b))^2"))
    trace = session.debugger.trace
    assert trace is not None
    assert {name: float(value) for name, value in trace.updates.items()} == pytest.approx({"W": -1.6, "b": -0.2})


def test_formula_without_parameters_has_no_update_and_no_next_run() -> None:
    session = Session()
    session.new("1 + 2")
    session.debugger.continue_()
    session.debugger.step()
    assert session.debugger.position == session.debugger.last_position
    assert session.iteration == 0


def test_update_with_data_uses_the_gradient_of_all_samples(line: Session) -> None:
    data = line.data()
    x, y = data["x"], data["y"]
    trace = line.debugger.trace
    assert trace is not None
    assert float(trace.updates["W"]) == pytest.approx(0.1 * 2 * (x * y).mean())
    assert float(trace.updates["b"]) == pytest.approx(0.1 * 2 * y.mean())


def test_step_past_the_update_begins_the_next_iteration(square: Session) -> None:
    square.debugger.go(7)
    square.debugger.step()
    assert (square.iteration, square.debugger.position) == (1, 1)
    assert float(square.values()["x"]) == pytest.approx(-1.2)


def test_step_back_before_the_start_returns_to_the_previous_iteration(square: Session) -> None:
    square.debugger.go(7)
    square.debugger.step()
    square.debugger.step_back()
    square.debugger.step_back()
    assert (square.iteration, square.debugger.position) == (0, 6)
    assert float(square.values()["x"]) == 2


@pytest.mark.parametrize("count", [1, 7, 8, 30])
def test_steps_forth_and_back_through_iterations_lead_home(square: Session, count: int) -> None:
    square.debugger.restart()
    for _ in range(count):
        square.debugger.step()
    for _ in range(count):
        square.debugger.step_back()
    assert (square.iteration, square.debugger.position, float(square.values()["x"])) == (0, 0, 2)


def test_steps_go_through_iterations_with_data(line: Session) -> None:
    line.debugger.continue_()
    line.debugger.continue_()
    line.debugger.step_out()
    assert line.iteration == 2
    line.debugger.reverse_continue()
    line.debugger.reverse_continue()
    assert (line.iteration, line.debugger.position) == (1, 0)


def test_continue_stops_where_the_run_is_no_longer_finite() -> None:
    session = Session(project=project_from_formula("x = 1e200; x^2"))
    session.debugger.continue_()
    assert session.debugger.hit is not None
    assert session.debugger.hit.cause.startswith("the value of L is ∞")


def test_step_into_divergence_shows_the_run_that_is_not_finite() -> None:
    session = Session(project=project_from_formula("x = 10; x^2"))
    session.document.apply(commands.set_training(rate=1e200), "Set rate")
    reported: list[GradvizError] = []
    session.reported.connect(reported.append)
    session.debugger.go(session.debugger.last_position)
    session.debugger.continue_()
    assert session.iteration == 1
    assert session.debugger.hit is not None
    assert session.debugger.hit.cause.startswith("the value of L is ∞")
    assert [error.message for error in reported] == ["iteration 1: the loss is not finite; try a smaller learning rate"]


def test_another_sample_is_another_run(line: Session) -> None:
    line.show_sample(7)
    table = builtin.load("line")
    assert float(line.values()["x"]) == table.columns["x"][7]
    assert float(line.debugger.trace.value("y")) == table.columns["y"][7]  # type: ignore[union-attr]


def test_sample_beyond_the_data_is_the_last(line: Session) -> None:
    line.show_sample(10**6)
    assert line.sample == line.sample_count - 1 == 39


def test_taking_the_data_away_shows_the_documents_values(line: Session) -> None:
    line.show_sample(7)
    line.document.apply(commands.bind_table(None), "Unbind")
    assert (line.sample, line.sample_count) == (0, 0)


def test_changing_one_parameter_keeps_what_the_others_have_learnt(line: Session) -> None:
    line.training.start()
    learnt = float(line.values()["b"])
    line.set_value("W", 5)
    assert float(line.values()["b"]) == learnt
    assert float(line.values()["W"]) == 5
    assert line.training.state is TrainingState.IDLE


def test_trained_parameters_can_be_kept_and_undone(line: Session) -> None:
    line.training.start()
    learnt = float(line.training.parameters["W"])
    line.adopt_parameters()
    assert float(line.document.project.values["W"]) == learnt
    line.document.undo()
    assert float(line.document.project.values["W"]) == 0


def test_selection_follows_its_node_through_an_edit(square: Session) -> None:
    square.selection.select(NodeId(1))
    square.set_formula("1 + (x^2)^2")
    assert square.graph is not None
    node = square.graph.nodes[square.selection.nodes[0]]
    assert node.op.name == "sq"  # type: ignore[union-attr]


def test_breakpoints_of_the_document_stop_the_debugger(square: Session) -> None:
    square.document.apply(commands.toggle_breakpoint(NodeId(1)), "Toggle breakpoint")
    square.debugger.continue_()
    assert square.debugger.position == 2


def test_half_typed_formula_keeps_the_picture(square: Session) -> None:
    trace = square.debugger.trace
    square.set_formula("(x^2)^")
    assert square.debugger.trace is trace
    assert square.document.project.error is not None


def test_typing_is_undone_in_one_go(square: Session) -> None:
    for text in ("(x^2)^", "(x^2)^3", "(x^2)^3+1"):
        square.set_formula(text)
    square.document.undo()
    assert square.document.project.formula == "(x^2)^2"


def test_position_comes_back_with_the_document(square: Session, tmp_path: Path) -> None:
    square.debugger.go(4)
    square.save(tmp_path / "a.gradviz")
    other = Session()
    other.open(tmp_path / "a.gradviz")
    assert other.debugger.position == 4
    assert not other.document.is_modified


def test_bad_file_changes_nothing(square: Session, tmp_path: Path) -> None:
    (tmp_path / "bad.gradviz").write_text("no")
    trace = square.debugger.trace
    with pytest.raises(DocumentError):
        square.open(tmp_path / "bad.gradviz")
    assert square.debugger.trace is trace


def test_opening_another_document_shows_all_of_it(square: Session) -> None:
    square.debugger.go(3)
    square.open_example("circuit")
    assert square.debugger.is_overview
    assert square.debugger.trace is not None
    assert {k: float(v) for k, v in square.debugger.trace.gradients.items()} == {"x": -4, "y": -4, "z": 3}


def test_large_run_is_recorded_beside_the_window() -> None:
    runner = ThreadRunner()
    session = Session(runner)
    session.new("+".join(f"sin(x + {i})" for i in range(200)))
    assert session.debugger.trace is None
    assert runner.wait()
    assert session.debugger.trace is not None
    session.close()
    runner.close()


def test_restored_work_is_unsaved_and_no_longer_lost(tmp_path: Path) -> None:
    lost = Session(project=project_from_formula("x^2"), recovery_directory=tmp_path)
    lost.set_value("x", 9)
    lost.protect()
    lost.recovery._lock.release()  # type: ignore[union-attr]  # what the system does when a process is killed
    session = Session(recovery_directory=tmp_path)
    session.restore(session.recovery.lost()[0])
    assert float(session.values()["x"]) == 9
    assert session.document.is_modified
    assert session.recovery.lost() == ()
    session.close()
    assert list(tmp_path.iterdir()) == []
