"""What is looked at: a node, a leaf or an edge, at one position of a run, with all arrays that belong to it."""

from dataclasses import dataclass

import numpy as np

from gradviz.core.flow import sent_back
from gradviz.core.graph import Apply, Block, Edge, Graph
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.session.course import Subject
from gradviz.session.session import Session
from gradviz.ui.panels.facts import NodeFacts, facts, shown_names

MOST_LOCAL = 1_000_000
"""A local derivative with more numbers is not worked out for the inspector."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """One array of a subject: what it is called, its colour, and its numbers; None while it is not yet computed."""

    name: str
    token: Token
    array: Array | None


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A subject as it is at one position. facts: of the node, or of the edge's source."""

    subject: Subject
    title: str
    numbers: tuple[Numbers, ...]
    facts: NodeFacts
    block: Block | None = None
    """The block that is looked at as a whole; its output is the subject."""

    @property
    def edge(self) -> Edge | None:
        """The edge that is looked at, None for a node."""
        return self.subject if isinstance(self.subject, Edge) else None

    def of(self, name: str) -> Numbers | None:
        """The array of that name."""
        return next((one for one in self.numbers if one.name == name), None)


def shown_run(session: Session) -> Trace | None:
    """The run that is looked at: the recorded one, or what a what-if or the sum of the samples makes of it."""
    return session.lens.trace


def shown_subject(session: Session) -> Subject | None:
    """What the inspector shows: what is selected, else the node of the current step, else the output."""
    trace = shown_run(session)
    if trace is None:
        return None
    edge, node = session.selection.edge, session.selection.node
    if edge is not None and has_edge(trace.graph, edge):
        return edge
    if node is not None and node < len(trace.graph):
        return node
    step = session.debugger.current
    return step.node if step is not None else trace.graph.output


def sight(trace: Trace, subject: Subject, position: int) -> Sight:
    """Everything about a subject after `position` steps."""
    if isinstance(subject, Edge):
        return _edge_sight(trace, subject, position)
    found = facts(trace, subject, position)
    numbers = [Numbers("value", Token.VALUE, found.value), Numbers("adjoint", Token.DERIVATIVE, found.adjoint)]
    return Sight(subject, heading(found), tuple(numbers), found)


def _edge_sight(trace: Trace, edge: Edge, position: int) -> Sight:
    names = shown_names(trace.graph)
    found, target = facts(trace, edge.source, position), facts(trace, edge.target, position)
    sent = _sent(trace, edge, position)
    numbers = (
        Numbers("value", Token.VALUE, found.value),
        Numbers("contribution", Token.DERIVATIVE, sent),
        Numbers("upstream", Token.DERIVATIVE, target.adjoint),
        Numbers("local", Token.TEXT, _local(trace, edge) if target.value is not None else None),
    )
    slot = f", operand {edge.operand + 1}" if _has_two_slots(trace.graph, edge) else ""
    return Sight(edge, f"EDGE {names[edge.source]} → {names[edge.target]}{slot}", numbers, found)


def heading(found: NodeFacts) -> str:
    """What a node is called at the head of a panel."""
    if found.title == found.symbol:
        return f"LEAF {found.title}"
    return "NUMBER" if found.title == "number" else f"{found.title.upper()} · {found.symbol}"


def has_edge(graph: Graph, edge: Edge) -> bool:
    """True when the graph has this operand slot, filled by this source."""
    if not 0 <= edge.target < len(graph):
        return False
    node = graph.nodes[edge.target]
    return isinstance(node, Apply) and edge.operand < len(node.operands) and node.operands[edge.operand] == edge.source


def _has_two_slots(graph: Graph, edge: Edge) -> bool:
    node = graph.nodes[edge.target]
    return isinstance(node, Apply) and node.operands.count(edge.source) > 1


def _sent(trace: Trace, edge: Edge, position: int) -> Array | None:
    for step in trace.steps[:position]:
        if step.kind is StepKind.CONTRIBUTE and (step.node, step.operand) == (edge.target, edge.operand):
            return step.value
    return None


def _local(trace: Trace, edge: Edge) -> Array | None:
    """∂target/∂source: element by element, or of a scalar target; None where it is a whole Jacobian."""
    node = trace.graph.nodes[edge.target]
    assert isinstance(node, Apply)
    target = trace.values[edge.target]
    if target is None or not node.op.is_differentiable_by(edge.operand):
        return None
    if node.op.partials:
        rule = node.op.partials[edge.operand]
        operands = [trace.values[operand] for operand in node.operands]
        with np.errstate(all="ignore"):
            return np.asarray(rule(target, *operands)) if rule is not None else None
    if np.ndim(target) == 0 and (edge.target, edge.operand) in trace.contributions:
        return sent_back(trace, edge, np.asarray(1.0))
    return None
