r"""Formulas as LaTeX without dollar signs: \left(y - W x\right)^{2}.

What ziamath typesets: fractions, roots, \left and \right, \mathrm, Greek letters.
"""

import re
from collections.abc import Mapping

from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.op import ATOM, POSTFIX, POWER, PRODUCT, SUM, UNARY, Notation
from gradviz.core.types import NodeId
from gradviz.text import numbers, symbols
from gradviz.text.marks import Marked
from gradviz.text.printer import MAX_LENGTH, Form, Parts, Place, Style, call, indexed, infix, signed, write

_NAMES = {"maximum": r"\max", "minimum": r"\min", "max": r"\max", "min": r"\min"}
_BRACED = re.compile(r"\{\{\{(\d)\}\}\}")
"""An operand in the braces of a command or a script; at the very beginning braces only group."""
_BRACKETED = re.compile(r"\((\{\d\})\)")


def latex(
    graph: Graph,
    node: NodeId | None = None,
    *,
    stop_at: Mapping[NodeId, str] | None = None,
    length: int = MAX_LENGTH,
) -> str:
    """The formula of a node (the output when None) as LaTeX; the arguments are those of `plain`."""
    return write(_Latex(graph, stop_at), graph.output if node is None else node, length=length)


def latex_lines(graph: Graph) -> tuple[str, ...]:
    """One line for each node that the formula named, the output last."""
    return tuple(line.text for line in marked_latex_lines(graph))


def marked_latex_lines(graph: Graph) -> tuple[Marked, ...]:
    """The same, with each part marked with its node."""
    style = _Latex(graph, graph.names)
    named = sorted(node for node in graph.names if node != graph.output)
    return tuple(style.line(node) for node in (*named, graph.output))


class _Latex(Style):
    elision = r"\ldots "
    hole = r"\square "

    def name(self, name: str) -> str:
        return symbols.latex(name)

    def brackets(self, parts: Parts) -> Parts:
        return [r"\left(", *parts, r"\right)"]

    def literal(self, node: Literal) -> Form:
        text = numbers.latex_value(node.value)
        if node.value.ndim == 0 and r"\times" in text:
            return Form([text], PRODUCT, is_signed=text.startswith("-"))
        return signed([text]) if text.startswith("-") else Form([text])

    def apply(self, node: Apply) -> Form:
        special = _SPECIAL.get(node.op.name)
        if special is not None and not node.attrs:
            return special(self, node)
        if node.op.name == "index":
            return indexed(node, (r"\left[", r"\right]"))
        notation = node.op.notation
        if notation.latex is None or node.attrs:
            name = _NAMES.get(node.op.name, rf"\mathrm{{{_escaped(node.op.name)}}}")
            return call(name, node, [_setting(text) for text in self.settings(node)], (r"\left(", r"\right)"))
        return _from_pattern(node, notation, notation.latex)

    def product(self, node: Apply) -> Form:
        left, right = node.operands
        sign = " " if self._goes_without_sign(left, right) else r" \cdot "
        return Form([Place(left, PRODUCT), sign, Place(right, PRODUCT + 1, leads=False)], PRODUCT)

    def _goes_without_sign(self, left: NodeId, right: NodeId) -> bool:
        """True for 2 x, W x and 2 (a + b)."""
        number = self.graph.nodes[left]
        is_number = isinstance(number, Literal) and not number.value.ndim and left not in self.stop_at
        if is_number and isinstance(number, Literal):
            return r"\times" not in numbers.latex_value(number.value) and self._begins_with_letter(
                right, is_number=True
            )
        return self._ends_with_letter(left) and self._begins_with_letter(right, is_number=False)

    def _ends_with_letter(self, node_id: NodeId) -> bool:
        while not self.simple(node_id):
            node = self.graph.nodes[node_id]
            if not (isinstance(node, Apply) and node.op.name in ("mul", "matmul")):
                return isinstance(node, Apply) and node.op.name == "transpose" and self.simple(node.operands[0])
            if not self._goes_without_sign(*node.operands):
                return False
            node_id = node.operands[1]
        return _is_letter(self._name_of(node_id))

    def _begins_with_letter(self, node_id: NodeId, *, is_number: bool) -> bool:
        """True for a name or its power; after a number also for a bracket and a function."""
        node = self.graph.nodes[node_id]
        while not self.simple(node_id) and isinstance(node, Apply) and node.op.name in ("sq", "pow", "transpose"):
            node_id = node.operands[0]
            node = self.graph.nodes[node_id]
        if self.simple(node_id):
            return is_number or _is_letter(self._name_of(node_id))
        return is_number and isinstance(node, Apply)

    def _name_of(self, node_id: NodeId) -> str:
        return self.form(node_id, is_root=False).parts[0]  # type: ignore[return-value]  # a simple node is one text

    def power(self, node: Apply) -> Form:
        base, exponent = node.operands
        return Form([Place(base, POWER + 1), "^{", Place(exponent), "}"], POWER)

    def negative(self, node: Apply) -> Form:
        return signed(["-", Place(node.operands[0], PRODUCT, leads=False)])

    def total(self, node: Apply) -> Form:
        """Σ binds what follows up to the next sum, so as a factor it needs brackets."""
        sign = r"\sum " if node.op.name == "sum" else r"\prod "
        return Form([sign, Place(node.operands[0], PRODUCT, leads=False)], SUM + 1)

    def taken(self, node: Apply) -> Form:
        """v_i; in braces, as v may end in a subscript of its own."""
        v, i = node.operands
        return Form(["{", Place(v, POSTFIX), "}_{", Place(i), "}"], POSTFIX)

    def listed(self, node: Apply) -> Form:
        return call("", node, [], (r"\left[", r"\right]"))


def _from_pattern(node: Apply, notation: Notation, pattern: str) -> Form:
    """The parts of a LaTeX pattern; what stands in braces of its own needs no brackets."""
    free = {int(match[1]) for match in _BRACED.finditer(pattern) if match.start()}
    all_free = len(free) == len(node.operands) and pattern.startswith("\\")
    pattern = _BRACKETED.sub(r"\\left(\1\\right)", pattern)
    needs = [0 if operand in free or notation.binds >= ATOM else need for operand, need in enumerate(notation.needs)]
    parts = infix(pattern, node, needs)
    if pattern.startswith("-"):
        return signed(parts)
    return Form(parts, UNARY + 5 if all_free and notation.binds < ATOM else notation.binds)


def _is_letter(name: str) -> bool:
    """True for one letter, Latin or Greek, with or without a subscript."""
    return re.fullmatch(r"(?:[A-Za-z]|\\[A-Za-z]+)(?:_\{.*\})?", name) is not None


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


def _setting(text: str) -> str:
    name, _, value = text.partition("=")
    shown = value if value.lstrip("-").isdigit() else rf"\mathrm{{{value}}}"
    return rf"\mathrm{{{_escaped(name)}}}={shown}"


_SPECIAL = {
    "mul": _Latex.product,
    "matmul": _Latex.product,
    "pow": _Latex.power,
    "neg": _Latex.negative,
    "sum": _Latex.total,
    "prod": _Latex.total,
    "take": _Latex.taken,
    "stack": _Latex.listed,
}
