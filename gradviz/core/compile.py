"""From a tape to straight-line Python: no dispatch, no recording, buffers reused.

    def run(v0, v1):                    v0, v1: leaves
        v2 = v0 * v1                    scalars are Python floats
        f0(v3, v4, out=b0); v5 = b0     arrays go through ufuncs into buffers that are free again
        return v5, v2

The text holds only names made here, the ops' own patterns, and numbers: nothing that a user typed.
Python floats raise where IEEE 754 has ±∞ or NaN (1/0, log 0); then the same text runs once more on NumPy
scalars, which have them. So both executors agree on every input.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradviz.core.batching import batch_loss
from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Apply, Graph, Leaf, Literal, Node, select
from gradviz.core.record import bind, wanted_leaves
from gradviz.core.symbolic import backward, replay
from gradviz.core.types import SCALAR, NodeId, Shape
from gradviz.errors import GraphError, ShapeError

_IEEE_MATH = SimpleNamespace(
    sqrt=np.sqrt, cbrt=np.cbrt, pow=np.power, exp=np.exp, expm1=np.expm1,
    log=np.log, log1p=np.log1p, log2=np.log2, log10=np.log10,
    sin=np.sin, cos=np.cos, tan=np.tan, asin=np.arcsin, acos=np.arccos, atan=np.arctan, atan2=np.arctan2,
    sinh=np.sinh, cosh=np.cosh, tanh=np.tanh, asinh=np.arcsinh, acosh=np.arccosh, atanh=np.arctanh,
)  # fmt: skip
"""What `math` means on the second run: functions that give ±∞ and NaN instead of raising."""


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
            if shape == SCALAR and isinstance(value, (float, int)):
                arguments.append(float(value))
                continue
            array = np.asarray(value, dtype=np.float64)
            if array.shape != shape:
                raise ShapeError(f"{name} has shape {array.shape}; this function was compiled for {shape}")
            arguments.append(array if shape else float(array))
        return arguments


def compile(graph: Graph, wrt: Iterable[str] | None = None, **example_values: Any) -> Compiled:
    """A fast function of leaf values for this graph: f(values) -> (value, {name: gradient}).

    wrt: names of the leaves to differentiate by; all when None. example_values: give the leaves' shapes.
    """
    shapes = {name: value.shape for name, value in bind(graph, example_values).items()}
    tape = Tape()
    output = replay(tape, graph, shapes)[graph.output]
    wanted = wanted_leaves(graph, wrt)
    leaves = {name: tape.leaf(name, shapes[name]) for name in graph.leaves() if name in wanted}
    gradients = dict(zip(leaves, backward(output, list(leaves.values())), strict=True))
    return compile_tape(output, gradients, shapes)


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
    tape = Tape()
    present = [name for name in graph.leaves() if name in data]
    if present:
        loss = batch_loss(tape, graph, leaf_shapes, data=present, samples=samples, reduce=reduce)
    else:
        loss = replay(tape, graph, leaf_shapes)[graph.output]
        if loss.shape != SCALAR:
            raise GraphError(f"the loss has shape {loss.shape}; it must be a scalar: put sum(…) or mean(…) around it")
    shapes = {name: (samples, *leaf_shapes[name]) if name in present else leaf_shapes[name] for name in graph.leaves()}
    wanted = wanted_leaves(graph, wrt)
    leaves = {name: tape.leaf(name, shapes[name]) for name in graph.leaves() if name in wanted}
    gradients = dict(zip(leaves, backward(loss, list(leaves.values())), strict=True))
    return compile_tape(loss, gradients, shapes)


def compile_tape(output: Expr, gradients: Mapping[str, Expr], leaf_shapes: Mapping[str, Shape]) -> Compiled:
    """A function of all the given leaves that returns the output and the gradients.

    leaf_shapes: every leaf that the function takes, used or not. Results are fresh at each call.
    """
    wanted = _expanded((output, *gradients.values()))
    tape = wanted[0].tape
    nodes, moved = select(tuple(expr.id for expr in wanted), tuple(tape.nodes))
    shapes = {moved[old]: tape.shapes[old] for old in moved}
    source, names = _Writer(nodes, shapes, [moved[expr.id] for expr in wanted], list(leaf_shapes)).written()
    return Compiled(source, dict(leaf_shapes), tuple(gradients), _assembled(source, names, any(shapes.values())))


def _expanded(wanted: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The same expressions on a tape where composed ops stand as their parts, so that equal parts are made once."""
    old = wanted[0].tape
    if not any(isinstance(node, Apply) and node.op.expand is not None for node in old.nodes):
        return wanted
    nodes, renumbered = select(tuple(expr.id for expr in wanted), tuple(old.nodes))
    leaf_shapes = {
        node.name: shape for node, shape in zip(old.nodes, old.shapes, strict=True) if isinstance(node, Leaf)
    }
    tape = Tape()
    moved: dict[NodeId, Expr] = {}
    for index, node in enumerate(nodes):
        parts = None
        if isinstance(node, Apply) and node.op.expand is not None:
            parts = node.op.expand(*(moved[operand] for operand in node.operands), **node.settings)
        moved[NodeId(index)] = tape.copy_of(node, moved, leaf_shapes) if parts is None else parts
    return tuple(moved[renumbered[expr.id]] for expr in wanted)


def _assembled(source: str, names: Mapping[str, Any], has_arrays: bool) -> Callable[..., tuple[Any, ...]]:
    code = compile_text(source)
    plain = {k: float(v) if isinstance(v, np.float64) else v for k, v in names.items()}
    fast: dict[str, Any] = {**plain, "math": math, "number": float}
    exact: dict[str, Any] = {**names, "math": _IEEE_MATH, "number": np.float64}
    exec(code, fast)  # noqa: S102 - the text was made above, from nothing but our own patterns
    exec(code, exact)  # noqa: S102
    fast_run, exact_run = fast["run"], exact["run"]

    def run_floats(*arguments: Any) -> tuple[Any, ...]:
        try:
            result: tuple[Any, ...] = fast_run(*arguments)
        except (ZeroDivisionError, OverflowError, ValueError):
            with np.errstate(all="ignore"):
                result = exact_run(*(np.float64(a) if isinstance(a, float) else a for a in arguments))
        return result

    def run_arrays(*arguments: Any) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return run_floats(*arguments)

    return run_arrays if has_arrays else run_floats


def compile_text(source: str) -> Any:
    """Python's own compile, under a name that doesn't hide ours."""
    import builtins

    return builtins.compile(source, "<gradviz>", "exec")


class _Writer:
    """Writes one function, line by line, and collects the objects that its names stand for."""

    def __init__(
        self, nodes: tuple[Node, ...], shapes: Mapping[NodeId, Shape], results: list[NodeId], leaves: list[str]
    ) -> None:
        self.nodes = nodes
        self.shapes = shapes
        self.results = results
        self.leaves = leaves
        self.names: dict[str, Any] = {"np": np, "float64": np.float64}
        self.lines: list[str] = []
        self.text: list[str] = [""] * len(nodes)
        self.functions: dict[Any, str] = {}
        self.buffers = _Buffers(nodes, results)

    def written(self) -> tuple[str, dict[str, Any]]:
        arguments = [f"a{i}" for i in range(len(self.leaves))]
        for index, node in enumerate(self.nodes):
            self._write(NodeId(index), node)
        results = ", ".join(self._result(node_id) for node_id in self.results)
        body = "\n    ".join([*self.lines, f"return ({results},)"])
        return f"def run({', '.join(arguments)}):\n    {body}\n", self.names

    def _write(self, node_id: NodeId, node: Node) -> None:
        match node:
            case Leaf():
                self.text[node_id] = f"a{self.leaves.index(node.name)}"
            case Literal():
                self.text[node_id] = self._bound(f"c{node_id}", node.value)
            case Apply():
                self.text[node_id] = f"v{node_id}"
                self._write_apply(node_id, node)
                self.buffers.release_after(node_id)

    def _write_apply(self, node_id: NodeId, node: Apply) -> None:
        operands = [self.text[o] for o in node.operands]
        name = self.text[node_id]
        is_scalar = self.shapes[node_id] == SCALAR and all(self.shapes[o] == SCALAR for o in node.operands)
        if is_scalar and node.op.scalar_code is not None:
            self.lines.append(f"{name} = {node.op.scalar_code.format(*operands)}")
        elif node.op.ufunc is not None and self.shapes[node_id] != SCALAR:
            self.buffers.release_after(node_id)  # an operand that is read here for the last time may be written over
            buffer = self.buffers.take(node_id, self.shapes[node_id])
            function = self._function(node.op.ufunc)
            if buffer is None:  # a result: fresh at each call
                self.lines.append(f"{name} = {function}({', '.join(operands)})")
            else:
                self.names.setdefault(buffer, np.empty(self.shapes[node_id]))
                self.lines.append(f"{name} = {function}({', '.join(operands)}, out={buffer})")
        else:
            lifted = [
                f"float64({text})" if self.shapes[o] == SCALAR else text
                for o, text in zip(node.operands, operands, strict=True)
            ]
            settings = "".join(f", {key}={self._bound(f's{node_id}_{key}', value)}" for key, value in node.attrs)
            call = f"{self._function(node.op.evaluate)}({', '.join(lifted)}{settings})"
            self.lines.append(f"{name} = number({call})" if self.shapes[node_id] == SCALAR else f"{name} = {call}")

    def _function(self, function: Any) -> str:
        if function not in self.functions:
            self.functions[function] = self._bound(f"f{len(self.functions)}", function)
        return self.functions[function]

    def _bound(self, name: str, value: Any) -> str:
        self.names[name] = value
        return name

    def _result(self, node_id: NodeId) -> str:
        if self.shapes[node_id] == SCALAR:
            return f"float({self.text[node_id]})"
        node = self.nodes[node_id]
        is_fresh = isinstance(node, Apply) and node.op.ufunc is not None and self.results.count(node_id) == 1
        return self.text[node_id] if is_fresh else f"np.array({self.text[node_id]})"


class _Buffers:
    """Which array each ufunc result is written to; an array is free again after its last reader.

    A result of any other op may be a view of its operands, so it keeps their arrays busy for as long as it lives.
    """

    def __init__(self, nodes: tuple[Node, ...], results: list[NodeId]) -> None:
        self.results = set(results)
        self.last_use = _last_uses(nodes, results)
        self.expiring: dict[int, list[NodeId]] = {}
        for node_id, last in enumerate(self.last_use):
            self.expiring.setdefault(last, []).append(NodeId(node_id))
        self.free: dict[Shape, list[str]] = {}
        self.held: dict[NodeId, tuple[Shape, str]] = {}
        self.count = 0

    def take(self, node_id: NodeId, shape: Shape) -> str | None:
        """The name of a free array of that shape, None for a result of the function."""
        if node_id in self.results:
            return None
        waiting = self.free.setdefault(shape, [])
        if waiting:
            name = waiting.pop()
        else:
            name = f"b{self.count}"
            self.count += 1
        self.held[node_id] = (shape, name)
        return name

    def release_after(self, node_id: NodeId) -> None:
        """Free the arrays whose last reader was this node."""
        for expired in self.expiring.get(node_id, ()):
            if expired in self.held:
                shape, name = self.held.pop(expired)
                self.free.setdefault(shape, []).append(name)


def _last_uses(nodes: tuple[Node, ...], results: list[NodeId]) -> list[int]:
    """For each node the index of the last node that may still read its array."""
    last = list(range(len(nodes)))
    for result in results:
        last[result] = len(nodes)
    for index in range(len(nodes) - 1, -1, -1):  # reversed: a user's own last reader is known first
        node = nodes[index]
        if isinstance(node, Apply):
            until = index if node.op.ufunc is not None else last[index]
            for operand in node.operands:
                last[operand] = max(last[operand], until)
    return last
