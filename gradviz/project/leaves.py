"""Roles and values of leaves that nobody has chosen: what makes a nice first picture.

    (x²)²            x = 2, a parameter: there is nothing else to learn
    (y − (Wx + b))²  W = 2, b = 1 parameters; x = 3, y = 1 data: the lecture's drawing

What a person has chosen is kept by name; what gradviz chose may be chosen anew when the formula grows.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import cycle, islice

import numpy as np

from gradviz.core.graph import Graph, Leaf, needed
from gradviz.core.holes import complete
from gradviz.core.op import as_value
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import SCALAR, Array, Role, Shape
from gradviz.errors import GraphError, TrainingError
from gradviz.project.project import LeafSetting
from gradviz.project.shapes import fits, fitting_shapes
from gradviz.train.initial import class_counts, draw
from gradviz.train.initialisers import Initialiser
from gradviz.train.settings import USUAL, TrainingSettings
from gradviz.train.shapes import index_leaves, infer_shapes

_DATA_NAME = re.compile(r"[xyt](_?\d+|_[a-z])?|x_?in|targets?|labels?")
_ALONE = {"x": 2.0, "y": 2.0, "t": 2.0}
_TOGETHER = {"W": 2.0, "w": 2.0, "x": 3.0, "b": 1.0, "y": 1.0}
_SCALARS = (2.0, 3.0, 1.0, 4.0, 0.5, 5.0, 1.5, 6.0, 2.5, 7.0)
_ELEMENTS = (1.0, -0.5, 2.0, 0.5, -1.0, 1.5, -2.0, 0.25)
_SMALL = (0.5, 0.25, 0.75, 0.4, 0.6, 0.3, 0.8, 0.2, 0.7, 0.1)
_SHOWN = 24
"""Arrays with more elements start as small random numbers: nobody reads them one by one."""
_FAINT = 1e-3
_LARGEST_TRIED = 500
"""Graphs with more nodes are not tried for values that are finite."""


def default_roles(graph: Graph) -> dict[str, Role]:
    """Leaves called x, y or t (x1, y_2, …) are data when there are others to learn; all others are parameters."""
    names = list(graph.leaves())
    indices = index_leaves(graph)
    data = {name for name in names if _DATA_NAME.fullmatch(name)}
    leading = {node.name for node in needed(graph).nodes if isinstance(node, Leaf)}
    if not leading - data - indices:  # what a loose part has is not learnt
        data -= leading
    return {name: _role(name, data, indices) for name in names}


def settle_leaves(
    graph: Graph,
    known: Mapping[str, LeafSetting],
    samples: Mapping[str, Array] | None = None,
    training: TrainingSettings = USUAL,
    kept: Collection[str] = (),
) -> dict[str, LeafSetting]:
    """A setting for each leaf of the graph, in its order.

    known: earlier settings, of which the given roles and values are kept. samples: the values of all samples of each
    leaf that is fed by data; then parameters without a given value are drawn as training does. kept: names of leaves
    whose value stays, given or not, as long as all shapes still fit together.
    """
    samples = samples or {}
    fixed = dict(graph.defaults)
    fixed |= {name: leaf.value for name, leaf in known.items() if leaf.is_value_given and name not in fixed}
    fixed |= {name: as_value(values[0]) for name, values in samples.items()}
    fixed = {name: fixed[name] for name in graph.leaves() if name in fixed}
    fixed = _with_kept(graph, fixed, {name: known[name].value for name in kept if name in known})
    drawn = _drawn(graph, fixed, samples, training) if samples else {}
    values = _values(graph, fixed | drawn, known) if len(drawn) < len(graph.leaves()) else drawn
    roles = default_roles(graph)
    return {name: _setting(values[name], roles[name], known.get(name), name in samples) for name in graph.leaves()}


def _role(name: str, data: set[str], indices: set[str]) -> Role:
    if name in data:
        return Role.DATA
    return Role.CONSTANT if name in indices else Role.PARAMETER


def _setting(value: Array, role: Role, known: LeafSetting | None, is_fed: bool) -> LeafSetting:
    if known is not None and known.is_role_given:
        role = known.role
    if is_fed:
        role = Role.DATA
    return LeafSetting(
        role,
        value,
        is_role_given=is_fed or (known is not None and known.is_role_given),
        is_value_given=known is not None and known.is_value_given,
    )


def _drawn(
    graph: Graph, fixed: Mapping[str, Array], samples: Mapping[str, Array], training: TrainingSettings
) -> dict[str, Array]:
    """The fixed values, and random ones of the shapes that the data ask for; nothing when these can't be told."""
    leading = needed(graph)
    present = leading.leaves()
    try:
        complete(leading)
        known = {name: value.shape for name, value in fixed.items() if name in present}
        shapes = infer_shapes(leading, known, class_counts(samples))
    except (TrainingError, GraphError):
        return {}
    initialiser = Initialiser(training.initialiser, training.initial_scale)
    return {
        **{n: v for n, v in fixed.items() if n in graph.leaves()},
        **{name: draw(name, shape, training.seed, initialiser) for name, shape in shapes.items()},
    }


def _with_kept(graph: Graph, fixed: dict[str, Array], kept: Mapping[str, Array]) -> dict[str, Array]:
    """The fixed values and those that stay; without the latter when their shapes don't fit any more."""
    names = graph.leaves()
    both = {name: value for name, value in {**kept, **fixed}.items() if name in names}
    if len(both) == len(fixed) or fitting_shapes(needed(graph), _shapes_in(needed(graph), both)) is None:
        return fixed
    return both


def _shapes_in(graph: Graph, values: Mapping[str, Array]) -> dict[str, Shape]:
    names = graph.leaves()
    return {name: value.shape for name, value in values.items() if name in names}


def _values(graph: Graph, fixed: Mapping[str, Array], known: Mapping[str, LeafSetting]) -> dict[str, Array]:
    settled = {name: value.shape for name, value in fixed.items()}
    if len(settled) == len(graph.leaves()):
        return dict(fixed)
    shapes = fitting_shapes(graph, settled)
    if shapes is None:  # a loose part may not fit; when the output doesn't either, the trace says what is wrong
        leading = needed(graph)
        inner = {name: shape for name, shape in settled.items() if name in leading.leaves()}
        shapes = {name: settled.get(name, SCALAR) for name in graph.leaves()} | (fitting_shapes(leading, inner) or {})
    kept = {n: leaf.value for n, leaf in known.items() if n in shapes and n not in fixed and leaf.value.ndim}
    if kept and fits(graph, shapes | {name: value.shape for name, value in kept.items()}):
        fixed = {**fixed, **kept}  # the shapes of a data set stay when a formula only grows
    return next(_finite_first(graph, [{**chosen, **fixed} for chosen in _choices(graph, shapes)]))


def _choices(graph: Graph, shapes: Mapping[str, Shape]) -> Iterator[dict[str, Array]]:
    """Ever safer values: the preferred ones, then small positive ones that log, sqrt and 1/x take."""
    open_names = list(graph.leaves())
    indices = index_leaves(graph)
    preferred = _TOGETHER if len(open_names) > 1 else _ALONE
    numbers = iter(cycle([n for n in _SCALARS if n not in {preferred.get(name) for name in open_names}]))
    yield {
        name: _index(name) if name in indices else _first_value(preferred.get(name), shapes[name], numbers, turn)
        for turn, name in enumerate(open_names)
    }
    for turned in (_SMALL, _SMALL[::-1]):
        elements = iter(cycle(turned))
        yield {name: _index(name) if name in indices else _filled(shapes[name], elements) for name in open_names}


def _first_value(preferred: float | None, shape: Shape, numbers: Iterator[float], turn: int) -> Array:
    if shape == SCALAR:
        return as_value(preferred if preferred is not None else next(numbers))
    if np.prod(shape) > _SHOWN:
        return as_value(np.round(np.random.default_rng(turn).normal(0, 0.1, shape), 3))
    return _filled(shape, islice(cycle(_ELEMENTS), turn, None))


def _filled(shape: Shape, elements: Iterator[float]) -> Array:
    return as_value(np.reshape([next(elements) for _ in range(int(np.prod(shape)))], shape))


def _index(_name: str) -> Array:
    return as_value(1.0)


def _finite_first(graph: Graph, choices: list[dict[str, Array]]) -> Iterator[dict[str, Array]]:
    """Those with which all derivatives can be seen, then those with which the run is finite, then the first."""
    if len(graph) <= _LARGEST_TRIED:
        finite = []
        for values in choices:
            trace = record(graph, values)
            if _is_lively(trace):
                yield values
            elif _is_finite(trace):
                finite.append(values)
        yield from finite
    yield choices[0]


def _is_finite(trace: Trace) -> bool:
    found = [value for value in (*trace.values, *trace.adjoints) if value is not None]
    return trace.failure is None and all(map(_has_no_infinity, found))


def _has_no_infinity(value: Array) -> bool:
    return math.isfinite(value) if np.ndim(value) == 0 else bool(np.all(np.isfinite(value)))


def _is_lively(trace: Trace) -> bool:
    """True when nothing is saturated: every leaf gets a derivative that is neither tiny nor huge."""
    return (
        _is_finite(trace)
        and trace.is_complete
        and all(_FAINT < np.max(np.abs(g), initial=0) < 1 / _FAINT for g in trace.gradients.values())
    )
