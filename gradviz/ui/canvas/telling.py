"""What the pointer learns: all about a node or an edge, and while numbers are hidden only those that are given."""

import numpy as np

from gradviz.core.graph import Edge, Graph
from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.session.session import Session
from gradviz.session.veil import DERIVATIVE, VALUE, Place, Veil
from gradviz.text import numbers
from gradviz.ui.canvas.gestures.base import Target
from gradviz.ui.canvas.tooltips import shown, tooltip

MOST_ROWS = 12
"""An array with more elements a side is elided."""


def tip_of(session: Session, graph: Graph, target: Target) -> str:
    """The tooltip for what is under the pointer, as far as the run has come."""
    debugger, veil = session.debugger, session.veil
    position = None if debugger.is_overview else debugger.position
    trace = shown(debugger.trace, position) if debugger.trace is not None and debugger.trace.graph is graph else None
    block = session.folds.block_at(graph, target) if not isinstance(target, Edge | None) else None
    if not veil.is_on:
        return tooltip(graph, trace, target, block)
    return tooltip(graph, None, target, block) + (known(trace, target, veil) if trace is not None else "")


def known(trace: Trace, target: Target, veil: Veil) -> str:
    """What a tooltip may say beside a name while the veil lies: the numbers that stand on the graph, arrays in full."""
    graph = trace.graph
    edges = [target] if isinstance(target, Edge) else graph.uses()[target] if target is not None else []
    lines = []
    source = edges[0].source if edges else None
    value = trace.values[source] if source is not None else None
    if value is not None:
        places: list[Place] = [(VALUE, edge) for edge in edges]
        if not any(veil.hides(place) for place in places):
            lines.append(f"{VALUE} value  {_in_full(value)}")
    if isinstance(target, Edge) and not veil.hides((DERIVATIVE, target)):
        back = trace.contributions.get((target.target, target.operand))
        if back is not None:
            lines.append(f"{DERIVATIVE} contribution  {_in_full(back)}")
    return "".join(f"\n{line}" for line in lines)


def _in_full(value: Array) -> str:
    if np.ndim(value) == 0:
        return numbers.value(value)
    text = np.array2string(np.asarray(value), precision=numbers.DIGITS, separator=", ", threshold=MOST_ROWS**2)
    return ("\n" + text if "\n" in text else text).replace("-", numbers.MINUS)
