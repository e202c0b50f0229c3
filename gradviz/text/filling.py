"""The last lines of a derivation: local derivatives in place of names, then numbers.

Scalars: factors may be multiplied in any order, so each path is a product.

    = 2(y − (Wx + b)) · (−1) · 1 · x
    = 2·(−6) · (−1) · 1 · 3 = 36

Arrays: what back-propagation computes at each node from the output to the leaf.

    ∂L/∂v₃ = 2v₃,   ∂L/∂v₂ = −∂L/∂v₃,   …   ∂L/∂W = ∂L/∂v₁ xᵀ
    ∂L/∂v₃ = −12,   ∂L/∂v₂ = 12,        …   ∂L/∂W = [36, 24]
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from gradviz.core.graph import Apply, Graph
from gradviz.core.trace import Trace
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.text import numbers, readable, symbols
from gradviz.text.backward import local_value
from gradviz.text.derivation_line import Line, Stage
from gradviz.text.derivation_words import NUMBER_WORDS, SCALAR_WORDS, shape_words
from gradviz.text.equation import Equation, Part, PartKind, derivative, equation, expression, quantity, sign
from gradviz.text.unrolling import Factor, Path, Unrolling, edge_of, product

LONGEST_FACTOR = 40
"""Characters of a local derivative over the leaves; a longer one is written with the names of nodes."""

MOST_NODES = 60
"""In a graph of more nodes local derivatives are written with the names of nodes."""

MOST_ADJOINTS = 30
"""Lines of back-propagation."""


class Filling:
    """Fills in the local derivatives of an unrolled chain rule.

    shapes: of every node. trace: a run with the numbers, None for symbols only.
    """

    def __init__(self, graph: Graph, leaf: NodeId, shapes: Sequence[Shape], trace: Trace | None) -> None:
        self.graph, self.leaf, self.shapes, self.trace = graph, leaf, shapes, trace
        self.names = symbols.symbols(graph)
        self.leaf_shapes = {name: shapes[node] for name, node in graph.leaves().items()}

    def lines(self, unrolling: Unrolling, value: Array | None) -> list[Line]:
        """The lines that follow the unrolled ones."""
        if not any(unrolling.paths):
            return []
        on_paths = {factor.node for path in unrolling.paths for factor in path}
        involved = on_paths | {source for node in on_paths for source in self._apply(node).operands}
        if all(self.shapes[node] == SCALAR for node in involved):
            return self._scalar_lines(unrolling, value)
        return self._backward_lines()

    def _scalar_lines(self, unrolling: Unrolling, value: Array | None) -> list[Line]:
        paths, edges = unrolling.paths, unrolling.edges[-1]
        more = [sign("+"), Part("…", r"\ldots")] if unrolling.count > len(paths) else []
        brackets = [len(path) > 1 or i > 0 for i, path in enumerate(paths)]
        symbolic = [
            product(path, partial(self._symbolic, bracketed=b)) for path, b in zip(paths, brackets, strict=True)
        ]
        lines = [Line(Stage.LOCAL, equation(_equals(), *_summed(symbolic), *more), edges, SCALAR_WORDS)]
        if value is None:
            return lines
        numeric = _summed(
            [product(path, partial(self._numeric, bracketed=b)) for path, b in zip(paths, brackets, strict=True)]
        )
        parts = [_equals(), *numeric, *more]
        terms = _summed([[self._path_value(path, bracketed=i > 0)] for i, path in enumerate(paths)])
        if len(paths) > 1 and [part.text for part in terms] != [part.text for part in numeric]:
            parts += [sign("="), *terms, *more]
        last = equation(*parts, sign("="), quantity(value, PartKind.DERIVATIVE))
        return [*lines, Line(Stage.NUMBERS, last, edges, NUMBER_WORDS)]

    def _symbolic(self, factor: Factor, *, bracketed: bool) -> Part:
        if len(self.graph) <= MOST_NODES:
            local = readable.local_derivative_in_leaves(self.graph, factor.node, factor.operand, self.leaf_shapes)
            part = expression(local, PartKind.VALUE, bracketed=bracketed)
            if len(part.text) <= LONGEST_FACTOR:
                return part
        return expression(self._local(factor), PartKind.VALUE, bracketed=bracketed)

    def _numeric(self, factor: Factor, *, bracketed: bool) -> Part:
        assert self.trace is not None
        nodes = (factor.node, *self._apply(factor.node).operands)
        values = {self.names[node]: self.trace.value(node) for node in nodes}
        return expression(readable.with_numbers(self._local(factor), values), PartKind.VALUE, bracketed=bracketed)

    def _local(self, factor: Factor) -> Graph:
        return readable.local_derivative(self.graph, factor.node, factor.operand, self.names, self.shapes)

    def _path_value(self, path: Path, *, bracketed: bool) -> Part:
        assert self.trace is not None
        with np.errstate(all="ignore"):
            factors = [local_value(self.trace, factor.node, factor.operand) for factor in path]
            return quantity(np.prod(np.stack(factors)), PartKind.DERIVATIVE, bracketed=bracketed)

    def _backward_lines(self) -> list[Line]:
        output = self.names[self.graph.output]
        lines = [
            Line(
                Stage.LOCAL,
                equation(derivative(output, output), sign("="), Part("1", "1", PartKind.DERIVATIVE)),
                words="The output is differentiated by itself: what flows back begins with 1.",
            )
        ]
        senders = self._senders()
        sources = [NodeId(node) for node in reversed(range(len(self.graph))) if NodeId(node) in senders]
        if len(sources) > MOST_ADJOINTS:
            lines.append(Line(Stage.LOCAL, equation(Part("…", r"\ldots"))))
        shown = sources[-MOST_ADJOINTS:]
        for source in shown:
            edges = tuple(edge_of(self.graph, factor) for factor in senders[source])
            about = shape_words(self.graph, self.names, self.shapes, senders[source])
            lines.append(Line(Stage.LOCAL, self._adjoint_line(source, senders[source]), edges, about))
        return [*lines, *self._backward_numbers(shown, senders)]

    def _backward_numbers(self, shown: Sequence[NodeId], senders: Mapping[NodeId, Sequence[Factor]]) -> list[Line]:
        output = self.names[self.graph.output]
        found = []
        for source in shown if self.trace is not None else ():
            adjoint = self.trace.adjoints[source] if self.trace is not None else None
            if adjoint is not None:
                parts = derivative(output, self.names[source]), sign("="), quantity(adjoint, PartKind.DERIVATIVE)
                edges = tuple(edge_of(self.graph, factor) for factor in senders[source])
                shape = numbers.shape(np.shape(adjoint)) if np.ndim(adjoint) else "a scalar"
                about = f"In numbers: {shape}, as {symbols.display(self.names[source])} itself."
                found.append(Line(Stage.NUMBERS, equation(*parts), edges, about))
        return found

    def _adjoint_line(self, source: NodeId, senders: Sequence[Factor]) -> Equation:
        output = self.names[self.graph.output]
        parts: list[Part] = [derivative(output, self.names[source]), sign("=")]
        for i, factor in enumerate(senders):
            is_output = factor.node == self.graph.output
            upstream = None if is_output else f"∂{output}/∂{self.names[factor.node]}"
            formula = readable.contribution(self.graph, factor.node, factor.operand, self.names, self.shapes, upstream)
            parts += [sign("+")] if i else []
            parts.append(expression(formula, PartKind.DERIVATIVE))
        return equation(*parts)

    def _senders(self) -> Mapping[NodeId, list[Factor]]:
        """For each node on a path from the leaf to the output, the slots that send to it."""
        flows = self.graph.reaching({self.leaf})
        found: dict[NodeId, list[Factor]] = {}
        reached = {self.graph.output}
        for index in range(len(self.graph) - 1, -1, -1):  # reversed: a sender is seen before its receivers
            node_id, node = NodeId(index), self.graph.nodes[index]
            if node_id not in reached or not isinstance(node, Apply):
                continue
            for operand, source in enumerate(node.operands):
                if source in flows and node.op.is_differentiable_by(operand):
                    reached.add(source)
                    found.setdefault(source, []).append(Factor(node_id, operand))
        return found

    def _apply(self, node: NodeId) -> Apply:
        apply = self.graph.nodes[node]
        assert isinstance(apply, Apply)
        return apply


def _summed(terms: Sequence[Sequence[Part]]) -> list[Part]:
    parts: list[Part] = []
    for i, term in enumerate(terms):
        parts += [sign("+"), *term] if i else term
    return parts


def _equals() -> Part:
    return Part("= ", "= ")
