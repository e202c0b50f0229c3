"""Drawn starts, against the moments that their sources give."""

import numpy as np
import pytest

from gradviz.errors import TrainingError
from gradviz.train.initial import draw
from gradviz.train.initialisers import INITIALISERS, Initialiser

SHAPE = (300, 200)


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("lecun", np.sqrt(1 / 200)),
        ("he", np.sqrt(2 / 200)),
        ("glorot", np.sqrt(2 / 500)),  # of a uniform distribution in ±√(6/(n+m)): √(2/(n+m))
        ("normal", 1.0),
        ("uniform", np.sqrt(1 / 3)),
        ("zeros", 0.0),
    ],
)
def test_the_spread_is_the_published_one(name: str, deviation: float) -> None:
    drawn = draw("W", SHAPE, 1, Initialiser(name))
    assert drawn.std() == pytest.approx(deviation, rel=0.01)
    assert abs(drawn.mean()) < 0.02


def test_glorot_stays_within_its_limit() -> None:
    assert np.max(np.abs(draw("W", SHAPE, 1, Initialiser("glorot")))) <= np.sqrt(6 / 500)


@pytest.mark.parametrize("name", INITIALISERS)
def test_the_scale_multiplies_and_the_seed_repeats(name: str) -> None:
    once, again, twice = (draw("W", (2, 3), 5, Initialiser(name, scale)) for scale in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    np.testing.assert_allclose(twice, 2 * once)


def test_an_unknown_initialiser_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(TrainingError, match="did you mean glorot"):
        Initialiser("glorott")
