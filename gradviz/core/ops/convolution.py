"""Convolution as networks use it (a sliding inner product, without turning the kernel) and pooling.

    y[o, t] = Σ_c Σ_k w[o, c, k] · x[c, t + k]          t, k: places of d axes; only places where w fits
    x̄[c, s] = Σ_o Σ_k w[o, c, k] · ȳ[o, s − k]          "spread": the adjoint slid back over the input
    w̄[o, c, k] = Σ_t ȳ[o, t] · x[c, t + k]              "kernel": the input weighed by the adjoint

All three are linear in both operands, and the derivatives of each are the two others.
Source: Dumoulin & Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradviz.core.expr import ndim, shape_of
from gradviz.core.kinds import one_by_one
from gradviz.core.op import OPS, Example, Help, Notation, Op, Param, Rule, declare
from gradviz.core.shapes import shape_text
from gradviz.core.types import Array, Shape
from gradviz.errors import ShapeError

SHAPE = Param("shape", (), "shape")
SOURCE = 'Dumoulin & Visin, "A guide to convolution arithmetic for deep learning", 2016.'


def _with_channels(x: Array, w: Array, axes: int) -> tuple[Array, Array]:
    """x as (batch, channels, …) and w as (outputs, channels, …)."""
    if w.ndim == axes:
        return x.reshape(-1, 1, *x.shape[x.ndim - axes :]), w[None, None]
    return x.reshape(-1, *x.shape[x.ndim - axes - 1 :]), w


def _windows(x: Array, size: Shape) -> Array:
    """(batch, channels, *places, *size): every stretch of x that the kernel covers."""
    result: Array = sliding_window_view(x, size, axis=tuple(range(2, 2 + len(size))))
    return result


def _correlated(x: Array, w: Array, axes: int) -> Array:
    rows, kernels = _with_channels(x, w, axes)
    windows = _windows(rows, kernels.shape[2:])
    summed = [1, *range(windows.ndim - axes, windows.ndim)]
    y = np.moveaxis(np.tensordot(windows, kernels, axes=(summed, [1, *range(2, 2 + axes)])), -1, 1)
    return y.reshape(_correlated_shape("conv", axes, x.shape, w.shape))


def _spread_back(g: Array, w: Array, shape: Shape, axes: int) -> Array:
    single = w.ndim == axes
    kernels = w[None, None] if single else w
    places = g.shape[g.ndim - axes :]
    upstream = g.reshape(-1, kernels.shape[0], *places)
    total = np.zeros((len(upstream), kernels.shape[1], *shape[len(shape) - axes :]))
    for offset in itertools.product(*map(range, kernels.shape[2:])):
        target = (slice(None), slice(None), *(slice(o, o + n) for o, n in zip(offset, places, strict=True)))
        taken: Any = (slice(None), slice(None), *offset)
        sent = np.tensordot(upstream, kernels[taken], axes=([1], [0]))
        total[target] += np.moveaxis(sent, -1, 1)
    return total.reshape(shape)


def _kernel_back(x: Array, g: Array, shape: Shape, axes: int) -> Array:
    size = shape[len(shape) - axes :]
    rows = x.reshape(-1, 1 if len(shape) == axes else shape[1], *x.shape[x.ndim - axes :])
    upstream = g.reshape(len(rows), -1, *g.shape[g.ndim - axes :])
    places = list(range(2, 2 + axes))
    result: Array = np.tensordot(upstream, _windows(rows, size), axes=([0, *places], [0, *places]))
    return result.reshape(shape)


def _correlated_shape(name: str, axes: int, x: Shape, w: Shape) -> Shape:
    places = tuple(n - k + 1 for n, k in zip(x[len(x) - axes :], w[len(w) - axes :], strict=False))
    fits = len(places) == axes and all(n > 0 for n in places) and all(k > 0 for k in w)
    if len(w) == axes and len(x) in (axes, axes + 1) and fits:
        return (*x[: len(x) - axes], *places)
    if len(w) == axes + 2 and len(x) in (axes + 1, axes + 2) and x[len(x) - axes - 1] == w[1] and fits:
        return (*x[: len(x) - axes - 1], w[0], *places)
    plain, full = ("(n)", "(k)") if axes == 1 else ("(h, w)", "(kh, kw)"), ("(c, …)", "(outputs, c, …)")
    raise ShapeError(
        f"{name} slides a kernel {plain[1]} over {plain[0]}, or {full[1]} over {full[0]}, and the kernel must fit; "
        f"{shape_text(x)} and {shape_text(w)} don't"
    )


def _batched_convolution(name: str, axes: int) -> Callable[..., Any]:
    def rule(is_batched: Sequence[bool], x: Any, w: Any) -> Any:
        per_sample = ndim(x) - 1
        if is_batched == (True, False) and per_sample == (axes if ndim(w) == axes else axes + 1):
            return OPS[name](x, w)  # the samples are the batch of one convolution
        return one_by_one(name)(is_batched, x, w)

    return rule


def _declare_part(name: str, part: str, operands: tuple[str, str], evaluate: Any, vjps: tuple[Rule, Rule]) -> None:
    """One of the two other linear maps that the derivatives of a convolution are made of."""
    op = f"{name}_{part}"
    declare(
        Op(
            name=op,
            operands=operands,
            evaluate=evaluate,
            shape=lambda a, b, shape=(): shape,
            vjps=vjps,
            batch=one_by_one(op),
            group="convolution",
            help=Help(f"Part of the derivative of {name}.", f"By {name} and its other part.", source=SOURCE),
            params=(SHAPE,),
            examples=(_PART_EXAMPLES[op],),
            is_public=False,
        )
    )


_PART_EXAMPLES = {
    "conv1d_spread": Example(([1.0, 2.0, -1.0], [1.0, -1.0]), {"shape": (4,)}),
    "conv1d_kernel": Example(([1.0, 2.0, 4.0, 7.0], [1.0, 2.0, -1.0]), {"shape": (2,)}),
    "conv2d_spread": Example(([[1.0, 2.0], [0.5, -1.0]], [[1.0, -1.0], [3.0, 2.0]]), {"shape": (3, 3)}),
    "conv2d_kernel": Example((np.arange(9.0).reshape(3, 3), [[1.0, 2.0], [0.5, -1.0]]), {"shape": (2, 2)}),
}


def _declare_parts(axes: int, name: str) -> None:
    back, kernel = f"{name}_spread", f"{name}_kernel"
    _declare_part(
        name,
        "spread",
        ("g", "w"),
        lambda g, w, shape=(): _spread_back(g, w, shape, axes),
        (
            lambda h, y, g, w, shape=(): OPS[name](h, w),
            lambda h, y, g, w, shape=(): OPS[kernel](h, g, shape=shape_of(w)),
        ),
    )
    _declare_part(
        name,
        "kernel",
        ("x", "g"),
        lambda x, g, shape=(): _kernel_back(x, g, shape, axes),
        (
            lambda h, y, x, g, shape=(): OPS[back](g, h, shape=shape_of(x)),
            lambda h, y, x, g, shape=(): OPS[name](x, h),
        ),
    )


def _declare_convolution(axes: int, examples: tuple[Example, ...]) -> Op:
    name = f"conv{axes}d"
    _declare_parts(axes, name)
    return declare(
        Op(
            name=name,
            operands=("x", "w"),
            evaluate=lambda x, w: _correlated(x, w, axes),
            shape=lambda x, w: _correlated_shape(name, axes, x, w),
            vjps=(
                lambda g, y, x, w: OPS[f"{name}_spread"](g, w, shape=shape_of(x)),
                lambda g, y, x, w: OPS[f"{name}_kernel"](x, g, shape=shape_of(w)),
            ),
            batch=_batched_convolution(name, axes),
            group="convolution",
            notation=Notation(card=f"conv {axes}-D", symbol=name),
            help=_CONVOLUTION_HELP,
            examples=examples,
        )
    )


_CONVOLUTION_HELP = Help(
    "A kernel slid over the input: at each place the sum of the products.",
    "The input receives the adjoint slid back through the kernel; the kernel receives the input weighed by it.",
    source=SOURCE,
    keywords=("convolution", "kernel", "filter", "cnn"),
)


conv1d = _declare_convolution(
    1,
    (
        Example(([1.0, 2.0, 4.0, 7.0], [1.0, -1.0])),
        Example((np.arange(8.0).reshape(2, 4) ** 1.5, np.linspace(-1, 1, 12).reshape(3, 2, 2))),
    ),
)

conv2d = _declare_convolution(
    2,
    (
        Example((np.arange(12.0).reshape(3, 4) ** 1.5, [[1.0, -1.0], [0.5, 2.0]])),
        Example((np.arange(24.0).reshape(2, 3, 4) ** 1.2, np.linspace(-1, 1, 24).reshape(3, 2, 2, 2))),
        Example(([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]], [[1.0, -1.0], [0.5, 2.0]])),
    ),
)


_MAX_HELP = Help(
    "The largest element of each block, with blocks side by side.",
    "The largest element of each block receives its adjoint.",
    kinks="Equal largest elements share it equally.",
    traps="Only the largest element of each block learns.",
    keywords=("pooling", "downsample", "cnn"),
)
_MEAN_HELP = Help(
    "The mean of each block, with blocks side by side.",
    "Every element receives an equal share of its block's adjoint.",
    keywords=("pooling", "average", "downsample", "cnn"),
)


def _reduced_blocks(reduce: Any, x: Array, size: int, axes: int) -> Array:
    """Each of the last axes split into (blocks, size), and `reduce` over the sizes."""
    lead = x.shape[: x.ndim - axes]
    blocks = x.reshape(*lead, *(part for n in x.shape[x.ndim - axes :] for part in (n // size, size)))
    result: Array = reduce(blocks, axis=tuple(blocks.ndim - 1 - 2 * i for i in range(axes)))
    return result


def _repeated(x: Array, size: int, axes: int) -> Array:
    for axis in range(x.ndim - axes, x.ndim):
        x = np.repeat(x, size, axis=axis)
    return x


def _pooled_shape(name: str, shape: Shape, size: int, axes: int) -> Shape:
    lead, places = shape[: len(shape) - axes], shape[len(shape) - axes :]
    if size < 1 or len(places) < axes or any(n % size for n in places):
        raise ShapeError(f"{name} by {size} needs {axes} axes that {size} divides; this is {shape_text(shape)}")
    return (*lead, *(n // size for n in places))


def _declare_pool(
    name: str,
    axes: int,
    evaluate: Any,
    vjp: Rule,
    help: Help,
    *,
    is_public: bool = True,
    grows: bool = False,
    kink: Rule | None = None,
) -> Op:
    """An op on blocks of `size` elements along each of the last axes; it leaves all axes before them alone."""
    data = np.sin(np.arange(16.0)) if axes == 1 else np.sin(np.arange(24.0)).reshape(4, 6)
    few = np.array([1.0, 5.0, 3.0, 2.0]) if axes == 1 else np.array([[1.0, 5.0], [3.0, 2.0]])

    def shape(x: Shape, size: int = 2) -> Shape:
        if grows:
            return (*x[: len(x) - axes], *(n * size for n in x[len(x) - axes :]))
        return _pooled_shape(name, x, size, axes)

    return declare(
        Op(
            name=name,
            operands=("x",),
            evaluate=lambda x, size=2: evaluate(x, size),
            shape=shape,
            vjps=(lambda g, y, x, size=2: vjp(g, y, x, size),),
            batch=lambda is_batched, x, size=2: OPS[name](x, size=size),
            group="convolution",
            help=help,
            params=(Param("size", 2, "count"),),
            kink=kink,
            examples=(Example((data,)), Example((np.ones_like(data),)), Example((few,))),
            is_public=is_public,
        )
    )


def _declare_pools(axes: int) -> None:
    total, repeat = f"pool_sum{axes}d", f"unpool{axes}d"
    _declare_pool(
        total,
        axes,
        lambda x, size: _reduced_blocks(np.sum, x, size, axes),
        lambda g, y, x, size: OPS[repeat](g, size=size),
        Help("The sum of each block.", "Every element receives its block's adjoint."),
        is_public=False,
    )
    _declare_pool(
        repeat,
        axes,
        lambda x, size: _repeated(x, size, axes),
        lambda g, y, x, size: OPS[total](g, size=size),
        Help("Each element repeated over a block.", "Each element receives the sum of its block's adjoints."),
        is_public=False,
        grows=True,
    )

    def max_vjp(g: Any, y: Any, x: Any, size: int) -> Any:
        holds = OPS["equal"](x, OPS[repeat](y, size=size))
        return holds * OPS[repeat](g / OPS[total](holds, size=size), size=size)

    def is_tied(y: Any, x: Any, size: int = 2) -> Any:
        return _reduced_blocks(np.sum, np.equal(x, _repeated(y, size, axes)), size, axes) > 1

    _declare_pool(
        f"max_pool{axes}d",
        axes,
        lambda x, size: _reduced_blocks(np.max, x, size, axes),
        max_vjp,
        _MAX_HELP,
        kink=is_tied,
    )
    _declare_pool(
        f"mean_pool{axes}d",
        axes,
        lambda x, size: _reduced_blocks(np.mean, x, size, axes),
        lambda g, y, x, size: OPS[repeat](g / float(size**axes), size=size),
        _MEAN_HELP,
    )


_declare_pools(1)
_declare_pools(2)
