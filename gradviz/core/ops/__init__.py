"""Every op, each declared once; importing this package fills `gradviz.core.op.OPS`.

The order of the imports is the order of the palette.
"""

import copyreg

from gradviz.core.op import OPS, Op

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
    resizing,
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
    "resizing",
    "shaping",
    "trigonometric",
]


def op_named(name: str) -> Op:
    """The op of that name; raises KeyError when none is declared so."""
    return OPS[name]


# to another process an op goes as its name: the same declaration is there already
copyreg.pickle(Op, lambda op: (op_named, (op.name,)))
