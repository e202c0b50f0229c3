"""Typed values: JSON numbers and lists, nothing else."""

import pytest

from gradviz.errors import ValueTextError
from gradviz.lang.values import parse_assignment, parse_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2", 2), ("-0.5", -0.5), ("1e-3", 0.001), ("−2", -2), ("[1, 2]", [1, 2]), (" [[1,2],[3,4]] ", [[1, 2], [3, 4]])],
)
def test_numbers_and_lists_are_values(text, expected):
    assert parse_value(text).tolist() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1_000",
        "١٢",
        "１",
        "0x10",
        "1d3",
        "nan",
        "inf",
        "1e400",
        "1 2",
        "1,5",
        "[",
        "[]",
        "[1,",
        "[1,]",
        "]",
        "[[1],[2,3]]",
        "\ud800",
        "[" * 100_000,
        "__import__('os')",
        "[1 2]",
        "true",
    ],
)
def test_anything_else_is_refused_in_one_line(text):
    with pytest.raises(ValueTextError) as caught:
        parse_value(text)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


def test_an_assignment_has_a_name_in_its_one_spelling():
    name, value = parse_assignment("θ=2")
    assert name == "theta"
    assert float(value) == 2


@pytest.mark.parametrize("text", ["x", "=2", "2=3", "x y=1", "x="])
def test_an_assignment_without_name_or_value_is_refused(text):
    with pytest.raises(ValueTextError):
        parse_assignment(text)
