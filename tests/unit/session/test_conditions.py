"""Conditions: what they can ask of a run, when they hold first, and where a bad value came from."""

import pytest

import gradviz
from gradviz.core.trace import Step, StepKind, Trace
from gradviz.errors import FormulaError
from gradviz.session.conditions import question
from gradviz.session.poison import path_of
from gradviz.session.scene import TraceScene, number, steps_where


def traced(formula: str, **values: object) -> Trace:
    return gradviz.record(gradviz.parse(formula, **values))


def first_index(
    trace: Trace, text: str, iteration: int = 0, loss: float | None = None, before: Trace | None = None
) -> int | None:
    earlier = TraceScene(before, iteration - 1) if before is not None else None
    scene = TraceScene(trace, iteration, loss, lambda: earlier)
    return next(steps_where(question(text, trace.graph), scene), None)


def first_step(trace: Trace, text: str) -> Step:
    index = first_index(trace, text)
    assert index is not None
    return trace.steps[index]


# (x²)² at 2: 0 x=2, 1 v1=4, 2 L=16, 3 seed 1, 4 back 8, 5 back 32
@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("x == 2", 0),
        ("v1 > 3", 1),
        ("loss > 15", 2),
        ("value > 3", 1),
        ("value > 4", 2),
        ("adjoint > 7", 4),
        ("abs(adjoint) > 8", 5),
        ("grad(x) == 32", 5),
        ("grad(v1) > 7", 4),
        ("number > 16", 5),
        ("x > 1 and v1 > 3", 1),
        ("x > 5 or loss > 15", 2),
        ("isfinite(loss)", 2),
        ("iteration == 0 and loss > 1", 2),
        ("loss > 16", None),
        ("not (loss > 16)", 2),
        ("(x > 5 or v1 > 3) and loss > 15", 2),
        ("any(value > 3)", 1),
        ("norm(grad(x)) > 31", 5),
        ("v₁ == 4", 1),
        ("nan", None),
        ("isnan(loss) or isinf(loss)", None),
    ],
)
def test_condition_holds_first_at_the_step_that_makes_it_true(text: str, index: int | None) -> None:
    assert first_index(traced("(x^2)^2", x=2.0), text) == index


def test_gradient_of_a_shared_node_is_asked_when_it_is_complete() -> None:
    trace = traced("x x", x=3.0)  # two contributions of 3
    assert first_index(trace, "grad(x) > 5") == trace.steps[-1].index
    assert first_index(trace, "grad(x) == 3") is None


def test_array_fulfils_a_condition_with_one_of_its_elements() -> None:
    assert first_index(traced("x^2", x=[1.0, 3.0]), "value > 8") == 1


def test_nan_is_found_where_it_arises() -> None:
    assert first_index(traced("1 + log(x)", x=-1.0), "nan") == 1


def test_infinite_derivative_is_found_in_the_backward_pass() -> None:
    assert first_step(traced("sqrt(x)", x=0.0), "inf").kind is StepKind.CONTRIBUTE


def test_iteration_is_what_the_caller_says() -> None:
    trace = traced("x^2", x=1.0)
    assert first_index(trace, "iteration >= 3", iteration=2) is None
    assert first_index(trace, "iteration >= 3", iteration=3) == 0


def test_loss_of_all_samples_goes_before_the_output_of_one() -> None:
    trace = traced("x^2", x=1.0)
    assert first_index(trace, "loss > 5", loss=4.0) is None
    assert first_index(trace, "loss > 5", loss=6.0) == 1


def test_leaf_called_loss_goes_before_the_word() -> None:
    assert first_index(traced("loss^2", loss=3.0), "loss == 3") == 0


@pytest.mark.parametrize("text", ["", "z > 3", "x >", "isnan(x", "x > 1 and", "__import__('os')"])
def test_condition_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        question(text, gradviz.parse("x^2"))


@pytest.mark.parametrize("text", ["?", "x > ?", "x > 1 and previous(?) > 2"])
def test_an_open_port_in_a_condition_is_pointed_at(text: str) -> None:
    graph = gradviz.parse("(x-3)^2", x=1)
    with pytest.raises(FormulaError, match=rf"open port at column {text.index('?') + 1}"):
        question(text, graph)


def test_path_leads_from_the_cause_to_all_that_a_bad_value_reached() -> None:
    trace = traced("h = log(x); h + 2y", x=-1.0, y=1.0)
    step = first_step(trace, "nan")
    names = {trace.graph.find("x"), trace.graph.find("h"), trace.graph.output}
    assert set(path_of(trace, step)) == names


def test_path_in_the_backward_pass_follows_the_derivatives() -> None:
    trace = traced("sqrt(x^2)", x=0.0)  # 1/0 times 0 is NaN
    step = first_step(trace, "nonfinite")
    output, inner, leaf = trace.graph.output, 1, 0
    assert path_of(trace, step) == (output, inner, leaf)


def test_previous_asks_the_iteration_before() -> None:
    before, now = traced("x^2", x=2.0), traced("x^2", x=3.0)  # loss 4, then 9
    assert first_index(now, "loss > 2 previous(loss)", 1, before=before) == 1
    assert first_index(now, "loss > 3 previous(loss)", 1, before=before) is None
    assert first_index(now, "previous(loss)^2 == 16", 1, before=before) == 0


def test_previous_of_a_step_is_the_same_step_one_iteration_earlier() -> None:
    before, now = traced("(x^2)^2", x=1.0), traced("(x^2)^2", x=2.0)  # 1 1 1, then 2 4 16
    assert first_index(now, "value > 3 previous(value)", 1, before=before) == 1


def test_there_is_nothing_before_the_first_iteration() -> None:
    assert first_index(traced("x^2", x=1.0), "loss > previous(loss)") is None


@pytest.mark.parametrize(
    ("text", "start", "stop"),
    [("x > 1 and los > 3", 10, 13), ("abs(abz(x)) > 1", 4, 7), ("grad(x+1) > 2", 5, 8), ("previous(zz) > 1", 9, 11)],
)
def test_fault_is_pointed_at_where_it_stands_in_the_whole_condition(text: str, start: int, stop: int) -> None:
    with pytest.raises(FormulaError) as caught:
        question(text, gradviz.parse("x^2"))
    assert caught.value.span is not None
    assert (caught.value.span.start, caught.value.span.stop) == (start, stop)


def test_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(FormulaError, match="did you mean `loss`"):
        question("los > 3", gradviz.parse("x^2"))


@pytest.mark.parametrize(("text", "value"), [("2 loss + x", 21.0), ("norm(grad(x))", 6.0), ("loss > 8", 1.0)])
def test_same_language_gives_the_number_of_a_watch(text: str, value: float) -> None:
    trace = traced("x^2", x=3.0)
    found = number(question(text, trace.graph), TraceScene(trace))
    assert found is not None
    assert float(found.value) == value
