"""The gradient of the sum is the sum of the gradients of the samples, and where it isn't that is said."""

import numpy as np
import pytest

import gradviz
from gradviz.core.per_sample import LeafSum, SampleGradients, sample_gradients
from gradviz.errors import GraphError

LINE = {"x": np.array([1.0, 2.0, 3.0]), "y": np.array([2.0, 2.0, 5.0])}


def line(**further: object) -> SampleGradients:
    found = sample_gradients(gradviz.parse("(y - (W x + b))^2"), {"W": 1.0, "b": 0.0}, LINE, **further)
    assert found is not None
    return found


def test_each_gradient_is_that_of_its_sample() -> None:
    # residuals 1, 0, 2: ∂/∂W = −2 r x, ∂/∂b = −2 r
    found = line()
    assert found.losses.tolist() == [1.0, 0.0, 4.0]
    assert found.leaves["W"].each.tolist() == [-2.0, 0.0, -12.0]
    assert found.leaves["b"].each.tolist() == [-2.0, 0.0, -4.0]
    np.testing.assert_allclose(found.norms, [np.sqrt(8), 0, np.sqrt(160)])


def test_their_sum_is_the_gradient_of_the_batch() -> None:
    found = line()
    assert (float(found.leaves["W"].total), float(found.leaves["W"].batch)) == (-14.0, -14.0)
    assert found.loss == 5.0
    assert found.agrees
    assert found.difference == 0.0
    assert found.verdict == "the sum of the gradients of 3 samples is the gradient of their sum"


def test_leaves_can_be_chosen() -> None:
    assert list(line(wrt=["b"]).leaves) == ["b"]


def test_softmax_regression_agrees_to_rounding() -> None:
    random = np.random.default_rng(0)
    data = {"x": random.normal(size=(50, 4)), "y": random.integers(0, 3, 50).astype(float)}
    values = {"W": random.normal(size=(3, 4)), "b": random.normal(size=3)}
    found = sample_gradients(gradviz.parse("nll(W x + b, y)", W=None, x=None, b=None), values, data)
    assert found is not None
    z = data["x"] @ values["W"].T + values["b"]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    off = p - np.eye(3)[data["y"].astype(int)]
    np.testing.assert_allclose(found.leaves["W"].each, off[:, :, None] * data["x"][:, None, :], rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(found.leaves["W"].total, off.T @ data["x"], rtol=1e-10)
    assert found.agrees
    assert found.difference < 1e-14


def test_too_many_numbers_are_summed_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradviz.core.per_sample.MOST_KEPT", 5)
    found = line()
    assert found.leaves["W"].each is None
    assert float(found.leaves["W"].total) == -14.0


def test_difference_is_told_by_the_leaf() -> None:
    wrong = LeafSum(None, np.float64(1.0), np.float64(2.0), 0.5)
    found = SampleGradients(np.ones(2), np.ones(2), 2.0, {"W": wrong})
    assert not found.agrees
    assert found.verdict == "wrong: the sum of the gradients of 2 samples is not the gradient of their sum, by W"


def test_sample_without_a_finite_gradient_is_named() -> None:
    found = sample_gradients(gradviz.parse("log(W x)"), {"W": 1.0}, {"x": np.array([1.0, 0.0])})
    assert found is not None
    assert found.verdict == "sample 1 has a gradient that is not finite, so the sum is not either"


def test_cancelled_work_gives_nothing() -> None:
    assert sample_gradients(gradviz.parse("W x"), {"W": 1.0}, {"x": np.ones(3)}, cancelled=lambda: True) is None


@pytest.mark.parametrize(
    ("formula", "values", "data", "message"),
    [
        ("W^2", {"W": 1.0}, {"x": np.ones(3)}, "no leaf of the formula is bound to data"),
        ("W x", {}, {"x": np.ones(3)}, "W has no value"),
        ("W x", {"W": 1.0}, {"x": np.ones((3, 2))}, "must be a scalar"),
    ],
)
def test_what_can_t_be_summed_is_refused(formula: str, values: dict, data: dict, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        sample_gradients(gradviz.parse(formula), values, data)
