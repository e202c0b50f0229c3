"""The lecture's models on paper, beside back-propagation and beside other solvers."""

import numpy as np
import pytest

from gradviz.core.types import Array
from gradviz.data.binding import bind_columns
from gradviz.data.builtin import load
from gradviz.lang.lower import read
from gradviz.train.closed_form import ModelKind, find_model
from gradviz.train.descent import Run, descend
from gradviz.train.on_paper import on_paper

RNG = np.random.default_rng(5)
IRIS = bind_columns(load("iris"), {"x": ("sepal_length..petal_width",), "y": ("species",)})


def run_of(formula: str, data: dict[str, Array], steps: int = 3, **more: object) -> Run:
    graph = read(formula, ("W", "x", "b", "y")).graph
    return descend(graph, data=data, rate=0.01, steps=steps, **more)  # type: ignore[arg-type]  # settings by name


SCALAR = {"x": RNG.normal(size=30), "y": RNG.normal(size=30)}
VECTOR = {"x": RNG.normal(size=(30, 4)), "y": RNG.normal(size=30)}
MATRIX = {"x": RNG.normal(size=(30, 4)), "y": RNG.normal(size=(30, 3))}


@pytest.mark.parametrize("reduce", ["mean", "sum"])
@pytest.mark.parametrize(
    ("formula", "data"),
    [
        ("(y - (W x + b))^2", SCALAR),
        ("((W x + b) - y)^2", VECTOR),
        ("sum((y - (W x + b))^2)", MATRIX),
        ("(y - W x)^2", VECTOR),
        ("-log(softmax(W x + b))[y]", IRIS),
        ("-log(softmax(W x + b)[y])", IRIS),
        ("-log_softmax(W x + b)[y]", IRIS),
        ("cross_entropy(W x + b, y)", IRIS),
    ],
)
def test_the_gradient_on_paper_is_the_back_propagated_one_to_rounding(
    formula: str, data: dict[str, Array], reduce: str
) -> None:
    found = on_paper(run_of(formula, data, reduce=reduce))
    assert found is not None
    assert set(found.paper) == set(found.backward)
    assert max(found.differences.values()) < 1e-12


def test_descent_ends_where_the_normal_equations_do() -> None:
    found = on_paper(run_of("(y - (W x + b))^2", VECTOR, steps=3000))
    assert found is not None
    assert found.solution is not None
    design = np.hstack([VECTOR["x"], np.ones((30, 1))])
    theta = np.linalg.solve(design.T @ design, design.T @ VECTOR["y"])
    np.testing.assert_allclose(found.solution.parameters["W"], theta[:4], rtol=1e-10)
    assert found.solution.condition == pytest.approx(np.linalg.cond(design))
    assert found.distance < 1e-9


def test_a_matrix_of_weights_is_solved_too() -> None:
    found = on_paper(run_of("sum((y - (W x + b))^2)", MATRIX, steps=3000))
    assert found is not None
    assert found.distance < 1e-9


def test_inputs_that_do_not_determine_the_minimum_are_told() -> None:
    x = RNG.normal(size=(20, 1))
    found = on_paper(run_of("(y - (W x + b))^2", {"x": np.hstack([x, 2 * x]), "y": RNG.normal(size=20)}))
    assert found is not None
    assert found.solution is not None
    assert not found.solution.is_unique


@pytest.mark.parametrize("formula", ["(y - tanh(W x + b))^2", "(y - (W x + b))^4", "-log(sigmoid(W x + b))", "W x"])
def test_other_formulas_are_neither(formula: str) -> None:
    assert find_model(read(formula, ("W", "x", "b", "y")).graph, {"x", "y"}) is None


def test_the_formulas_are_those_of_the_lecture() -> None:
    model = find_model(read("(y - (W x + b))^2", ("W", "x", "b", "y")).graph, {"x", "y"})
    assert model is not None
    assert model.kind is ModelKind.LEAST_SQUARES
    assert model.formulas == {"W": "2((Wxᵢ + b) − yᵢ) xᵢ", "b": "2((Wxᵢ + b) − yᵢ)"}
