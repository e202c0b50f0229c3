"""A derivative that picks a class, written for one element j, as in the lecture.

    softmax(z) − onehot(y)             softmax(z)ⱼ − [y = j]
    (softmax(z) − onehot(y))·xᵀ        (softmax(z)ⱼ − [y = j])·x       row j

onehot(y) is 1 at element y and 0 elsewhere: its element j is the bracket [y = j], 1 where that is so.
"""

from collections.abc import Mapping
from functools import cache

from gradviz.core.expr import Expr
from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.op import ATOM, COMPARE, OPS, POSTFIX, Help, Notation, Op
from gradviz.core.symbolic import replay
from gradviz.core.types import SCALAR, NodeId, Shape
from gradviz.errors import GradvizError
from gradviz.text.readable import HADAMARD, ReadableTape

_ELEMENTWISE = ("add", "sub", "mul", "neg", "div")


def by_element(form: Graph, leaf_shapes: Mapping[str, Shape]) -> Graph | None:
    """Element j (of a matrix: row j) of a vector formula with a onehot in it; None for other formulas."""
    if not any(isinstance(node, Apply) and node.op.group == "onehot" for node in form.nodes):
        return None
    try:
        shapes = _shapes(form, leaf_shapes)
        return _Elements(form, shapes).graph()
    except (GradvizError, ValueError, IndexError, KeyError):  # a form whose shapes only broadcasting makes fit
        return None


class _Elements:
    def __init__(self, form: Graph, shapes: Mapping[NodeId, Shape]) -> None:
        self.form, self.shapes = form, shapes
        self.tape = ReadableTape()

    def graph(self) -> Graph | None:
        found = self._element(self.form.output)
        return None if found is None else self.tape.graph(found)

    def _element(self, node_id: NodeId) -> Expr | None:
        """Element j of a node; the node itself when it is a scalar."""
        node = self.form.nodes[node_id]
        if self.shapes[node_id] == SCALAR or not isinstance(node, Apply):
            return self._whole(node_id) if self.shapes[node_id] == SCALAR else self._indexed(node_id)
        if node.op.group == "onehot":
            return self.tape.whole(_bracket(), self._whole(node.operands[0]), {})
        if node.op is OPS["outer"]:
            left = self._element(node.operands[0])
            return None if left is None else self._product(left, self._whole(node.operands[1]))
        if node.op is HADAMARD or any(node.op is OPS[name] for name in _ELEMENTWISE):
            operands = [self._element(operand) for operand in node.operands]
            return None if None in operands else self._applied(node, [x for x in operands if x is not None])
        return self._indexed(node_id)

    def _applied(self, node: Apply, operands: list[Expr]) -> Expr:
        op = OPS["mul"] if node.op is HADAMARD else node.op
        return self.tape.plain_apply(op, tuple(operands), {})

    def _product(self, left: Expr, right: Expr) -> Expr:
        return self.tape.plain_apply(OPS["mul"], (left, right), {})

    def _indexed(self, node_id: NodeId) -> Expr:
        return self.tape.whole(_subscript(), self._whole(node_id), {})

    def _whole(self, node_id: NodeId) -> Expr:
        moved: dict[NodeId, Expr] = {}
        with self.tape.exactly():
            for index in range(node_id + 1):
                found = self.form.nodes[index]
                match found:
                    case Leaf():
                        moved[NodeId(index)] = self.tape.leaf(found.name, SCALAR)
                    case Literal():
                        moved[NodeId(index)] = self.tape.literal(found.value)
                    case Apply():
                        op = _unshaped(found.op)
                        operands = tuple(moved[operand] for operand in found.operands)
                        moved[NodeId(index)] = self.tape.apply(op, operands, found.settings)
        return moved[node_id]


def _shapes(form: Graph, leaf_shapes: Mapping[str, Shape]) -> dict[NodeId, Shape]:
    tape = ReadableTape()
    with tape.exactly():
        return {NodeId(index): expr.shape for index, expr in enumerate(replay(tape, form, leaf_shapes))}


@cache
def _unshaped_of(name: str) -> Op:
    op = OPS[name]
    return Op(
        name=op.name, operands=op.operands, evaluate=op.evaluate, shape=lambda *_given, **_settings: SCALAR,
        vjps=(None,) * len(op.operands), batch=op.batch, group=op.group, notation=op.notation, help=op.help,
        params=op.params, is_public=False,
    )  # fmt: skip


def _unshaped(op: Op) -> Op:
    """The op as it is written, without its shape rule: here only the text counts."""
    return _unshaped_of(op.name) if op.name in OPS else op


def _written(name: str, plain: str, latex: str, binds: int, need: int) -> Op:
    return Op(
        name=name,
        operands=("v",),
        evaluate=lambda v: v,
        shape=lambda *_given: SCALAR,
        vjps=(None,),
        batch=lambda _is_batched, v: v,
        group="element",
        notation=Notation(plain, latex, binds, (need,)),
        help=Help("Element j; only written, never part of a person's formula."),
        is_public=False,
    )


@cache
def _subscript() -> Op:
    return _written("element", "{0}ⱼ", r"{{{0}}}_{{j}}", POSTFIX, POSTFIX)


@cache
def _bracket() -> Op:
    return _written("iverson", "[{0} = j]", r"\left[{0} = j\right]", ATOM, COMPARE)
