"""The one engine of all dialects: nodes become straight-line Python, one line a node that is used twice or is long.

    v1 = W @ x + b
    return np.sum((y - v1) ** 2)

It goes through the nodes in order and keeps no stack, so a graph of any depth is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from gradviz.core.graph import Apply, Hole, Leaf, Literal, Node, leading
from gradviz.core.op import ATOM, UNARY
from gradviz.core.types import NodeId, Shape
from gradviz.errors import GraphError
from gradviz.text.code import figures
from gradviz.text.code.dialect import Call, Code, Dialect
from gradviz.text.code.identifiers import Names
from gradviz.text.marks import Marked, fill

_LONG = 48
"""Characters of an operand from which on it gets a line of its own."""


@dataclass(frozen=True, slots=True)
class Written:
    """The text of one node, marked as its, and how strongly it binds."""

    marked: Marked
    binds: int = ATOM

    @property
    def text(self) -> str:
        """The text alone."""
        return self.marked.text


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment and the node that it computes."""

    node: NodeId
    marked: Marked

    @property
    def text(self) -> str:
        """The text alone."""
        return self.marked.text


class Lines:
    """Writes the nodes that lead to `wanted`.

    wishes: names that a node's variable should have; such a node gets a line of its own. leaves: the names of
    the leaves.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        shapes: Sequence[Shape],
        wanted: Sequence[NodeId],
        dialect: Dialect,
        names: Names,
        leaves: Mapping[str, str],
        wishes: Mapping[NodeId, str],
    ) -> None:
        self.lines: list[Line] = []
        self._nodes, self._shapes, self._dialect = nodes, shapes, dialect
        self._names, self._leaves, self._wishes = names, leaves, wishes
        self._written: dict[NodeId, Written] = {}
        self._uses = [0] * len(nodes)
        self._results_only = frozenset(wanted)  # they are returned, so length is no reason for a name
        is_needed = leading(tuple(wanted), tuple(nodes))
        self._count_uses(wanted, is_needed)
        for index, node in enumerate(nodes):
            if is_needed[index]:
                self._write(NodeId(index), node)
        self.results = tuple(self._result(node) for node in wanted)

    def _count_uses(self, wanted: Sequence[NodeId], is_needed: Sequence[bool]) -> None:
        for result in wanted:
            self._uses[result] += 1
        for index, node in enumerate(self._nodes):
            if is_needed[index] and isinstance(node, Apply):
                for operand in node.operands:
                    self._uses[operand] += 1

    def _write(self, node_id: NodeId, node: Node) -> None:
        match node:
            case Leaf():
                self._written[node_id] = Written(Marked(self._leaves[node.name]).around(node_id))
            case Literal():
                self._literal(node_id, node)
            case Apply():
                self._written[node_id] = self._applied(node_id, node)
                text = self._written[node_id].text
                is_long = len(text) > _LONG and node_id not in self._results_only
                if self._uses[node_id] > 1 or node_id in self._wishes or is_long:
                    self._assign(node_id)
            case Hole():
                raise GraphError("an operand is missing: put a number, a name or an operation at the open port")

    def _literal(self, node_id: NodeId, node: Literal) -> None:
        if node.value.ndim == 0:
            text = figures.number(float(node.value), self._dialect)
            self._written[node_id] = Written(Marked(text).around(node_id), UNARY if text.startswith("-") else ATOM)
            return
        self._written[node_id] = Written(Marked(figures.value(node.value, self._dialect)).around(node_id))
        if len(self._written[node_id].text) > _LONG:
            self._assign(node_id)

    def _applied(self, node_id: NodeId, node: Apply) -> Written:
        code = self._dialect.code(node, self._call(node_id, node))
        counts = [field for _, field, _, _ in Formatter().parse(code.pattern) if field]
        is_bare = self._takes_bare_numbers(node, code)
        operands = [
            self._operand(operand, code.needs[i] if i < len(code.needs) else 0, counts.count(str(i)) > 1, is_bare)
            for i, operand in enumerate(node.operands)
        ]
        return Written(fill(code.pattern, operands).around(node_id), code.binds)

    def _call(self, node_id: NodeId, node: Apply) -> Call:
        sources = [self._nodes[operand] for operand in node.operands]
        return Call(
            {**{param.name: param.default for param in node.op.params}, **node.settings},
            tuple(self._shapes[operand] for operand in node.operands),
            self._shapes[node_id],
            tuple(source.value if isinstance(source, Literal) else None for source in sources),
        )

    def _takes_bare_numbers(self, node: Apply, code: Code) -> bool:
        """2.0 * x is fine; 1.0 / 0.0 of bare numbers would be Python's, which raises where an array gives inf."""
        if code.is_infix:
            return not all(self._is_number(operand) for operand in node.operands)
        return self._dialect.calls_take_numbers

    def _is_number(self, node_id: NodeId) -> bool:
        return isinstance(self._nodes[node_id], Literal) and not self._shapes[node_id]

    def _operand(self, node_id: NodeId, needs: int, is_repeated: bool, is_bare: bool) -> Marked:
        if self._is_number(node_id) and not is_bare:
            return self._as_scalar(node_id)
        is_simple = self._written[node_id].text.isidentifier() or self._is_number(node_id)
        if is_repeated and not is_simple:
            self._assign(node_id)
        written = self._written[node_id]
        return written.marked.within("(", ")") if written.binds < needs else written.marked

    def _assign(self, node_id: NodeId) -> None:
        wish = self._wishes.get(node_id)
        name = self._names.numbered("v") if wish is None else self._names.fresh(wish)
        self.lines.append(Line(node_id, self._written[node_id].marked.within(f"{name} = ", "")))
        self._written[node_id] = Written(Marked(name).around(node_id))

    def _result(self, node_id: NodeId) -> Marked:
        return self._as_scalar(node_id) if self._is_number(node_id) else self._written[node_id].marked

    def _as_scalar(self, node_id: NodeId) -> Marked:
        """A bare number as one of the library's."""
        before, after = self._dialect.scalar.split("{}")
        return self._written[node_id].marked.within(before, after)
