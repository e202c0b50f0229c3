"""The derivative as one formula: 4x³ for (x²)², 2((Wx + b) − y)xᵀ for least squares.

Scalars go through SymPy (text/sympy_form.py). Everything else, and what SymPy has no name for, is derived by the
rules of the ops on a readable tape, after rewriting that holds for every formula, or else exactly as the rules say:

    log(softmax(z)) = log_softmax(z)      log(v[i]) = log(v)[i] for these

Each form is checked in numbers against back-propagation before it is shown; what fails the check is not shown.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from gradviz.core.expr import Expr
from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.symbolic import backward, gradient_graphs
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.errors import GradvizError
from gradviz.text.latex import latex
from gradviz.text.plain import plain
from gradviz.text.readable import ReadableTape, reshaped_handle, written_nodes
from gradviz.text.sympy_child import simplest

MOST_NODES = 200
"""A larger graph has no closed form that anybody would read."""

LONGEST = 300
"""Characters of a closed form; a longer one is not shown."""


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """A derivative as one formula, or the reason why there is none. graph: the formula itself."""

    plain: str | None
    latex: str | None
    notes: tuple[str, ...] = ()
    graph: Graph | None = None


def closed_form(
    graph: Graph, name: str, leaf_shapes: Mapping[str, Shape], values: Mapping[str, Array] | None = None
) -> ClosedForm:
    """The closed form of ∂(sum of the output)/∂(leaf), as far as it can be found.

    leaf_shapes: of all leaves. values: with which the form is checked; made up when left out.
    """
    if len(graph) > MOST_NODES:
        return _none(f"a closed form is looked for in graphs of at most {MOST_NODES} nodes; this one has {len(graph)}")
    checked = _Check(graph, name, leaf_shapes, values)
    candidates, notes = _candidates(graph, name, leaf_shapes)
    sound = [found for found in candidates if checked.holds(found)]
    for found in sound:
        text = plain(found) if written_nodes(found) <= LONGEST else ""
        if 0 < len(text) <= LONGEST:
            return ClosedForm(text, latex(found), notes, found)
    if sound:
        return _none(*notes, f"the closed form is longer than {LONGEST} characters and is not shown")
    return _none(*notes, "no closed form was found")


def by_rules(graph: Graph, name: str, leaf_shapes: Mapping[str, Shape]) -> Graph:
    """The derivative by the rules of the ops, made readable; its value may still have to be broadcast."""
    tape = ReadableTape()
    with tape.exactly():
        output = _rewritten(tape, graph, leaf_shapes)
    seed = reshaped_handle(tape.literal(1.0), output.shape)
    (gradient,) = backward(output, [tape.leaf(name, leaf_shapes[name])], seed)
    return tape.graph(gradient)


def _candidates(graph: Graph, name: str, leaf_shapes: Mapping[str, Shape]) -> tuple[list[Graph], tuple[str, ...]]:
    found: list[Graph] = []
    notes: tuple[str, ...] = ()
    if all(shape == SCALAR for shape in leaf_shapes.values()):
        simple = simplest(graph, name)
        found += [simple.form] if simple.form is not None else []
        notes = (simple.note,) if simple.note else ()
    with suppress(GradvizError, ValueError, IndexError):  # a shape that only the exact graph has: no readable form
        found.append(by_rules(graph, name, leaf_shapes))
    found.append(gradient_graphs(graph, leaf_shapes, [name])[name])
    return found, notes


def _rewritten(tape: ReadableTape, graph: Graph, leaf_shapes: Mapping[str, Shape]) -> Expr:
    moved: dict[NodeId, Expr] = {}
    for node_id, node in zip(graph.node_ids(), graph.nodes, strict=True):
        expr = _logarithm(moved[node.operands[0]]) if isinstance(node, Apply) and node.op is OPS["log"] else None
        moved[node_id] = expr if expr is not None else tape.copy_of(node, moved, leaf_shapes)
    return moved[graph.output]


def _logarithm(x: Expr) -> Expr | None:
    """The logarithm of a softmax, or of elements of one, in one piece."""
    applied = x.applied()
    if applied is None:
        return None
    if applied.op is OPS["softmax"]:
        return x.tape.apply(OPS["log_softmax"], (x.operand(0),), applied.settings)
    if applied.op in (OPS["take"], OPS["index"]):
        whole = _logarithm(x.operand(0))
        others = tuple(x.operand(i) for i in range(1, len(applied.operands)))
        return None if whole is None else x.tape.apply(applied.op, (whole, *others), applied.settings)
    return None


class _Check:
    """Compares a form with back-propagation at the given values and at made-up ones."""

    def __init__(
        self, graph: Graph, name: str, leaf_shapes: Mapping[str, Shape], values: Mapping[str, Array] | None
    ) -> None:
        self.points: list[tuple[Mapping[str, Array], Array]] = []
        for point in (values, _made_up(graph, leaf_shapes)):
            trace = record(graph, point, wrt=[name]) if point else None
            if trace is not None and trace.failure is None and np.all(np.isfinite(trace.adjoint(name))):
                self.points.append((point or {}, trace.adjoint(name)))

    def holds(self, form: Graph) -> bool:
        """True unless the form gives another number than back-propagation does."""
        return all(_gives(form, values, expected) for values, expected in self.points)


def _gives(form: Graph, values: Mapping[str, Array], expected: Array) -> bool:
    try:
        with np.errstate(all="ignore"):
            found = np.broadcast_to(_evaluated(form, values), expected.shape)
    except (GradvizError, ArithmeticError, ValueError, IndexError):
        return False  # a form that leaves out a reshaping which it would need
    return bool(np.allclose(found, expected, rtol=1e-6, atol=1e-9))


def _evaluated(form: Graph, values: Mapping[str, Array]) -> Array:
    found: list[Array] = []
    for node in form.nodes:
        match node:
            case Leaf():
                found.append(values[node.name])
            case Literal():
                found.append(node.value)
            case Apply():
                found.append(node.op.evaluate(*(found[operand] for operand in node.operands), **node.settings))
    return found[form.output]


def _made_up(graph: Graph, leaf_shapes: Mapping[str, Shape]) -> dict[str, Array]:
    """Values for a check: defaults where the formula has them, else numbers that are nothing special."""
    random = np.random.default_rng(0)
    made = {name: random.uniform(0.3, 1.7, shape) for name, shape in leaf_shapes.items()}
    return {name: np.asarray(graph.defaults.get(name, value))[()] for name, value in made.items()}


def _none(*notes: str) -> ClosedForm:
    return ClosedForm(None, None, notes)
