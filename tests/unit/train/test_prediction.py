"""What a loss predicts."""

import numpy as np
import pytest

from gradviz.core.graph import Graph
from gradviz.train.prediction import Predictor, find_prediction
from unit.train.formulas import LEAST_SQUARES, LIKELIHOOD, PARABOLA, SCORES, STABLE_LIKELIHOOD, graph_of


def test_least_squares_predicts_y_from_x() -> None:
    found = find_prediction(LEAST_SQUARES, {"x", "y"}, {"W", "b"})
    assert found is not None
    assert (found.target, found.inputs, found.is_class) == ("y", ("x",), False)


@pytest.mark.parametrize("graph", [LIKELIHOOD, STABLE_LIKELIHOOD])
def test_a_likelihood_predicts_a_class(graph: Graph) -> None:
    found = find_prediction(graph, {"x", "y"}, {"W", "b"})
    assert found is not None
    assert (found.target, found.inputs, found.is_class) == ("y", ("x",), True)


def test_the_log_of_a_probability_is_no_part_of_the_prediction() -> None:
    chance = ("sigmoid", ("mul", "w", "x"))
    graph = graph_of(("neg", ("mul", "y", ("log", chance))))
    found = find_prediction(graph, {"x", "y"}, {"w"})
    assert found is not None
    assert Predictor(graph, found.node, {"w": (), "x": ()}, {"x"}, 2)({"w": 0.0, "x": np.ones(2)}).tolist() == [
        0.5,
        0.5,
    ]


def test_a_product_of_inputs_is_no_target() -> None:
    graph = graph_of(("sq", ("sub", "y", ("mul", ("mul", "w", "u"), "v"))))
    found = find_prediction(graph, {"u", "v", "y"}, {"w"})
    assert found is not None
    assert (found.target, found.inputs) == ("y", ("u", "v"))


def test_a_formula_without_data_predicts_nothing() -> None:
    assert find_prediction(PARABOLA, set(), {"x"}) is None


def test_a_prediction_is_computed_for_all_samples() -> None:
    found = find_prediction(LEAST_SQUARES, {"x", "y"}, {"W", "b"})
    assert found is not None
    predict = Predictor(LEAST_SQUARES, found.node, {"W": (2,), "x": (2,), "b": ()}, {"x", "y"}, 3)
    x = np.array([[1.0, 0], [0, 1], [1, 1]])
    assert predict({"W": np.array([2.0, 3]), "x": x, "b": 1.0}).tolist() == [3, 4, 6]


def test_scores_are_a_row_a_sample() -> None:
    graph = graph_of(("neg", ("take", ("log_softmax", SCORES), "y")))
    found = find_prediction(graph, {"x", "y"}, {"W", "b"})
    assert found is not None
    predict = Predictor(graph, found.node, {"W": (3,), "x": (), "b": (3,)}, {"x"}, 5)
    assert predict({"W": np.ones(3), "x": np.ones(5), "b": np.zeros(3)}).shape == (5, 3)
