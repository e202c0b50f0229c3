"""Where descent starts."""

import numpy as np
import pytest

from gradviz.core.graph import Graph
from gradviz.errors import TrainingError
from gradviz.train.initial import class_counts, draw, start
from unit.train.formulas import LEAST_SQUARES, LIKELIHOOD, PARABOLA, graph_of

DATA = {"x": np.arange(12.0).reshape(6, 2), "y": np.array([0.0, 1, 2, 0, 1, 2])}


def test_given_values_are_the_start() -> None:
    assert float(start(PARABOLA, {"x": 10}).parameters["x"]) == 10


def test_the_formulas_own_values_are_the_start_when_no_others_are_given() -> None:
    graph = Graph(PARABOLA.nodes, PARABOLA.output, defaults={"x": np.float64(3)})  # type: ignore[dict-item]
    assert float(start(graph, {}).parameters["x"]) == 3
    assert float(start(graph, {"x": 4}).parameters["x"]) == 4


def test_missing_values_are_drawn_in_the_shape_that_the_data_asks_for() -> None:
    begin = start(LIKELIHOOD, {}, data=DATA)
    assert {name: value.shape for name, value in begin.parameters.items()} == {"W": (3, 2), "b": (3,)}
    assert set(begin.drawn) == {"W", "b"}


def test_the_same_seed_draws_the_same_numbers_and_another_seed_others() -> None:
    first, again, other = draw("W", (3, 2), 7), draw("W", (3, 2), 7), draw("W", (3, 2), 8)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_each_parameter_has_random_numbers_of_its_own() -> None:
    assert draw("W", (3,), 7).tobytes() != draw("V", (3,), 7).tobytes()


def test_random_weights_shrink_with_the_number_of_inputs() -> None:
    assert np.std(draw("W", (200, 100), 1)) == pytest.approx(0.1, rel=0.02)


def test_fixed_leaves_are_constants() -> None:
    begin = start(LEAST_SQUARES, {"b": 5, "W": 1}, data={"x": [1.0], "y": [2.0]}, fixed=["b"])
    assert list(begin.constants) == ["b"]
    assert list(begin.parameters) == ["W"]


def test_a_fixed_leaf_without_a_value_is_refused() -> None:
    with pytest.raises(TrainingError, match="b is fixed and has no value"):
        start(LEAST_SQUARES, {}, data={"x": [1.0], "y": [2.0]}, fixed=["b"])


def test_nothing_to_train_is_refused() -> None:
    with pytest.raises(TrainingError, match="nothing to train"):
        start(PARABOLA, {"x": 1}, fixed=["x"])


def test_an_unknown_leaf_is_refused() -> None:
    with pytest.raises(TrainingError, match="the formula has no w, did you mean W"):
        start(LEAST_SQUARES, {"w": 1}, data={"x": [1.0], "y": [2.0]})


def test_data_for_an_unknown_leaf_is_refused() -> None:
    with pytest.raises(TrainingError, match="no z to bind data to"):
        start(LEAST_SQUARES, {}, data={"z": [1.0]})


def test_data_of_unequal_lengths_is_refused() -> None:
    with pytest.raises(TrainingError, match="x has 2, y has 1"):
        start(LEAST_SQUARES, {}, data={"x": [1.0, 2.0], "y": [2.0]})


@pytest.mark.parametrize("values", [3.0, []])
def test_data_without_samples_is_refused(values: object) -> None:
    with pytest.raises(TrainingError, match="no samples"):
        start(graph_of(("mul", "w", "x")), {}, data={"x": values})


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(TrainingError, match="seed"):
        start(PARABOLA, {}, seed=-1)


def test_classes_are_counted_from_whole_numbers_only() -> None:
    counts = class_counts({"a": np.array([0.0, 2, 1]), "b": np.array([0.5, 1]), "c": np.array([-1.0, 1])})
    assert counts == {"a": 3}
