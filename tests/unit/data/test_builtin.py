"""The data sets that come with gradviz."""

import numpy as np
import pytest

from gradviz.data.builtin import DATASETS, load
from gradviz.errors import DataError


@pytest.mark.parametrize(("name", "samples"), [("line", 40), ("iris", 150), ("digits", 1797), ("penguins", 344)])
def test_a_data_set_has_as_many_rows_as_its_source_says(name: str, samples: int) -> None:
    assert load(name).samples == samples


def test_iris_has_the_published_means() -> None:
    columns = load("iris").columns
    means = [columns[n].mean() for n in ("sepal_length", "sepal_width", "petal_length", "petal_width")]
    assert np.round(means, 2).tolist() == [5.84, 3.06, 3.76, 1.2]


def test_iris_has_fifty_flowers_of_each_species() -> None:
    assert np.bincount(load("iris").columns["species"].astype(int)).tolist() == [50, 50, 50]


def test_the_line_has_the_slope_and_offset_that_it_was_made_with_up_to_its_noise() -> None:
    columns = load("line").columns
    slope, offset = np.polyfit(columns["x"], columns["y"], 1)
    assert slope == pytest.approx(2, abs=0.25)
    assert offset == pytest.approx(1, abs=0.25)


def test_every_data_set_says_its_origin_and_licence() -> None:
    assert all(data_set.origin and data_set.licence and data_set.load().samples for data_set in DATASETS.values())


def test_an_unknown_data_set_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(DataError, match=r"did you mean iris\?"):
        load("irsi")
