"""Where the gradient goes: sizes, and the gradient as a sum over paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradviz
from gradviz.core.flow import LogScale, local_factor, log_scale, magnitudes, path_counts, path_sum, ranking
from gradviz.core.graph import Edge
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId

SHARED = "a = x*y\nb = a + x\nc = a*b\nc*x + b"


def _run(text: str, **values: object) -> Trace:
    return gradviz.record(gradviz.parse(text), values)


def test_adjoint_of_a_vector_counts_with_its_euclidean_length() -> None:
    trace = _run("3*a[0] + 4*a[1]", a=[1.0, 1.0])
    assert magnitudes(trace).nodes[trace.graph.find("a")] == pytest.approx(5.0)


def test_edges_count_with_what_they_send_back() -> None:
    trace = _run("3*x + 4*x", x=1.0)
    into_x = sorted(size for edge, size in magnitudes(trace).edges.items() if edge.source == trace.graph.find("x"))
    assert into_x == [3.0, 4.0]


def test_before_the_backward_pass_nothing_flows() -> None:
    trace = _run("(x^2)^2", x=2.0)
    assert magnitudes(trace, 3).nodes == {}


def test_magnitudes_of_an_unfinished_pass_are_the_sums_so_far() -> None:
    trace = _run("x*x + x", x=3.0)  # x receives from add, then 3 and 3 from mul
    sizes = [magnitudes(trace, position).nodes.get(NodeId(0), 0.0) for position in range(len(trace.steps) + 1)]
    assert sizes[-1] == 7.0
    assert sorted(set(sizes)) == [0.0, 1.0, 4.0, 7.0]


def test_ranking_puts_nan_before_everything() -> None:
    trace = _run("0 * log(x) + y", x=0.0, y=1.0)
    first, size = ranking(magnitudes(trace))[0]
    assert not np.isfinite(size)
    assert first == trace.graph.find("x")


def test_log_scale_gives_equal_steps_to_equal_factors() -> None:
    scale = log_scale([1e-4, 1.0, 0.0, float("nan")])
    assert [scale.strength(x) for x in (1e-4, 1e-2, 1.0)] == pytest.approx([0.0, 0.5, 1.0])
    assert (scale.strength(0.0), scale.strength(float("inf"))) == (0.0, 1.0)


def test_a_scale_on_which_all_are_equal_shows_them_strong() -> None:
    assert LogScale(2.0, 2.0).strength(2.0) == 1.0


def test_the_lecture_example_has_one_path_and_its_product_is_32() -> None:
    trace = _run("(x^2)^2", x=2.0)
    found = path_sum(trace, trace.graph.find("x"))
    assert found is not None
    assert [float(path.product) for path in found.paths] == [32.0]
    assert [local_factor(trace, edge) for edge in found.paths[0].edges] == [8.0, 4.0]


def test_a_product_of_a_leaf_with_itself_has_two_paths() -> None:
    trace = _run("x*x", x=5.0)
    found = path_sum(trace, NodeId(0))
    assert found is not None
    assert found.count == 2
    assert [path.edges[0].operand for path in found.paths] in ([0, 1], [1, 0])
    assert [float(path.product) for path in found.paths] == [5.0, 5.0]


def test_paths_of_shared_parts_add_up_to_the_gradient() -> None:
    trace = _run(SHARED, x=1.5, y=-0.5)
    found = path_sum(trace, trace.graph.find("x"))
    assert found is not None
    assert found.count == len(found.paths)
    assert float(sum(path.product for path in found.paths)) == pytest.approx(float(trace.adjoint("x")), rel=1e-12)
    assert float(found.rest) == 0.0


def test_forty_doublings_are_counted_exactly_and_still_add_up() -> None:
    lines = ["v0 = x + 0"] + [f"v{i + 1} = v{i}*0.5 + v{i}*0.25" for i in range(40)] + ["v40 + 0"]
    trace = _run("\n".join(lines), x=1.0)
    found = path_sum(trace, trace.graph.find("x"), most=5)
    assert found is not None
    assert found.count == 2**40
    assert len(found.paths) == 5
    assert float(found.paths[0].product) == 0.5**40
    assert float(found.total) == pytest.approx(0.75**40, rel=1e-12)


@given(st.integers(1, 6), st.floats(-2, 2), st.floats(-2, 2))
def test_listed_paths_are_the_largest(most: int, x: float, y: float) -> None:
    trace = _run(SHARED, x=x, y=y)
    every = path_sum(trace, trace.graph.find("x"), most=1000)
    some = path_sum(trace, trace.graph.find("x"), most=most)
    assert every is not None
    assert some is not None
    assert some.is_exact
    wanted = sorted((abs(float(p.product)) for p in every.paths), reverse=True)[:most]
    assert [abs(float(p.product)) for p in some.paths] == pytest.approx(wanted, rel=1e-9, abs=1e-300)
    assert float(some.total) == pytest.approx(float(trace.adjoint("x")), rel=1e-9, abs=1e-12)


def test_paths_of_arrays_add_up_to_the_gradient_whatever_is_listed() -> None:
    text = "h = tanh(W x)\ng = tanh(W h)\nsum((y - W g)^2) + sum(h*g)"
    values = {"W": [[0.3, -0.7], [0.2, 0.5]], "x": [1.0, -2.0], "y": [0.5, 0.25]}
    trace = _run(text, **values)
    for most in (1, 3, 100):
        found = path_sum(trace, trace.graph.find("W"), most=most)
        assert found is not None
        np.testing.assert_allclose(found.total, trace.adjoint("W"), rtol=1e-12)


def test_a_leaf_that_does_not_matter_has_no_paths() -> None:
    trace = _run("x + floor(y)*0", x=1.0, y=2.0)
    found = path_sum(trace, trace.graph.find("y"))
    assert found is not None
    assert float(found.total) == 0.0


def test_a_failed_run_has_no_paths() -> None:
    trace = _run("x[5]", x=[1.0])
    assert path_sum(trace, NodeId(0)) is None


def test_ways_are_counted_at_every_node_on_the_way() -> None:
    graph = gradviz.parse("x*x + x")
    assert path_counts(graph, graph.find("x")) == {graph.output: 1, NodeId(1): 1, NodeId(0): 3}


def test_edges_of_a_path_follow_each_other() -> None:
    trace = _run(SHARED, x=1.0, y=2.0)
    found = path_sum(trace, trace.graph.find("y"))
    assert found is not None
    for path in found.paths:
        assert path.edges[0].target == trace.graph.output
        assert path.nodes[-1] == trace.graph.find("y")
        assert all(isinstance(edge, Edge) for edge in path.edges)
        assert all(a.source == b.target for a, b in zip(path.edges, path.edges[1:], strict=False))
