"""What the numbers of an op do at the edges of its domain: what a debugger has to know to say why one is not finite.

Most ops have no hazard. Those that have one are listed here, so that nobody asks for ops by their names elsewhere.
"""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType

from gradviz.core.op import Op


class Hazard(Enum):
    """One way in which an op's numbers go wrong, or make others go wrong."""

    LOGARITHM = auto()
    """−∞ at 0, NaN below."""
    QUOTIENT = auto()
    """Infinite where its second operand is 0."""
    ROOT = auto()
    """NaN below 0, infinitely steep at 0."""
    POWER = auto()
    """Infinite at 0 to a negative power, NaN for a negative base and a broken exponent."""
    EXPONENTIAL = auto()
    """Overflows beyond about 709.78, and is 0 far below 0."""
    COMPETES = auto()
    """One element takes all: the others are 0 when operands differ by more than about 745."""
    FLATTENS = auto()
    """Flat at both ends, where next to nothing flows back."""
    RECTIFIES = auto()
    """Exactly 0 for negative operands, and nothing flows back there."""
    ACTIVATES = auto()
    """The bend of a layer of a network."""
    SHRINKS = auto()
    """Its result may be 0 to 64 bits though no operand is."""
    PASSES = auto()
    """Hands elements of its first operand on as they are."""
    HIDES = auto()
    """Lets one branch through and hides the other."""
    SUBTRACTS = auto()
    """0 where its operands are equal."""
    MULTIPLIES = auto()
    """0 where a factor is."""
    MEASURES = auto()
    """0 where its operand is."""


_OPS_OF: Mapping[Hazard, tuple[str, ...]] = {
    Hazard.LOGARITHM: ("log", "log2", "log10"),
    Hazard.QUOTIENT: ("div",),
    Hazard.ROOT: ("sqrt",),
    Hazard.POWER: ("pow",),
    Hazard.EXPONENTIAL: ("exp", "expm1", "cosh", "sinh"),
    Hazard.COMPETES: ("softmax",),
    Hazard.FLATTENS: ("sigmoid", "tanh"),
    Hazard.RECTIFIES: ("relu",),
    Hazard.ACTIVATES: ("sigmoid", "tanh", "relu", "softplus", "leaky_relu", "elu", "silu", "gelu"),
    Hazard.SHRINKS: ("exp", "mul", "div", "pow", "sq", "softmax", "sigmoid", "prod"),
    Hazard.PASSES: (
        "index", "take", "reshape", "transpose", "stack", "concat", "broadcast_to", "pick", "sum_to", "neg",
    ),
    Hazard.HIDES: ("where", "maximum", "minimum", "relu", "clip"),
    Hazard.SUBTRACTS: ("sub",),
    Hazard.MULTIPLIES: ("mul", "matmul"),
    Hazard.MEASURES: ("abs", "sq", "norm"),
}  # fmt: skip

_HAZARDS: Mapping[str, frozenset[Hazard]] = MappingProxyType(
    {
        name: frozenset(hazard for hazard, names in _OPS_OF.items() if name in names)
        for names in _OPS_OF.values()
        for name in names
    }
)


def hazards(op: Op) -> frozenset[Hazard]:
    """The hazards of an op; of most ops none."""
    return _HAZARDS.get(op.name, frozenset())


def has_hazard(op: Op, hazard: Hazard) -> bool:
    """True for an op that has this hazard."""
    return hazard in hazards(op)
