"""One position of a run, as a picture asks for it: what is known by then, and what the last step did."""

from enum import Enum

from gradviz.core.graph import Apply, Edge, Graph, Literal
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import Array, NodeId


class State(Enum):
    """Where a part of the picture stands in the run."""

    NOT_YET = "not yet"
    DONE = "done"
    CURRENT = "current"
    FAILED = "failed"


class Moment:
    """What is known, and what was just done, after the first `position` steps of a run (None: after all)."""

    def __init__(self, graph: Graph, trace: Trace | None, position: int | None) -> None:
        self._graph = graph
        self._trace = trace
        steps = trace.steps[:position] if trace is not None else ()
        self._current = steps[-1] if steps and position is not None else None
        self._valued = {step.node for step in steps if step.kind is StepKind.EVALUATE}
        self._sent = {(step.node, step.operand) for step in steps if step.kind is StepKind.CONTRIBUTE}
        self._is_seeded = any(step.kind is StepKind.SEED for step in steps)
        self._failed = {(step.node, step.operand) for step in steps if step.kind is StepKind.FAIL}
        self._is_still = position is None and (trace is None or trace.failure is None)

    def card(self, node: NodeId) -> State:
        """A card is done once it has a value; in a picture of the structure alone all cards are."""
        if any(node == failed for failed, _ in self._failed):
            return State.FAILED
        if self._current is not None and self._current.node == node:
            return State.CURRENT
        return State.DONE if self._is_still or self._is_valued(node) else State.NOT_YET

    def wire(self, edge: Edge | None) -> State:
        """A wire is current while a contribution (on the stub: the seed) runs along it, and faint before its value."""
        if edge is None:
            if self._does(StepKind.SEED):
                return State.CURRENT
            return self.passed(self._graph.output)
        if (edge.target, edge.operand) in self._failed:
            return State.FAILED
        return State.CURRENT if self._is_sending(edge) else self.passed(edge.source)

    def passed(self, source: NodeId) -> State:
        """Whether a value has set out along a wire."""
        return State.DONE if self._is_still or self._is_valued(source) else State.NOT_YET

    def value(self, node: NodeId) -> Array | None:
        """The value of a node, if it is known by now."""
        return self._trace.values[node] if self._trace is not None and self._is_valued(node) else None

    def value_state(self, node: NodeId) -> State:
        """Current for the value that was just computed."""
        if not self._is_valued(node):
            return State.NOT_YET
        is_new = self._does(StepKind.EVALUATE) and self._current is not None and self._current.node == node
        return State.CURRENT if is_new else State.DONE

    def derivative(self, edge: Edge | None) -> Array | None:
        """What an edge sent back, or on the stub the seed, if it is known by now."""
        if self._trace is None:
            return None
        if edge is None:
            return self._trace.adjoints[self._graph.output] if self._is_seeded else None
        key = (edge.target, edge.operand)
        return self._trace.contributions[key] if key in self._sent else None

    def derivative_state(self, edge: Edge | None) -> State:
        """Current for the contribution that was just sent, or the seed."""
        if edge is None:
            known, is_new = self._is_seeded, self._does(StepKind.SEED)
        else:
            known, is_new = (edge.target, edge.operand) in self._sent, self._is_sending(edge)
        return (State.CURRENT if is_new else State.DONE) if known else State.NOT_YET

    def _is_valued(self, node: NodeId) -> bool:
        # a number in the formula needs no step
        return node in self._valued or (self._trace is not None and isinstance(self._graph.nodes[node], Literal))

    def _does(self, kind: StepKind) -> bool:
        return self._current is not None and self._current.kind is kind

    def _is_sending(self, edge: Edge) -> bool:
        step = self._current
        return (
            step is not None
            and step.kind is StepKind.CONTRIBUTE
            and (step.node, step.operand) == (edge.target, edge.operand)
        )


def derivative_edges(graph: Graph, wanted: frozenset[str] | None = None) -> frozenset[Edge]:
    """The edges along which something flows back to a wanted leaf (to any leaf when None)."""
    leaves = {node for name, node in graph.leaves().items() if wanted is None or name in wanted}
    flows_to = graph.reaching(leaves)
    receiving = {graph.output}
    found = set()
    for target in reversed(range(len(graph))):  # reversed: all that a node receives is known before it sends
        node = graph.nodes[target]
        if isinstance(node, Apply) and target in receiving:
            for operand, source in enumerate(node.operands):
                if source in flows_to and node.op.is_differentiable_by(operand):
                    receiving.add(source)
                    found.add(Edge(source, NodeId(target), operand))
    return frozenset(found)
