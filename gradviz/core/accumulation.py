"""What happens when derivatives are not set to zero before they are added up.

backward, backward        kept at the leaves: ∂L/∂θ is counted once a call
                          kept at all nodes: what is left from the first call is sent back once more, and so on
step, step, step          with forgotten zeros each update uses the sum of all gradients so far
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradviz.core.flow import sent_back
from gradviz.core.graph import Apply, Edge
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId

Parameters = Mapping[str, Any]
Measure = Callable[[Parameters], tuple[float, Mapping[str, Any]]]
"""Loss and gradient at given parameters."""


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """The derivatives at every node after each of several calls of backward: [call][node]."""

    at_leaves: tuple[Mapping[NodeId, Array], ...]
    """Only leaves keep theirs from call to call (as PyTorch does)."""
    at_all: tuple[Mapping[NodeId, Array], ...]
    """Every node keeps its own (as in micrograd)."""


def backward_again(trace: Trace, calls: int) -> Repeated:
    """Call backward so many times on one run without setting anything to zero."""
    leaves = set(trace.graph.leaves().values())
    return Repeated(
        tuple(_calls(trace, calls, lambda node: node in leaves)), tuple(_calls(trace, calls, lambda _node: True))
    )


def _calls(trace: Trace, calls: int, is_kept: Callable[[NodeId], bool]) -> list[Mapping[NodeId, Array]]:
    graph = trace.graph
    output, seed = graph.output, trace.adjoints[graph.output]
    found: list[Mapping[NodeId, Array]] = []
    kept: dict[NodeId, Array] = {}
    for _ in range(calls if seed is not None else 0):
        sums = {node: g for node, g in kept.items() if is_kept(node)}
        sums[output] = seed  # type: ignore[assignment]  # every call seeds the output anew
        for index in range(output, -1, -1):  # reversed: an adjoint is complete before it is read
            sender = graph.nodes[index]
            if not isinstance(sender, Apply) or index not in sums:
                continue
            for operand, source in enumerate(sender.operands):
                if (NodeId(index), operand) in trace.contributions:
                    part = sent_back(trace, Edge(source, NodeId(index), operand), sums[NodeId(index)])
                    sums[source] = sums[source] + part if source in sums else part
        kept = sums
        found.append(dict(sums))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A descent: parameters and loss before each update, and the length of what was used as the gradient."""

    parameters: tuple[Mapping[str, Array], ...]
    losses: tuple[float, ...]
    used_norms: tuple[float, ...]


def walk(measure: Measure, start: Parameters, rate: float, steps: int, *, forgets: bool) -> Walk:
    """Plain gradient descent; when it forgets the zeros, every gradient is added to all that came before."""
    parameters = {name: np.asarray(value, dtype=np.float64) for name, value in start.items()}
    used = {name: np.zeros_like(value) for name, value in parameters.items()}
    path, losses, norms = [], [], []
    with np.errstate(all="ignore"):
        for _ in range(steps + 1):
            loss, gradient = measure({name: _element(value) for name, value in parameters.items()})
            fresh = {name: np.asarray(gradient[name], dtype=np.float64) for name in parameters}
            used = {name: used[name] + g if forgets else g for name, g in fresh.items()}
            path.append(parameters)
            losses.append(loss)
            norms.append(float(np.sqrt(sum(float(np.sum(np.square(g))) for g in used.values()))))
            if not np.isfinite(loss):
                break
            parameters = {name: value - rate * used[name] for name, value in parameters.items()}
    return Walk(tuple(path), tuple(losses), tuple(norms))


def _element(value: Array) -> Any:
    return value if value.ndim else float(value)
