"""Expressions that know their shape: what rules are applied to when a graph is to be built, not computed.

A `Tape` collects nodes; an `Expr` is a handle to one of them, with `+ - * / ** @` and every op.
Equal nodes are made once, and an op may simplify itself (`1 · x` is x), so derivatives stay readable.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Node, select
from gradviz.core.op import OPS, AttrValue, Op, Symbolic, as_value, freeze_attrs
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.errors import GraphError


class Tape:
    """Nodes with their shapes, equal ones shared."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.shapes: list[Shape] = []
        self._known: dict[Any, NodeId] = {}
        self._numbers: dict[float, NodeId] = {}

    def leaf(self, name: str, shape: Shape) -> "Expr":
        """The leaf of that name."""
        return self._intern(("leaf", name), Leaf(name), shape)

    def literal(self, value: Any) -> "Expr":
        """A number or an array of numbers."""
        if type(value) is float and value in self._numbers:
            return Expr(self, self._numbers[value], SCALAR)
        array = as_value(value)
        literal = self._intern(("literal", array.shape, array.tobytes()), Literal(array), array.shape)
        if type(value) is float and value:  # 0.0 equals -0.0, but is another number
            self._numbers[value] = literal.id
        return literal

    def apply(self, op: Op, operands: tuple["Expr", ...], attrs: Mapping[str, AttrValue]) -> "Expr":
        """The node op(operands; attrs), simplified where the op knows how; raises ShapeError."""
        if op.simplify is not None:
            simpler = op.simplify(*operands, **attrs)
            if simpler is not None:
                return self.lift(simpler)
        frozen = freeze_attrs(op, attrs) if attrs else ()
        ids = tuple([operand.id for operand in operands])
        key = (op.name, ids, frozen)
        known = self._known.get(key)
        if known is not None:
            return Expr(self, known, self.shapes[known])
        if not frozen and self._are_numbers(ids):
            return self._folded(op, operands)
        shape = op.shape(*[operand.shape for operand in operands], **attrs)
        return self._added(key, Apply(op, ids, frozen), shape)

    def lift(self, value: Any) -> "Expr":
        """The value as an expression on this tape."""
        return value if isinstance(value, Expr) else self.literal(value)

    def copy_of(self, node: Node, moved: Mapping[NodeId, "Expr"], leaf_shapes: Mapping[str, Shape]) -> "Expr":
        """The same node on this tape, its operands taken from `moved`."""
        match node:
            case Leaf():
                return self.leaf(node.name, leaf_shapes[node.name])
            case Literal():
                return self.literal(node.value)
            case Apply():
                return self.apply(node.op, tuple([moved[o] for o in node.operands]), node.settings)
            case Hole():
                raise GraphError("an operand is missing: put a number, a name or an operation at the open port")

    def graph(self, output: "Expr") -> Graph:
        """The graph of one expression: only the nodes that lead to it."""
        nodes, moved = select((output.id,), tuple(self.nodes))
        return Graph(nodes, moved[output.id])

    def _are_numbers(self, ids: tuple[NodeId, ...]) -> bool:
        nodes = self.nodes
        if not isinstance(nodes[ids[0]], Literal):  # the answer for nearly all, quickly
            return False
        return all(isinstance(nodes[node_id], Literal) and not self.shapes[node_id] for node_id in ids)

    def _folded(self, op: Op, operands: tuple["Expr", ...]) -> "Expr":
        """The value of an op of numbers, as a number."""
        with np.errstate(all="ignore"):
            return self.literal(op.evaluate(*(operand.constant for operand in operands)))

    def _intern(self, key: Any, node: Node, shape: Shape) -> "Expr":
        known = self._known.get(key)
        return self._added(key, node, shape) if known is None else Expr(self, known, self.shapes[known])

    def _added(self, key: Any, node: Node, shape: Shape) -> "Expr":
        self._known[key] = known = NodeId(len(self.nodes))
        self.nodes.append(node)
        self.shapes.append(shape)
        return Expr(self, known, shape)


class Expr(Symbolic):
    """A handle to a node on a tape; immutable."""

    __slots__ = ("id", "shape", "tape")
    __array_ufunc__ = None  # NumPy leaves mixed arithmetic to the operators below

    def __init__(self, tape: Tape, node: NodeId, shape: Shape) -> None:
        self.tape = tape
        self.id = node
        self.shape = shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def constant(self) -> Array | None:
        """The value of a literal, None for anything else."""
        node = self.tape.nodes[self.id]
        return node.value if isinstance(node, Literal) else None

    def is_number(self, number: float) -> bool:
        """True for the scalar literal of that value."""
        value = self.constant
        return value is not None and value.shape == SCALAR and float(value) == number

    def applied(self) -> Apply | None:
        """The op and operands behind this expression, None for a leaf or a literal."""
        node = self.tape.nodes[self.id]
        return node if isinstance(node, Apply) else None

    def operand(self, index: int) -> "Expr":
        """An operand of this expression, which must be an op's result."""
        apply = self.applied()
        assert apply is not None
        source = apply.operands[index]
        return Expr(self.tape, source, self.tape.shapes[source])

    def apply(self, op: Op, operands: tuple[Any, ...], attrs: Mapping[str, AttrValue]) -> "Expr":
        """Build the node op(operands; attrs); numbers among the operands become literals."""
        tape = self.tape
        lifted = [operand if isinstance(operand, Expr) else tape.literal(operand) for operand in operands]
        return tape.apply(op, tuple(lifted), attrs)

    def same_node(self, other: Any) -> bool:
        """True when both are the same node of the same tape."""
        return isinstance(other, Expr) and other.tape is self.tape and other.id == self.id

    def __add__(self, other: Any) -> "Expr":
        return self._made("add", self, other)

    def __radd__(self, other: Any) -> "Expr":
        return self._made("add", other, self)

    def __sub__(self, other: Any) -> "Expr":
        return self._made("sub", self, other)

    def __rsub__(self, other: Any) -> "Expr":
        return self._made("sub", other, self)

    def __mul__(self, other: Any) -> "Expr":
        return self._made("mul", self, other)

    def __rmul__(self, other: Any) -> "Expr":
        return self._made("mul", other, self)

    def __truediv__(self, other: Any) -> "Expr":
        return self._made("div", self, other)

    def __rtruediv__(self, other: Any) -> "Expr":
        return self._made("div", other, self)

    def __pow__(self, other: Any) -> "Expr":
        return self._made("pow", self, other)

    def __rpow__(self, other: Any) -> "Expr":
        return self._made("pow", other, self)

    def __matmul__(self, other: Any) -> "Expr":
        return self._made("matmul", self, other)

    def __rmatmul__(self, other: Any) -> "Expr":
        return self._made("matmul", other, self)

    def __neg__(self) -> "Expr":
        return self._made("neg", self)

    def _made(self, name: str, *operands: Any) -> "Expr":
        return self.apply(OPS[name], operands, {})

    def __repr__(self) -> str:
        return f"<expr {self.id} {self.shape}>"


def ndim(value: Any) -> int:
    """The number of axes of an array or an expression."""
    return len(shape_of(value))


def shape_of(value: Any) -> Shape:
    """The shape of a number, an array or an expression."""
    shape: Shape = value.shape if hasattr(value, "shape") else np.shape(value)
    return shape
