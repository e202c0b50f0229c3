"""Every op, each declared once; importing this package fills `gradviz.core.op.OPS`.

The order of the imports is the order of the palette.
"""

from gradviz.core.ops import (  # isort: skip
    arithmetic,
    powers,
    exponential,
    trigonometric,
    activation,
    comparison,
    reduction,
    linear,
    probability,
    shaping,
    matrix,
    losses,
    convolution,
)

__all__ = [
    "activation",
    "arithmetic",
    "comparison",
    "convolution",
    "exponential",
    "linear",
    "losses",
    "matrix",
    "powers",
    "probability",
    "reduction",
    "shaping",
    "trigonometric",
]
