"""The pieces of work whose speed is promised, each beside the same work written by hand or in another program.

Every piece is a function without arguments that does one iteration. Peers that are not installed are left out.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.compile import compile, compile_loss
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record

Work = Callable[[], object]


@dataclass(frozen=True)
class Contest:
    """One piece of work done by gradviz and by its peers, with the largest ratio that is promised."""

    name: str
    ours: Work
    peers: dict[str, Work]
    promised: dict[str, float] = field(default_factory=dict)


def square_of_square() -> Contest:
    """One gradient of (x²)², scalar."""
    builder = GraphBuilder()
    graph = builder.graph(builder.apply(OPS["sq"], builder.apply(OPS["sq"], builder.leaf("x"))))
    function = compile(graph, x=1.0)
    values = {"x": 1.3}

    def by_hand() -> tuple[float, float]:
        x = values["x"]
        inner = x * x
        return inner * inner, 2.0 * inner * (2.0 * x)

    return Contest("(x²)², scalar", lambda: function(values), {"floats": by_hand, **_torch_square()}, {"torch": 0.01})


def least_squares(samples: int = 100) -> Contest:
    """One gradient of Σ (y − (W x + b))², scalar W and b."""
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=samples), draw.normal(size=samples)
    values = {"W": 0.5, "b": 0.1, "x": x, "y": y}
    function = compile_loss(
        squared_error(), dict.fromkeys(values, ()), wrt=["W", "b"], data=["x", "y"], samples=samples, reduce="sum"
    )
    residual, squares = np.empty(samples), np.empty(samples)

    def by_hand() -> tuple[float, float, float]:
        np.multiply(x, values["W"], out=residual)
        np.add(residual, values["b"], out=residual)
        np.subtract(y, residual, out=residual)
        np.square(residual, out=squares)
        loss = float(squares.sum())
        np.multiply(residual, -2.0, out=residual)
        np.multiply(residual, x, out=squares)
        return loss, float(squares.sum()), float(residual.sum())

    return Contest("Σ(y−(Wx+b))², 100 samples", lambda: function(values), {"numpy": by_hand}, {"numpy": 1.2})


def softmax_regression(samples: int = 1797, inputs: int = 64, classes: int = 10) -> Contest:
    """One full-batch gradient of softmax regression in the size of the digits."""
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(samples, inputs)), draw.integers(0, classes, samples)
    values = {"W": 0.1 * draw.normal(size=(classes, inputs)), "b": np.zeros(classes), "x": x, "y": y.astype(float)}
    shapes = {"W": (classes, inputs), "b": (classes,), "x": (inputs,), "y": ()}
    function = compile_loss(negative_log_likelihood(), shapes, wrt=["W", "b"], data=["x", "y"], samples=samples)
    rows = np.arange(samples)

    def by_hand() -> tuple[float, np.ndarray, np.ndarray]:
        z = x @ values["W"].T
        z += values["b"]
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        total = p.sum(axis=1, keepdims=True)
        loss = float(np.mean(np.log(total[:, 0]) - z[rows, y]))
        p /= total
        p[rows, y] -= 1.0
        p /= samples
        return loss, p.T @ x, p.sum(axis=0)

    return Contest("softmax regression 1797×64→10", lambda: function(values), {"numpy": by_hand}, {"numpy": 1.0})


def mlp(samples: int = 1797, inputs: int = 64, hidden: int = 128, classes: int = 10) -> Contest:
    """One full-batch gradient of a network with one tanh layer."""
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(samples, inputs)), draw.integers(0, classes, samples)
    values = {
        "W": 0.1 * draw.normal(size=(hidden, inputs)),
        "b": np.zeros(hidden),
        "V": 0.1 * draw.normal(size=(classes, hidden)),
        "c": np.zeros(classes),
        "x": x,
        "y": y.astype(float),
    }
    shapes = {
        "W": (hidden, inputs), "b": (hidden,), "V": (classes, hidden), "c": (classes,), "x": (inputs,), "y": ()
    }  # fmt: skip
    function = compile_loss(network(), shapes, wrt=["W", "b", "V", "c"], data=["x", "y"], samples=samples)
    rows = np.arange(samples)

    def by_hand() -> tuple[object, ...]:
        h = x @ values["W"].T
        h += values["b"]
        np.tanh(h, out=h)
        z = h @ values["V"].T
        z += values["c"]
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        total = p.sum(axis=1, keepdims=True)
        loss = float(np.mean(np.log(total[:, 0]) - z[rows, y]))
        p /= total
        p[rows, y] -= 1.0
        p /= samples
        back = p @ values["V"]
        gradient_v = p.T @ h
        np.square(h, out=h)
        np.subtract(1.0, h, out=h)
        back *= h
        return loss, back.T @ x, back.sum(axis=0), gradient_v, p.sum(axis=0)

    return Contest("MLP 64–128–10, tanh", lambda: function(values), {"numpy": by_hand}, {"numpy": 1.0})


def random_scalar_graph(nodes: int = 1000) -> tuple[Graph, dict[str, float]]:
    """A connected scalar graph of about that many nodes, and values for its leaves."""
    draw = random.Random(0)
    builder = GraphBuilder()
    ids = [builder.leaf(f"x{i}") for i in range(10)]
    while len(ids) < nodes:
        op = OPS[draw.choice(["add", "mul", "sub", "tanh", "sin", "sigmoid"])]
        operands = [ids[-1], ids[-1 - int(draw.random() ** 2 * min(20, len(ids) - 1))]][: op.arity]
        ids.append(builder.apply(op, *operands))
    graph = builder.graph(ids[-1])
    return graph, {name: draw.uniform(-1, 1) for name in graph.leaves()}


def scalar_graph() -> Contest:
    """Forward and backward pass of a random scalar graph of 1,000 nodes, compiled beside recorded."""
    graph, values = random_scalar_graph()
    function = compile(graph, **values)
    return Contest(
        "random scalar graph, 1,000 nodes", lambda: function(values), {"record": lambda: record(graph, values)}
    )


def squared_error() -> Graph:
    """(y − (W x + b))²."""
    builder = GraphBuilder()
    product = builder.apply(OPS["matmul"], builder.leaf("W"), builder.leaf("x"))
    residual = builder.apply(OPS["sub"], builder.leaf("y"), builder.apply(OPS["add"], product, builder.leaf("b")))
    return builder.graph(builder.apply(OPS["sq"], residual))


def negative_log_likelihood() -> Graph:
    """−log_softmax(W x + b)[y]."""
    builder = GraphBuilder()
    product = builder.apply(OPS["matmul"], builder.leaf("W"), builder.leaf("x"))
    scores = builder.apply(OPS["log_softmax"], builder.apply(OPS["add"], product, builder.leaf("b")))
    return builder.graph(builder.apply(OPS["neg"], builder.apply(OPS["take"], scores, builder.leaf("y"))))


def network() -> Graph:
    """−log_softmax(V tanh(W x + b) + c)[y]."""
    builder = GraphBuilder()
    product = builder.apply(OPS["matmul"], builder.leaf("W"), builder.leaf("x"))
    hidden = builder.apply(OPS["tanh"], builder.apply(OPS["add"], product, builder.leaf("b")))
    product = builder.apply(OPS["matmul"], builder.leaf("V"), hidden)
    scores = builder.apply(OPS["log_softmax"], builder.apply(OPS["add"], product, builder.leaf("c")))
    return builder.graph(builder.apply(OPS["neg"], builder.apply(OPS["take"], scores, builder.leaf("y"))))


def _torch_square() -> dict[str, Work]:
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(1)
    x = torch.tensor(1.3, dtype=torch.float64, requires_grad=True)

    def by_torch() -> object:
        x.grad = None
        loss = (x**2) ** 2
        loss.backward()
        return x.grad

    return {"torch": by_torch}


CONTESTS = (square_of_square, least_squares, softmax_regression, mlp, scalar_graph)
