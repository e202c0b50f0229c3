"""Tables made to order: how many samples, how much noise, and the seed of both. The same three give the same table."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from gradviz.core.types import Array
from gradviz.data.cells import is_number
from gradviz.data.names import did_you_mean
from gradviz.data.tables import Table
from gradviz.errors import DataError

MOST_SAMPLES = 1_000_000
MOST_NOISE = 1e100
"""Beyond it not even the square of a sample is a number."""

_SETTINGS = ("n", "noise", "seed")

Columns = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Generator:
    """One kind of table. make(rng, samples, noise): its columns; noise: the usual one."""

    name: str
    title: str
    make: Callable[[np.random.Generator, int, float], Columns]
    noise: float
    samples: int = 100

    def table(self, samples: int | None = None, noise: float | None = None, seed: int = 0) -> Table:
        """A table; raises DataError for a number of samples or a noise that can't be."""
        count = self.samples if samples is None else samples
        spread = self.noise if noise is None else noise
        if not 2 <= count <= MOST_SAMPLES:
            raise DataError(f"{self.name} can be made with 2 to {MOST_SAMPLES:,} samples; {count:,} is not possible")
        if not 0 <= spread <= MOST_NOISE:
            raise DataError(f"noise is a number from 0 to {MOST_NOISE:g}; {spread:g} is not")
        if seed < 0:
            raise DataError(f"a seed is a whole number from 0, such as 7; {seed} is not")
        columns = self.make(np.random.default_rng(seed), count, spread)
        return Table(f"{self.name} ({count:,} samples, noise {spread:g}, seed {seed})", columns)


def generate(text: str) -> Table | None:
    """The table that `name`, `name:n=200,noise=0.1,seed=3` asks for; None when no generator is called so.

    Raises DataError for settings that can't be.
    """
    name, _, given = text.partition(":")
    if name not in GENERATORS or not _:
        return None
    settings: dict[str, float] = {}
    for part in given.split(",") if given.strip() else ():
        key, equals, value = (piece.strip() for piece in part.partition("="))
        example = f"as in {name}:n=200,noise=0.1,seed=3"
        if key not in _SETTINGS:
            meant = did_you_mean(key, _SETTINGS) if key else ""
            raise DataError(f"{name} takes n, noise and seed, {example}; not {key or 'an empty part'}{meant}")
        if key in settings:
            raise DataError(f"{name} is given {key} twice")
        settings[key] = _setting(value) if equals else math.nan
        if not value:
            raise DataError(f"{key} of {name} has no number, {example}")
        if not math.isfinite(settings[key]) or (key != "noise" and settings[key] % 1):
            kind = "number" if key == "noise" else "whole number"
            raise DataError(f"{key} of {name} is a {kind}, {example}; {value} is not")
    count = int(settings["n"]) if "n" in settings else None
    return GENERATORS[name].table(count, settings.get("noise"), int(settings.get("seed", 0)))


def _setting(text: str) -> float:
    """The number in the text, NaN for anything else; Python's own float would also take 1_000 and other digits."""
    return float(text) if is_number(text) and text.isascii() else math.nan


def _line(rng: np.random.Generator, n: int, noise: float) -> Columns:
    x = np.linspace(-2, 2, n)
    return {"x": x, "y": 2 * x + 1 + rng.normal(0, 1, n) * noise}


def _sine(rng: np.random.Generator, n: int, noise: float) -> Columns:
    x = np.linspace(-np.pi, np.pi, n)
    return {"x": x, "y": np.sin(x) + rng.normal(0, 1, n) * noise}


def _cubic(rng: np.random.Generator, n: int, noise: float) -> Columns:
    x = np.linspace(-1.5, 1.5, n)
    return {"x": x, "y": x**3 - x + rng.normal(0, 1, n) * noise}


def _halves(n: int) -> tuple[int, int]:
    return n - n // 2, n // 2


def _classes(first: Array, second: Array, rng: np.random.Generator, noise: float) -> Columns:
    points = np.vstack([first, second]) + rng.normal(0, 1, (len(first) + len(second), 2)) * noise
    return {"x1": points[:, 0], "x2": points[:, 1], "y": np.repeat([0.0, 1.0], [len(first), len(second)])}


def _moons(rng: np.random.Generator, n: int, noise: float) -> Columns:
    a, b = (np.linspace(0, np.pi, half) for half in _halves(n))
    upper, lower = np.stack([np.cos(a), np.sin(a)], 1), np.stack([1 - np.cos(b), 0.5 - np.sin(b)], 1)
    return _classes(upper, lower, rng, noise)


def _circles(rng: np.random.Generator, n: int, noise: float) -> Columns:
    a, b = (np.linspace(0, 2 * np.pi, half, endpoint=False) for half in _halves(n))
    outer, inner = np.stack([np.cos(a), np.sin(a)], 1), 0.5 * np.stack([np.cos(b), np.sin(b)], 1)
    return _classes(outer, inner, rng, noise)


def _spirals(rng: np.random.Generator, n: int, noise: float) -> Columns:
    a, b = (np.linspace(0.25, 1, half) for half in _halves(n))
    first, second = (
        np.stack([t * np.cos(3 * np.pi * t + turn), t * np.sin(3 * np.pi * t + turn)], 1)
        for t, turn in ((a, 0.0), (b, np.pi))
    )
    return _classes(first, second, rng, noise)


def _xor(rng: np.random.Generator, n: int, noise: float) -> Columns:
    corners = np.array([[0.0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])[np.arange(n) % 4]
    points = corners[:, :2] + rng.normal(0, 1, (n, 2)) * noise
    return {"x1": points[:, 0], "x2": points[:, 1], "y": corners[:, 2]}


def _blobs(rng: np.random.Generator, n: int, noise: float) -> Columns:
    centres = np.array([[0.0, 1.0], [-0.87, -0.5], [0.87, -0.5]])
    kind = np.arange(n) % 3
    points = centres[kind] + rng.normal(0, 1, (n, 2)) * noise
    return {"x1": points[:, 0], "x2": points[:, 1], "y": kind.astype(float)}


_LISTED = (
    Generator("line", "A line: y = 2x + 1", _line, 0.5, 40),
    Generator("sine", "A sine: y = sin x, one period", _sine, 0.1),
    Generator("cubic", "A cubic: y = x³ − x", _cubic, 0.1, 60),
    Generator("moons", "Two moons: half circles that interleave", _moons, 0.1),
    Generator("circles", "Two circles, one inside the other", _circles, 0.05),
    Generator("spirals", "Two spirals", _spirals, 0.02, 200),
    Generator("xor", "Exclusive or: four corners", _xor, 0.1),
    Generator("blobs", "Three blobs: classes 0, 1, 2", _blobs, 0.25, 150),
)

GENERATORS: Mapping[str, Generator] = MappingProxyType({generator.name: generator for generator in _LISTED})
"""The kinds of tables by name, in the order in which they are shown."""
