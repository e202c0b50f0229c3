"""The chain rule in function notation, one factor a line, over all paths from the output to a leaf.

A line holds one term a path. A term is the factors found so far and the node that is still to be differentiated:

    sq′(…) · sub′(y, add(…)) · ∂/∂W add(matmul(W, x), b)
    \\______ factors _______/   \\______ pending ______/
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from gradviz.core.graph import Apply, Edge, Graph
from gradviz.core.types import NodeId
from gradviz.text import symbols
from gradviz.text.equation import Equation, Part, PartKind, equation, sign
from gradviz.text.functions import arguments, function_notation, operator

MOST_PATHS = 8
"""Paths that are written out; the sum of more ends in …."""

MOST_LINES = 40
"""Unrolling lines; a longer chain is shortened in its middle."""

MOST_FACTORS = 12
"""Factors of a product that are written out; a longer product is shortened in its middle."""

COUNTED = 1_000_000
"""Paths are counted up to here."""

_ELLIPSIS = Part("…", r"\ldots")
_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True)
class Factor:
    """One local derivative on a path: of a node by one of its operands."""

    node: NodeId
    operand: int


Path = tuple[Factor, ...]


def edge_of(graph: Graph, factor: Factor) -> Edge:
    """The edge along which a local derivative is taken."""
    node = graph.nodes[factor.node]
    assert isinstance(node, Apply)
    return Edge(node.operands[factor.operand], factor.node, factor.operand)


@dataclass(frozen=True, slots=True)
class Unrolling:
    """The lines of an unrolled chain rule, and the paths that they show.

    edges: for each line the edges whose factors are new on it; for the first none, for the last all.
    paths: at most MOST_PATHS of them. count: how many there are, up to COUNTED. is_shortened: lines are left out.
    """

    equations: tuple[Equation, ...]
    edges: tuple[tuple[Edge, ...], ...]
    paths: tuple[Path, ...]
    count: int
    is_shortened: bool


def unroll(graph: Graph, leaf: NodeId) -> Unrolling:
    """The chain rule for ∂(output)/∂(leaf), one factor a line."""
    return _Unroller(graph, leaf).unrolled()


@dataclass(frozen=True, slots=True)
class _Term:
    """A path in the making: its last factor, what came before, and the node where it stands."""

    before: "_Term | None"
    last: Factor | None
    pending: NodeId

    @property
    def factors(self) -> Path:
        found: list[Factor] = []
        term: _Term | None = self
        while term is not None and term.last is not None:
            found.append(term.last)
            term = term.before
        return tuple(reversed(found))


class _Unroller:
    def __init__(self, graph: Graph, leaf: NodeId) -> None:
        self.graph, self.leaf = graph, leaf
        self.counts = _path_counts(graph, leaf)
        self.by_name = frozenset(graph.names)
        self.split = _split_nodes(graph, self.counts)

    def unrolled(self) -> Unrolling:
        output = self.graph.output
        if not self.counts[output]:
            nothing = equation(self._pending(output)), equation(_equals(), Part("0", "0"))
            return Unrolling(nothing, ((), ()), (), 0, is_shortened=False)
        terms = [_Term(None, None, output)]
        lines = [equation(self._pending(output))]
        edges: list[tuple[Edge, ...]] = [()]
        rounds = 0
        while any(term.pending != self.leaf for term in terms):
            known = {id(term) for term in terms}
            terms = [step for term in terms for step in self._one_further(term)][:MOST_PATHS]
            rounds += 1
            if rounds <= MOST_LINES:
                lines.append(self._line(terms))
                edges.append(self.edges_of([term.last for term in terms if id(term) not in known]))
        paths = tuple(term.factors for term in terms)
        whole = self.edges_of([factor for path in paths for factor in path])
        if rounds > MOST_LINES:
            lines += [equation(_equals(), _ELLIPSIS), self._line(terms)]
            left = tuple(edge for edge in whole if all(edge not in taken for taken in edges))
            edges += [left, self.edges_of([term.last for term in terms])]
        lines.append(self._names_line(paths) if rounds else equation(_equals(), Part("1", "1")))
        is_shortened = rounds > MOST_LINES
        return Unrolling(tuple(lines), (*edges, whole), paths, self.counts[output], is_shortened=is_shortened)

    def edges_of(self, factors: Sequence[Factor | None]) -> tuple[Edge, ...]:
        """The edges along which these local derivatives are taken, each once."""
        return tuple(dict.fromkeys(edge_of(self.graph, factor) for factor in factors if factor is not None))

    def _one_further(self, term: _Term) -> list[_Term]:
        node = self.graph.nodes[term.pending]
        if not isinstance(node, Apply):
            return [term]
        return [
            _Term(term, Factor(term.pending, operand), source)
            for operand, source in enumerate(node.operands)
            if self.counts[source] and node.op.is_differentiable_by(operand)
        ][:MOST_PATHS]

    def _line(self, terms: Sequence[_Term]) -> Equation:
        parts = [_equals()]
        for i, term in enumerate(terms):
            parts += [sign("+")] if i else []
            parts += product(term.factors, partial(self._factor, last=term.last))
            if term.pending != self.leaf:
                parts += [sign("·"), self._pending(term.pending)]
        return equation(*parts, *self._and_more(len(terms)))

    def _names_line(self, paths: Sequence[Path]) -> Equation:
        parts = [_equals()]
        for i, path in enumerate(paths):
            parts += [sign("+")] if i else []
            parts += product(path, self._factor_name)
        return equation(*parts, *self._and_more(len(paths)))

    def _and_more(self, shown: int) -> list[Part]:
        return [sign("+"), _ELLIPSIS] if shown == MOST_PATHS < self.counts[self.graph.output] else []

    def _factor(self, factor: Factor, *, last: Factor | None) -> Part:
        head = self._factor_name(factor)
        inside = arguments(self.graph, factor.node, by_name=self.by_name) if factor is last else _ELLIPSIS
        return Part(f"{head.text}({inside.text})", rf"{head.latex}\left({inside.latex}\right)", head.kind)

    def _factor_name(self, factor: Factor) -> Part:
        node = self.graph.nodes[factor.node]
        assert isinstance(node, Apply)
        # where paths leave a node by several operands, its name alone doesn't say which derivative is meant
        slot = str(factor.operand + 1) if factor.node in self.split else ""
        tex = f"{operator(node.op.name)}'" + (f"_{{{slot}}}" if slot else "")
        return Part(f"{node.op.name}′{slot.translate(_DIGITS)}", tex, PartKind.DERIVATIVE)

    def _pending(self, node: NodeId) -> Part:
        name = self.graph.nodes[self.leaf].name  # type: ignore[union-attr]  # a leaf by construction
        inside = function_notation(self.graph, node, by_name=self.by_name)
        return Part(
            f"∂/∂{symbols.display(name)} {inside.text}",
            rf"\frac{{\partial}}{{\partial {symbols.latex(name)}}} {inside.latex}",
        )


def product(path: Path, write: Callable[[Factor], Part]) -> list[Part]:
    """The factors of a path with dots between them, shortened in the middle when there are many."""
    is_long = len(path) > MOST_FACTORS
    shown = [*path[: MOST_FACTORS - 3], *path[-2:]] if is_long else path
    parts: list[Part] = []
    for i, factor in enumerate(shown):
        parts += [sign("·")] if i else []
        parts += [_ELLIPSIS, sign("·")] if is_long and i == len(shown) - 2 else []
        parts.append(write(factor))
    return parts


def _equals() -> Part:
    return Part("= ", "= ")


def _split_nodes(graph: Graph, counts: Sequence[int]) -> frozenset[NodeId]:
    """The nodes that paths leave by more than one operand."""
    return frozenset(
        NodeId(index)
        for index, node in enumerate(graph.nodes)
        if isinstance(node, Apply)
        and sum(1 for i, s in enumerate(node.operands) if counts[s] and node.op.is_differentiable_by(i)) > 1
    )


def _path_counts(graph: Graph, leaf: NodeId) -> list[int]:
    """For each node the number of paths from the leaf to it, counted up to COUNTED."""
    counts = [0] * len(graph)
    counts[leaf] = 1
    for index, node in enumerate(graph.nodes):
        if isinstance(node, Apply):
            slots = (source for i, source in enumerate(node.operands) if node.op.is_differentiable_by(i))
            counts[index] = min(COUNTED, sum(counts[source] for source in slots))
    return counts
