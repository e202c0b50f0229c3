"""The same descents in JAX: one compiled update an iteration, one thread, float64."""

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp

from benchmarks.by_hand import Result
from benchmarks.formulas import Problem
from gradviz.core.graph import Apply, Graph, Leaf

jax.config.update("jax_enable_x64", True)

_OPS = {
    "add": jnp.add, "mul": jnp.multiply, "sub": jnp.subtract,
    "tanh": jnp.tanh, "sin": jnp.sin, "sigmoid": jax.nn.sigmoid,
}  # fmt: skip


def _likelihood(scores: jax.Array, y: jax.Array) -> jax.Array:
    chosen = jnp.take_along_axis(jax.nn.log_softmax(scores), y.astype(int)[:, None], axis=1)
    return -jnp.mean(chosen)


LOSSES = {
    "square_of_square": lambda p, d: (p["x"] ** 2) ** 2,
    "least_squares": lambda p, d: ((d["y"] - (p["W"] * d["x"] + p["b"])) ** 2).sum(),
    "softmax_regression": lambda p, d: _likelihood(d["x"] @ p["W"].T + p["b"], d["y"]),
    "network": lambda p, d: _likelihood(jnp.tanh(d["x"] @ p["W"].T + p["b"]) @ p["V"].T + p["c"], d["y"]),
}

_COMPILED: dict[object, object] = {}


def descent(name: str, problem: Problem, iterations: int) -> Result:
    """So many iterations of the descent of that name; compiled at the first call."""
    parameters = {key: jnp.asarray(value) for key, value in problem.start.items()}
    data = {key: jnp.asarray(value) for key, value in problem.data.items()}
    if name not in _COMPILED:

        def update(parameters, data):
            loss, gradients = jax.value_and_grad(LOSSES[name])(parameters, data)
            return loss, {key: value - problem.rate * gradients[key] for key, value in parameters.items()}

        _COMPILED[name] = jax.jit(update)
    loss = 0.0
    for _ in range(iterations):
        loss, parameters = _COMPILED[name](parameters, data)
    jax.block_until_ready(parameters)
    return float(loss), dict(parameters)


def calls(graph: Graph, values: dict[str, float], iterations: int) -> tuple[float, dict[str, float]]:
    """Value and gradients of a scalar graph, so many times."""
    if graph not in _COMPILED:
        _COMPILED[graph] = jax.jit(jax.value_and_grad(lambda leaves: _evaluated(graph, leaves)))
    function, result = _COMPILED[graph], None
    for _ in range(iterations):
        result = jax.block_until_ready(function(values))
    return float(result[0]), {name: float(value) for name, value in result[1].items()}


def _evaluated(graph: Graph, leaves: dict[str, jax.Array]) -> jax.Array:
    made: list[jax.Array] = []
    for node in graph.nodes:
        if isinstance(node, Leaf):
            made.append(leaves[node.name])
        elif isinstance(node, Apply):
            made.append(_OPS[node.op.name](*[made[operand] for operand in node.operands]))
    return made[graph.output]
