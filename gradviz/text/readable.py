"""Expressions for eyes: the rules of the ops, applied so that the result reads as on paper.

The same rules that compute a derivative build it here, on a tape that, besides what every tape simplifies,

    leaves out guards of one point    y · log(where(x = 0, 1, x))      →  y · log x
    leaves out repeating and shaping  broadcast_to(g, (3,)) · x        →  g · x
    writes a placed number as one-hot put(−1, y)                       →  −onehot(y)
    tells products of arrays apart    v · (g − v)                      →  v ⊙ (g − v)

Its graphs are for printing. They agree with the exact ones up to broadcasting, except at a guarded point.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.op import OPS, PRODUCT, AttrValue, Help, Notation, Op, as_value, freeze_attrs
from gradviz.core.ops.reduction import OTHERS
from gradviz.core.shapes import broadcast_rule
from gradviz.core.symbolic import replay
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.errors import GradvizError
from gradviz.text import numbers


@cache
def onehot(size: int) -> Op:
    """The op i ↦ (0, …, 1, …, 0) with `size` elements; only written, never part of a person's formula."""
    return Op(
        name=f"onehot{size}",
        operands=("i",),
        evaluate=lambda i: np.eye(size)[np.asarray(i, dtype=np.intp)],
        shape=lambda _given: (size,),
        vjps=(None,),
        batch=lambda _is_batched, i: i,
        group="onehot",
        notation=Notation(plain="onehot({0})", latex=r"\mathrm{{onehot}}({0})"),
        help=Help("1 at element i, else 0."),
        is_public=False,
    )


HADAMARD = Op(
    name="hadamard",
    operands=("a", "b"),
    evaluate=np.multiply,
    shape=broadcast_rule("mul"),
    vjps=(None, None),
    batch=lambda _is_batched, a, b: a,
    group="hadamard",
    # looser than "·", so that it stands in brackets beside a matrix product
    notation=Notation("{0} ⊙ {1}", r"{0} \odot {1}", PRODUCT - 2, (PRODUCT - 2, PRODUCT - 1)),
    help=Help("The product of arrays, element by element; only written, never part of a person's formula."),
    is_public=False,
)


class ReadableTape(Tape):
    """A tape whose nodes are simplified for reading."""

    def __init__(self) -> None:
        super().__init__()
        self._is_exact = False

    @contextmanager
    def exactly(self) -> Iterator[None]:
        """Within this context nodes are kept as they are: for copying a formula that a person wrote."""
        self._is_exact = True
        try:
            yield
        finally:
            self._is_exact = False

    def apply(self, op: Op, operands: tuple[Expr, ...], attrs: Mapping[str, AttrValue]) -> Expr:
        """The node op(operands; attrs), in its most readable form."""
        if self._is_exact:
            return super().apply(op, operands, attrs)
        if not op.partials and op.name not in _REACHING_THROUGH:
            operands = tuple(_materialised(self, operand) for operand in operands)
        rewrite = _REWRITES.get(op.name)
        rewritten = rewrite(self, operands, attrs) if rewrite is not None else None
        return rewritten if rewritten is not None else super().apply(op, operands, attrs)

    def _folded(self, op: Op, operands: tuple[Expr, ...]) -> Expr:
        if op.group != "onehot":
            return super()._folded(op, operands)
        ids = tuple(operand.id for operand in operands)  # onehot(2) says more than [0, 0, 1]
        return self._intern((op.name, ids), Apply(op, ids), op.shape(SCALAR))

    def whole(self, op: Op, x: Expr, attrs: Mapping[str, AttrValue]) -> Expr:
        """The node as it is, also for an op that is elsewhere taken apart."""
        frozen = freeze_attrs(op, attrs)
        return self._intern((op.name, x.id, frozen), Apply(op, (x.id,), frozen), x.shape)

    def plain_apply(self, op: Op, operands: tuple[Expr, ...], attrs: Mapping[str, AttrValue]) -> Expr:
        """The node as it is, for rewrites that only change settings."""
        return super().apply(op, operands, attrs)


def reshaped_handle(x: Expr, shape: Shape) -> Expr:
    """The same node under another shape: what broadcasting would make of it."""
    return Expr(x.tape, x.id, shape)


_REACHING_THROUGH = frozenset({"broadcast_to", "reshape", "sum_to", "put", "place"})
"""Ops that go on with a repeated number as with the number."""


def _materialised(tape: ReadableTape, x: Expr) -> Expr:
    """A number under the shape of an array as that array: a matrix product needs all its elements."""
    if tape.shapes[x.id] != SCALAR or x.shape == SCALAR:
        return x
    if x.constant is not None and np.prod(x.shape) <= numbers.SMALL:
        return tape.literal(np.full(x.shape, x.constant))
    return tape.plain_apply(OPS["broadcast_to"], (reshaped_handle(x, SCALAR),), {"shape": x.shape})


def _without_guard(_tape: ReadableTape, operands: Sequence[Expr], _attrs: Mapping[str, AttrValue]) -> Expr | None:
    condition = operands[0].applied()
    return operands[2] if condition is not None and condition.op is OPS["equal"] else None


def _without_repeating(_tape: ReadableTape, operands: Sequence[Expr], attrs: Mapping[str, AttrValue]) -> Expr:
    return reshaped_handle(operands[0], attrs["shape"])


def _as_sum(tape: ReadableTape, operands: Sequence[Expr], attrs: Mapping[str, AttrValue]) -> Expr:
    (x,), shape = operands, attrs["shape"]
    if shape == SCALAR or x.constant is not None:
        return reshaped_handle(tape.apply(OPS["sum"], (x,), {}), shape)
    axes = summed_axes(x.shape, shape)
    for axis in reversed(axes):
        x = tape.apply(OPS["sum"], (x,), {"axis": axis})
    return reshaped_handle(x, shape)


def _sum_of_vector(tape: ReadableTape, operands: Sequence[Expr], attrs: Mapping[str, AttrValue]) -> Expr | None:
    (x,), shape = operands, operands[0].shape
    kept = OPS["sum"].shape(shape, **attrs)
    applied = x.applied()
    if x.constant is not None and kept == SCALAR:
        return tape.literal(np.sum(x.constant))
    if applied is not None and applied.op.group == "onehot":
        return reshaped_handle(tape.literal(1.0), kept)  # exactly one element is 1
    if applied is not None and applied.op is OPS["neg"]:
        return -tape.apply(OPS["sum"], (reshaped_handle(x.operand(0), shape),), attrs)
    if len(shape) == 1 and attrs.get("keepdims"):
        return reshaped_handle(tape.apply(OPS["sum"], (x,), {}), kept)
    return None


def _as_onehot(tape: ReadableTape, operands: Sequence[Expr], attrs: Mapping[str, AttrValue]) -> Expr | None:
    g, i = operands
    shape = attrs["shape"]
    if i.shape != SCALAR or len(shape) != 1:
        return None
    return g * tape.plain_apply(onehot(shape[0]), (i,), {})


def _at_place(tape: ReadableTape, operands: Sequence[Expr], attrs: Mapping[str, AttrValue]) -> Expr | None:
    (g,), shape, index = operands, attrs["shape"], attrs["index"]
    if len(shape) != 1 or len(index) != 1 or isinstance(index[0], tuple):
        return None
    return g * tape.plain_apply(onehot(shape[0]), (tape.literal(float(index[0] % shape[0])),), {})


def _elementwise(tape: ReadableTape, operands: Sequence[Expr], _attrs: Mapping[str, AttrValue]) -> Expr | None:
    """a ⊙ b for two arrays; what simplifies is left to the op."""
    a, b = operands
    is_array = all(np.prod(tape.shapes[x.id]) > 1 for x in (a, b))
    simplify = OPS["mul"].simplify
    if not is_array or simplify is None or simplify(a, b) is not None:
        return None
    return tape.plain_apply(HADAMARD, (a, b), {})


def _negative(tape: ReadableTape, operands: Sequence[Expr], _attrs: Mapping[str, AttrValue]) -> Expr | None:
    """−(a − b) = b − a, also as a factor: −(2·(a − b)) = 2·(b − a)."""
    (x,) = operands
    applied = x.applied()
    if applied is None:
        return None
    if applied.op is OPS["sub"]:
        return reshaped_handle(x.operand(1) - x.operand(0), x.shape)
    if applied.op in (OPS["mul"], HADAMARD):
        for i in (1, 0):
            factor = x.operand(i).applied()
            if factor is not None and factor.op is OPS["sub"]:
                turned = -x.operand(i)
                return reshaped_handle(x.operand(0) * turned if i else turned * x.operand(1), x.shape)
    return None


def _difference(tape: ReadableTape, operands: Sequence[Expr], _attrs: Mapping[str, AttrValue]) -> Expr | None:
    """a − (−b) = a + b."""
    a, b = operands
    applied = b.applied()
    return a + b.operand(0) if applied is not None and applied.op is OPS["neg"] else None


def _total(tape: ReadableTape, operands: Sequence[Expr], _attrs: Mapping[str, AttrValue]) -> Expr | None:
    """−a + b = b − a."""
    a, b = operands
    applied = a.applied()
    return b - a.operand(0) if applied is not None and applied.op is OPS["neg"] else None


def _exponential(tape: ReadableTape, operands: Sequence[Expr], attrs: Mapping[str, AttrValue]) -> Expr | None:
    """exp(log_softmax(z)) = softmax(z)."""
    applied = operands[0].applied()
    if applied is None or applied.op is not OPS["log_softmax"]:
        return None
    return tape.apply(OPS["softmax"], (operands[0].operand(0),), dict(applied.attrs))


def _product_of_others(tape: ReadableTape, operands: Sequence[Expr], attrs: Mapping[str, AttrValue]) -> Expr:
    """Written prod(x)/x as on paper; computed without the division, so that zeros are no special case."""
    (x,) = operands
    return tape.whole(OTHERS, x, {} if x.ndim == 1 else attrs)


_REWRITES: dict[str, Any] = {
    OTHERS.name: _product_of_others,
    "within": lambda _tape, operands, _attrs: operands[0],
    "mul": _elementwise,
    "neg": _negative,
    "sub": _difference,
    "add": _total,
    "exp": _exponential,
    "place": _at_place,
    "where": _without_guard,
    "broadcast_to": _without_repeating,
    "reshape": _without_repeating,
    "sum_to": _as_sum,
    "sum": _sum_of_vector,
    "put": _as_onehot,
}


def summed_axes(shape: Shape, target: Shape) -> tuple[int, ...]:
    """The axes of `shape` over which a contribution is summed to fit `target`, which was broadcast to it."""
    extra = len(shape) - len(target)
    return tuple(range(extra)) + tuple(extra + i for i, n in enumerate(target) if n == 1 and shape[extra + i] != 1)


def application(graph: Graph, node: NodeId, names: Sequence[str], shapes: Sequence[Shape]) -> Graph:
    """One op applied to the names of its operands: x² for sq(x)."""
    apply = graph.nodes[node]
    assert isinstance(apply, Apply)
    tape = Tape()
    xs = _operands(tape, graph, apply, names, shapes)
    nodes = (*tape.nodes, Apply(apply.op, tuple(x.id for x in xs), apply.attrs))
    return Graph(nodes, NodeId(len(nodes) - 1))


def local_derivative(graph: Graph, node: NodeId, operand: int, names: Sequence[str], shapes: Sequence[Shape]) -> Graph:
    """∂(node)/∂(operand) over the names of the operands and of the node itself; elementwise or scalar ops only."""
    apply = graph.nodes[node]
    assert isinstance(apply, Apply)
    tape = ReadableTape()
    xs = _operands(tape, graph, apply, names, shapes)
    return _local(tape, apply, operand, tape.leaf(names[node], shapes[node]), xs)


def local_derivative_in_leaves(graph: Graph, node: NodeId, operand: int, leaf_shapes: Mapping[str, Shape]) -> Graph:
    """∂(node)/∂(operand) over the leaves of the graph; elementwise or scalar ops only."""
    apply = graph.nodes[node]
    assert isinstance(apply, Apply)
    tape = ReadableTape()
    with tape.exactly():
        exprs = replay(tape, graph, leaf_shapes)
    return _local(tape, apply, operand, exprs[node], tuple(exprs[source] for source in apply.operands))


def _local(tape: ReadableTape, apply: Apply, operand: int, y: Expr, xs: Sequence[Expr]) -> Graph:
    if apply.op.partials:
        rule = apply.op.partials[operand]
        assert rule is not None
        return tape.graph(tape.lift(rule(y, *xs)))
    return tape.graph(tape.lift(apply.op.vjp(operand, tape.literal(1.0), y, *xs, **apply.settings)))


def contribution(
    graph: Graph, node: NodeId, operand: int, names: Sequence[str], shapes: Sequence[Shape], upstream: str | None
) -> Graph:
    """What an op sends back to one operand, over the names of the operands and of the adjoint, `upstream`.

    upstream: None for the output, whose adjoint is 1.
    """
    try:
        return _contribution(ReadableTape(), graph, node, operand, names, shapes, upstream)
    except (GradvizError, ValueError, IndexError):  # a shape that only the exact rule has
        return _contribution(Tape(), graph, node, operand, names, shapes, upstream or "1")


def _contribution(
    tape: Tape,
    graph: Graph,
    node: NodeId,
    operand: int,
    names: Sequence[str],
    shapes: Sequence[Shape],
    upstream: str | None,
) -> Graph:
    apply = graph.nodes[node]
    assert isinstance(apply, Apply)
    xs = _operands(tape, graph, apply, names, shapes)
    y = tape.leaf(names[node], shapes[node])
    one = reshaped_handle(tape.literal(1.0), shapes[node])
    g = one if upstream is None else tape.leaf(upstream, shapes[node])
    return tape.graph(tape.lift(apply.op.vjp(operand, g, y, *xs, **apply.settings)))


def written_nodes(form: Graph) -> int:
    """How many nodes are written when a shared node is written at each of its uses."""
    counts: list[int] = []
    for node in form.nodes:
        counts.append(1 + sum(counts[operand] for operand in node.operands) if isinstance(node, Apply) else 1)
    return counts[form.output]


def with_numbers(graph: Graph, values: Mapping[str, Array]) -> Graph:
    """The formula with numbers, as they are shown, in place of names."""
    nodes = tuple(
        Literal(_as_shown(values[node.name])) if isinstance(node, Leaf) and node.name in values else node
        for node in graph.nodes
    )
    return Graph(nodes, graph.output)


def with_names(graph: Graph, names: Mapping[str, str]) -> Graph:
    """The formula with other names for its leaves."""
    nodes = tuple(
        Leaf(names[node.name]) if isinstance(node, Leaf) and node.name in names else node for node in graph.nodes
    )
    return Graph(nodes, graph.output)


def _operands(
    tape: Tape, graph: Graph, apply: Apply, names: Sequence[str], shapes: Sequence[Shape]
) -> tuple[Expr, ...]:
    return tuple(_operand(tape, graph, source, names[source], shapes[source]) for source in apply.operands)


def _operand(tape: Tape, graph: Graph, source: NodeId, name: str, shape: Shape) -> Expr:
    node = graph.nodes[source]
    return tape.literal(node.value) if isinstance(node, Literal) else tape.leaf(name, shape)


def _as_shown(value: Array) -> Array:
    rounded = np.vectorize(lambda x: float(f"{x:.{numbers.DIGITS}g}"), otypes=[np.float64])(value)
    return as_value(rounded)
