"""All gradients of one run examined: each leaf and each node by three ways, and whose fault it is when one is wrong.

backward    what came back in the run
numeric     differences of the value (`core.gradcheck`)
symbolic    the derivative built as a graph, and that graph evaluated
"""

from collections.abc import Callable
from dataclasses import dataclass

from gradviz.core.gradcheck import (
    MAX_DIRECTIONS,
    LeafCheck,
    RuleCheck,
    Verdict,
    check_node,
    check_rules,
    difference,
    from_node,
    symbolic_gradients,
)
from gradviz.core.graph import Apply
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId

SAME = 1e-9
"""Backward and symbolic derivative may differ so much, relative to the largest element."""

MOST_SYMBOLIC = 60
"""A graph of more nodes has symbolic derivatives by its leaves only."""

MOST_WORK = 25_000
"""Nodes are examined while numbers to move × nodes to evaluate stays below this: about a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """One leaf or node. symbolic_difference: between backward and symbolic, relative to the largest element.

    symbolic: None for the nodes of a large graph, where a derivative for each would be long work.
    """

    node: NodeId
    check: LeafCheck
    symbolic: Array | None
    symbolic_difference: float

    @property
    def kind(self) -> Verdict:
        """The worse of both comparisons."""
        return self.check.kind if self.symbolic_difference <= SAME else Verdict.WRONG

    @property
    def verdict(self) -> str:
        """Both comparisons in words."""
        if self.symbolic_difference <= SAME:
            return self.check.verdict
        return f"{self.check.verdict}; but the symbolic derivative is another one"


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """A run examined. is_whole: False when only the leaves were, for the graph is large.

    culprits: the rules that are wrong, looked for when a gradient is.
    """

    rows: tuple[Examined, ...]
    culprits: tuple[RuleCheck, ...]
    is_whole: bool

    def count(self, kind: Verdict) -> int:
        """How many came out so."""
        return sum(row.kind is kind for row in self.rows)


def examine(trace: Trace, cancelled: Callable[[], bool] = lambda: False) -> Examination | None:
    """Examine the leaves, and then the nodes from the output on where that is no long work; None when cancelled.

    trace: a run that did not fail.
    """
    leaves = [i for i in trace.graph.leaves().values() if trace.adjoints[i] is not None]
    inner = [i for i in reversed(list(trace.graph.node_ids())) if isinstance(trace.graph.nodes[i], Apply)]
    nodes = [i for i in inner if trace.adjoints[i] is not None]
    is_whole = work(trace, [*leaves, *nodes]) <= MOST_WORK
    rows: list[Examined] = []
    symbolic = {} if cancelled() else _symbolic(trace, nodes if len(trace.graph) <= MOST_SYMBOLIC else [])
    for node in [*leaves, *nodes] if is_whole else leaves:
        found = None if cancelled() else _examined(trace, node, symbolic.get(node), cancelled)
        if cancelled():
            return None
        if found is not None:
            rows.append(found)
    is_wrong = any(row.kind is Verdict.WRONG for row in rows)
    rules = check_rules(trace, cancelled) if is_wrong else ()
    culprits = tuple(rule for rule in rules if rule.check.kind is Verdict.WRONG)
    return Examination(tuple(rows), culprits, is_whole)


def work(trace: Trace, nodes: list[NodeId]) -> int:
    """How many nodes are evaluated when these are examined, for one difference each."""
    values = (trace.values[node] for node in nodes)
    return sum(min(value.size, MAX_DIRECTIONS) for value in values if value is not None) * len(trace.graph)


def _symbolic(trace: Trace, nodes: list[NodeId]) -> dict[NodeId, Array]:
    """The symbolic derivative by each leaf, and by each of these nodes."""
    leaves = trace.graph.leaves()
    values = {name: value for name, node in leaves.items() if (value := trace.values[node]) is not None}
    by_leaf = symbolic_gradients(trace.graph, values, wrt=trace.wanted)
    found = {leaves[name]: gradient for name, gradient in by_leaf.items()}
    for node in nodes:
        rest = from_node(trace, node)
        if rest is not None:
            found[node] = symbolic_gradients(rest.graph, rest.values, wrt=[rest.leaf])[rest.leaf]
    return found


def _examined(trace: Trace, node: NodeId, symbolic: Array | None, cancelled: Callable[[], bool]) -> Examined | None:
    found, adjoint = check_node(trace, node, cancelled), trace.adjoints[node]
    if found is None or adjoint is None:
        return None
    return Examined(node, found, symbolic, 0.0 if symbolic is None else difference(adjoint, symbolic))
