"""Square matrices: trace, determinant, inverse and linear systems.

C = A⁻¹        Ā = −Cᵀ C̄ Cᵀ
x = A⁻¹ b      b̄ = A⁻ᵀ x̄,  Ā = −b̄ xᵀ
d = det A      Ā = d̄ cof A            (Giles, "Collected matrix derivative results", 2008, §2.2.3–2.3.1)
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradviz.core.expr import ndim, shape_of
from gradviz.core.kinds import aligned, reshaped, unbroadcast
from gradviz.core.op import OPS, Example, Help, Notation, Op, declare
from gradviz.core.ops.linear import matmul, transpose
from gradviz.core.shapes import checked_size, shape_text
from gradviz.core.types import Array, Shape
from gradviz.errors import EvaluationError, ShapeError

SOURCE = 'Giles, "Collected matrix derivative results", 2008.'


def _square(name: str, shape: Shape) -> Shape:
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"{name} needs a square matrix; this is {shape_text(shape)}")
    return shape


def _expanded(g: Any) -> Any:
    """A scalar a matrix, as a 1 × 1 matrix."""
    return reshaped(g, (*shape_of(g), 1, 1))


trace: Op = declare(
    Op(
        name="trace",
        operands=("A",),
        evaluate=lambda a: np.trace(a, axis1=-2, axis2=-1),
        shape=lambda a: _square("trace", a)[:-2],
        vjps=(lambda g, y, a: _expanded(g) * np.eye(shape_of(a)[-1]),),
        batch=lambda is_batched, a: trace(a),
        group="linear algebra",
        notation=Notation(card="tr A", symbol="tr", latex=r"\mathrm{{tr}}({0})"),
        help=Help("The sum of the diagonal.", "The diagonal receives the adjoint.", source=SOURCE),
        examples=(Example(([[1.0, 2.0], [3.0, 4.0]],)),),
    )
)


def _inverse(a: Any) -> Array:
    try:
        result: Array = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        raise EvaluationError("the matrix is singular: it has no inverse") from None
    return result


inverse: Op = declare(
    Op(
        name="inverse",
        operands=("A",),
        evaluate=_inverse,
        shape=lambda a: _square("inverse", a),
        vjps=(lambda g, y, a: -matmul(transpose(y), matmul(g, transpose(y))),),
        batch=lambda is_batched, a: inverse(a),
        group="linear algebra",
        notation=Notation(card="A⁻¹", symbol="A⁻¹", latex=r"{0}^{{-1}}", binds=60, needs=(61,)),
        help=Help(
            "The inverse of a square matrix.",
            "A receives −Cᵀ·C̄·Cᵀ, with C the inverse.",
            kinks="A singular matrix has none: the run ends there.",
            traps="Errors grow with the condition number of A. For A⁻¹·b take solve(A, b).",
            source=SOURCE,
            keywords=("inv", "matrix"),
        ),
        examples=(Example(([[2.0, 1.0], [0.5, 3.0]],)),),
    )
)


def _cofactors(a: Any) -> Array:
    # A = U Σ Vᵀ: cof A = det(U Vᵀ) · U cof(Σ) Vᵀ, and cof Σ has on its diagonal the products of the other σ
    u, s, vt = np.linalg.svd(a)
    size = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(size)], axis=-1) if size else s
    sign = np.round(np.linalg.det(u) * np.linalg.det(vt))
    result: Array = sign[..., None, None] * ((u * others[..., None, :]) @ vt)
    return result


def _cofactor_vjp(g: Any, y: Any, a: Any) -> Any:
    """⟨ḡ, C⟩ A⁻ᵀ − C ḡᵀ A⁻ᵀ, from C = det A · A⁻ᵀ; only where A has an inverse."""
    back = transpose(inverse(a))
    kept = OPS["sum"](OPS["sum"](g * y, axis=-1, keepdims=True), axis=-2, keepdims=True)
    return kept * back - matmul(matmul(y, transpose(g)), back)


cofactor: Op = declare(
    Op(
        name="cofactor",
        operands=("A",),
        evaluate=_cofactors,
        shape=lambda a: _square("cofactor", a),
        vjps=(_cofactor_vjp,),
        batch=lambda is_batched, a: cofactor(a),
        group="linear algebra",
        notation=Notation(card="cof A", symbol="cof", latex=r"\mathrm{{cof}}({0})"),
        help=Help(
            "The cofactor matrix, det A · A⁻ᵀ where A has an inverse: the slope of the determinant.",
            "A receives ⟨C̄, C⟩·A⁻ᵀ − C·C̄ᵀ·A⁻ᵀ, with C the cofactor matrix.",
            kinks="It exists for singular matrices too, but its own derivative is not computed there.",
            source='Magnus & Neudecker, "Matrix Differential Calculus", 1999, section 8.5.',
        ),
        examples=(
            Example(([[2.0, 1.0], [0.5, 3.0]],)),
            Example(([[1.0, 2.0, 0.5], [3.0, 1.0, 4.0], [2.0, 0.0, 1.0]],)),
        ),
        is_public=False,
    )
)

det: Op = declare(
    Op(
        name="det",
        operands=("A",),
        evaluate=np.linalg.det,
        shape=lambda a: _square("det", a)[:-2],
        vjps=(lambda g, y, a: _expanded(g) * cofactor(a),),
        batch=lambda is_batched, a: det(a),
        group="linear algebra",
        notation=Notation(card="det A", symbol="det", latex=r"\det({0})"),
        help=Help(
            "The determinant of a square matrix.",
            "A receives the adjoint times the cofactor matrix, which is det A · A⁻ᵀ where A has an inverse.",
            traps="Of a large matrix it overflows or becomes 0 easily.",
            source=SOURCE,
            keywords=("determinant", "volume"),
        ),
        examples=(Example(([[2.0, 1.0], [0.5, 3.0]],)), Example(([[1.0, 2.0], [2.0, 4.0]],))),
    )
)


def _solution(a: Any, b: Any) -> Array:
    try:
        result: Array = np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise EvaluationError("the matrix is singular: the system has no single solution") from None
    return result


def _system_shape(a: Shape, b: Shape) -> Shape:
    _square("solve", a)
    rows = b[0] if len(b) == 1 else b[-2] if b else 0
    fits = rows == a[-1] and (len(b) > 1 or len(a) == 2)
    if fits and len(b) > 1:
        try:
            return checked_size("solve", (*np.broadcast_shapes(a[:-2], b[:-2]), *b[-2:]))
        except ValueError:
            fits = False
    if not fits:
        raise ShapeError(f"solve needs (n, n) and (n,) or (n, k); {shape_text(a)} and {shape_text(b)} don't fit")
    return b


def _matrix_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    back = solve(transpose(a), g)
    if ndim(b) == 1:
        back, y = reshaped(back, (*shape_of(back), 1)), reshaped(y, (*shape_of(y), 1))
    return unbroadcast(-matmul(back, transpose(y)), shape_of(a))


def _batched_solve(is_batched: Sequence[bool], a: Any, b: Any) -> Any:
    if ndim(b) - is_batched[1] > 1:
        return solve(*aligned(is_batched, (a, b)))
    column = reshaped(b, (*shape_of(b), 1))
    return reshaped(solve(a, column), (shape_of(a if is_batched[0] else b)[0], shape_of(b)[-1]))


solve: Op = declare(
    Op(
        name="solve",
        operands=("A", "b"),
        evaluate=_solution,
        shape=_system_shape,
        vjps=(_matrix_vjp, lambda g, y, a, b: unbroadcast(solve(transpose(a), g), shape_of(b))),
        batch=_batched_solve,
        group="linear algebra",
        notation=Notation(card="A⁻¹b", symbol="A⁻¹b"),
        help=Help(
            "The solution x of A·x = b.",
            "b receives A⁻ᵀ·x̄, and A that times −xᵀ.",
            kinks="A singular matrix has no single solution: the run ends there.",
            traps="Errors grow with the condition number of A.",
            source=SOURCE,
            keywords=("linear system", "equations", "inverse"),
        ),
        examples=(
            Example(([[2.0, 1.0], [0.5, 3.0]], [1.0, 2.0])),
            Example(([[2.0, 1.0], [0.5, 3.0]], [[1.0], [2.0]])),
        ),
    )
)
