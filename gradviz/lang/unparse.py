"""A graph as formula text that can be read back: `read(formula(g)).graph` is g, and so with `functions`.

    formula(g)      h = tanh(W x + b)              functions(g)    h = tanh(add(matmul(W, x), b))
                    (y - h)^2                                      sq(sub(y, h))

Definitions of functions come first, then values of leaves, then a line for each named node and each loose part. A
node that is used twice needs a name, and so does one that would stand too deep in brackets; where the graph gives
none they are called v1, v2, …
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from gradviz.core.blocks import collapsed
from gradviz.core.graph import Apply, Function, Graph, Hole, Leaf, Literal
from gradviz.core.op import COMPARE, POSTFIX, POWER, PRODUCT, UNARY
from gradviz.core.types import Array, NodeId
from gradviz.lang import names
from gradviz.lang.order import inner_lines
from gradviz.lang.words import WordReader
from gradviz.text.marks import Marked, join
from gradviz.text.printer import Form, Place, Style, bracketed, call, indexed, infix, numeric_nodes, write_marked

_DEEP = 60
"""Brackets in brackets beyond which a part gets a name of its own."""


def formula(graph: Graph) -> str:
    """The graph in operator notation, one line for each named or shared node, the output last."""
    return _text(graph, _Operators)


def functions(graph: Graph) -> str:
    """The graph in function notation: sq(sub(y, add(matmul(W, x), b)))."""
    return _text(graph, _Functions)


def marked_functions(graph: Graph) -> Marked:
    """The same text as `functions`, with each part marked with its node; those of definitions are not."""
    return _marked_lines(graph, _named(graph, graph.functions, _Functions), _Functions)


def number_text(value: float) -> str:
    """A number that reads back as itself: 2, -0.5, 1e-10; nan and 1e999 for what is no number."""
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    text = repr(float(value)).replace("e+", "e")
    return text.removesuffix(".0")


def value_text(value: Array) -> str:
    """A number or a list of numbers that reads back as itself."""
    if np.ndim(value) == 0:
        return number_text(float(value))
    return f"[{', '.join(value_text(row) for row in value)}]"


def definition(graph: Graph, name: str) -> str:
    """The line that defines one of the graph's functions: neuron(w, x, b) = tanh(w x + b)."""
    return _definition(graph.functions[name], graph, _Operators)


def named(graph: Graph, functions: Mapping[str, Function] | None = None) -> Graph:
    """The graph with a name for each node that needs one in its formula: v1, v2, … for those that have none.

    functions: where the graph is a body, those of the whole formula.
    """
    return _named(graph, functions if functions is not None else graph.functions, _Operators)


def formula_of_named(graph: Graph) -> str:
    """The formula of a graph that `named` gave."""
    return _lines(graph, graph, _Operators)


def _text(graph: Graph, style_of: "type[_Exact]") -> str:
    return _lines(graph, _named(graph, graph.functions, style_of), style_of)


def _lines(graph: Graph, whole: Graph, style_of: "type[_Exact]") -> str:
    return _marked_lines(graph, whole, style_of).text


def _marked_lines(graph: Graph, whole: Graph, style_of: "type[_Exact]") -> Marked:
    lines: list[Marked | str] = [_definition(function, graph, style_of) for function in graph.functions.values()]
    writer = _Writer(whole, graph.functions, style_of, graph.defaults)
    leaves = graph.leaves()
    for name, value in graph.defaults.items():
        line = Marked(f"{writer.style.name(name)} = {value_text(value)}")
        lines.append(line.around(leaves[name]) if name in leaves else line)
    inner = inner_lines(whole)
    lines += [writer.line(node) for node in inner]
    if graph.output in inner:
        lines.append(Marked(writer.style.name(whole.names[graph.output])).around(graph.output))
    elif not isinstance(graph.nodes[graph.output], Leaf) or not graph.defaults or len(graph) > 1:
        lines.append(writer.line(graph.output))
    return join("\n", lines)


def _definition(function: Function, graph: Graph, style_of: "type[_Exact]") -> str:
    body = _named(function.body, graph.functions, style_of)
    writer = _Writer(body, graph.functions, style_of, (*graph.defaults, *function.params))
    head = f"{function.name}({', '.join(map(writer.style.name, function.params))}) = "
    parts = [writer.line(node).text for node in inner_lines(body)]
    return head + writer.text(body.output).text + (f" with {', '.join(parts)}" if parts else "")


class _Writer:
    """Writes nodes of a graph that has a name for each line."""

    def __init__(
        self, graph: Graph, functions: Mapping[str, Function], style_of: "type[_Exact]", known: Collection[str]
    ) -> None:
        shown = collapsed(graph, functions)
        numeric = numeric_nodes(graph)
        self._names = graph.names
        self._places = shown.places
        self._shown = tuple(shown.places)
        self.style = style_of(shown.graph, shown.graph.names, known, [numeric[old] for old in shown.places])

    def line(self, node: NodeId) -> Marked:
        """A node in full, after its name where it has one."""
        body = self.text(node)
        if node not in self._names:
            return body
        return body.within(f"{self.style.name(self._names[node])} = ", "")

    def text(self, node: NodeId) -> Marked:
        """A node in full."""
        return write_marked(self.style, self._places[node], length=None).relabelled(self._old)

    def _old(self, node: NodeId) -> NodeId:
        return self._shown[node]


def _named(graph: Graph, functions: Mapping[str, Function], style_of: "type[_Exact]") -> Graph:
    shown = collapsed(graph, functions)
    numeric = numeric_nodes(graph)
    before = list(shown.places)
    given = _line_names(shown.graph, style_of(shown.graph, {}, (), [numeric[old] for old in before]))
    return replace(graph, names={before[node]: name for node, name in given.items()})


def _line_names(graph: Graph, style: "_Exact") -> dict[NodeId, str]:
    """The nodes that get a line of their own, and their names."""
    given = {node: name for node, name in graph.names.items() if isinstance(graph.nodes[node], Apply | Hole)}
    taken = {*graph.leaves(), *given.values()}
    uses = [0] * len(graph)
    for edge in graph.edges():
        uses[edge.source] += 1
    depth = [0] * len(graph)
    count = 0
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        if isinstance(node, Leaf | Literal):
            continue
        depth[node_id] = style.depth(node_id, depth)
        is_named = node_id in given
        is_shared = uses[node_id] > (0 if node_id == graph.output else 1)
        is_deep = node_id != graph.output and depth[node_id] > _DEEP
        if not is_named and (is_shared or is_deep):
            count += 1
            while f"v{count}" in taken:
                count += 1
            given[node_id] = f"v{count}"
            is_named = True
        if is_named:
            depth[node_id] = 0
    return given


class _Exact(Style):
    """What both notations share: names that read as themselves, and numbers in full."""

    hole = "?"

    def __init__(
        self, graph: Graph, stop_at: Mapping[NodeId, str], known: Collection[str], numeric: Sequence[bool]
    ) -> None:
        super().__init__(graph, stop_at)
        self._numeric = numeric
        self._known: Collection[str] = {*stop_at.values(), *known}
        self._reader = WordReader("", self._known)
        self._spelled: dict[str, str] = {}

    def name(self, name: str) -> str:
        if name not in self._spelled:
            self._spelled[name] = name if self._reads_as_itself(name) else f'"{name}"'
        return self._spelled[name]

    def _reads_as_itself(self, name: str) -> bool:
        is_function = name in names.function_names() and name not in names.GREEK_NAMES
        if is_function or name in names.NO_NUMBERS:
            return False
        if name in self._known and name.isascii():
            return names.canonical(name) == name
        is_word = name.isascii() and name not in names.CONSTANTS and name not in names.RESERVED
        return is_word and names.is_name(name) and self._reader.names_in(name) == [name]

    def literal(self, node: Literal) -> Form:
        text = value_text(node.value)
        if node.value.ndim:
            return Form([text])
        return Form([text], UNARY, is_signed=False) if text.startswith("-") else Form([text], POSTFIX - 1)

    def depth(self, node_id: NodeId, depth: list[int]) -> int:
        """How deep in brackets the text of a node goes; `depth` holds that of its operands."""
        node = self.graph.nodes[node_id]
        if not isinstance(node, Apply):
            return 0
        places = {part.node: part for part in self.apply(node).parts if isinstance(part, Place)}
        return max((depth[o] + self._adds_bracket(places[o]) for o in node.operands if o in places), default=0)

    def _adds_bracket(self, place: Place) -> bool:
        return place.needs == 0 or bracketed(self, place, self.form(place.node, is_root=False))[0] == "("


class _Functions(_Exact):
    def apply(self, node: Apply) -> Form:
        if node.op.name == "index" and node.settings.get("index"):
            return indexed(node)
        return call(node.op.name, node, self.settings(node))


class _Operators(_Exact):
    def apply(self, node: Apply) -> Form:
        special = None if node.attrs else _SPECIAL.get(node.op.name)
        form = special(self, node) if special is not None else None
        if form is not None:
            return form
        if node.op.name == "index" and node.settings.get("index"):
            return indexed(node)
        notation = node.op.notation
        if notation.plain is None or node.attrs or node.op.name in _SPECIAL:
            return call(node.op.name, node, self.settings(node))
        return Form(infix(notation.plain, node, notation.needs), notation.binds)

    def product(self, node: Apply) -> Form | None:
        """a * b, or side by side where that reads back as the same: 2 x, W x."""
        left, right = node.operands
        is_scaling = self._numeric[left] or self._numeric[right]
        is_elementwise = node.op.name == "mul"
        sign = " * " if is_elementwise else " @ "
        if is_scaling == is_elementwise and self._ends_simply(left) and self._begins_simply(right):
            sign = " "
        return Form([Place(left, PRODUCT), sign, Place(right, PRODUCT + 1)], PRODUCT)

    def _ends_simply(self, node_id: NodeId) -> bool:
        """True for a left factor that ends with a name or a positive number."""
        if self.simple(node_id):
            return True
        node = self.graph.nodes[node_id]
        match node:
            case Literal():
                return node.value.ndim == 0 and not value_text(node.value).startswith("-")
            case Apply() if node.op.name in ("mul", "matmul") and not node.attrs:
                return self._begins_simply(node.operands[1])
            case Apply() if node.op.name in ("sq", "transpose"):
                return self.simple(node.operands[0])
            case _:
                return False

    def _begins_simply(self, node_id: NodeId) -> bool:
        """True for a right factor that is a name, or the square of one."""
        if self.simple(node_id):
            return True
        node = self.graph.nodes[node_id]
        return isinstance(node, Apply) and node.op.name == "sq" and self.simple(node.operands[0])

    def negative(self, node: Apply) -> Form | None:
        """-x, but -(2) for the negative of a number, since -2 is a number itself."""
        number = self.graph.nodes[node.operands[0]]
        needs = POSTFIX if isinstance(number, Literal) and not value_text(number.value).startswith("-") else UNARY
        return Form(["-", Place(node.operands[0], needs)], UNARY)

    def power(self, node: Apply) -> Form | None:
        """x^n; x^2, e^x and x^T would read as other ops, so these are calls."""
        base, exponent = (self.graph.nodes[operand] for operand in node.operands)
        if isinstance(exponent, Literal) and exponent.value.ndim == 0:
            reads_otherwise = float(exponent.value) == 2
        else:
            reads_otherwise = isinstance(base, Leaf) and base.name == "e"
        is_transpose = self._written_name(node.operands[1]) == "T"
        if reads_otherwise or is_transpose:
            return None
        return Form([Place(node.operands[0], POWER + 1), "^", Place(node.operands[1], POWER)], POWER)

    def _written_name(self, node_id: NodeId) -> str | None:
        node = self.graph.nodes[node_id]
        return self.stop_at.get(node_id, node.name if isinstance(node, Leaf) else None)

    def transposed(self, node: Apply) -> Form | None:
        return Form([Place(node.operands[0], POSTFIX + 1), ".T"], POSTFIX)

    def element(self, node: Apply) -> Form | None:
        """v[i]; with a fixed number that would be the op index."""
        if isinstance(self.graph.nodes[node.operands[1]], Literal):
            return None
        return Form([Place(node.operands[0], POSTFIX), "[", Place(node.operands[1], COMPARE), "]"], POSTFIX)

    def listed(self, node: Apply) -> Form | None:
        """[a, b]; of numbers only that would be one literal."""
        if all(isinstance(self.graph.nodes[operand], Literal) for operand in node.operands):
            return None
        return call("", node, [], ("[", "]"))


_SPECIAL = {
    "mul": _Operators.product,
    "matmul": _Operators.product,
    "neg": _Operators.negative,
    "pow": _Operators.power,
    "transpose": _Operators.transposed,
    "take": _Operators.element,
    "stack": _Operators.listed,
}
