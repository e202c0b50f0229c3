"""What lies between the recorded run and the eye: what-if, sum of samples, comparison."""

import numpy as np
import pytest

from gradviz.core.types import NodeId
from gradviz.errors import GraphError
from gradviz.project.project import project_from_formula
from gradviz.session.neighbours import run_at_iteration, run_of_sample
from gradviz.session.session import Session
from ui.training_session import line_session, parabola_session


def square(x: float = 2.0) -> Session:
    session = Session(project=project_from_formula("(x^2)^2"))
    session.set_value("x", x)
    return session


def number(x: float) -> np.ndarray:
    return np.asarray(x)


def test_a_lens_without_anything_shows_the_recorded_run() -> None:
    session = square()
    assert session.lens.is_plain
    assert session.lens.trace is session.debugger.trace


def test_a_what_if_shows_what_follows_and_leaves_run_and_document_alone() -> None:
    session = square()
    before, project = session.debugger.trace, session.document.project
    session.lens.what_if.set_value(NodeId(1), number(5.0))
    assert session.lens.trace is not None
    assert float(session.lens.trace.result) == 25.0
    assert session.debugger.trace is before
    assert session.document.project is project
    comparison = session.lens.comparison
    assert comparison is not None
    assert float(np.asarray(comparison.loss.difference)) == 9.0


def test_discarding_a_what_if_brings_the_run_back() -> None:
    session = square()
    session.lens.what_if.set_value(NodeId(1), number(5.0))
    session.lens.what_if.discard()
    assert session.lens.is_plain


def test_a_what_if_stays_while_values_change() -> None:
    session = square()
    session.lens.what_if.set_adjoint(NodeId(1), number(1.0))
    session.set_value("x", 3.0)
    assert session.lens.trace is not None
    assert float(session.lens.trace.adjoint("x")) == 6.0


def test_a_what_if_is_forgotten_with_its_formula() -> None:
    session = square()
    session.lens.what_if.set_value(NodeId(1), number(5.0))
    session.set_formula("x + 1")
    assert not session.lens.what_if.is_active
    assert session.lens.trace is session.debugger.trace


def test_a_refused_change_leaves_the_others() -> None:
    session = square()
    session.lens.what_if.set_value(NodeId(1), number(5.0))
    with pytest.raises(GraphError):
        session.lens.what_if.set_value(NodeId(0), np.array([1.0, 2.0]))
    assert list(session.lens.what_if.changes) == [NodeId(1)]


def test_only_leaf_values_can_be_kept() -> None:
    session = square()
    session.lens.what_if.set_value(NodeId(1), number(5.0))
    session.lens.what_if.set_value(NodeId(0), number(3.0))
    assert {name: float(v) for name, v in session.lens.what_if.leaf_values().items()} == {"x": 3.0}


def test_the_sum_of_the_samples_is_shown_and_is_the_loss_times_their_number() -> None:
    session = line_session()
    session.lens.samples.show_sum(True)
    total = session.lens.trace
    assert total is not None
    losses = [
        float(run_of_sample(total.graph, session.values(), session.data(), i).result)
        for i in range(session.sample_count)
    ]
    np.testing.assert_allclose(total.result, sum(losses), rtol=1e-12)
    session.lens.samples.show_sum(False)
    assert session.lens.trace is session.debugger.trace


def test_the_sum_follows_the_training() -> None:
    session = line_session()
    session.lens.samples.show_sum(True)
    before = session.lens.trace
    session.training.single()
    after = session.lens.trace
    assert before is not None
    assert after is not None
    assert float(after.result) < float(before.result)


def test_the_sample_with_the_largest_loss_is_found_and_shown() -> None:
    session = line_session()
    session.lens.samples.show_worst()
    worst = session.sample
    trace = session.debugger.trace
    assert trace is not None
    for other in range(session.sample_count):
        run = run_of_sample(trace.graph, session.values(), session.data(), other)
        assert float(run.result) <= float(trace.result)
    session.lens.samples.show_steepest()
    survey = session.lens.samples.survey
    assert survey is not None
    assert survey.worst == worst
    assert session.sample == survey.steepest


def test_without_data_there_is_no_sum() -> None:
    session = square()
    session.lens.samples.show_sum(True)
    assert session.lens.samples.total is None
    assert session.lens.trace is session.debugger.trace


def test_a_kept_run_is_compared_with_the_shown_one() -> None:
    session = square()
    assert session.debugger.trace is not None
    session.lens.comparing.keep("first", session.debugger.trace)
    session.lens.comparing.compare_with(session.lens.comparing.kept[0])
    session.set_value("x", 3.0)
    comparison = session.lens.comparison
    assert comparison is not None
    assert float(np.asarray(comparison.loss.difference)) == 81.0 - 16.0
    session.set_formula("x + 1")
    assert session.lens.comparison is None


def test_the_run_of_an_iteration_is_had_again_exactly() -> None:
    session = parabola_session(steps=5)
    session.training.start()
    graph = session.graph
    assert graph is not None
    run = run_at_iteration(graph, session.recipe(), session.values(), 3)
    session.training.reopen(3)
    shown = session.debugger.trace
    assert run is not None
    assert shown is not None
    assert float(run.result) == float(shown.result)


def test_switching_the_flow_on_is_told() -> None:
    session = square()
    told: list[bool] = []
    session.lens.changed.connect(lambda: told.append(session.lens.shows_flow))
    session.lens.show_flow(True)
    session.lens.show_flow(True)
    session.lens.show_flow(False)
    assert told == [True, False]


def test_choosing_a_sample_ends_the_sum() -> None:
    session = line_session()
    session.lens.samples.show_sum(True)
    session.show_sample(2)
    assert session.lens.is_plain
    assert session.sample == 2


def test_another_document_is_looked_at_plainly() -> None:
    session = square()
    assert session.debugger.trace is not None
    session.lens.what_if.set_value(NodeId(1), number(5.0))
    session.lens.comparing.keep("first", session.debugger.trace)
    session.lens.comparing.compare_with(session.lens.comparing.kept[0])
    session.open_example("least-squares")
    assert session.lens.is_plain
    assert session.lens.comparing.kept == ()
