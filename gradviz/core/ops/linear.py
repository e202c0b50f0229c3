"""Linear algebra: products as on paper.

Y = A B      Ā = Ȳ Bᵀ      B̄ = Aᵀ Ȳ        (Giles, "Collected matrix derivative results", 2008, §2.2.2)
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradviz.core.expr import Expr, ndim, shape_of
from gradviz.core.kinds import aligned, is_factor, reshaped, unbroadcast
from gradviz.core.op import OPS, PRODUCT, Example, Help, Notation, Op, declare
from gradviz.core.ops.simplify import simpler_transpose
from gradviz.core.shapes import matmul_shape, shape_text
from gradviz.core.types import SCALAR, Array, Shape
from gradviz.errors import ShapeError


def _product(a: Any, b: Any, out: Array | None = None) -> Array:
    function = np.multiply if np.ndim(a) == 0 or np.ndim(b) == 0 else np.matmul
    result: Array = function(a, b, out=out)
    return result


def _is_scaling(a: Any, b: Any) -> bool:
    return shape_of(a) == SCALAR or shape_of(b) == SCALAR


def _left_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    if _is_scaling(a, b):
        return unbroadcast(g * b, shape_of(a))
    if ndim(b) == 1:  # g bᵀ: an outer product for each row of a
        return g * b if ndim(a) == 1 else outer(g, b) if ndim(a) == 2 else _column(g) * b
    if ndim(a) == 1:
        return unbroadcast(_from_column(matmul(b, _column(g))), shape_of(a))
    if _is_transposed(a) and ndim(b) == 2:  # (g Bᵀ) = (B gᵀ)ᵀ, and the transpose's own vjp turns it back
        return transpose(matmul(b, transpose(g)))
    return unbroadcast(matmul(g, transpose(b)), shape_of(a))


def _right_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    if _is_scaling(a, b):
        return unbroadcast(g * a, shape_of(b))
    if ndim(a) == 1:  # a gᵀ
        return g * a if ndim(b) == 1 else outer(a, g) if ndim(b) == 2 else _column(a) * _row(g)
    if ndim(b) == 1:
        transposed = transpose(a)
        product = matmul(transposed, g) if ndim(a) == 2 else _from_column(matmul(transposed, _column(g)))
        return unbroadcast(product, shape_of(b))
    if _is_transposed(b) and ndim(a) == 2:
        return transpose(matmul(transpose(g), a))
    return unbroadcast(matmul(transpose(a), g), shape_of(b))


def _is_transposed(x: Any) -> bool:
    """True for a matrix that an expression writes as a transpose; numbers don't tell how they were made."""
    applied = x.applied() if isinstance(x, Expr) else None
    return applied is not None and applied.op is transpose and ndim(x) == 2


def _batched_product(is_batched: Sequence[bool], a: Any, b: Any) -> Any:
    rank_a, rank_b = ndim(a) - is_batched[0], ndim(b) - is_batched[1]
    if rank_a == 0 or rank_b == 0:
        left, right = aligned(is_batched, (a, b))
        return left * right
    if is_batched == (False, True) and rank_b == 1:  # one GEMM for all samples: X Aᵀ
        if rank_a < 3:
            return matmul(b, transpose(a) if rank_a == 2 else a)
        return _from_column(matmul(a, _column(_between(b, rank_a - 2))))
    if is_batched == (True, True) and rank_b == 1:
        if rank_a == 1:
            return OPS["sum"](a * b, axis=1)
        return _from_column(matmul(a, _column(_between(b, rank_a - 2))))
    if is_batched == (True, True):
        if rank_a == 1:
            return _from_row(matmul(_between(_row(a), rank_b - 2), b))
        left, right = aligned(is_batched, (a, b))
        return matmul(left, right)
    if is_batched == (True, False) and rank_a == 1 and rank_b > 2:
        return _from_row(matmul(_between(_row(a), rank_b - 2), b))
    if is_batched == (True, False) and rank_b > 2 and rank_a < rank_b:
        return matmul(_between(a, rank_b - rank_a), b)
    if is_batched == (False, True) and rank_a > rank_b:
        return matmul(a, _between(b, rank_a - rank_b))
    return matmul(a, b)


def _between(x: Any, axes: int) -> Any:
    """x with axes of length one after its sample axis."""
    shape = shape_of(x)
    return reshaped(x, shape[:1] + (1,) * axes + shape[1:])


def _column(x: Any) -> Any:
    return reshaped(x, (*shape_of(x), 1))


def _row(x: Any) -> Any:
    shape = shape_of(x)
    return reshaped(x, (*shape[:-1], 1, shape[-1]))


def _from_column(x: Any) -> Any:
    return reshaped(x, shape_of(x)[:-1])


def _from_row(x: Any) -> Any:
    shape = shape_of(x)
    return reshaped(x, (*shape[:-2], shape[-1]))


matmul: Op = declare(
    Op(
        name="matmul",
        operands=("a", "b"),
        evaluate=_product,
        shape=matmul_shape,
        vjps=(_left_vjp, _right_vjp),
        batch=_batched_product,
        ufunc=_product,
        group="linear algebra",
        notation=Notation("{0} @ {1}", r"{0} \cdot {1}", PRODUCT, (PRODUCT, PRODUCT + 1), "W · x", "W·x"),
        help=Help(
            "The product as on paper: matrix times vector or matrix, inner product of vectors, or scaling by a number.",
            "For Y = A·B, A receives Ȳ·Bᵀ and B receives Aᵀ·Ȳ; the transposes make the shapes fit.",
            traps="Through many layers the gradient grows or vanishes with the powers of their largest singular value.",
            source='Giles, "Collected matrix derivative results", 2008, section 2.2.2.',
            keywords=("matrix", "product", "times", "linear", "@", "·", "inner", "dot"),
        ),
        examples=(
            Example((2.0, 3.0)),
            Example(([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [7.0, 8.0])),
            Example(([[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]])),
            Example(([1.0, 2.0], [3.0, 4.0])),
            Example(([1.0, 2.0], [[3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])),
            Example((2.0, [[3.0, 4.0]])),
        ),
    )
)


def _same_vectors(a: Shape, b: Shape) -> Shape:
    if len(a) != 1 or a != b:
        raise ShapeError(f"dot needs two vectors of one length; {shape_text(a)} and {shape_text(b)} are not")
    return SCALAR


def _dot_by_factors(a: Any, b: Any) -> Any:
    """⟨c a, b⟩ = c ⟨a, b⟩: a product of numbers instead of arrays."""
    for scaled, other in ((a, b), (b, a)):
        applied = scaled.applied()
        if applied is not None and applied.op is OPS["mul"] and is_factor(scaled.operand(0)):
            return scaled.operand(0) * dot(scaled.operand(1), other)
    return None


dot: Op = declare(
    Op(
        name="dot",
        operands=("a", "b"),
        evaluate=np.dot,
        expand=_dot_by_factors,
        shape=_same_vectors,
        vjps=(lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
        batch=lambda is_batched, a, b: OPS["sum"](a * b, axis=1),
        group="linear algebra",
        notation=Notation(card="⟨ · , · ⟩", symbol="⟨a,b⟩", latex=r"\langle {0}, {1} \rangle"),
        help=Help(
            "The inner product of two vectors.",
            "Each vector receives the adjoint times the other.",
            keywords=("inner", "scalar product"),
        ),
        examples=(Example(([1.0, 2.0], [3.0, 4.0])),),
    )
)


def _outer_shape(a: Shape, b: Shape) -> Shape:
    if len(a) != 1 or len(b) != 1:
        raise ShapeError(f"outer needs two vectors; {shape_text(a)} and {shape_text(b)} are not")
    return a + b


outer: Op = declare(
    Op(
        name="outer",
        operands=("a", "b"),
        evaluate=np.multiply.outer,
        shape=_outer_shape,
        vjps=(lambda g, y, a, b: matmul(g, b), lambda g, y, a, b: matmul(a, g)),
        batch=lambda is_batched, a, b: _column(a) * (_row(b) if is_batched[1] else b),
        group="linear algebra",
        notation=Notation(card="a bᵀ", symbol="a bᵀ", latex=r"{0} \, {1}^{{\top}}", binds=PRODUCT, needs=(PRODUCT, 60)),
        help=Help(
            "The outer product a bᵀ: every element of a times every element of b.",
            "a receives the adjoint times b, b the adjoint transposed times a.",
            keywords=("product", "matrix"),
        ),
        examples=(Example(([1.0, 2.0], [3.0, 4.0, 5.0])),),
    )
)


def _transposed_shape(shape: Shape) -> Shape:
    if len(shape) < 2:
        raise ShapeError(f"transpose needs a matrix; {shape_text(shape)} has no two axes to swap")
    return (*shape[:-2], shape[-1], shape[-2])


transpose: Op = declare(
    Op(
        name="transpose",
        operands=("x",),
        evaluate=lambda x: np.swapaxes(x, -1, -2),
        shape=_transposed_shape,
        vjps=(lambda g, y, x: transpose(g),),
        batch=lambda is_batched, x: transpose(x),
        group="linear algebra",
        notation=Notation(card="xᵀ", symbol="xᵀ", latex=r"{0}^{{\top}}", binds=60, needs=(61,)),
        help=Help("The transpose: rows become columns.", "The adjoint is transposed back.", keywords=("flip", "T")),
        simplify=simpler_transpose,
        examples=(Example(([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],)),),
    )
)
