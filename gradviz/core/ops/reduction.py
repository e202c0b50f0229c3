"""Reductions along one axis, or over all elements."""

from typing import Any

import numpy as np

from gradviz.core.expr import shape_of
from gradviz.core.kinds import reduction, spread
from gradviz.core.op import OPS, Example, Help, Notation
from gradviz.core.ops.simplify import simpler_sum


def _count(x: Any, axes: tuple[int, ...]) -> float:
    return float(np.prod([shape_of(x)[axis] for axis in axes]))


def _mean_over(x: Any, axes: tuple[int, ...]) -> Any:
    """The mean over these axes, which are kept with length one."""
    for axis in axes:
        x = OPS["mean"](x, axis=axis, keepdims=True)
    return x


def _extreme_vjp(g: Any, y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """The adjoint goes to the elements that equal the extreme, in equal shares."""
    holds = OPS["equal"](x, y)
    ties = holds
    for axis in axes:
        ties = OPS["sum"](ties, axis=axis, keepdims=True)
    return holds * (g / ties)


sum_ = reduction(
    "sum",
    lambda x, axis=None, keepdims=False: np.add.reduce(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axes: spread(g, shape_of(x)),
    simplify=simpler_sum,
    notation=Notation(card="Σ", symbol="Σ", latex=r"\sum {0}", binds=35, needs=(40,)),
    help=Help("The sum of the elements.", "Every element receives the adjoint.", keywords=("Σ", "total", "add up")),
    examples=(Example(([1.0, 2.0, 3.0],)), Example(([[1.0, 2.0], [3.0, 4.0]],), {"axis": 0})),
)

mean = reduction(
    "mean",
    lambda x, axis=None, keepdims=False: (
        np.add.reduce(x, axis=axis, keepdims=keepdims) / np.float64(x.size if axis is None else x.shape[axis])
    ),
    lambda g, y, x, axes: spread(g / _count(x, axes), shape_of(x)),
    notation=Notation(card="mean", symbol="mean", latex=r"\mathrm{{mean}}({0})"),
    help=Help(
        "The mean of the elements.",
        "Every element receives the adjoint over their number.",
        kinks="The mean of no elements is NaN.",
        keywords=("average",),
    ),
    examples=(Example(([1.0, 2.0, 6.0],)), Example(([[1.0, 2.0], [3.0, 4.0]],), {"axis": 1})),
)

max_ = reduction(
    "max",
    lambda x, axis=None, keepdims=False: np.max(x, axis=axis, keepdims=keepdims, initial=-np.inf),
    _extreme_vjp,
    notation=Notation(card="max", symbol="max"),
    help=Help(
        "The largest element.",
        "The largest element receives the adjoint, the others 0.",
        kinks="Equal largest elements share it equally. The maximum of no elements is −∞.",
        keywords=("maximum", "largest"),
    ),
    examples=(Example(([1.0, 5.0, 3.0],)), Example(([[1.0, 2.0], [4.0, 3.0]],), {"axis": 1})),
)

min_ = reduction(
    "min",
    lambda x, axis=None, keepdims=False: np.min(x, axis=axis, keepdims=keepdims, initial=np.inf),
    _extreme_vjp,
    notation=Notation(card="min", symbol="min"),
    help=Help(
        "The smallest element.",
        "The smallest element receives the adjoint, the others 0.",
        kinks="Equal smallest elements share it equally. The minimum of no elements is ∞.",
        keywords=("minimum", "smallest"),
    ),
    examples=(Example(([1.0, 5.0, 3.0],)),),
)

var = reduction(
    "var",
    lambda x, axis=None, keepdims=False: np.var(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axes: (2.0 * g / _count(x, axes)) * (x - _mean_over(x, axes)),
    notation=Notation(card="var", symbol="var", latex=r"\mathrm{{var}}({0})"),
    help=Help(
        "The variance: the mean of the squared differences from the mean.",
        "Every element receives the adjoint times 2(x − mean)/n.",
        keywords=("variance", "spread"),
    ),
    examples=(Example(([1.0, 2.0, 6.0],)), Example(([[1.0, 2.0], [3.0, 5.0]],), {"axis": 1})),
)

std = reduction(
    "std",
    lambda x, axis=None, keepdims=False: np.std(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axes: (g / (y * _count(x, axes))) * (x - _mean_over(x, axes)),
    notation=Notation(card="std", symbol="std", latex=r"\mathrm{{std}}({0})"),
    help=Help(
        "The standard deviation: the root of the variance.",
        "Every element receives the adjoint times (x − mean)/(n·std).",
        kinks="Where all elements are equal the slope is NaN.",
        keywords=("deviation", "spread"),
    ),
    examples=(Example(([1.0, 2.0, 6.0],)), Example(([[1.0, 2.0], [3.0, 5.0]],), {"axis": 1})),
)

norm = reduction(
    "norm",
    lambda x, axis=None, keepdims=False: np.sqrt(np.sum(np.square(x), axis=axis, keepdims=keepdims)),
    lambda g, y, x, axes: (g / y) * x,
    notation=Notation(card="‖ · ‖", symbol="‖x‖", latex=r"\left\| {0} \right\|"),
    help=Help(
        "The Euclidean length: the root of the sum of squares.",
        "Every element receives the adjoint times x/‖x‖.",
        kinks="At the zero vector the slope is NaN.",
        keywords=("length", "euclidean", "magnitude"),
    ),
    examples=(Example(([3.0, 4.0],)), Example(([[1.0, 2.0], [3.0, 4.0]],), {"axis": 0})),
)


def _others_product(y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """For each element the product of all others, without dividing by 0."""
    is_zero = OPS["equal"](x, 0.0)
    zeros, safe = is_zero, OPS["where"](is_zero, 1.0, x)
    product = safe
    for axis in axes:
        zeros = OPS["sum"](zeros, axis=axis, keepdims=True)
        product = OPS["prod"](product, axis=axis, keepdims=True)
    alone = is_zero * OPS["equal"](zeros, 1.0)
    return (OPS["equal"](zeros, 0.0) / safe + alone) * product


prod = reduction(
    "prod",
    lambda x, axis=None, keepdims=False: np.prod(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axes: g * _others_product(y, x, axes),
    notation=Notation(card="Π", symbol="Π", latex=r"\prod {0}", binds=35, needs=(40,)),
    help=Help(
        "The product of the elements.",
        "Each element receives the adjoint times the product of all others.",
        keywords=("Π", "product", "multiply"),
    ),
    examples=(
        Example(([2.0, 3.0, 4.0],)),
        Example(([2.0, 0.0, 4.0],)),
        Example(([[1.0, 2.0], [0.0, 0.0]],), {"axis": 0}),
    ),
)
