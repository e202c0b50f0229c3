"""The graphs whose speed is promised, and the data that they run on."""

import random
from dataclasses import dataclass

import numpy as np

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS

Array = np.ndarray


@dataclass(frozen=True)
class Problem:
    """What a descent minimises, from where, and how fast it goes."""

    graph: Graph
    start: dict[str, Array]
    data: dict[str, Array]
    rate: float
    reduce: str = "mean"


def square_of_square() -> Problem:
    """(x²)²."""
    builder = GraphBuilder()
    graph = builder.graph(builder.apply(OPS["sq"], builder.apply(OPS["sq"], builder.leaf("x"))))
    return Problem(graph, {"x": np.array(1.3)}, {}, 0.01)


def least_squares(samples: int = 100) -> Problem:
    """Σ (y − (W x + b))², scalar W and b."""
    draw = np.random.default_rng(0)
    builder = GraphBuilder()
    product = builder.apply(OPS["matmul"], builder.leaf("W"), builder.leaf("x"))
    residual = builder.apply(OPS["sub"], builder.leaf("y"), builder.apply(OPS["add"], product, builder.leaf("b")))
    graph = builder.graph(builder.apply(OPS["sq"], residual))
    data = {"x": draw.normal(size=samples), "y": draw.normal(size=samples)}
    return Problem(graph, {"W": np.array(0.5), "b": np.array(0.1)}, data, 1e-4, "sum")


def softmax_regression(samples: int = 1797, inputs: int = 64, classes: int = 10) -> Problem:
    """−log_softmax(W x + b)[y], in the size of the digits."""
    draw = np.random.default_rng(0)
    builder = GraphBuilder()
    product = builder.apply(OPS["matmul"], builder.leaf("W"), builder.leaf("x"))
    scores = builder.apply(OPS["log_softmax"], builder.apply(OPS["add"], product, builder.leaf("b")))
    graph = builder.graph(builder.apply(OPS["neg"], builder.apply(OPS["take"], scores, builder.leaf("y"))))
    start = {"W": 0.1 * draw.normal(size=(classes, inputs)), "b": np.zeros(classes)}
    return Problem(graph, start, _classified(draw, samples, inputs, classes), 0.01)


def network(samples: int = 1797, inputs: int = 64, hidden: int = 128, classes: int = 10) -> Problem:
    """−log_softmax(V tanh(W x + b) + c)[y]."""
    draw = np.random.default_rng(0)
    builder = GraphBuilder()
    product = builder.apply(OPS["matmul"], builder.leaf("W"), builder.leaf("x"))
    inner = builder.apply(OPS["tanh"], builder.apply(OPS["add"], product, builder.leaf("b")))
    product = builder.apply(OPS["matmul"], builder.leaf("V"), inner)
    scores = builder.apply(OPS["log_softmax"], builder.apply(OPS["add"], product, builder.leaf("c")))
    graph = builder.graph(builder.apply(OPS["neg"], builder.apply(OPS["take"], scores, builder.leaf("y"))))
    start = {
        "W": 0.1 * draw.normal(size=(hidden, inputs)),
        "b": np.zeros(hidden),
        "V": 0.1 * draw.normal(size=(classes, hidden)),
        "c": np.zeros(classes),
    }
    return Problem(graph, start, _classified(draw, samples, inputs, classes), 0.01)


def _classified(draw: np.random.Generator, samples: int, inputs: int, classes: int) -> dict[str, Array]:
    return {"x": draw.normal(size=(samples, inputs)), "y": draw.integers(0, classes, samples).astype(float)}


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


def chain(length: int) -> Graph:
    """… tanh(sin(tanh(sin(x))))."""
    builder = GraphBuilder()
    node = builder.leaf("x")
    for i in range(length):
        node = builder.apply(OPS["tanh" if i % 2 else "sin"], node)
    return builder.graph(node)
