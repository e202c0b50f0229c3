"""The examples that learn, against the optimum that other solvers know."""

import numpy as np
import pytest

from gradviz.project.commands import set_training
from gradviz.project.examples import load_example
from gradviz.session.session import Session
from gradviz.session.training import TrainingState


def trained(key: str, **settings: object) -> Session:
    session = Session(project=load_example(key))
    session.document.apply(set_training(**settings), "x")
    session.training.start()
    assert session.training.state is TrainingState.FINISHED
    return session


def test_the_polynomial_is_that_of_numpy() -> None:
    session = trained("polynomial-fit", steps=20_000)
    d, c, b, a = np.polyfit(session.data()["x"], session.data()["y"], 3)
    found = [float(session.training.parameters[name]) for name in "abcd"]
    assert found == pytest.approx([a, b, c, d], abs=1e-6)


def test_the_sine_is_found_up_to_its_noise() -> None:
    found = trained("sine-fit", steps=5000).training.parameters
    assert [float(found[name]) for name in ("a", "k", "p")] == pytest.approx([1, 1, 0], abs=0.06)


def test_logistic_regression_ends_where_newtons_method_does() -> None:
    session = trained("logistic-regression", steps=20_000)
    x = np.hstack([session.data()["x"], np.ones((100, 1))])
    y, theta = session.data()["y"], np.zeros(3)
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ theta))
        theta -= np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (p - y))
    found = [*session.training.parameters["w"], float(session.training.parameters["b"])]
    assert found == pytest.approx(theta.tolist(), rel=1e-3)


def test_ten_inputs_on_one_scale_end_near_the_least_squares_solution() -> None:
    session = trained("ten-inputs", steps=20_000)
    design = np.hstack([session.data()["x"], np.ones((442, 1))])
    residual = session.data()["y"] - design @ np.linalg.lstsq(design, session.data()["y"], rcond=None)[0]
    assert session.training.loss == pytest.approx(np.mean(residual**2), rel=1e-4)


def test_a_network_parts_what_no_line_can() -> None:
    session = trained("two-circles")
    assert session.training.history.accuracy[0] < 0.8
    assert session.training.history.accuracy[-1] == 1


def test_exclusive_or_is_learnt() -> None:
    session = trained("xor", steps=3000)
    assert session.training.loss is not None
    assert session.training.loss < 1e-3
