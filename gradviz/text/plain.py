"""Formulas as Unicode text, for reading: (y − W·x)², ½ is 1/2, σ(v₁), 2x³.

Numbers are short and names are typeset, so this is for eyes; lang/unparse.py writes what can be read back.
"""

from collections.abc import Mapping

from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.op import ATOM, POSTFIX, POWER, PRODUCT
from gradviz.core.types import NodeId
from gradviz.text import numbers, symbols
from gradviz.text.marks import Marked
from gradviz.text.printer import (
    MAX_LENGTH,
    Form,
    Parts,
    Place,
    Style,
    call,
    indexed,
    infix,
    signed,
    write,
)

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SIGNS = {" - ": " − ", " <= ": " ≤ ", " >= ": " ≥ ", " != ": " ≠ ", " == ": " = ", " / ": "/"}
_NAMES = {"maximum": "max", "minimum": "min", "sigmoid": "σ"}
_AROUND = {"abs": ("|", "|"), "norm": ("‖", "‖"), "floor": ("⌊", "⌋")}


def plain(
    graph: Graph,
    node: NodeId | None = None,
    *,
    stop_at: Mapping[NodeId, str] | None = None,
    length: int = MAX_LENGTH,
) -> str:
    """The formula of a node (the output when None) as Unicode text.

    stop_at: nodes that are written by these names instead of being expanded. What is longer than `length`
    characters is elided with "…".
    """
    return write(_Plain(graph, stop_at), graph.output if node is None else node, length=length)


def plain_lines(graph: Graph) -> tuple[str, ...]:
    """One line for each node that the formula named, `h = tanh(x)`, the output last."""
    return tuple(line.text for line in marked_plain_lines(graph))


def marked_plain_lines(graph: Graph) -> tuple[Marked, ...]:
    """The same, with each part marked with its node."""
    style = _Plain(graph, graph.names)
    named = sorted(node for node in graph.names if node != graph.output)
    return tuple(style.line(node) for node in (*named, graph.output))


class _Plain(Style):
    def name(self, name: str) -> str:
        return symbols.display(name)

    def literal(self, node: Literal) -> Form:
        text = numbers.typeset_value(node.value)
        if node.value.ndim == 0 and "×" in text:
            return Form([text], PRODUCT, is_signed=text.startswith(numbers.MINUS))
        return signed([text]) if text.startswith(numbers.MINUS) else Form([text])

    def apply(self, node: Apply) -> Form:
        special = _SPECIAL.get(node.op.name)
        if special is not None and not node.attrs:
            return special(self, node)
        if node.op.name == "index":
            return indexed(node)
        if node.op.name in _AROUND and not node.attrs:
            left, right = _AROUND[node.op.name]
            return Form([left, Place(node.operands[0]), right])
        notation = node.op.notation
        if notation.plain is None or node.attrs:
            return call(_NAMES.get(node.op.name, node.op.name), node, self.settings(node))
        pattern = notation.plain
        for sign, typeset in _SIGNS.items():
            pattern = pattern.replace(sign, typeset)
        return Form(infix(pattern, node, notation.needs), notation.binds)

    def product(self, node: Apply) -> Form:
        left, right = node.operands
        sign = "" if self._goes_without_sign(left, right) else "·"
        parts: Parts = [Place(left, PRODUCT), sign, Place(right, PRODUCT + 1, leads=False)]
        return Form(parts, PRODUCT)

    def _goes_without_sign(self, left: NodeId, right: NodeId) -> bool:
        """True for 2x, 2x² and 2(a + b)."""
        number = self.graph.nodes[left]
        if (
            left in self.stop_at
            or not isinstance(number, Literal)
            or number.value.ndim
            or "×" in numbers.typeset_value(number.value)
        ):
            return False
        return not self._begins_with_digit(right)

    def _begins_with_digit(self, node_id: NodeId) -> bool:
        """True unless the text of a right factor surely begins with a letter or a bracket."""
        while not self.simple(node_id):
            node = self.graph.nodes[node_id]
            match node:
                case Apply() if node.op.name in ("sq", "pow", "transpose", "inverse", "index", "take"):
                    node_id = node.operands[0]
                case Apply():
                    return node.op.notation.plain is None or node.op.notation.binds > PRODUCT
                case _:
                    return True
        return False

    def square(self, node: Apply) -> Form:
        return Form([Place(node.operands[0], POWER + 1), "²"], POWER)

    def power(self, node: Apply) -> Form:
        base, exponent = node.operands
        number = self.graph.nodes[exponent]
        if isinstance(number, Literal) and exponent not in self.stop_at and number.value.ndim == 0:
            text = numbers.number(float(number.value)).replace(numbers.MINUS, "-")
            if text.lstrip("-").isdigit():
                return Form([Place(base, POWER + 1), text.translate(_SUPERSCRIPTS)], POWER)
        return Form([Place(base, POWER + 1), "^", Place(exponent, ATOM, leads=False)], POWER)

    def negative(self, node: Apply) -> Form:
        return signed([numbers.MINUS, Place(node.operands[0], PRODUCT, leads=False)])

    def root(self, node: Apply) -> Form:
        return Form(["√", Place(node.operands[0], ATOM)])

    def transposed(self, node: Apply) -> Form:
        return Form([Place(node.operands[0], POSTFIX + 1), "ᵀ"], POSTFIX)

    def outer_product(self, node: Apply) -> Form:
        left, right = node.operands
        return Form([Place(left, PRODUCT), "·", Place(right, POSTFIX + 1, leads=False), "ᵀ"], PRODUCT)

    def inverted(self, node: Apply) -> Form:
        return Form([Place(node.operands[0], POSTFIX + 1), "⁻¹"], POSTFIX)

    def listed(self, node: Apply) -> Form:
        return call("", node, [], ("[", "]"))


_SPECIAL = {
    "mul": _Plain.product,
    "matmul": _Plain.product,
    "sq": _Plain.square,
    "pow": _Plain.power,
    "neg": _Plain.negative,
    "sqrt": _Plain.root,
    "outer": _Plain.outer_product,
    "transpose": _Plain.transposed,
    "inverse": _Plain.inverted,
    "stack": _Plain.listed,
}
