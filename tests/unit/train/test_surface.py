"""Curves and surfaces of the loss."""

import numpy as np
import pytest

from gradviz.core.graph import Graph
from gradviz.errors import TrainingError
from gradviz.train.descent import plan
from gradviz.train.objective import Objective
from gradviz.train.surface import Axis, axis_through, elements, loss_curve, loss_surface
from unit.train.formulas import LEAST_SQUARES, PARABOLA, graph_of

DATA = {"x": np.array([1.0, 2.0, 3.0]), "y": np.array([2.0, 4.0, 6.0])}


def objective(graph: Graph, values: dict[str, object], data: dict[str, np.ndarray] | None = None) -> Objective:  # type: ignore[type-arg]
    return plan(graph, values, data=data, rate=0.1).objective


def test_the_curve_of_a_parabola_is_a_parabola() -> None:
    curve = loss_curve(objective(PARABOLA, {"x": 1}), {"x": 1}, Axis("x", (), -2, 2, 5))
    assert curve is not None
    assert curve.losses.tolist() == [4, 1, 0, 1, 4]


def test_a_surface_has_the_loss_of_each_pair() -> None:
    values = {"W": 0.0, "b": 0.0}
    across, up = Axis("W", (), 1, 2, 2), Axis("b", (), 0, 1, 2)
    surface = loss_surface(objective(LEAST_SQUARES, values, DATA), values, across, up)
    assert surface is not None
    # residuals 2x − W x − b: (x, x − 1; 0, −1)
    np.testing.assert_allclose(surface.losses, [[14 / 3, 5 / 3], [0, 1]])


def test_an_element_of_an_array_is_moved_alone() -> None:
    graph = graph_of(("sum", ("sq", "v")))
    curve = loss_curve(objective(graph, {"v": [3, 4]}), {"v": [3, 4]}, Axis("v", (1,), 0, 1, 2))
    assert curve is not None
    assert curve.losses.tolist() == [9, 10]
    assert curve.axis.label == "v[1]"


def test_a_cancelled_picture_is_none() -> None:
    target = objective(PARABOLA, {"x": 1})
    assert loss_curve(target, {"x": 1}, Axis("x", (), 0, 1), cancelled=lambda: True) is None


def test_an_axis_has_room_around_all_points() -> None:
    axis = axis_through([{"w": 1.0}, {"w": 3.0}], "w")
    assert axis.low <= 0
    assert axis.high >= 4


def test_an_axis_around_one_point_is_no_single_point() -> None:
    axis = axis_through([{"w": 0.0}], "w")
    assert (axis.low, axis.high) == (-1, 1)


def test_elements_are_listed_in_order() -> None:
    assert elements({"b": 1.0, "v": [1, 2]}) == [("b", ()), ("v", (0,)), ("v", (1,))]


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (Axis("w", (), 0, 1), "no parameter w"),
        (Axis("x", (3,), 0, 1), "no element"),
        (Axis("x", (), 0, np.inf), "finite"),
        (Axis("x", (), 0, 1, 1_000_000), "40,000"),
    ],
)
def test_an_axis_that_can_not_be_is_refused(axis: Axis, words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        loss_curve(objective(PARABOLA, {"x": 1}), {"x": 1}, axis)


def test_a_surface_of_one_element_is_refused() -> None:
    with pytest.raises(TrainingError, match="two different"):
        loss_surface(objective(PARABOLA, {"x": 1}), {"x": 1}, Axis("x", (), 0, 1), Axis("x", (), 0, 1))
