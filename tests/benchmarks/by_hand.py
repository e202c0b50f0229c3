"""The descents as a good programmer writes them by hand: Python floats, and NumPy with arrays reused.

Each function takes a number of iterations and returns the loss before the last update and the parameters after it.
"""

import numpy as np

from benchmarks.formulas import Problem

Result = tuple[float, dict[str, object]]


def square_of_square(problem: Problem, iterations: int) -> Result:
    x, rate, loss = float(problem.start["x"]), problem.rate, 0.0
    for _ in range(iterations):
        inner = x * x
        loss = inner * inner
        x = x - rate * (2.0 * inner * (2.0 * x))
    return loss, {"x": x}


def least_squares(problem: Problem, iterations: int) -> Result:
    x, y, rate = problem.data["x"], problem.data["y"], problem.rate
    w, b, loss = float(problem.start["W"]), float(problem.start["b"]), 0.0
    residual, squares = np.empty(len(x)), np.empty(len(x))
    for _ in range(iterations):
        np.multiply(x, w, out=residual)
        np.add(residual, b, out=residual)
        np.subtract(y, residual, out=residual)
        np.square(residual, out=squares)
        loss = float(squares.sum())
        np.multiply(residual, -2.0, out=residual)
        np.multiply(residual, x, out=squares)
        w, b = w - rate * float(squares.sum()), b - rate * float(residual.sum())
    return loss, {"W": w, "b": b}


def least_squares_in_blas(problem: Problem, iterations: int) -> Result:
    """The same with every trick: inner products instead of sums, factors taken out of them."""
    x, y, rate = problem.data["x"], problem.data["y"], problem.rate
    w, b, loss = float(problem.start["W"]), float(problem.start["b"]), 0.0
    residual = np.empty(len(x))
    for _ in range(iterations):
        np.multiply(x, w, out=residual)
        np.add(residual, b, out=residual)
        np.subtract(y, residual, out=residual)
        loss = float(residual.dot(residual))
        w, b = w + 2.0 * rate * float(residual.dot(x)), b + 2.0 * rate * float(np.add.reduce(residual))
    return loss, {"W": w, "b": b}


def softmax_regression(problem: Problem, iterations: int) -> Result:
    x, y, rate = problem.data["x"], problem.data["y"].astype(int), problem.rate
    w, b, loss = problem.start["W"].copy(), problem.start["b"].copy(), 0.0
    rows, z, p = np.arange(len(x)), np.empty((len(x), len(b))), np.empty((len(x), len(b)))
    for _ in range(iterations):
        np.matmul(x, w.T, out=z)
        loss = _negative_log_likelihood(z, b, p, rows, y)
        w -= rate * (p.T @ x)
        b -= rate * p.sum(axis=0)
    return loss, {"W": w, "b": b}


def network(problem: Problem, iterations: int) -> Result:
    x, y, rate = problem.data["x"], problem.data["y"].astype(int), problem.rate
    w, b, v, c = (problem.start[name].copy() for name in "WbVc")
    rows, loss = np.arange(len(x)), 0.0
    h, back = np.empty((len(x), len(b))), np.empty((len(x), len(b)))
    z, p = np.empty((len(x), len(c))), np.empty((len(x), len(c)))
    for _ in range(iterations):
        np.matmul(x, w.T, out=h)
        h += b
        np.tanh(h, out=h)
        np.matmul(h, v.T, out=z)
        loss = _negative_log_likelihood(z, c, p, rows, y)
        np.matmul(p, v, out=back)
        v -= rate * (p.T @ h)
        c -= rate * p.sum(axis=0)
        np.square(h, out=h)
        np.subtract(1.0, h, out=h)
        back *= h
        w -= rate * (back.T @ x)
        b -= rate * back.sum(axis=0)
    return loss, {"W": w, "b": b, "V": v, "c": c}


def _negative_log_likelihood(z: np.ndarray, bias: np.ndarray, p: np.ndarray, rows: np.ndarray, y: np.ndarray) -> float:
    """The mean loss; p becomes its gradient by the scores."""
    z += bias
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=p)
    total = p.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) - z[rows, y]))
    p /= total
    p[rows, y] -= 1.0
    p /= len(rows)
    return loss
