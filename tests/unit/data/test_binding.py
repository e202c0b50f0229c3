"""Binding columns to leaves."""

import pytest

from gradviz.data.binding import Binding, Gaps, bind_columns, bindings_by_name, parse_binding
from gradviz.data.tables import Table, table_from_text
from gradviz.errors import DataError


@pytest.fixture
def table() -> Table:
    return table_from_text("length,width,p0,p1,p2\n1,2,3,4,5\n6,7,8,9,10\n")


def test_one_column_is_a_number_a_sample(table: Table) -> None:
    assert bind_columns(table, {"x": ("length",)})["x"].tolist() == [1, 6]


def test_several_columns_are_a_vector_a_sample(table: Table) -> None:
    assert bind_columns(table, {"x": ("width", "length")})["x"].tolist() == [[2, 1], [7, 6]]


@pytest.mark.parametrize("columns", ["p0..p2", "p*"])
def test_a_range_and_a_beginning_stand_for_all_that_they_cover(table: Table, columns: str) -> None:
    assert bind_columns(table, {"x": (columns,)})["x"].tolist() == [[3, 4, 5], [8, 9, 10]]


def test_an_unknown_column_is_refused_with_the_nearest_name(table: Table) -> None:
    with pytest.raises(DataError, match=r"no column lenght, did you mean length\?") as caught:
        bind_columns(table, {"x": ("lenght",)})
    assert caught.value.column == "lenght"


def test_a_name_unlike_all_others_is_refused_with_the_list(table: Table) -> None:
    with pytest.raises(DataError, match="there is length, width"):
        bind_columns(table, {"x": ("zzz",)})


def test_a_range_backwards_is_refused(table: Table) -> None:
    with pytest.raises(DataError, match="wrong order"):
        bind_columns(table, {"x": ("p2..p0",)})


def test_a_gap_in_a_bound_column_is_refused_with_its_place() -> None:
    table = table_from_text("x,y\n1,2\n,3\n,4\n")
    with pytest.raises(DataError, match="row 3, column x has no value, and 1 more row"):
        bind_columns(table, {"x": ("x",)})


def test_a_gap_elsewhere_is_no_matter() -> None:
    table = table_from_text("x,y\n1,2\n,3\n")
    assert bind_columns(table, {"y": ("y",)})["y"].tolist() == [2, 3]


def test_rows_with_gaps_are_dropped_on_wish() -> None:
    table = table_from_text("x,y\n1,2\n,3\n4,5\n")
    bound = bind_columns(table, {"x": ("x",), "y": ("y",)}, gaps=Gaps.DROP)
    assert (bound["x"].tolist(), bound["y"].tolist()) == ([1, 4], [2, 5])


def test_dropping_every_row_is_refused() -> None:
    table = table_from_text("x,y\n1,\n,3\n")
    with pytest.raises(DataError, match="no rows left"):
        bind_columns(table, {"x": ("x",), "y": ("y",)}, gaps=Gaps.DROP)


def test_a_leaf_is_fed_by_the_column_of_its_name_or_by_numbered_ones() -> None:
    table = table_from_text("x1,x2,y\n1,2,3\n")
    assert bindings_by_name(table, ["x", "y", "W"]) == {"x": ("x1", "x2"), "y": ("y",)}


def test_numbered_columns_that_are_leaves_themselves_are_not_joined() -> None:
    table = table_from_text("x1,x2,y\n1,2,3\n")
    assert bindings_by_name(table, ["x", "x1", "x2"]) == {"x1": ("x1",), "x2": ("x2",)}


def test_a_binding_is_read_from_text() -> None:
    assert parse_binding("x = a, b") == Binding("x", ("a", "b"))


@pytest.mark.parametrize("text", ["x", "=a", "x=", "x=a,,b"])
def test_text_that_is_no_binding_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="leaf=column"):
        parse_binding(text)
