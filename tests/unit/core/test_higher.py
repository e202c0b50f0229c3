"""Second and higher derivatives against what calculus gives."""

import math

import numpy as np
import pytest

import gradviz
from gradviz.core.higher import differentiate, hessian, hessian_vector
from gradviz.core.record import record
from gradviz.errors import EvaluationError, GraphError, LimitError, ShapeError


def at(graph: gradviz.Graph, **values: float) -> float:
    return float(record(graph, {name: values[name] for name in graph.leaves()}).result)


@pytest.mark.parametrize(
    ("formula", "order", "x", "expected"),
    [
        ("x^4", 1, 2.0, 32.0),
        ("x^4", 2, 2.0, 48.0),
        ("x^4", 3, 2.0, 48.0),
        ("x^4", 4, 2.0, 24.0),
        ("x^4", 5, 2.0, 0.0),
        ("(x^2)^2", 3, 2.0, 48.0),
        ("sin(x)", 4, 0.7, math.sin(0.7)),
        ("cos(x)", 3, 0.7, math.sin(0.7)),
        ("exp(-x^2/2)", 3, 0.5, -(0.5**3 - 3 * 0.5) * math.exp(-0.125)),  # −He₃(x) e^(−x²/2)
        ("1/x", 3, 2.0, -6 / 2**4),
        ("log(x)", 4, 2.0, -6 / 2**4),
        ("sqrt(x)", 2, 4.0, -0.25 * 4**-1.5),
        ("tanh(x)", 2, 0.3, -2 * math.tanh(0.3) * (1 - math.tanh(0.3) ** 2)),
        ("atan(x)", 2, 0.5, -2 * 0.5 / (1 + 0.25) ** 2),
        ("x^x", 2, 1.0, 2.0),  # x^x ((1 + log x)² + 1/x)
        ("relu(x)^3", 2, 2.0, 12.0),
        ("relu(x)^3", 2, -2.0, 0.0),
        ("x^3", 3, 0.0, 6.0),
        ("x^2", 2, 0.0, 2.0),
        ("sigmoid(x)", 2, 0.0, 0.0),
        ("sigmoid(x)", 3, 0.0, -0.125),
        ("3", 1, 0.0, 0.0),
    ],
)
def test_derivative_of_higher_order_is_that_of_calculus(formula: str, order: int, x: float, expected: float) -> None:
    graph = differentiate(gradviz.parse(f"{formula} + 0x"), "x", order)
    assert at(graph, x=x) == pytest.approx(expected, rel=1e-12, abs=1e-13)


def test_differentiating_again_and_again_is_the_derivative_of_that_order() -> None:
    graph = gradviz.parse("x^3 sin(x)")
    again = differentiate(differentiate(differentiate(graph, "x"), "x"), "x")
    assert at(again, x=0.4) == pytest.approx(at(differentiate(graph, "x", 3), x=0.4), rel=1e-13)


def test_mixed_second_derivatives_don_t_depend_on_the_order() -> None:
    graph = gradviz.parse("exp(x y) sin(x + 2y)")
    one, other = differentiate(differentiate(graph, "x"), "y"), differentiate(differentiate(graph, "y"), "x")
    assert at(one, x=0.3, y=0.5) == pytest.approx(at(other, x=0.3, y=0.5), rel=1e-13)


def test_derivative_can_be_printed_and_read_back() -> None:
    from gradviz.lang.unparse import formula

    graph = differentiate(gradviz.parse("(x^2)^2"), "x")
    assert at(gradviz.parse(formula(graph)), x=2.0) == 32.0


def test_second_derivative_by_an_array_points_to_the_hessian() -> None:
    with pytest.raises(GraphError, match="take the hessian"):
        differentiate(gradviz.parse("sum(w^2)"), "w", 2, w=[1.0, 2.0])


@pytest.mark.parametrize("order", [0, -1, 9])
def test_order_out_of_range_is_refused(order: int) -> None:
    with pytest.raises(GraphError, match="from 1 to 8"):
        differentiate(gradviz.parse("x^2"), "x", order)


def test_hessian_of_the_rosenbrock_function() -> None:
    # [[2 − 4·100 (y − 3x²), −400x], [−400x, 200]] at (1, 1)
    found = hessian(gradviz.parse("(1 - x)^2 + 100 (y - x^2)^2"), {"x": 1.0, "y": 1.0})
    np.testing.assert_allclose(found.matrix, [[802.0, -400.0], [-400.0, 200.0]], rtol=1e-13)
    assert found.labels == ("x", "y")


def test_hessian_of_least_squares_is_twice_the_gram_matrix() -> None:
    data = np.random.default_rng(0).normal(size=(5, 3))
    found = hessian(
        gradviz.parse("sum((A w - t)^2)", A=None, w=None, t=None), {"A": data, "w": [1, 2, 3], "t": [0] * 5}, wrt=["w"]
    )
    np.testing.assert_allclose(found.block("w", "w"), 2 * data.T @ data, rtol=1e-12)


def test_hessian_of_softmax_nll_is_diag_p_minus_p_pt() -> None:
    p = np.array([0.2, 0.5, 0.3])
    found = hessian(gradviz.parse("nll(z, 1)", z=None), {"z": np.log(p)})
    np.testing.assert_allclose(found.matrix, np.diag(p) - np.outer(p, p), rtol=1e-12, atol=1e-16)


def test_hessian_of_a_quadratic_form_is_the_matrix_plus_its_transpose() -> None:
    matrix = np.array([[1.0, 2.0], [-3.0, 4.0]])
    found = hessian(gradviz.parse("x @ (A @ x)", A=None, x=None), {"A": matrix, "x": [0.5, -1.0]}, wrt=["x"])
    np.testing.assert_allclose(found.matrix, matrix + matrix.T, rtol=1e-13)
    np.testing.assert_allclose(found.curvatures, np.linalg.eigvalsh(matrix + matrix.T), rtol=1e-12)


def test_hessian_of_a_product_with_a_zero_knows_the_third_factor() -> None:
    # ∂²(xyz)/∂x∂y = z, at x = 0 as well
    found = hessian(gradviz.parse("prod(v)"), {"v": [0.0, 3.0, 5.0]})
    np.testing.assert_array_equal(found.matrix, [[0, 5, 3], [5, 0, 0], [3, 0, 0]])


def test_hessian_of_the_log_determinant_is_minus_the_kronecker_of_the_inverse() -> None:
    matrix = np.array([[2.0, 0.5], [0.3, 1.0]])
    back = np.linalg.inv(matrix)
    found = hessian(gradviz.parse("log(det(A))"), {"A": matrix}).block("A", "A")
    np.testing.assert_allclose(found, -np.einsum("li,jk->ijkl", back, back), rtol=1e-12)  # ∂A⁻ᵀ


def test_blocks_of_several_leaves_are_the_parts_of_the_matrix() -> None:
    found = hessian(gradviz.parse("b sum(w^3)"), {"w": [1.0, 2.0], "b": 3.0}, wrt=["w", "b"])
    np.testing.assert_allclose(found.block("w", "w"), [[18.0, 0.0], [0.0, 36.0]])
    np.testing.assert_allclose(found.block("w", "b"), [3.0, 12.0])
    np.testing.assert_allclose(found.block("b", "b"), 0.0)
    assert found.labels == ("b", "w[0]", "w[1]")


def test_hessian_vector_product_is_the_matrix_times_the_vector() -> None:
    graph = gradviz.parse("sum(tanh(W x)^2)", W=None, x=None)
    random = np.random.default_rng(1)
    values = {"W": random.normal(size=(3, 2)), "x": random.normal(size=2)}
    direction = random.normal(size=(3, 2))
    product = hessian_vector(graph, values, {"W": direction})["W"]
    matrix = hessian(graph, values, wrt=["W"]).matrix
    np.testing.assert_allclose(product.ravel(), matrix @ direction.ravel(), rtol=1e-12)


def test_hessian_of_too_many_numbers_is_refused_with_its_size() -> None:
    with pytest.raises(LimitError, match=r"501 × 501 elements; the limit is 500 × 500"):
        hessian(gradviz.parse("sum(w^2)"), {"w": np.ones(501)})


def test_hessian_of_an_array_is_refused() -> None:
    with pytest.raises(GraphError, match=r"needs a scalar; this has shape \(2,\)"):
        hessian(gradviz.parse("w^2"), {"w": [1.0, 2.0]})


def test_direction_of_another_shape_is_refused() -> None:
    with pytest.raises(GraphError, match=r"the direction for w has shape \(3,\)"):
        hessian_vector(gradviz.parse("sum(w^2)"), {"w": [1.0, 2.0]}, {"w": [1.0, 2.0, 3.0]})


def test_hessian_where_the_formula_has_no_value_raises_its_error() -> None:
    with pytest.raises(EvaluationError, match="singular"):
        hessian(gradviz.parse("sum(inverse(A))"), {"A": [[1.0, 1.0], [1.0, 1.0]]})
    with pytest.raises(ShapeError):
        hessian(gradviz.parse("sum(a + b)"), {"a": [1.0, 2.0], "b": [1.0, 2.0, 3.0]})


def test_hessian_is_a_public_name() -> None:
    assert gradviz.hessian(gradviz.parse("x^3"), {"x": 2.0}).matrix.tolist() == [[12.0]]
    assert at(gradviz.differentiate(gradviz.parse("x^3"), "x"), x=2.0) == 12.0
