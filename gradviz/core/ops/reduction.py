"""Reductions along one axis, or over all elements."""

from typing import Any

import numpy as np

from gradviz.core.expr import shape_of
from gradviz.core.kinds import is_factor, reduction, reshaped, spread
from gradviz.core.op import ATOM, OPS, PRODUCT, Example, Help, Notation, Op, Param
from gradviz.core.ops.simplify import simpler_sum
from gradviz.core.shapes import normal_axis, reduced_shape
from gradviz.core.types import Array

TINY_SQUARE = 1e-280
"""Below this a sum of squares has lost digits to underflow."""


def _count(x: Any, axes: tuple[int, ...]) -> float:
    return float(np.prod([shape_of(x)[axis] for axis in axes]))


def _mean_over(x: Any, axes: tuple[int, ...]) -> Any:
    """The mean over these axes, which are kept with length one."""
    for axis in axes:
        x = OPS["mean"](x, axis=axis, keepdims=True)
    return x


def _by_products(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Σ c·v = c Σ v, Σ a·b = ⟨a, b⟩, Σ a² = ⟨a, a⟩, sums along an axis as X·1: BLAS is faster than NumPy."""
    shape = shape_of(x)
    if axis is None or len(shape) == 1:
        total = _total_by_products(x)
    elif len(shape) == 2:
        total = OPS["matmul"](x, np.ones(shape[1])) if axis in (1, -1) else OPS["matmul"](np.ones(shape[0]), x)
    else:
        total = None
    if total is None or not keepdims:
        return total
    return OPS["reshape"](total, shape=reduced_shape("sum", shape, axis, True))


def _total_by_products(x: Any) -> Any:
    applied = x.applied()
    if applied is None or applied.op.name not in ("mul", "sq") or not x.ndim:
        return None
    a, b = x.operand(0), x.operand(-1)
    if is_factor(a):
        return a * OPS["sum"](b)
    if a.shape != b.shape:
        return None
    size = int(np.prod(x.shape))
    return OPS["dot"](reshaped(a, (size,)), reshaped(b, (size,)))


def _mean_by_sum(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The sum over the number of elements, so that the sum finds its fastest way."""
    count = _count(x, normal_axis("mean", axis, shape_of(x)))
    return OPS["sum"](x, axis=axis, keepdims=keepdims) / count if count else None


_SHORT = 16
"""Rows up to this length are compared column by column."""


def _extreme(compare: np.ufunc, identity: float) -> Any:
    def reduce(x: Any, axis: int | None = None, keepdims: bool = False) -> Array:
        if axis in (1, -1) and x.ndim == 2 and 0 < x.shape[1] <= _SHORT < x.shape[0]:  # four times as fast
            columns: Array = compare.reduce(np.ascontiguousarray(x.T), axis=0)
            return columns[:, None] if keepdims else columns
        result: Array = compare.reduce(x, axis=axis, keepdims=keepdims, initial=identity)
        return result

    return reduce


def _extreme_vjp(g: Any, y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """The adjoint goes to the elements that equal the extreme, in equal shares."""
    holds = OPS["equal"](x, y)
    ties = holds
    for axis in axes:
        ties = OPS["sum"](ties, axis=axis, keepdims=True)
    return holds * (g / ties)


def _is_tied(y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return np.sum(np.equal(x, y), axis=axes, keepdims=True) > 1


def _unless_zero(y: Any) -> Any:
    """y, with 1 in place of 0: a divisor of what is 0 there anyway."""
    return OPS["where"](OPS["equal"](y, 0.0), 1.0, y)


sum_ = reduction(
    "sum",
    lambda x, axis=None, keepdims=False: np.add.reduce(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axes: spread(g, shape_of(x)),
    simplify=simpler_sum,
    expand=_by_products,
    notation=Notation(card="Σ", symbol="Σ", latex=r"\sum {0}", binds=35, needs=(40,)),
    help=Help(
        "The sum of the elements.",
        "Every element receives the adjoint.",
        traps=(
            "The gradient of a sum over samples grows with their number, and the best learning rate shrinks with "
            "it; a mean keeps both."
        ),
        keywords=("Σ", "total", "add up"),
    ),
    examples=(Example(([1.0, 2.0, 3.0],)), Example(([[1.0, 2.0], [3.0, 4.0]],), {"axis": 0})),
)

mean = reduction(
    "mean",
    lambda x, axis=None, keepdims=False: (
        np.add.reduce(x, axis=axis, keepdims=keepdims) / np.float64(x.size if axis is None else x.shape[axis])
    ),
    lambda g, y, x, axes: spread(g / _count(x, axes), shape_of(x)),
    expand=_mean_by_sum,
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
    _extreme(np.maximum, -np.inf),
    _extreme_vjp,
    kink=_is_tied,
    notation=Notation(card="max", symbol="max"),
    help=Help(
        "The largest element.",
        "The largest element receives the adjoint, the others 0.",
        kinks="Equal largest elements share it equally. The maximum of no elements is −∞.",
        traps="Only the largest element learns.",
        keywords=("maximum", "largest"),
    ),
    examples=(Example(([1.0, 5.0, 3.0],)), Example(([[1.0, 2.0], [4.0, 3.0]],), {"axis": 1})),
)

min_ = reduction(
    "min",
    _extreme(np.minimum, np.inf),
    _extreme_vjp,
    kink=_is_tied,
    notation=Notation(card="min", symbol="min"),
    help=Help(
        "The smallest element.",
        "The smallest element receives the adjoint, the others 0.",
        kinks="Equal smallest elements share it equally. The minimum of no elements is ∞.",
        traps="Only the smallest element learns.",
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
    lambda g, y, x, axes: (g / (_unless_zero(y) * _count(x, axes))) * (x - _mean_over(x, axes)),
    kink=lambda y, x, axes: np.equal(y, 0.0) & (_count(x, axes) > 1.0),
    notation=Notation(card="std", symbol="std", latex=r"\mathrm{{std}}({0})"),
    help=Help(
        "The standard deviation: the root of the variance.",
        "Every element receives the adjoint times (x − mean)/(n·std).",
        kinks="Where all elements are equal the slope is taken as 0.",
        traps="Near equal elements rounding decides the direction of the slope, whose length stays 1/√n.",
        keywords=("deviation", "spread"),
    ),
    examples=(Example(([1.0, 2.0, 6.0],)), Example(([[1.0, 2.0], [3.0, 5.0]],), {"axis": 1})),
)


def _norm(x: Any, axis: int | None = None, keepdims: bool = False) -> Array:
    with np.errstate(over="ignore"):
        squares = np.sum(np.square(x), axis=axis, keepdims=True)
    if np.all((squares > TINY_SQUARE) & np.isfinite(squares)):
        length = np.sqrt(squares)
    else:  # a square overflows or vanishes although the length is a number: 1e200 or 1e-200
        largest = np.max(np.abs(x), axis=axis, keepdims=True, initial=0.0)
        unit = np.where((largest > 0.0) & np.isfinite(largest), largest, 1.0)
        length = np.sqrt(np.sum(np.square(x / unit), axis=axis, keepdims=True)) * unit
    kept: Array = length.reshape(reduced_shape("norm", x.shape, axis, keepdims))
    return kept


norm = reduction(
    "norm",
    _norm,
    lambda g, y, x, axes: g * (x / _unless_zero(y)),
    kink=lambda y, x, axes: np.equal(y, 0.0),
    notation=Notation(card="‖ · ‖", symbol="‖x‖", latex=r"\left\| {0} \right\|"),
    help=Help(
        "The Euclidean length: the root of the sum of squares.",
        "Every element receives the adjoint times x/‖x‖.",
        kinks="At the zero vector the slope is taken as 0.",
        traps="The gradient has length 1 however short x is: descent overshoots 0 with every rate.",
        keywords=("length", "euclidean", "magnitude"),
    ),
    examples=(Example(([3.0, 4.0],)), Example(([[1.0, 2.0], [3.0, 4.0]],), {"axis": 0})),
)


def _others_product(x: Any, axes: tuple[int, ...]) -> Any:
    """For each element the product of all others: what stands before it times what stands after it.

    No division, so zeros are no special case, also where this is differentiated again.
    """
    if len(axes) != 1:
        flat = OPS["reshape"](x, shape=(int(_count(x, axes)),))
        return OPS["reshape"](_others_product(flat, (0,)), shape=shape_of(x))
    return _product_before(x, axes[0], is_reversed=False) * _product_before(x, axes[0], is_reversed=True)


def _product_before(x: Any, axis: int, *, is_reversed: bool) -> Any:
    """For each element the product of all before it (or after it), by doubling: ⌈log₂ n⌉ products of arrays.

    Source: Hillis & Steele, "Data parallel algorithms", 1986.
    """
    length = shape_of(x)[axis]
    shift, product = 1, _moved(x, 1, axis, is_reversed)
    while shift < length:
        product = product * _moved(product, shift, axis, is_reversed)
        shift *= 2
    return product


def _moved(x: Any, shift: int, axis: int, is_reversed: bool) -> Any:
    """x moved along the axis, ones filling the gap."""
    shape = shape_of(x)
    shift = min(shift, shape[axis])
    ones = np.ones((*shape[:axis], shift, *shape[axis + 1 :]))
    kept = (shift, None, None) if is_reversed else (None, shape[axis] - shift, None)
    rest = OPS["index"](x, index=(*((None, None, None),) * axis, kept))
    return OPS["concat"](*((rest, ones) if is_reversed else (ones, rest)), axis=axis)


def _others_along(x: Any, axis: int | None = None) -> Any:
    return _others_product(x, tuple(range(len(shape_of(x)))) if axis is None else (axis,))


OTHERS = Op(
    name="others",
    operands=("x",),
    evaluate=_others_along,
    shape=lambda shape, axis=None: shape,
    vjps=(None,),
    batch=lambda _is_batched, x, axis=None: x,
    group="reduction",
    help=Help("For each element the product of all others; a graph holds its parts, and only text calls it so."),
    notation=Notation("prod({0})/{0}", r"\frac{{\prod {0}}}{{{0}}}", PRODUCT, (ATOM,)),
    params=(Param("axis", None, "axis"),),
    simplify=_others_along,
    is_public=False,
)
"""What the derivative of a product is made of; declared nowhere, for graphs hold its parts."""


prod = reduction(
    "prod",
    lambda x, axis=None, keepdims=False: np.prod(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, axes: g * OTHERS(x, axis=axes[0] if len(axes) == 1 else None),
    notation=Notation(card="Π", symbol="Π", latex=r"\prod {0}", binds=35, needs=(40,)),
    help=Help(
        "The product of the elements.",
        "Each element receives the adjoint times the product of all others.",
        traps="Many factors overflow or reach 0 quickly; the sum of their logarithms doesn't.",
        keywords=("Π", "product", "multiply"),
    ),
    examples=(
        Example(([2.0, 3.0, 4.0],)),
        Example(([2.0, 0.0, 4.0],)),
        Example(([[1.0, 2.0], [0.0, 0.0]],), {"axis": 0}),
    ),
)
