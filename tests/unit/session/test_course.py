"""The course of a number over the iterations, against the descent itself."""

import numpy as np

import gradviz
from gradviz.core.graph import Edge
from gradviz.session.course import Course, course
from gradviz.train.descent import plan

PARABOLA = gradviz.parse("x^2")


def _parabola(last: int, **more: object) -> Course | None:
    return course(
        PARABOLA,
        PARABOLA.find("x"),
        lambda: plan(PARABOLA, {"x": 8.0}, rate=0.25),
        {"x": np.float64(8.0)},
        last,
        **more,  # type: ignore[arg-type]
    )


def test_value_and_adjoint_halve_with_each_iteration() -> None:
    found = _parabola(3)
    assert found is not None
    assert found.iterations.tolist() == [0, 1, 2, 3]
    assert found.values.tolist() == [8.0, 4.0, 2.0, 1.0]
    assert found.derivatives.tolist() == [16.0, 8.0, 4.0, 2.0]
    assert not found.is_length


def test_a_long_course_is_thinned_and_each_point_is_exact() -> None:
    found = _parabola(50, most=6)
    assert found is not None
    assert found.iterations.tolist() == [0, 10, 20, 30, 40, 50]
    assert found.values.tolist() == [8.0 * 0.5**k for k in found.iterations]


def test_an_array_counts_with_its_length() -> None:
    graph = gradviz.parse("sum(w^2)")
    start = {"w": np.array([3.0, 4.0])}
    found = course(graph, graph.find("w"), lambda: plan(graph, start, rate=0.0), start, 1)
    assert found is not None
    assert found.is_length
    assert found.values.tolist() == [5.0, 5.0]
    assert found.derivatives.tolist() == [10.0, 10.0]


def test_an_edge_has_the_course_of_what_it_sends_back() -> None:
    graph = gradviz.parse("x*x")
    edge = Edge(graph.find("x"), graph.output, 1)
    found = course(graph, edge, lambda: plan(graph, {"x": 2.0}, rate=0.0), {"x": np.float64(2.0)}, 0)
    assert found is not None
    assert (found.values.tolist(), found.derivatives.tolist()) == ([2.0], [2.0])


def test_batches_are_those_of_the_training() -> None:
    graph = gradviz.parse("(y - w x)^2")
    data = {"x": np.arange(6.0), "y": np.arange(6.0) ** 2}

    def made() -> object:
        return plan(graph, {"w": 0.0}, data=data, rate=0.01, batch=2, seed=5)

    found = course(graph, graph.find("w"), made, {"w": 0.0, "x": 1.0, "y": 1.0}, 7)  # type: ignore[arg-type,dict-item]
    run = gradviz.descend(graph, {"w": 0.0}, data=data, rate=0.01, batch=2, seed=5, steps=7)
    assert found is not None
    assert found.values.tolist() == [float(run.parameters_at(k)["w"]) for k in range(8)]


def test_a_cancelled_course_gives_nothing() -> None:
    assert _parabola(5, cancelled=lambda: True) is None
