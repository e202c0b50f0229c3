"""What can be done to data, and that each of it can be undone."""

import numpy as np
import pytest

from gradviz.core.types import Role
from gradviz.data.binding import Gaps
from gradviz.data.builtin import load
from gradviz.data.tables import Table
from gradviz.errors import DataError
from gradviz.project.commands import bind_table, bound_samples
from gradviz.project.data_commands import add_row, fill_gaps, load_table, remove_row, standardise
from gradviz.project.format import decode, encode
from gradviz.project.project import Project, project_from_formula
from gradviz.project.training_commands import draw_anew

LINE = project_from_formula("(y-(Wx+b))^2")


def on_line() -> Project:
    return bind_table(load("line"), data_set="line")(LINE)


def test_standardising_changes_the_samples_and_keeps_the_table() -> None:
    before = on_line()
    after = standardise(["x"])(before)
    assert after.table is before.table
    assert bound_samples(after)["x"].std() == pytest.approx(1)
    np.testing.assert_array_equal(bound_samples(standardise([])(after))["x"], bound_samples(before)["x"])


def test_the_preparation_is_saved_with_the_document() -> None:
    project = fill_gaps(Gaps.MEAN)(standardise(["x", "y"])(on_line()))
    assert decode(encode(project)).preparation == project.preparation


def test_an_unknown_column_cannot_be_standardised() -> None:
    with pytest.raises(DataError, match="no column z"):
        standardise(["z"])(on_line())
    with pytest.raises(DataError, match="no table"):
        standardise(["x"])(LINE)


def test_the_first_drawn_point_begins_a_table() -> None:
    project = add_row({"x": 1.5, "y": -2.0})(LINE)
    assert {name: values.tolist() for name, values in bound_samples(project).items()} == {"x": [1.5], "y": [-2.0]}
    assert project.roles["x"] is Role.DATA
    two = add_row({"x": 3.0, "y": 4.0})(project)
    assert bound_samples(two)["x"].tolist() == [1.5, 3.0]


def test_drawn_points_join_a_table_that_is_there() -> None:
    project = add_row({"x": 9.0, "y": 8.0})(on_line())
    assert bound_samples(project)["y"][-1] == 8.0
    assert project.data_set is None


def test_a_row_is_taken_away_and_the_last_one_takes_the_table() -> None:
    two = add_row({"x": 3.0, "y": 4.0})(add_row({"x": 1.5, "y": -2.0})(LINE))
    one = remove_row(0)(two)
    assert bound_samples(one)["x"].tolist() == [3.0]
    assert remove_row(0)(one).table is None
    with pytest.raises(DataError, match="no row 7"):
        remove_row(7)(two)


def test_loading_takes_table_bindings_and_preparation_at_once() -> None:
    table = Table("t", {"a": np.array([1.0, np.nan, 5.0]), "y": np.array([1.0, 2.0, 3.0])})
    preparation = fill_gaps(Gaps.MEAN)(on_line()).preparation
    project = load_table(table, {"x": ["a"], "y": ["y"]}, preparation=preparation)(LINE)
    assert bound_samples(project)["x"].tolist() == [1, 3, 5]


def test_parameters_drawn_anew_follow_the_seed_and_leave_data_alone() -> None:
    project = on_line()
    drawn = draw_anew(project)
    assert drawn.leaves["W"].is_value_given
    assert drawn.table is project.table
    assert float(draw_anew(drawn).values["W"]) == float(drawn.values["W"])
