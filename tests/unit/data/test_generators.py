"""Tables made to order."""

import numpy as np
import pytest

from gradviz.data.generators import GENERATORS, generate
from gradviz.errors import DataError


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_seed_gives_the_same_table_and_another_does_not(name: str) -> None:
    once, again, other = (GENERATORS[name].table(31, 0.2, seed) for seed in (1, 1, 2))
    for column, values in once.columns.items():
        np.testing.assert_array_equal(values, again.columns[column])
    assert any(not np.array_equal(once.columns[c], other.columns[c]) for c in once.columns)
    assert once.samples == 31


def test_without_noise_the_points_lie_on_their_curves() -> None:
    line, sine, cubic = (GENERATORS[name].table(50, 0.0).columns for name in ("line", "sine", "cubic"))
    np.testing.assert_allclose(line["y"], 2 * line["x"] + 1)
    np.testing.assert_allclose(sine["y"], np.sin(sine["x"]))
    np.testing.assert_allclose(cubic["y"], cubic["x"] ** 3 - cubic["x"])
    circles = GENERATORS["circles"].table(50, 0.0).columns
    np.testing.assert_allclose(np.hypot(circles["x1"], circles["x2"]), np.where(circles["y"] == 0, 1, 0.5))


def test_noise_has_the_spread_that_was_asked_for() -> None:
    sine = GENERATORS["sine"].table(20_000, 0.3, 1).columns
    assert np.std(sine["y"] - np.sin(sine["x"])) == pytest.approx(0.3, rel=0.02)


def test_settings_stand_after_a_colon() -> None:
    table = generate("circles:n=12,noise=0,seed=3")
    assert table is not None
    assert table.samples == 12
    assert generate("no_such:n=3") is None
    assert generate("circles") is None


@pytest.mark.parametrize(
    "text",
    ["sine:n=1", "sine:noise=-1", "sine:n=2.5", "sine:m=3", "sine:seed=-1", "sine:n=", "sine:noise=nan", "sine:n=1e99"],
)
def test_settings_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        generate(text)
