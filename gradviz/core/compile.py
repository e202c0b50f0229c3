"""From a graph to a fast function: the tape of value and gradients, written as straight-line Python.

    def run(a0, a1):                a0, a1: leaves
        v2 = a0 * a1
        v3 = f0(v2, a1, out=b0)
        return (v3, a1,)

Python floats raise where IEEE 754 has ±∞ or NaN (1/0, log 0); then the same text runs once more on NumPy
scalars, which have them. So both executors agree on every input.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gradviz.core.batching import batch_loss
from gradviz.core.codegen import MATH, Program, Scope, Writer, defined, program_of
from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Graph
from gradviz.core.record import bind, leaf_value, wanted_leaves
from gradviz.core.stillness import collector_at_rest
from gradviz.core.symbolic import backward, replay
from gradviz.core.types import SCALAR, Shape
from gradviz.errors import GraphError, ShapeError

_IEEE_FUNCTIONS: Mapping[str, Any] = {
    "sqrt": np.sqrt, "cbrt": np.cbrt, "pow": np.power, "exp": np.exp, "expm1": np.expm1,
    "log": np.log, "log1p": np.log1p, "log2": np.log2, "log10": np.log10,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh,
}  # fmt: skip
"""What the functions of `math` are on the second run: they give ±∞ and NaN instead of raising."""

_FAST_MATH = {f"{MATH}{name}": function for name, function in vars(math).items() if not name.startswith("_")}
_IEEE_MATH = {f"{MATH}{name}": function for name, function in _IEEE_FUNCTIONS.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A function of leaf values that gives the value and the gradients.

    leaf_shapes: the shapes that it was made for. gradient_names: in the order of the results.
    """

    source: str
    leaf_shapes: Mapping[str, Shape]
    gradient_names: tuple[str, ...]
    run: Callable[..., tuple[Any, ...]]

    def __call__(self, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """(value, {name: gradient}); raises GraphError or ShapeError for values of another make."""
        results = self.run(*self._arguments(values))
        return results[0], dict(zip(self.gradient_names, results[1:], strict=True))

    def _arguments(self, values: Mapping[str, Any]) -> list[Any]:
        arguments: list[Any] = []
        for name, shape in self.leaf_shapes.items():
            if name not in values:
                raise GraphError(f"{name} has no value; this function takes {', '.join(self.leaf_shapes)}")
            value = values[name]
            if shape == SCALAR and isinstance(value, float):
                arguments.append(float(value))
                continue
            is_ready = isinstance(value, np.ndarray) and value.dtype == np.float64
            array = value if is_ready else leaf_value(name, value)
            if array.shape != shape:
                raise ShapeError(f"{name} has shape {array.shape}; this function was compiled for {shape}")
            arguments.append(array if shape else float(array))
        return arguments


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A loss and its gradients as expressions on one tape, and the shape of every leaf that they may use."""

    loss: Expr
    gradients: Mapping[str, Expr]
    leaf_shapes: Mapping[str, Shape]


def compile(graph: Graph, wrt: Iterable[str] | None = None, **example_values: Any) -> Compiled:
    """A fast function of leaf values for this graph: f(values) -> (value, {name: gradient}).

    wrt: names of the leaves to differentiate by; all when None. example_values: give the leaves' shapes.
    """
    shapes = {name: value.shape for name, value in bind(graph, example_values).items()}
    with collector_at_rest():
        tape = Tape()
        output = replay(tape, graph, shapes)[graph.output]
        return compile_tape(output, _gradients(graph, output, wrt, shapes), shapes)


def compile_loss(
    graph: Graph,
    leaf_shapes: Mapping[str, Shape],
    *,
    wrt: Iterable[str],
    data: Collection[str] = (),
    samples: int = 1,
    reduce: str = "mean",
) -> Compiled:
    """The loss over all samples and its gradients: what one iteration of gradient descent computes.

    leaf_shapes: the shape of each leaf for one sample; the function takes data leaves as (samples, *shape).
    reduce: "sum" or "mean" over the samples. With no data the formula itself is the loss.
    Raises GraphError when the loss of one sample is no scalar, ShapeError when shapes don't fit.
    """
    with collector_at_rest():
        derived = derived_loss(graph, leaf_shapes, wrt=wrt, data=data, samples=samples, reduce=reduce)
        return compile_tape(derived.loss, derived.gradients, derived.leaf_shapes)


def derived_loss(
    graph: Graph,
    leaf_shapes: Mapping[str, Shape],
    *,
    wrt: Iterable[str],
    data: Collection[str] = (),
    samples: int = 1,
    reduce: str = "mean",
) -> Derived:
    """What `compile_loss` compiles."""
    tape = Tape()
    present = [name for name in graph.leaves() if name in data]
    if present:
        loss = batch_loss(tape, graph, leaf_shapes, data=present, samples=samples, reduce=reduce)
    else:
        loss = replay(tape, graph, leaf_shapes)[graph.output]
        if loss.shape != SCALAR:
            raise GraphError(f"the loss has shape {loss.shape}; it must be a scalar: put sum(…) or mean(…) around it")
    shapes = {name: (samples, *leaf_shapes[name]) if name in present else leaf_shapes[name] for name in graph.leaves()}
    return Derived(loss, _gradients(graph, loss, wrt, shapes), shapes)


def _gradients(graph: Graph, output: Expr, wrt: Iterable[str] | None, shapes: Mapping[str, Shape]) -> dict[str, Expr]:
    wanted = wanted_leaves(graph, wrt)
    leaves = {name: output.tape.leaf(name, shapes[name]) for name in graph.leaves() if name in wanted}
    return dict(zip(leaves, backward(output, list(leaves.values())), strict=True))


def compile_tape(output: Expr, gradients: Mapping[str, Expr], leaf_shapes: Mapping[str, Shape]) -> Compiled:
    """A function of all the given leaves that returns the output and the gradients.

    leaf_shapes: every leaf that the function takes, used or not. Results are fresh at each call.
    """
    program = program_of((output, *gradients.values()))
    source, names = _written(program, {name: f"a{place}" for place, name in enumerate(leaf_shapes)})
    run = _guarded(source, names, has_arrays=any(program.shapes))
    return Compiled(source, dict(leaf_shapes), tuple(gradients), run)


def _written(program: Program, leaf_text: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    scope = Scope()
    writer = Writer(program, scope, leaf_text)
    body = "\n    ".join([*writer.write(), f"return ({', '.join(writer.results())},)"])
    return f"def run({', '.join(leaf_text.values())}):\n    {body}\n", scope.names


def fast_names(names: Mapping[str, Any]) -> dict[str, Any]:
    """What the names stand for where scalars are Python floats."""
    plain = {name: float(value) if isinstance(value, np.float64) else value for name, value in names.items()}
    return {**plain, **_FAST_MATH, "number": float}


def _guarded(source: str, names: Mapping[str, Any], *, has_arrays: bool) -> Callable[..., tuple[Any, ...]]:
    """The function that the text defines; where Python floats raise, it runs once more on NumPy scalars."""
    fast_run = defined(source, fast_names(names))["run"]

    @cache
    def exact_run() -> Any:
        return defined(source, {**names, **_IEEE_MATH, "number": np.float64})["run"]

    def run_floats(*arguments: Any) -> tuple[Any, ...]:
        try:
            results: tuple[Any, ...] = fast_run(*arguments)
        except (ZeroDivisionError, OverflowError, ValueError):
            with np.errstate(all="ignore"):
                results = exact_run()(*(np.float64(a) if isinstance(a, float) else a for a in arguments))
            return tuple(float(result) if isinstance(result, np.float64) else result for result in results)
        return results

    def run_arrays(*arguments: Any) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return run_floats(*arguments)

    return run_arrays if has_arrays else run_floats
