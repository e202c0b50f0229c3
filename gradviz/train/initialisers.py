"""How a parameter without a value is drawn, n its number of inputs and m of outputs.

    lecun     normal, σ = 1/√n           LeCun et al., "Efficient backprop", 1998, section 4.6
    glorot    uniform in ±√(6/(n + m))   Glorot and Bengio, 2010 (also called Xavier), equation 16
    he        normal, σ = √(2/n)         He et al., "Delving deep into rectifiers", 2015, equation 10
    normal    normal, σ = 1
    uniform   uniform in ±1
    zeros     0

All are multiplied by a scale. A matrix W in W x has n columns and m rows; a vector has one output.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from gradviz.core.types import Array, Shape
from gradviz.data.names import did_you_mean
from gradviz.errors import TrainingError

Draw = Callable[[np.random.Generator, Shape, int, int], Array]


@dataclass(frozen=True, slots=True)
class InitialiserKind:
    """One way to draw. sample(rng, shape, n, m)."""

    name: str
    title: str
    sample: Draw


@dataclass(frozen=True, slots=True)
class Initialiser:
    """A way to draw parameters, and what the numbers are multiplied by."""

    name: str = "lecun"
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.name not in INITIALISERS:
            raise TrainingError(f"there is no initialiser {self.name}{did_you_mean(self.name, INITIALISERS)}")
        if not (np.isfinite(self.scale) and self.scale >= 0):
            raise TrainingError(f"the scale of first values is a number from 0; {self.scale} is not")

    def draw(self, rng: np.random.Generator, shape: Shape) -> Array:
        """Random numbers of that shape."""
        inputs = max(1, shape[-1]) if shape else 1
        outputs = max(1, int(np.prod(shape[:-1]))) if shape else 1
        drawn: Array = self.scale * INITIALISERS[self.name].sample(rng, shape, inputs, outputs)
        return drawn


def _glorot(rng: np.random.Generator, shape: Shape, n: int, m: int) -> Array:
    limit = np.sqrt(6 / (n + m))
    return np.asarray(rng.uniform(-limit, limit, shape))


_LISTED = (
    InitialiserKind(
        "lecun", "LeCun: normal, 1/√n", lambda rng, shape, n, m: np.asarray(rng.standard_normal(shape) / np.sqrt(n))
    ),
    InitialiserKind("glorot", "Glorot (Xavier): uniform, √(6/(n+m))", _glorot),
    InitialiserKind(
        "he", "He: normal, √(2/n)", lambda rng, shape, n, m: np.asarray(rng.standard_normal(shape) * np.sqrt(2 / n))
    ),
    InitialiserKind("normal", "normal", lambda rng, shape, n, m: np.asarray(rng.standard_normal(shape))),
    InitialiserKind("uniform", "uniform", lambda rng, shape, n, m: np.asarray(rng.uniform(-1, 1, shape))),
    InitialiserKind("zeros", "zeros", lambda rng, shape, n, m: np.zeros(shape)),
)

INITIALISERS: Mapping[str, InitialiserKind] = MappingProxyType({kind.name: kind for kind in _LISTED})
"""The initialisers by name, in the order in which they are shown."""

LECUN = Initialiser()

_ALSO_CALLED = {"xavier": "glorot", "kaiming": "he"}


def canonical_initialiser(name: str) -> str:
    """The name under which an initialiser is listed."""
    return _ALSO_CALLED.get(name.casefold(), name.casefold())
