"""Three ways to one derivative: back-propagation, differences or the graph of the derivative, and the closed form.

back-propagation     32
differences          32.00000000…     relative difference 3e−13
derivative as graph  32               0
closed form          32               0
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradviz.core.gradcheck import check, difference, symbolic_gradients
from gradviz.core.graph import Graph
from gradviz.core.record import evaluate
from gradviz.core.types import Array
from gradviz.errors import GradvizError

MOST_WORK = 20_000
"""Nodes times elements up to which differences are taken; beyond that they would be waited for."""
MOST_NODES = 3_000
"""In a graph of more nodes the derivative is not built as a graph once more."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One way's answer. relative: how far it is from back-propagation, relative to the largest element."""

    way: str
    value: Array
    relative: float


def answers(
    graph: Graph, name: str, values: Mapping[str, Array], backward: Array, form: Graph | None
) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """The answers of all ways, back-propagation first, and notes on those that were left out."""
    found = [Answer("back-propagation", backward, 0.0)]
    notes: list[str] = []
    if len(graph) * min(backward.size, 200) > MOST_WORK:
        notes.append("differences are not taken: there are too many nodes and elements to wait for them")
    else:
        checked = check(graph, values, wrt=[name])[name]
        if not np.all(np.isfinite(checked.numeric)):
            notes.append(f"there are no differences to compare with: {checked.verdict}")
        elif checked.numeric.shape == backward.shape:
            found.append(Answer("differences", checked.numeric, difference(backward, checked.numeric)))
        else:
            notes.append(f"differences along random directions agree to {checked.relative_error:.1g}")
    if len(graph) <= MOST_NODES:
        by_graph = symbolic_gradients(graph, values, wrt=[name])[name]
        found.append(Answer("derivative as a graph", by_graph, difference(backward, by_graph)))
    at_form = None if form is None else _evaluated(form, values, backward)
    if at_form is not None:
        found.append(Answer("closed form", at_form, difference(backward, at_form)))
    return tuple(found), tuple(notes)


def _evaluated(form: Graph, values: Mapping[str, Array], like: Array) -> Array | None:
    """The closed form at the point; what broadcasting would repeat is repeated. None where it has no value."""
    try:
        with np.errstate(all="ignore"):
            known = {leaf: values[leaf] for leaf in form.leaves()}
            return np.array(np.broadcast_to(evaluate(form, known), like.shape))
    except (GradvizError, ArithmeticError, ValueError, IndexError):
        return None
