"""A derivative as on a blackboard: the chain rule, the local derivatives, their numbers, and the closed form.

∂/∂W sq(sub(y, add(matmul(W, x), b)))
= sq′(sub(y, add(matmul(W, x), b))) · ∂/∂W sub(y, add(matmul(W, x), b))
= …
= sq′ · sub′ · add′ · matmul′
= 2(y − (Wx + b)) · (−1) · 1 · x
= 2·(−6) · (−1) · 1 · 3 = 36
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradviz.core.expr import Tape
from gradviz.core.graph import Graph
from gradviz.core.holes import complete
from gradviz.core.record import bind, record
from gradviz.core.symbolic import replay
from gradviz.core.types import SCALAR, Array, Shape
from gradviz.errors import GraphError, ShapeError
from gradviz.text.closed_form import closed_form
from gradviz.text.equation import Equation
from gradviz.text.filling import Filling
from gradviz.text.unrolling import COUNTED, MOST_LINES, Unrolling, unroll


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """A derivative, derived.

    equations: the chain rule line by line. closed_form, latex: the result as one formula, None where none is found.
    value: the number or array, when values were given. notes: what was shortened or left out, and why.
    """

    equations: tuple[Equation, ...]
    closed_form: str | None
    latex: str | None
    value: Array | None
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines as plain text."""
        return tuple(line.plain for line in self.equations)

    @property
    def latex_lines(self) -> tuple[str, ...]:
        """The lines as LaTeX."""
        return tuple(line.latex for line in self.equations)


def derive(graph: Graph, name: str, values: Mapping[str, Any] | None = None) -> Derivation:
    """The derivative of the output by the leaf `name`; an output that is no scalar is summed.

    values: of all leaves that have no default; None leaves the numbers out and takes leaves without a default for
    scalars. Raises GraphError when there is no such leaf, and the reason when the run fails.
    """
    leaves = complete(graph).leaves()
    if name not in leaves:
        has = f"its leaves are {', '.join(leaves)}" if leaves else "it has no leaves"
        raise GraphError(f"the formula has no leaf {name} to differentiate by; {has}")
    trace = None if values is None else record(graph, values, wrt=[name])
    if trace is not None and trace.failure is not None:
        raise trace.failure
    value = None if trace is None else trace.adjoint(name)
    unrolling = unroll(graph, leaves[name])
    notes = _notes(unrolling)
    bound = {} if values is None else bind(graph, values)
    shapes = _shapes(graph, {leaf: _leaf_shape(graph, leaf, bound) for leaf in leaves})
    if shapes is None:
        notes.append("the local derivatives need the shapes of the operands: give values to see them")
        return Derivation(unrolling.equations, None, None, value, tuple(notes))
    lines = Filling(graph, leaves[name], shapes, trace).lines(unrolling, value)
    form = closed_form(graph, name, {leaf: shapes[node] for leaf, node in leaves.items()}, bound)
    return Derivation((*unrolling.equations, *lines), form.plain, form.latex, value, (*notes, *form.notes))


def _leaf_shape(graph: Graph, leaf: str, bound: Mapping[str, Array]) -> Shape:
    known = bound.get(leaf, graph.defaults.get(leaf))
    return SCALAR if known is None else known.shape


def _shapes(graph: Graph, leaf_shapes: Mapping[str, Shape]) -> tuple[Shape, ...] | None:
    try:
        return tuple(expr.shape for expr in replay(Tape(), graph, leaf_shapes))
    except ShapeError:
        return None


def _notes(unrolling: Unrolling) -> list[str]:
    notes = []
    shown = len(unrolling.paths)
    if unrolling.count > shown:
        count = f"{unrolling.count:,}" if unrolling.count < COUNTED else f"more than {COUNTED:,}"
        notes.append(f"the sum runs over {count} paths; the first {shown} are written out")
    if unrolling.is_shortened:
        notes.append(f"the chain is longer than {MOST_LINES} factors; the lines in its middle are left out")
    if not unrolling.count:
        notes.append("nothing flows back: the formula does not depend on it, or only by steps without a slope")
    return notes
