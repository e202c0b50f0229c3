"""Conditions: what they can ask of a run, when they hold first, and where a bad value came from."""

import pytest

import gradviz
from gradviz.core.trace import StepKind, Trace
from gradviz.errors import FormulaError
from gradviz.session.conditions import condition, path_of


def traced(formula: str, **values: object) -> Trace:
    return gradviz.record(gradviz.parse(formula, **values))


def first_index(trace: Trace, text: str, iteration: int = 0) -> int | None:
    step = condition(text, trace.graph).first(trace, iteration)
    return None if step is None else step.index


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
    trace = traced("sqrt(x)", x=0.0)
    step = condition("inf", trace.graph).first(trace)
    assert step is not None
    assert step.kind is StepKind.CONTRIBUTE


def test_iteration_is_what_the_caller_says() -> None:
    trace = traced("x^2", x=1.0)
    assert first_index(trace, "iteration >= 3", iteration=2) is None
    assert first_index(trace, "iteration >= 3", iteration=3) == 0


def test_loss_of_all_samples_goes_before_the_output_of_one() -> None:
    trace = traced("x^2", x=1.0)
    wanted = condition("loss > 5", trace.graph)
    assert wanted.first(trace, loss=4.0) is None
    step = wanted.first(trace, loss=6.0)
    assert step is not None
    assert step.node == trace.graph.output


def test_leaf_called_loss_goes_before_the_word() -> None:
    assert first_index(traced("loss^2", loss=3.0), "loss == 3") == 0


@pytest.mark.parametrize("text", ["", "z > 3", "x >", "isnan(x", "x > 1 and", "__import__('os')"])
def test_condition_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        condition(text, gradviz.parse("x^2"))


def test_path_leads_from_the_cause_to_all_that_a_bad_value_reached() -> None:
    trace = traced("h = log(x); h + 2y", x=-1.0, y=1.0)
    step = condition("nan", trace.graph).first(trace)
    assert step is not None
    names = {trace.graph.find("x"), trace.graph.find("h"), trace.graph.output}
    assert set(path_of(trace, step)) == names


def test_path_in_the_backward_pass_follows_the_derivatives() -> None:
    trace = traced("sqrt(x^2)", x=0.0)  # 1/0 times 0 is NaN
    step = condition("nonfinite", trace.graph).first(trace)
    assert step is not None
    output, inner, leaf = trace.graph.output, 1, 0
    assert path_of(trace, step) == (output, inner, leaf)
