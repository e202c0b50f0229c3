"""Compiled code: the same answers as the recorded run, and nothing of the user in its text."""

import re

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.compile import compile, compile_loss
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.errors import GraphError, ShapeError


def squared_error(reduced: bool = False) -> Graph:
    """(y − (W x + b))², summed over the elements when `reduced`."""
    builder = GraphBuilder()
    product = builder.apply(OPS["matmul"], builder.leaf("W"), builder.leaf("x"))
    residual = builder.apply(OPS["sub"], builder.leaf("y"), builder.apply(OPS["add"], product, builder.leaf("b")))
    squared = builder.apply(OPS["sq"], residual)
    return builder.graph(builder.apply(OPS["sum"], squared) if reduced else squared)


def unary(name: str) -> Graph:
    builder = GraphBuilder()
    return builder.graph(builder.apply(OPS[name], builder.leaf("x")))


def test_gives_value_and_gradients_of_the_lecture() -> None:
    function = compile(squared_error(), W=0.0, x=0.0, y=0.0, b=0.0)
    value, gradients = function({"W": 2.0, "x": 3.0, "b": 1.0, "y": 1.0})
    assert value == 36.0
    assert gradients == {"y": -12.0, "W": 36.0, "x": 24.0, "b": 12.0}


@pytest.mark.parametrize(("op", "x", "value"), [("log", 0.0, -np.inf), ("log", -1.0, np.nan), ("exp", 1e4, np.inf)])
def test_scalars_follow_ieee_754_where_python_floats_raise(op: str, x: float, value: float) -> None:
    np.testing.assert_equal(compile(unary(op), x=1.0)({"x": x})[0], value)


def test_a_negative_base_with_a_broken_exponent_is_nan() -> None:
    builder = GraphBuilder()
    graph = builder.graph(builder.apply(OPS["pow"], builder.leaf("x"), builder.literal(0.5)))
    assert np.isnan(compile(graph, x=1.0)({"x": -8.0})[0])


def test_names_of_leaves_do_not_reach_the_generated_text() -> None:
    builder = GraphBuilder()
    hostile = "__import__('os')"
    function = compile(builder.graph(builder.apply(OPS["exp"], builder.leaf(hostile))), **{hostile: 1.0})
    assert "import" not in function.source


def test_results_of_one_call_survive_the_next() -> None:
    function = compile(unary("sq"), x=np.zeros(3))
    first, first_gradients = function({"x": np.array([1.0, 2.0, 3.0])})
    function({"x": np.array([9.0, 9.0, 9.0])})
    np.testing.assert_array_equal(first, [1.0, 4.0, 9.0])
    np.testing.assert_array_equal(first_gradients["x"], [2.0, 4.0, 6.0])


def test_other_shapes_than_compiled_for_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"x has shape \(2,\); this function was compiled for \(3,\)"):
        compile(unary("sq"), x=np.zeros(3))({"x": np.zeros(2)})


def test_only_wanted_gradients_are_computed() -> None:
    assert set(
        compile(squared_error(), wrt=["W"], W=1.0, x=1.0, y=1.0, b=1.0)({"W": 1, "x": 1, "y": 1, "b": 1})[1]
    ) == {"W"}


@pytest.mark.parametrize("reduce", ["sum", "mean"])
def test_gradient_of_the_sum_is_the_sum_of_the_per_sample_gradients(reduce: str) -> None:
    random = np.random.default_rng(1)
    graph = squared_error(reduced=True)
    shapes = {"W": (2, 3), "x": (3,), "y": (2,), "b": (2,)}
    values = {"W": random.normal(size=(2, 3)), "b": random.normal(size=2)}
    samples = {"x": random.normal(size=(7, 3)), "y": random.normal(size=(7, 2))}
    loss, gradients = compile_loss(graph, shapes, wrt=["W", "b"], data=["x", "y"], samples=7, reduce=reduce)(
        {**values, **samples}
    )
    one = compile(graph, wrt=["W", "b"], **values, x=samples["x"][0], y=samples["y"][0])
    each = [one({**values, "x": samples["x"][i], "y": samples["y"][i]}) for i in range(7)]
    scale = 1.0 if reduce == "sum" else 1.0 / 7.0
    np.testing.assert_allclose(loss, scale * sum(value for value, _ in each), rtol=1e-12)
    for name in ("W", "b"):
        np.testing.assert_allclose(gradients[name], scale * sum(g[name] for _, g in each), rtol=1e-12)


def lines_of(source: str) -> list[str]:
    return [line for line in source.splitlines() if " = " in line]


def test_squared_error_takes_three_passes_over_the_samples_and_three_sums() -> None:
    function = compile_loss(
        squared_error(), dict.fromkeys("Wxyb", ()), wrt=["W", "b"], data=["x", "y"], samples=50, reduce="sum"
    )
    on_arrays = [line for line in lines_of(function.source) if "(" in line]
    assert len(on_arrays) == 6


def test_gradient_of_a_batched_product_is_one_product_in_the_order_of_its_parameter() -> None:
    shapes = {"W": (2, 3), "x": (3,), "y": (2,), "b": (2,)}
    function = compile_loss(squared_error(reduced=True), shapes, wrt=["W"], data=["x", "y"], samples=7)
    transposes = [line for line in lines_of(function.source) if re.fullmatch(r" *v\d+ = f\d+\(\w+\)", line)]
    assert len(transposes) == 2  # of W for X Wᵀ, and of the adjoint for ḡᵀ X; none of the result
    assert "np.array" not in function.source


def test_a_factor_is_taken_out_of_a_sum_only_where_it_can_not_hide_an_overflow() -> None:
    builder = GraphBuilder()
    tiny = builder.apply(OPS["mul"], builder.literal(1e-200), builder.leaf("x"))
    total = builder.graph(builder.apply(OPS["sum"], builder.apply(OPS["mul"], tiny, builder.leaf("x"))))
    assert compile(total, x=np.ones(3))({"x": np.full(3, 1e200)})[0] == pytest.approx(3e200)


def test_ops_of_numbers_alone_are_not_computed_again_at_each_call() -> None:
    builder = GraphBuilder()
    ones = builder.apply(OPS["broadcast_to"], builder.literal(2.0), shape=(3,))
    source = compile(builder.graph(builder.apply(OPS["div"], builder.leaf("x"), ones)), x=np.ones(3), wrt=[]).source
    assert len(lines_of(source)) == 1


@pytest.mark.parametrize("name", ["max", "min"])
def test_extremes_of_many_short_rows_are_those_of_each_row(name: str) -> None:
    x = np.random.default_rng(3).normal(size=(40, 5))
    x[3, 2], x[4, 1] = np.nan, np.inf
    np.testing.assert_array_equal(OPS[name](x, axis=1), [getattr(np, name)(row) for row in x])


def test_closed_form_gradients_of_squared_error() -> None:
    random = np.random.default_rng(2)
    w, b, x, y = 0.7, -0.2, random.normal(size=50), random.normal(size=50)
    function = compile_loss(
        squared_error(), dict.fromkeys("Wxyb", ()), wrt=["W", "b"], data=["x", "y"], samples=50, reduce="sum"
    )
    _, gradients = function({"W": w, "b": b, "x": x, "y": y})
    np.testing.assert_allclose(gradients["W"], np.sum(2 * ((w * x + b) - y) * x), rtol=1e-12)
    np.testing.assert_allclose(gradients["b"], np.sum(2 * ((w * x + b) - y)), rtol=1e-12)


def test_a_loss_that_is_no_scalar_is_refused_with_advice() -> None:
    shapes = {"W": (2, 3), "x": (3,), "y": (2,), "b": (2,)}
    with pytest.raises(GraphError, match=r"put sum\(…\) or mean\(…\) around it"):
        compile_loss(squared_error(), shapes, wrt=["W"], data=["x", "y"], samples=7)


def test_a_number_that_is_read_once_stands_where_it_is_read() -> None:
    builder = GraphBuilder()
    inner = builder.apply(OPS["add"], builder.leaf("x"), builder.leaf("y"))
    function = compile(builder.graph(builder.apply(OPS["exp"], inner)), wrt=[], x=1.0, y=1.0)
    assert lines_of(function.source) == []
    assert function({"x": 1.0, "y": 2.0})[0] == np.exp(3.0)


def test_a_long_chain_is_not_written_as_one_deep_expression() -> None:
    builder = GraphBuilder()
    node = builder.leaf("x")
    for _ in range(3000):
        node = builder.apply(OPS["tanh"], node)
    value, gradients = compile(builder.graph(node), x=0.5)({"x": 0.5})
    assert value == pytest.approx(np.sqrt(3 / (2 * 3000)), rel=0.01)  # x' = -x³/3
    assert 0 < gradients["x"] < 1e-3


@pytest.mark.parametrize("value", [None, "2", [None], 10**400, 1 + 2j, {}])
@pytest.mark.parametrize("example", [1.0, [1.0]])
def test_value_that_is_no_number_is_refused_by_the_leafs_name(value: object, example: object) -> None:
    from gradviz import parse

    function = compile(parse("sum(x^2)"), x=example)
    with pytest.raises(GraphError, match=r"x is given .*; a value is a number or an array of numbers"):
        function({"x": value})


@pytest.mark.parametrize("value", [2, True, np.float32(2), np.int64(2), np.array(2.0)])
def test_every_kind_of_number_is_taken_as_a_scalar(value: object) -> None:
    from gradviz import parse

    assert compile(parse("3x"), x=1.0)({"x": value})[0] == 3.0 * float(value)  # type: ignore[arg-type]
