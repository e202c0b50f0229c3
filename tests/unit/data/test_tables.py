"""Reading CSV: what people's files look like, and what no file may do to the program."""

import csv
import gzip
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gradviz.data.csv_text import MAX_BYTES, MAX_COLUMNS
from gradviz.data.options import Kind, ReadOptions
from gradviz.data.tables import read_csv, table_from_text
from gradviz.errors import DataError


def refusal(text: str) -> DataError:
    with pytest.raises(DataError) as caught:
        table_from_text(text)
    assert "\n" not in caught.value.message
    return caught.value


def seconds(act: Callable[[], object]) -> float:
    """How long something takes: the quickest of three times."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return min(times)


def written(tmp_path: Path, content: bytes, name: str = "data.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_columns_are_named_by_the_header() -> None:
    table = table_from_text("x,y\n1,2\n-3.5,4e-2\n")
    assert table.columns["x"].tolist() == [1, -3.5]
    assert table.columns["y"].tolist() == [2, 0.04]


def test_a_file_of_numbers_only_has_no_header() -> None:
    table = table_from_text("1,2\n3,4\n")
    assert table.samples == 2
    assert list(table.columns) == ["column1", "column2"]


def test_a_header_that_is_partly_numbers_is_seen_by_the_text_above_a_number() -> None:
    assert list(table_from_text("name,2020\n1,5\n2,6\n").columns) == ["name", "2020"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_each_separator_is_found(separator: str) -> None:
    table = table_from_text(f"x{separator}y\n1{separator}2\n")
    assert table.columns["y"].tolist() == [2]


def test_decimal_commas_are_read_where_the_separator_is_no_comma() -> None:
    table = table_from_text("x;y\n1,5;2\n-,25;3,0e1\n")
    assert table.columns["x"].tolist() == [1.5, -0.25]
    assert table.columns["y"].tolist() == [2, 30]
    assert any("decimal comma" in note for note in table.notes)


def test_decimal_commas_without_a_header_go_before_columns_by_comma() -> None:
    assert table_from_text("1,5;2,5\n3,5;4,5\n").columns["column2"].tolist() == [2.5, 4.5]


def test_commas_and_points_in_one_column_are_refused() -> None:
    assert (refusal("x;y\n1,5;2\n1.5;2\n").row, refusal("x;y\n1,5;2\n1.5;2\n").column) == (2, "x")


def test_a_quoted_semicolon_is_no_separator() -> None:
    table = table_from_text('x,k\n1,"a;b"\n2,"c;d"\n')
    assert table.labels["k"] == ("a;b", "c;d")


def test_texts_become_numbered_categories_with_their_labels() -> None:
    table = table_from_text("x,kind\n1,rose\n2,daisy\n3,rose\n")
    assert table.columns["kind"].tolist() == [1, 0, 1]
    assert table.labels["kind"] == ("daisy", "rose")


def test_a_column_of_remarks_is_left_out_and_said_so() -> None:
    table = table_from_text("x,remark\n" + "".join(f"{i},remark {i} x\n" for i in range(1_500)))
    assert list(table.columns) == ["x"]
    assert any("remark" in note for note in table.notes)


def test_a_word_among_numbers_is_refused_with_its_row_and_column() -> None:
    error = refusal("x,y\n1,2\n3,abc\n4,5\n")
    assert (error.row, error.column) == (3, "y")
    assert "row 3, column y" in error.message
    assert "abc" not in error.message  # what is in a file stays out of messages


@pytest.mark.parametrize("cell", ["1_000", "١٢", "0x10", "1d3", "１", "1 000", "1.2.3"])
def test_what_only_python_takes_for_a_number_is_refused(cell: str) -> None:
    error = refusal(f"x,y\n1,2\n{cell},3\n")
    assert (error.row, error.column) == (3, "x")


def test_a_column_of_nothing_but_bad_numbers_is_refused_too() -> None:
    assert refusal("x,y\n1_000,1\n").column == "x"


def test_dates_are_categories() -> None:
    assert table_from_text("day,x\n2024-01-01,1\n2024-01-02,2\n").labels["day"] == ("2024-01-01", "2024-01-02")


def test_the_typographic_minus_is_a_minus() -> None:
    assert table_from_text("x\n−2\n").columns["x"].tolist() == [-2]


@pytest.mark.parametrize("cell", ["", "NA", "nan", "inf", "-inf", "null", "?"])
def test_cells_without_a_value_are_gaps_named_by_row_and_column(cell: str) -> None:
    table = table_from_text(f"x,y\n1,2\n{cell},4\n5,6\n")
    (gap,) = table.gaps()
    assert (gap.sample, gap.row, gap.column) == (1, 3, "x")
    assert any("1 row with gaps: row 3" in note for note in table.notes)


def test_rows_with_gaps_in_chosen_columns_can_be_left_out() -> None:
    table = table_from_text("x,y,z\n1,2,\n,4,5\n6,7,8\n").without_gaps(["x", "y"])
    assert table.columns["y"].tolist() == [2, 7]
    assert table.rows == (2, 4)


def test_blank_lines_are_skipped_and_counted() -> None:
    assert refusal("x,y\n\n1,2\n\n3\n").row == 5


def test_a_separator_at_the_end_of_each_line_makes_an_empty_column_that_is_left_out() -> None:
    table = table_from_text("x,y,\n1,2,\n3,4,\n")
    assert list(table.columns) == ["x", "y"]


def test_equal_names_are_made_different() -> None:
    table = table_from_text("x,x,x_2\n1,2,3\n")
    assert list(table.columns) == ["x", "x_2", "x_2_2"]


def test_a_constant_column_and_a_single_row_are_noted() -> None:
    assert any("same value" in note for note in table_from_text("x,y\n1,2\n1,3\n").notes)
    assert any("one row" in note for note in table_from_text("x,y\n1,2\n").notes)


@pytest.mark.parametrize("text", ["", "\n\n", "   "])
def test_an_empty_table_is_refused(text: str) -> None:
    assert "empty" in refusal(text).message or "no column" in refusal(text).message or "header" in refusal(text).message


def test_a_header_alone_is_refused() -> None:
    assert "only a header" in refusal("x,y\n").message


def test_a_row_of_another_length_is_refused() -> None:
    error = refusal("x,y\n1,2\n3\n")
    assert error.row == 3
    assert "row 3 has 1 column, the first row has 2" in error.message


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    assert "never closed" in refusal('x,y\n1,"2\n3,4\n').message


def test_a_cell_beyond_the_limit_is_refused() -> None:
    assert "131,072" in refusal("x\n" + "a" * 200_000 + "\n").message


def test_text_after_a_closing_quotation_mark_is_refused() -> None:
    assert refusal('x,y\n"1"2,3\n').row == 2


def test_a_million_columns_are_refused_at_once() -> None:
    text = ",".join(["1"] * 1_000_000) + "\n"
    reading = seconds(lambda: list(csv.reader([text])))
    assert seconds(lambda: refusal(text)) < 30 * reading
    assert f"{MAX_COLUMNS:,}" in refusal(text).message


def test_a_file_of_nothing_but_blank_lines_is_refused_at_the_limit() -> None:
    text = "\n" * 20_000_000
    splitting = seconds(text.splitlines)
    assert seconds(lambda: refusal(text)) < 10 * splitting
    assert "1,000,000 rows" in refusal(text).message


def test_more_cells_than_the_limit_are_refused() -> None:
    assert "2,000,000 cells" in refusal((",".join(["1"] * 1_000) + "\n") * 2_001).message


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert list(read_csv(written(tmp_path, b"\xef\xbb\xbfx,y\n1,2\n")).columns) == ["x", "y"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_every_line_ending_is_taken(tmp_path: Path, ending: bytes) -> None:
    assert read_csv(written(tmp_path, ending.join([b"x,y", b"1,2", b"3,4"]))).columns["y"].tolist() == [2, 4]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("x,y\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"x,y\n1,\0002\n", "NUL"),
        ("x,größe\n1,2\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_other_encodings_are_named(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(DataError, match=word):
        read_csv(written(tmp_path, content))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"folder|can't be read"):
        read_csv(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv can't be read: No such file"):
        read_csv(tmp_path / "none.csv")


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(DataError, match="not a possible name"):
        read_csv("a\0b")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_an_endless_device_is_refused() -> None:
    with pytest.raises(DataError, match="not a regular file"):
        read_csv("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_without_a_writer_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="not a regular file"):
        read_csv(tmp_path / "pipe.csv")


def test_a_file_of_100_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    reading = seconds(path.read_bytes)

    def refused() -> None:
        with pytest.raises(DataError, match="50 MB"):
            read_csv(path)

    assert seconds(refused) < reading


def test_a_small_packed_file_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(bytes(MAX_BYTES + 10)), "bomb.csv.gz")
    with pytest.raises(DataError, match="50 MB"):
        read_csv(path)


def test_a_broken_packed_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gzip"):
        read_csv(written(tmp_path, b"not packed", "data.csv.gz"))


def test_columns_are_read_only_and_float64() -> None:
    column = table_from_text("x\n1\n").columns["x"]
    assert column.dtype == np.float64
    assert not column.flags.writeable


def test_a_separator_a_decimal_and_a_header_can_be_given() -> None:
    table = table_from_text("1,5|2\n2,5|3\n", options=ReadOptions(separator="|", decimal=",", has_header=False))
    assert table.columns["column1"].tolist() == [1.5, 2.5]
    assert table.found == ReadOptions("|", ",", has_header=False)


def test_what_was_found_out_is_told() -> None:
    found = table_from_text("a;b\n1,5;2\n").found
    assert found is not None
    assert (found.separator, found.decimal, found.has_header) == (";", ",", True)


def test_a_header_of_numbers_can_be_told_apart() -> None:
    assert list(table_from_text("1,2\n3,4\n", options=ReadOptions(has_header=True)).columns) == ["1", "2"]


def test_a_column_of_numbers_can_be_categories() -> None:
    table = table_from_text("x,y\n1,7\n2,3\n3,7\n", options=ReadOptions(kinds={"y": Kind.CATEGORY}))
    assert table.columns["y"].tolist() == [1, 0, 1]
    assert table.labels["y"] == ("3", "7")


def test_a_column_of_texts_can_be_one_hot() -> None:
    table = table_from_text("x,y\n1,b\n2,a\n3,\n", options=ReadOptions(kinds={"y": Kind.ONE_HOT}))
    assert list(table.columns) == ["x", "y=a", "y=b"]
    np.testing.assert_array_equal(table.columns["y=a"], [0, 1, np.nan])
    np.testing.assert_array_equal(table.columns["y=b"], [1, 0, np.nan])


def test_a_column_can_be_left_out_or_forced_to_numbers() -> None:
    assert list(table_from_text("x,y\n1,b\n", options=ReadOptions(kinds={"y": Kind.SKIP})).columns) == ["x"]
    with pytest.raises(DataError, match="row 2, column y: not a number"):
        table_from_text("x,y\n1,b\n", options=ReadOptions(kinds={"y": Kind.NUMBER}))


def test_several_blanks_separate_as_one_does() -> None:
    table = table_from_text("x  y\n1   2\n 3 4\n", options=ReadOptions(separator=" "))
    assert [values.tolist() for values in table.columns.values()] == [[1, 3], [2, 4]]


def test_a_large_table_of_numbers_is_read_as_a_small_one_is(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).normal(size=(5000, 4)).round(6)
    text = "a,b,c,d\n" + "\n".join(",".join(map(str, row)) for row in numbers.tolist()) + "\n"
    path = tmp_path / "large.csv"
    path.write_text(text)
    quick, slow = read_csv(path), table_from_text(text)
    assert list(quick.columns) == list(slow.columns)
    for name, values in slow.columns.items():
        np.testing.assert_array_equal(quick.columns[name], values)
    assert list(quick.rows)[:2] == list(slow.rows)[:2] == [2, 3]


def test_a_large_table_with_one_text_far_below_is_still_read(tmp_path: Path) -> None:
    rows = [f"{i},{i * 2}" for i in range(20_000)]
    rows[15_000] = "15000,"
    path = tmp_path / "large.csv"
    path.write_text("a,b\n" + "\n".join(rows))
    table = read_csv(path)
    assert [gap.row for gap in table.gaps()] == [15_002]


def test_more_cells_than_fit_are_refused_without_being_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradviz.data.csv_text.MAX_CELLS", 200_000)
    text = "a,b,c,d\n" + "1,x,2,\n" * 60_000
    tracemalloc.start()
    with pytest.raises(DataError, match="200,000 cells"):
        table_from_text(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(text)
