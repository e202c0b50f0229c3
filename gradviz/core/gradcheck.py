"""Is the gradient right? What came back is held against differences of the value itself, element by element.

Differences have an error of their own, and it is estimated (`core.differences`). So a wrong element is found however
small it is beside the others, and what differs no more than rounding allows is not called wrong. The verdict in words
tells a wrong rule from a kink (the slopes on both sides differ) and from rounding.
Source: Griewank & Walther, "Evaluating Derivatives", 2008.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from gradviz.core.differences import Slope, attempt, noise_of, slope, with_sides
from gradviz.core.graph import Apply, Graph, GraphBuilder, Leaf, Literal, needed
from gradviz.core.kink import kinks
from gradviz.core.record import bind, evaluate, evaluator, record, wanted_leaves
from gradviz.core.symbolic import gradient_graphs
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId

TOLERANCE = 1e-6
"""A relative difference of an element that counts as none."""

MARGIN = 10.0
"""How many times the estimated error of the differences is put down to rounding."""

MAX_DIRECTIONS = 200
"""A leaf with more elements is checked along a few random directions instead of element by element."""

RANDOM_DIRECTIONS = 20


class Verdict(Enum):
    """What the comparison came to, the worst last."""

    RIGHT = "right"
    ROUNDING = "rounding"
    KINK = "kink"
    UNKNOWN = "unknown"
    """There is nothing to compare with: the value or the gradient is not finite."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, eq=False)
class LeafCheck:
    """One leaf's (or node's) gradient by both ways; `numeric` has its shape, or one number a direction.

    relative_error: the largest difference, relative to the largest element; where an element is wrong, relative to
    that element. verdict: in words, kind: the same as a word. worst: the place of the element that decided.
    """

    backward: Array
    numeric: Array
    relative_error: float
    verdict: str
    has_passed: bool
    kind: Verdict = Verdict.RIGHT
    worst: tuple[int, ...] | None = None


def check(
    graph: Graph,
    values: Mapping[str, Any],
    *,
    wrt: Iterable[str] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, LeafCheck]:
    """Check the gradient by each wanted leaf; a non-scalar output is summed. Leaves not reached when cancelled lack.

    Raises the error of the run when the formula has no value there.
    """
    leaf_values = bind(graph, values)
    trace = record(graph, leaf_values, wrt=wrt)
    if trace.failure is not None:
        raise trace.failure
    wanted = wanted_leaves(graph, wrt)
    conventions = tuple(dict.fromkeys([*(f"{k.op.name}: {k.convention}" for k in kinks(trace)), *_origins(trace)]))
    noise = noise_of(trace)
    found = {}
    for name in graph.leaves():
        if name in wanted and not cancelled():
            checked = _check_leaf(trace, leaf_values, name, noise, conventions)
            found[name] = _without_slope(checked) if _is_without_slope(trace, name, checked) else checked
    return found


def _origins(trace: Trace) -> Iterator[str]:
    """The ops at which finite adjoints become infinite or NaN, with what they say about that."""
    for (node, _), sent in trace.contributions.items():
        apply, adjoint = trace.graph.nodes[node], trace.adjoints[node]
        breaks = adjoint is not None and np.all(np.isfinite(adjoint)) and not np.all(np.isfinite(sent))
        if breaks and isinstance(apply, Apply) and apply.op.help.kinks:
            yield f"{apply.op.name}: {apply.op.help.kinks}"


def _is_without_slope(trace: Trace, name: str, found: LeafCheck) -> bool:
    """True for a class number or an index: beside it there is no value, and nothing flows back to it."""
    leaf = trace.graph.leaves()[name]
    return found.kind is Verdict.UNKNOWN and leaf != trace.graph.output and not trace.contributions_to(leaf)


def _without_slope(found: LeafCheck) -> LeafCheck:
    words = "it takes no gradient: it has no value between whole numbers"
    return LeafCheck(found.backward, found.numeric, 0.0, words, True, Verdict.RIGHT)


def check_node(trace: Trace, node: NodeId, cancelled: Callable[[], bool] = lambda: False) -> LeafCheck | None:
    """Whether the adjoint of any node is right: the rest of the graph is checked with that node as its leaf.

    None for a number in the formula, and where nothing flows back.
    """
    rest = from_node(trace, node)
    return check(rest.graph, rest.values, wrt=[rest.leaf], cancelled=cancelled).get(rest.leaf) if rest else None


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What comes after a node: the graph with that node as a leaf, and the values that the run had."""

    graph: Graph
    values: Mapping[str, Array]
    leaf: str


def from_node(trace: Trace, node: NodeId) -> Rest | None:
    """The graph with that node as a leaf; None for a number in the formula, and where nothing flows back."""
    graph, value = trace.graph, trace.values[node]
    found = graph.nodes[node]
    if isinstance(found, Literal) or value is None or trace.adjoints[node] is None:
        return None
    name = found.name if isinstance(found, Leaf) else "the node"  # a name with a blank: no leaf has it
    rest = needed(Graph((*graph.nodes[:node], Leaf(name), *graph.nodes[node + 1 :]), graph.output))
    leaves = graph.leaves()
    known = {leaf: trace.values[leaves[leaf]] for leaf in rest.leaves() if leaf in leaves}
    given = {leaf: value for leaf, value in known.items() if value is not None}
    return Rest(rest, {**given, name: value}, name)


def symbolic_gradients(
    graph: Graph, values: Mapping[str, Any], *, wrt: Iterable[str] | None = None
) -> dict[str, Array]:
    """The gradients once more: the derivative built as a graph, and that graph evaluated."""
    leaf_values = bind(graph, values)
    built = gradient_graphs(graph, {name: value.shape for name, value in leaf_values.items()}, wrt)
    return {name: evaluate(derivative, leaf_values) for name, derivative in built.items()}


def difference(a: Array, b: Array) -> float:
    """The largest difference relative to the largest element; 0 where both are equal, also where both are NaN."""
    if np.array_equal(a, b, equal_nan=True):
        return 0.0
    with np.errstate(all="ignore"):
        scale = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
        found = float(np.max(np.abs(np.asarray(a) - b), initial=0.0)) / scale
    return found if np.isfinite(found) else float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class RuleCheck:
    """The rule of one op for one operand, held against differences of that op alone."""

    node: NodeId
    operand: int
    check: LeafCheck


def check_rules(trace: Trace, cancelled: Callable[[], bool] = lambda: False) -> Iterator[RuleCheck]:
    """Each contribution of the run against differences of its op alone, in the order of the backward pass.

    So a wrong adjoint is traced to the op whose rule is wrong, and not to all nodes below it.
    """
    for node, operand in trace.contributions:
        if cancelled():
            return
        apply, g = trace.graph.nodes[node], trace.adjoints[node]
        assert isinstance(apply, Apply)
        builder = GraphBuilder()
        names = [f"operand {i}" for i in range(len(apply.operands))]
        result = builder.apply(apply.op, *map(builder.leaf, names), **apply.settings)
        graph = builder.graph(builder.apply(_weighing(), result, builder.literal(g)))
        values = {name: trace.values[source] for name, source in zip(names, apply.operands, strict=True)}
        yield RuleCheck(node, operand, check(graph, values, wrt=[names[operand]])[names[operand]])


def _weighing() -> Any:
    from gradviz.core.op import OPS  # filled when the ops are imported, after this module

    return OPS["mul"]


def _check_leaf(
    trace: Trace, leaf_values: Mapping[str, Array], name: str, noise: float, conventions: tuple[str, ...]
) -> LeafCheck:
    graph, backward = trace.graph, trace.gradients[name]
    start, value_at = np.asarray(leaf_values[name]), evaluator(graph)

    def total_at(value: Array) -> float:
        return float(np.sum(value_at({**leaf_values, name: value})))

    is_whole = start.size <= MAX_DIRECTIONS
    directions = _directions(start.shape)
    scales = [max(1.0, abs(float(x))) for x in start.flat] if is_whole else [1.0] * len(directions)
    with np.errstate(invalid="ignore", over="ignore"):  # ∞ · 0 along a direction is a finding, not a warning
        exact = np.array([float(np.sum(np.asarray(backward) * direction)) for direction in directions])
    size = max(abs(float(np.sum(trace.result))), float(np.max(np.abs(exact), initial=0.0)))
    lines = [
        _Line(total_at, start, direction, scale, noise, size, bool(conventions))
        for direction, scale in zip(directions, scales, strict=True)
    ]
    tolerance = TOLERANCE if is_whole else TOLERANCE / 1000  # one element in a thousand must not hide in a direction
    found = [_judged(e, line, tolerance) for e, line in zip(exact, lines, strict=True)]
    numeric = np.array([judged.slope.value for judged in found])
    kind, words, worst = _verdict(found, conventions)
    place = tuple(int(i) for i in np.unravel_index(worst, start.shape)) if is_whole and worst is not None else None
    if place and kind is not Verdict.RIGHT:
        words = f"{words}, at element {list(place) if len(place) > 1 else place[0]}"
    return LeafCheck(
        backward if is_whole else exact,
        numeric.reshape(start.shape) if is_whole else numeric,
        _relative_error(exact, numeric, found),
        words,
        kind not in (Verdict.WRONG, Verdict.UNKNOWN),
        kind,
        place,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """The value along a line through the point."""

    total_at: Callable[[Array], float]
    start: Array
    direction: Array
    scale: float
    noise: float
    size: float
    """Of the output and of the largest derivative: what a number must be compared with to be called small."""
    is_at_kink: bool

    def __call__(self, t: float) -> float:
        return attempt(self.total_at, self.start + t * self.direction)

    @property
    def smallest(self) -> float:
        """The size of the numbers that move, where it is far below one: log(x) at 1e-9 needs steps below that."""
        moving = np.abs(self.start[self.direction != 0.0]) if self.start.ndim else np.abs(self.start)
        return float(np.min(moving, initial=1.0))


@dataclass(frozen=True, slots=True)
class _Judged:
    kind: Verdict
    words: str
    exact: float
    slope: Slope

    @property
    def distance(self) -> float:
        return abs(self.exact - self.slope.value)


def _judged(exact: float, line: _Line, tolerance: float) -> _Judged:
    found = slope(line, line.noise, line.scale)
    if not _agrees(exact, found, tolerance) and 0.0 < line.smallest < 0.05:
        closer = slope(line, line.noise, line.smallest)
        found = min(found, closer, key=lambda s: s.uncertainty) if not _agrees(exact, closer, tolerance) else closer
    if not np.isfinite(exact):
        return _Judged(Verdict.UNKNOWN, "the gradient is not finite here", exact, found)
    if not np.isfinite(found.value):
        words = "the value is not finite beside this point, so there is nothing to compare with"
        return _Judged(Verdict.UNKNOWN, words, exact, found)
    distance, largest = abs(exact - found.value), max(abs(exact), abs(found.value))
    is_close = distance <= tolerance * largest
    if not is_close or line.is_at_kink:
        found = with_sides(found, line, line.noise, line.scale)
        if (excuse := _excuse(exact, found)) is not None:
            return _Judged(Verdict.KINK, excuse, exact, found)
    if is_close or distance <= MARGIN * found.uncertainty <= tolerance * line.size:
        return _Judged(Verdict.RIGHT, "right", exact, found)
    if distance <= MARGIN * found.uncertainty:
        words = f"equal within rounding: differences are sure to ±{MARGIN * found.uncertainty:.0e} only"
        return _Judged(Verdict.ROUNDING, words, exact, found)
    words = f"wrong: {exact:.5g} came back, but the slope of the value is {found.value:.5g}"
    return _Judged(Verdict.WRONG, words, exact, found)


def _excuse(exact: float, found: Slope) -> str | None:
    """The words for a kink between whose two slopes the derivative lies; None where there is no such kink."""
    if found.left is None or found.right is None:
        return None
    ends = (found.left, found.right, 0.0) if found.is_jump else (found.left, found.right)
    low, high = min(ends), max(ends)
    slack = 1e-3 * max(abs(low), abs(high), 1e-12)
    if not low - slack <= exact <= high + slack:
        return None
    if found.is_jump:
        return "a jump: the value itself leaps here, so there is no slope"
    return f"a kink: the slope is {found.left:.3g} on one side and {found.right:.3g} on the other"


def _agrees(exact: float, found: Slope, tolerance: float) -> bool:
    return abs(exact - found.value) <= max(tolerance * abs(exact), found.uncertainty) and np.isfinite(found.value)


def _verdict(found: list[_Judged], conventions: tuple[str, ...]) -> tuple[Verdict, str, int | None]:
    """The worst of all elements decides; of several as bad as that, the one that is farthest off."""
    if not found:
        return Verdict.RIGHT, "right", None
    order = list(Verdict)
    worst = max(range(len(found)), key=lambda i: (order.index(found[i].kind), _farness(found[i])))
    kind, words = found[worst].kind, found[worst].words
    if kind in (Verdict.KINK, Verdict.UNKNOWN) and conventions:
        words = f"{words} ({' '.join(conventions)})"
    return kind, words, worst


def _farness(judged: _Judged) -> float:
    return judged.distance if np.isfinite(judged.distance) else float("inf")


def _relative_error(exact: Array, numeric: Array, found: list[_Judged]) -> float:
    scale = max(float(np.max(np.abs(exact), initial=0.0)), float(np.max(np.abs(numeric), initial=0.0)))
    if scale == 0.0:
        return 0.0
    with np.errstate(all="ignore"):
        overall = float(np.max(np.abs(exact - numeric))) / scale
    wrong = [j for j in found if j.kind is Verdict.WRONG]
    return max([overall, *(j.distance / max(abs(j.exact), abs(j.slope.value)) for j in wrong)])


def _directions(shape: tuple[int, ...]) -> list[Array]:
    size = int(np.prod(shape))
    if size <= MAX_DIRECTIONS:
        return [unit.reshape(shape) for unit in np.eye(size)]
    random = np.random.default_rng(0)
    return [random.standard_normal(shape) / np.sqrt(size) for _ in range(RANDOM_DIRECTIONS)]
