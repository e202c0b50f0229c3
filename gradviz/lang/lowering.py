"""The tree of one formula, or of one function's body, into a graph.

Every walk has a stack of its own, so a chain of thousands of terms is no deeper for the program than two.
"""

from collections.abc import Collection, Mapping
from typing import assert_never

import numpy as np

from gradviz.core.blocks import inner_nodes, inserted
from gradviz.core.graph import Apply, Block, Function, Graph, GraphBuilder, Hole, Leaf, Literal, select
from gradviz.core.op import OPS, Op
from gradviz.core.types import Array, NodeId
from gradviz.errors import LimitError, Span
from gradviz.lang import names
from gradviz.lang.cycles import names_in, too_early
from gradviz.lang.definitions import Defined, Scope, check_call
from gradviz.lang.literals import is_ragged, literal_of
from gradviz.lang.order import formula_order, reading_order, renumbered
from gradviz.lang.reading import MAX_NODES, Reading, fault
from gradviz.lang.settings import index_of, settings_of
from gradviz.lang.syntax import (
    Binary,
    Blank,
    Call,
    Expression,
    Index,
    Line,
    Listing,
    Name,
    Negation,
    Number,
    Section,
    children,
)

_OPS_OF_SIGNS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "@": "matmul", "<": "less", "<=": "less_equal", ">": "greater",
    ">=": "greater_equal", "==": "equal", "!=": "not_equal",
}  # fmt: skip
_WITH_POSITIONAL_SETTING = ("reshape", "index")
"""Functions whose second operand may be a setting: reshape(x, (2, 3))."""
_OF_TWO = {"max": "maximum", "min": "minimum"}


class Lowering:
    """Makes the nodes of all lines of a tree; `scope` says what stands around it."""

    def __init__(
        self, text: str, tree: tuple[Line, ...], declared: Collection[str], notes: list[str], scope: Scope
    ) -> None:
        self.text = text
        self.tree = tree
        self.declared = declared
        self.notes = notes
        self.scope = scope
        self.blocks: list[Block] = []
        self.builder = GraphBuilder()
        self.spans: dict[NodeId, list[Span]] = {}
        self.bound: dict[str, NodeId] = {}
        self.given: dict[NodeId, str] = {}
        self.defaults: dict[str, Array] = {}
        self._numeric: list[bool] = []
        self._line = 0
        self._leaves: dict[str, NodeId] = {}
        self._counts: dict[str, int] = {}
        self._declarations: dict[str, list[Span]] = {}
        named = [(line.name.name, literal_of(line.expression)) for line in tree if line.name is not None]
        self._mentioned = {*declared, *(name for name, _ in named)}
        self._mentioned.update(name for line in tree for name in names_in(line.expression))
        self._defined = {name for name, literal in named if literal is None}
        self._declared_by_line = {name for name, literal in named if literal is not None}

    def reading(self) -> Reading:
        """What leads to the last line."""
        output = self._output()
        _, used = select((output,), tuple(self.builder.nodes))
        self._note_unused(used)
        defaults = {name: value for name, value in self.defaults.items() if self._leaves.get(name) in used}
        given = {node: name for node, name in self.given.items() if node in used}
        whole = self._graph(output, given, defaults)
        return self._finished(whole, reading_order(whole.nodes, [*sorted(given), output]))

    def whole_reading(self) -> Reading:
        """What all lines say."""
        output = self._output()
        for name in self.defaults:
            self._leaf(name)
        whole = self._graph(output, self.given, self.defaults)
        return self._finished(whole, formula_order(whole))

    def body(self, name: str, params: Mapping[str, Span]) -> Defined:
        """The function whose body this is; raises FormulaError when it says nothing or leaves something unused."""
        output = self._output()
        _, used = select((output,), tuple(self.builder.nodes))
        leaves = {node.name for node in (self.builder.nodes[i] for i in used) if isinstance(node, Leaf)}
        for param, span in params.items():
            if param not in leaves:
                raise fault(self.text, span, f"{param} is not used in {name}", "leave it out")
        for line in self.tree[:-1]:
            if line.name is not None and self.bound.get(line.name.name) not in used:
                raise fault(self.text, line.name.span, f"{line.name.name} is not used in {name}", "leave it out")
        if not isinstance(self.builder.nodes[output], Apply):
            what = f"{name} computes nothing"
            raise fault(self.text, self.tree[-1].span, what, f"write an operation, as in {name}(x) = x^2")
        given = {node: known for node, known in self.given.items() if node in used and node != output}
        whole = Graph(tuple(self.builder.nodes), output, given, {}, {}, tuple(self.blocks))
        moved = reading_order(whole.nodes, [*sorted(given), output])
        spans = {moved[node]: tuple(found) for node, found in self.spans.items() if node in moved}
        return Defined(Function(name, tuple(params), renumbered(whole, moved)), spans)

    def _graph(self, output: NodeId, given: Mapping[NodeId, str], defaults: Mapping[str, Array]) -> Graph:
        functions = {name: found.function for name, found in self.scope.functions.items()}
        return Graph(tuple(self.builder.nodes), output, given, defaults, functions, tuple(self.blocks))

    def _output(self) -> NodeId:
        """Make the nodes of all lines; that of the last one."""
        output: NodeId | None = None
        for number, line in enumerate(self.tree):
            self._line = number
            literal = literal_of(line.expression) if line.name is not None else None
            if line.name is not None and literal is not None:
                self._declare(line.name, literal)
            else:
                output = self._lower(line.expression)
                if line.name is not None:
                    self._bind(line.name, output)
        last = self.tree[-1].name
        if output is None and last is not None:  # nothing but values: the last one is the output
            output = self._at(self._leaf(last.name), last.span)
        assert output is not None, "there is a line"
        return output

    def _declare(self, name: Name, value: Array) -> None:
        if name.name in self.defaults:
            self._note(f"{name.name} is given two values; the last one counts")
        self.defaults[name.name] = value
        self._declarations.setdefault(name.name, []).append(name.span)
        superseded = self.bound.pop(name.name, None)
        if superseded is not None and self.given.get(superseded) == name.name:
            self.given[superseded] = self._free_name(name.name)

    def _bind(self, name: Name, node: NodeId) -> None:
        """From here on the name means the node; an earlier node of that name is called name_1, name_2, …"""
        superseded = self.bound.get(name.name)
        self.bound[name.name] = node
        if isinstance(self.builder.nodes[node], Apply | Hole) and node not in self.given:
            is_leaf = name.name in self._leaves
            if superseded is not None and self.given.get(superseded) == name.name:
                self.given[superseded] = self._free_name(name.name)
            self.given[node] = self._free_name(name.name) if is_leaf else name.name
            if is_leaf:
                line, shown = self.tree[self._line].number, self.given[node]
                self._note(f"from line {line} on, {name.name} means the new node, shown as {shown}")
            self._at(node, name.span)

    def _free_name(self, name: str) -> str:
        count = self._counts.get(name, 0) + 1
        while (free := f"{name}_{count}") in self._mentioned:
            count += 1
        self._counts[name] = count
        return free

    def _finished(self, whole: Graph, moved: Mapping[NodeId, NodeId]) -> Reading:
        for name, places in self._declarations.items():
            if name in self._leaves:
                self.spans.setdefault(self._leaves[name], []).extend(places)
        spans = {moved[node]: tuple(dict.fromkeys(found)) for node, found in self.spans.items() if node in moved}
        return Reading(self.text, renumbered(whole, moved), spans, tuple(dict.fromkeys(self.notes)))

    def _note_unused(self, used: Mapping[NodeId, NodeId]) -> None:
        last = self._last_formula()
        for number, line in enumerate(self.tree):
            if line.name is not None and self._node_of(line.name.name) not in used:
                self._note(f"{line.name.name} is not used")
            elif line.name is None and number != last:
                self._note(f"line {line.number} has no name and is not the last one, so it is not used")

    def _last_formula(self) -> int:
        formulas = [i for i, line in enumerate(self.tree) if line.name is None or literal_of(line.expression) is None]
        return formulas[-1] if formulas else len(self.tree) - 1

    def _node_of(self, name: str) -> NodeId | None:
        return self.bound.get(name, self._leaves.get(name))

    def _leaf(self, name: str) -> NodeId:
        if name not in self._leaves:
            self._leaves[name] = self.builder.leaf(name)
        return self._leaves[name]

    def _lower(self, root: Expression) -> NodeId:
        """The node of an expression: operands first, left to right."""
        made: list[NodeId] = []
        waiting: list[tuple[Expression, bool]] = [(root, False)]
        while waiting:
            expression, is_ready = waiting.pop()
            if is_ready:
                count = len(self._operands_of(expression))
                operands = tuple(made[len(made) - count :])
                del made[len(made) - count :]
                made.append(self._node(expression, operands))
            else:
                waiting.append((expression, True))
                waiting += [(child, False) for child in reversed(self._operands_of(expression))]
        return made[0]

    def _operands_of(self, expression: Expression) -> tuple[Expression, ...]:
        """The children that become nodes; a square, a list of numbers and a fixed index are complete in themselves."""
        match expression:
            case Listing() if literal_of(expression) is not None:
                return ()
            case Binary() if self._is_square(expression):
                return (expression.left,)
            case Binary() if self._is_exponential(expression):
                return (expression.right,)
            case Index() if self._is_fixed(expression):
                return (expression.base,)
            case Call() if expression.function in _WITH_POSITIONAL_SETTING:
                return expression.operands[:1]
            case _:
                return children(expression)

    def _node(self, expression: Expression, operands: tuple[NodeId, ...]) -> NodeId:
        match expression:
            case Number():
                if (
                    not np.isfinite(expression.value)
                    and "n" not in self.text[expression.span.start : expression.span.stop]
                ):
                    self._note("a number beyond 1.8e308 is read as ∞")
                return self._at(self.builder.literal(expression.value), expression.span)
            case Name():
                return self._at(self._named(expression), expression.span)
            case Blank():
                return self._at(self.builder.hole(), expression.span)
            case Negation():
                return self._apply("neg", operands, expression.span)
            case Binary():
                return self._binary(expression, operands)
            case Call():
                return self._call(expression, operands)
            case Index():
                return self._index(expression, operands)
            case Listing():
                return self._listing(expression, operands)
            case _:
                assert_never(expression)

    def _named(self, name: Name) -> NodeId:
        if name.name in self.bound:
            return self.bound[name.name]
        self.scope.check(self.text, name)
        is_declared = name.name in self.declared or name.name in self._declared_by_line
        if name.name in self._defined and not is_declared:
            raise too_early(self.text, self.tree, self._line, name)
        return self._leaf(name.name)

    def _binary(self, expression: Binary, operands: tuple[NodeId, ...]) -> NodeId:
        if self._is_square(expression):
            return self._apply("sq", operands, expression.span)
        if self._is_exponential(expression):
            self._note("`e^…` is read as exp(…); to use e as a name, give it a value (e = 1)")
            return self._apply("exp", operands, expression.span)
        if expression.sign == "^":
            return self._apply("pow", operands, expression.span)
        if expression.sign == "·":
            is_scaling = any(self._is_numeric(operand) for operand in operands)
            return self._apply("mul" if is_scaling else "matmul", operands, expression.span)
        return self._apply(_OPS_OF_SIGNS[expression.sign], operands, expression.span)

    def _is_square(self, expression: Binary) -> bool:
        return expression.sign == "^" and isinstance(expression.right, Number) and expression.right.value == 2

    def _is_exponential(self, expression: Binary) -> bool:
        """True for e^x with a variable x, unless e is declared."""
        if expression.sign != "^" or not isinstance(expression.left, Name) or expression.left.name != "e":
            return False
        is_declared = any("e" in names_ for names_ in (self.declared, self._defined, self._declared_by_line))
        is_quoted = self.text[expression.left.span.start] == '"'
        return not is_declared and not is_quoted and not isinstance(expression.right, Number)

    def _call(self, expression: Call, operands: tuple[NodeId, ...]) -> NodeId:
        defined = self.scope.function(self.text, expression)
        if defined is not None:
            return self._inserted(defined, expression, operands)
        function = names.function_names().get(expression.function, expression.function)
        if function in _OF_TWO and len(operands) > 1:
            return self._folded(OPS[_OF_TWO[function]], operands, expression)
        op = OPS.get(function)
        if op is None:
            remedy = "write sqrt(sum(x^2)) for the length of a vector"
            raise fault(self.text, expression.name_span, f"`{expression.function}` can't be read", remedy)
        positional = expression.operands[1:] if op.name in _WITH_POSITIONAL_SETTING else ()
        settings = settings_of(self.text, op, expression, expression.settings, positional)
        self._check_arity(op, expression, len(operands))
        return self._at(self.builder.apply(op, *operands, **settings), expression.span)

    def _inserted(self, defined: Defined, call: Call, operands: tuple[NodeId, ...]) -> NodeId:
        """The nodes of a call of a function that the formula defines."""
        function = defined.function
        check_call(self.text, function, call, len(operands))
        if len(self.builder.nodes) + len(function.body) > MAX_NODES:
            raise LimitError(f"the formula has more than {MAX_NODES:,} nodes", span=call.span)
        for name in function.body.leaves():
            if name not in function.params:
                self._leaf(name)
        places, blocks = inserted(self.builder, function, operands)
        self.blocks += blocks
        for node in inner_nodes(function.body):
            for span in defined.spans.get(node, ()):
                self._at(places[node], span)
        return self._at(places[function.body.output], call.span)

    def _folded(self, op: Op, operands: tuple[NodeId, ...], expression: Call) -> NodeId:
        """max(a, b, c) as maximum(maximum(a, b), c)."""
        if expression.settings:
            raise fault(
                self.text,
                expression.settings[0].span,
                f"{expression.function} of several operands has no settings",
                "leave it out",
            )
        node = operands[0]
        for operand in operands[1:]:
            node = self._at(self.builder.apply(op, node, operand), expression.span)
        return node

    def _check_arity(self, op: Op, expression: Call, count: int) -> None:
        if count == op.arity or (op.is_variadic and count >= op.arity):
            return
        example = f"{op.name}({', '.join(op.operands)})"
        if op.params and count > op.arity:
            example += f"; a setting is written {op.name}({', '.join(op.operands)}, {op.params[0].name}=0)"
        wanted = "one operand" if op.arity == 1 else f"{op.arity} operands"
        raise fault(
            self.text,
            expression.span,
            f"`{expression.function}` takes {wanted}, but {count} are given",
            f"write {example}",
        )

    def _is_fixed(self, expression: Index) -> bool:
        return index_of(expression) is not None

    def _index(self, expression: Index, operands: tuple[NodeId, ...]) -> NodeId:
        fixed = index_of(expression)
        if fixed is not None:
            return self._at(self.builder.apply(OPS["index"], operands[0], index=fixed), expression.span)
        if len(expression.parts) != 1 or any(isinstance(part, Section) for part in expression.parts):
            raise fault(
                self.text,
                expression.span,
                "an index can't be read",
                "write whole numbers and sections, as in x[0, 1:], or one name, as in v[y]",
            )
        if isinstance(expression.parts[0], Number):
            raise fault(self.text, expression.parts[0].span, "an index is a whole number", "write x[0], x[1], …")
        return self._apply("take", operands, expression.span)

    def _listing(self, expression: Listing, operands: tuple[NodeId, ...]) -> NodeId:
        value = literal_of(expression)
        if value is not None:
            return self._at(self.builder.literal(value), expression.span)
        if not operands or is_ragged(expression):
            raise fault(
                self.text,
                expression.span,
                "the rows of the list have different lengths",
                "give each row as many numbers",
            )
        return self._apply("stack", operands, expression.span)

    def _apply(self, op: str, operands: tuple[NodeId, ...], span: Span) -> NodeId:
        return self._at(self.builder.apply(OPS[op], *operands), span)

    def _is_numeric(self, node: NodeId) -> bool:
        return self._numeric[node]

    def _at(self, node: NodeId, span: Span) -> NodeId:
        """Note where a node stands, and refuse the one that is too many."""
        if node >= MAX_NODES:
            raise LimitError(f"the formula has more than {MAX_NODES:,} nodes", span=span)
        while len(self._numeric) <= node:
            made = self.builder.nodes[len(self._numeric)]
            match made:
                case Literal():
                    self._numeric.append(made.value.ndim == 0)
                case Leaf() | Hole():
                    self._numeric.append(False)
                case Apply():
                    self._numeric.append(all(self._numeric[operand] for operand in made.operands))
        self.spans.setdefault(node, []).append(span)
        return node

    def _note(self, note: str) -> None:
        self.notes.append(note)
