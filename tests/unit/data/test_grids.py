"""Arrays made by hand: shapes as text, fillings, pasted cells."""

import numpy as np
import pytest

from gradviz.data.grids import Fill, cells, filled, parse_shape, pasted, resized, shape_text, shorthand
from gradviz.errors import DataError


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3x2", (3, 2)),
        ("3 × 2", (3, 2)),
        ("4", (4,)),
        ("(3, 2)", (3, 2)),
        ("2X3x4", (2, 3, 4)),
        ("", ()),
        ("number", ()),
    ],
)
def test_a_shape_is_read_as_people_type_it(text: str, shape: tuple[int, ...]) -> None:
    assert parse_shape(text) == shape


@pytest.mark.parametrize("text", ["3x", "x", "-3x2", "0x2", "1_0", "3.5", "٣x2", "99999x99999", "1x1x1x1x1", "two"])
def test_what_is_no_shape_is_refused_in_words(text: str) -> None:
    with pytest.raises(DataError):
        parse_shape(text)


def test_a_shape_is_written_as_it_is_typed() -> None:
    assert [shape_text(shape) for shape in ((3, 2), (4,), ())] == ["3x2", "4", "number"]


def test_random_numbers_are_the_same_for_the_same_seed() -> None:
    first, again, other = (filled(Fill.RANDOM, (3, 2), seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_an_identity_is_square() -> None:
    assert filled(Fill.IDENTITY, (2, 2)).tolist() == [[1, 0], [0, 1]]
    with pytest.raises(DataError, match="square"):
        filled(Fill.IDENTITY, (2, 3))


def test_elements_keep_their_places_in_another_shape() -> None:
    value = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert resized(value, (3, 3)).tolist() == [[1, 2, 0], [3, 4, 0], [0, 0, 0]]
    assert resized(value, (1, 1)).tolist() == [[1]]
    assert resized(value, (4,)).tolist() == [1, 2, 3, 4]
    assert resized(np.asarray(5.0), (2,)).tolist() == [5, 0]
    assert resized(value, ()).tolist() == 1.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2x2", [[7, 0], [0, 0]]),
        ("zeros 2", [0, 0]),
        ("ones(1x2)", [[1, 1]]),
        ("identity 2", [[1, 0], [0, 1]]),
        ("eye(2)", [[1, 0], [0, 1]]),
        ("ones", 1.0),
        ("12", None),
        ("[1, 2]", None),
        ("two", None),
    ],
)
def test_a_value_field_takes_shapes_and_fillings(text: str, expected: object) -> None:
    found = shorthand(text, np.asarray(7.0))
    assert (found.tolist() if found is not None else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        ("1,5\t2\r\n3\t4,25\r\n", [[1.5, 2], [3, 4.25]]),
        ("1,5;2\n3;4", [[1.5, 2], [3, 4]]),
        ("1.5,2\n3,4", [[1.5, 2], [3, 4]]),
        ("a\tb\n1\t−2", [[1, -2]]),
        ("1\n2\n3", [[1], [2], [3]]),
        ("1 2 3", [[1, 2, 3]]),
        ("5", [[5]]),
    ],
)
def test_cells_of_a_spreadsheet_become_a_matrix(text: str, expected: list[list[float]]) -> None:
    assert cells(text).tolist() == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1\t2\n3", "row 2"),
        ("1\tx\n2\t3", "column 2"),
        ("1\t\n2\t3", "empty"),
        ("", "nothing"),
        ("1_0\t2\n1\t2", "row 1"),
    ],
)
def test_a_cell_that_is_no_number_is_named(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        cells(text)


def test_a_pasted_block_lands_at_its_place_and_the_array_grows() -> None:
    block = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert pasted(np.zeros((2, 2)), block, 1, 1).tolist() == [[0, 0, 0], [0, 1, 2], [0, 3, 4]]


def test_a_column_pasted_into_a_vector_leaves_a_vector() -> None:
    assert pasted(np.array([9.0, 9.0]), np.array([[1.0], [2.0], [3.0]]), 1, 0).tolist() == [9, 1, 2, 3]
    assert pasted(np.asarray(9.0), np.array([[1.0, 2.0]]), 0, 0).tolist() == [1, 2]
