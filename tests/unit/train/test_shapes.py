"""Shapes of parameters, found from all other shapes."""

import pytest

from gradviz.core.types import Shape
from gradviz.errors import GraphError, TrainingError
from gradviz.lang.lower import read
from gradviz.train.shapes import infer_shapes
from unit.train.formulas import LEAST_SQUARES, LIKELIHOOD, SCORES, graph_of


@pytest.mark.parametrize(
    ("x", "y", "weights", "offset"), [((), (), (), ()), ((4,), (), (4,), ()), ((1,), (), (1,), ())]
)
def test_weights_of_a_number_are_as_long_as_the_input(x: Shape, y: Shape, weights: Shape, offset: Shape) -> None:
    assert infer_shapes(LEAST_SQUARES, {"x": x, "y": y}) == {"W": weights, "b": offset}


def test_several_targets_make_the_weights_a_matrix() -> None:
    graph = graph_of(("sum", ("sq", ("sub", "y", SCORES))))
    assert infer_shapes(graph, {"x": (4,), "y": (3,)}) == {"W": (3, 4), "b": (3,)}


@pytest.mark.parametrize("inputs", [2, 3, 4])
def test_the_number_of_classes_is_the_number_of_scores(inputs: int) -> None:
    assert infer_shapes(LIKELIHOOD, {"x": (inputs,), "y": ()}, {"y": 3}) == {"W": (3, inputs), "b": (3,)}


def test_cross_entropy_has_a_score_for_each_class_too() -> None:
    graph = graph_of(("cross_entropy", SCORES, "y"))
    assert infer_shapes(graph, {"x": (3,), "y": ()}, {"y": 3}) == {"W": (3, 3), "b": (3,)}


def test_a_single_input_may_still_have_several_scores() -> None:
    assert infer_shapes(LIKELIHOOD, {"x": (), "y": ()}, {"y": 3}) == {"W": (3,), "b": (3,)}


def test_a_given_offset_says_how_many_scores_there_are() -> None:
    assert infer_shapes(LIKELIHOOD, {"x": (4,), "y": (), "b": (5,)}) == {"W": (5, 4)}


def test_a_product_by_element_prefers_equal_shapes_to_broadcasting() -> None:
    assert infer_shapes(graph_of(("sum", ("mul", "w", "x"))), {"x": (4,)}) == {"w": (4,)}


def test_numbers_in_the_formula_are_no_broadcasts() -> None:
    graph = graph_of(("add", ("sq", ("sub", "y", ("matmul", "w", "x"))), ("mul", 0.1, ("sum", ("sq", "w")))))
    assert infer_shapes(graph, {"x": (4,), "y": ()}) == {"w": (4,)}


def test_a_formula_without_data_starts_from_scalars() -> None:
    assert infer_shapes(graph_of(("sq", ("sq", "x"))), {}) == {"x": ()}


def test_a_system_of_equations_says_how_many_unknowns_it_has() -> None:
    graph = graph_of(("sum", ("sq", ("sub", ("matmul", "A", "x"), "c"))))
    assert infer_shapes(graph, {"A": (3, 2), "c": (3,)}) == {"x": (2,)}


HIDDEN = ("tanh", ("add", ("matmul", "W1", "x"), "b1"))
NETWORK = graph_of(("sq", ("sub", "y", ("add", ("matmul", "W2", HIDDEN), "b2"))))


def test_a_hidden_layer_of_unknown_size_is_not_guessed() -> None:
    with pytest.raises(TrainingError, match=r"W2 could be a scalar or \(4,\): give it a value, such as W2=\[0.1, "):
        infer_shapes(NETWORK, {"x": (4,), "y": ()})


def test_one_given_value_settles_a_hidden_layer() -> None:
    assert infer_shapes(NETWORK, {"x": (4,), "y": (), "b1": (7,)}) == {"W1": (7, 4), "W2": (7,), "b2": ()}


def test_a_loss_that_can_be_no_scalar_is_refused() -> None:
    with pytest.raises(TrainingError, match="no shape for W makes the loss a scalar"):
        infer_shapes(graph_of(("add", ("matmul", "W", "x"), "c")), {"x": (4,), "c": (3,)})


def test_thousands_of_parameters_are_no_trouble() -> None:
    total: object = "a0"
    for i in range(1, 400):
        total = ("add", total, f"a{i}")
    assert set(infer_shapes(graph_of(total), {}).values()) == {()}


def test_too_many_possibilities_are_refused_and_not_searched_for_ever() -> None:
    stacked = ("sum", ("stack", *(f"a{i}" for i in range(30))))
    with pytest.raises(TrainingError, match=r"give their values|give it a value"):
        infer_shapes(graph_of(("add", "k", stacked)), {"k": (), "m": (2, 3)})


def test_an_unfinished_formula_is_refused_by_its_open_port() -> None:
    with pytest.raises(GraphError, match="sub has an open port: give it a second operand"):
        infer_shapes(read("(x - ?)^2").graph, {})
