"""What the laboratories say: why the algorithm is as it is, in sentences whose numbers are all computed."""

from collections.abc import Sequence

import numpy as np

from gradviz.core.accumulation import Repeated, Walk
from gradviz.core.graph import Graph
from gradviz.core.recursion import Attempt, Way
from gradviz.core.tangent import Cost, Modes
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.text import numbers
from gradviz.text.numbers import plural
from gradviz.text.symbols import display, symbols

ORDER = (
    "Where a value is used more than once, its adjoint is a sum. Back-propagation goes through the nodes in "
    "topological order, so that this sum is complete before it is sent on: one call a node. A recursion that follows "
    "every path gives the same numbers with one call a path; a node that sends too early, or its sum again and again, "
    "gives wrong ones."
)
ZEROING = (
    "Frameworks add each new derivative to what is stored. When it is not set to zero in between, a second backward "
    "counts everything once more, and a descent uses the sum of all gradients so far."
)
MODES = (
    "Forward mode carries tangents along with the values: one pass for each input. Reverse mode carries adjoints back: "
    "one pass for each output. A loss has many inputs and one output; that is why it is differentiated in reverse."
)
WAYS = {
    Way.TOPOLOGICAL: "each node sends once, when all that it receives has come",
    Way.EVERY_PATH: "each receipt is sent on by itself, along every path",
    Way.TOO_EARLY: "each node sends at its first receipt, and never again",
    Way.AGAIN: "at each receipt the whole sum so far is sent again",
}


def verdict(trace: Trace, attempt: Attempt) -> str:
    """Whether one way gives the right derivatives, and if not, where it goes wrong."""
    if not attempt.is_complete:
        return f"stopped after {plural(len(attempt.made), 'call')}"
    if not attempt.wrong:
        return "right everywhere"
    names = symbols(trace.graph)
    return f"wrong at {', '.join(display(names[node]) for node in attempt.wrong[:4])}"


def culprit(trace: Trace, attempt: Attempt) -> str:
    """Where a way first does what makes it wrong; "" when it doesn't."""
    call = attempt.culprit
    if call is None or call.sent is None:
        return ""
    name = _name(trace.graph, call.node)
    sent = numbers.value(call.sent)
    if attempt.way is Way.TOO_EARLY:
        waits = plural(call.waits_for, "receipt")
        verb = "is" if call.waits_for == 1 else "are"
        return f"{name} sends {sent} on while {waits} {verb} still to come: what comes later never gets further."
    return f"{name} sends its sum {sent} on although it has sent a part of it before: that part is counted twice."


def comparison(trace: Trace, attempt: Attempt) -> str:
    """What a wrong way makes of the first leaf, beside what is right; "" where it is right."""
    leaves = [node for node in trace.graph.leaves().values() if node in attempt.wrong]
    if not leaves:
        return ""
    node = leaves[0]
    right = trace.adjoints[node]
    assert right is not None
    derivative = f"∂{_name(trace.graph, trace.graph.output)}/∂{_name(trace.graph, node)}"
    return f"{derivative} comes out as {numbers.value(attempt.adjoints[node])} instead of {numbers.value(right)}."


def order_gist(attempts: Sequence[Attempt], has_sharing: bool) -> str:
    """What the four ways have shown."""
    calls = {attempt.way: attempt.calls for attempt in attempts}
    if not has_sharing:
        return "No value of this formula is used twice, so all ways agree. Use one twice to see the difference."
    once, every = calls[Way.TOPOLOGICAL], calls[Way.EVERY_PATH]
    return f"{plural(once, 'call')} in topological order, {plural(every, 'call')} along every path."


def has_sharing(graph: Graph) -> bool:
    """True when some value is used more than once."""
    return any(len(uses) > 1 for uses in graph.uses().values())


def repeated_gist(trace: Trace, found: Repeated) -> str:
    """What calling backward again makes of the first leaf."""
    calls = len(found.at_leaves)
    leaf = next((node for node in trace.graph.leaves().values() if found.at_all and node in found.at_all[-1]), None)
    if leaf is None or calls < 2:
        return ""
    name = f"∂{_name(trace.graph, trace.graph.output)}/∂{_name(trace.graph, leaf)}"
    first, leaves, nodes = (numbers.value(c[leaf]) for c in (found.at_all[0], found.at_leaves[-1], found.at_all[-1]))
    return (
        f"{name} is {first}. After {calls} calls of backward it is {leaves} where only leaves keep theirs, "
        f"and {nodes} where every node does."
    )


def walk_gist(right: Walk, forgetful: Walk) -> str:
    """Where both descents end."""
    ends = [numbers.number(walk.losses[-1], 4) for walk in (right, forgetful)]
    steps = len(right.losses) - 1
    last = len(forgetful.losses) - 1
    diverged = "" if np.isfinite(forgetful.losses[-1]) else f" (it left all numbers at step {last})"
    return f"After {plural(steps, 'step')} the loss is {ends[0]} with zeros, and {ends[1]} without{diverged}."


def modes_gist(found: Modes) -> str:
    """Which mode is the cheaper one here."""
    forward, reverse = found.forward, found.reverse
    if forward.products == reverse.products:
        return f"{_sizes(found)}: both modes take as much."
    name = "reverse" if reverse.products < forward.products else "forward"
    less, more = sorted((forward.products, reverse.products))
    by = f", by {numbers.number(more / less, 3)} times" if less else ""
    return f"{_sizes(found)}: {name} mode is cheaper{by}."


def cost_words(cost: Cost) -> str:
    """3 passes, 12 products, 40 numbers."""
    return f"{plural(cost.passes, 'pass')}, {plural(cost.products, 'product')}, {plural(cost.numbers, 'number')}"


def _sizes(found: Modes) -> str:
    return f"{plural(found.inputs, 'input')} and {plural(found.outputs, 'output')}"


def _name(graph: Graph, node: NodeId) -> str:
    return display(symbols(graph)[node])
