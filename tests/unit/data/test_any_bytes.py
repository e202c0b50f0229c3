"""Whatever a file holds, reading it gives a table or one DataError."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.data.binding import Gaps, bind_columns
from gradviz.data.tables import Table, read_csv, table_from_text
from gradviz.errors import DataError

CELLS = st.sampled_from(["1", "-2.5", "1e3", "", "NA", "inf", "abc", "1,5", '"a,b"', '"', "١", "0x1", "é", " 7 "])
TEXTS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6).flatmap(
    lambda rows: st.sampled_from([",", ";", "\t"]).map(lambda sep: "\n".join(sep.join(row) for row in rows))
)


def check(read: Callable[[], Table]) -> None:
    try:
        table = read()
    except DataError as error:
        said = error.message
    else:
        check_table(table)
        return
    assert "\n" not in said


def check_table(table: Table) -> None:
    assert table.samples == len(table.rows) > 0
    assert len({len(column) for column in table.columns.values()}) == 1
    for gap in table.gaps():
        assert not np.isfinite(table.columns[gap.column][gap.sample])
    name = next(iter(table.columns))
    kept = bind_columns(table, {"x": (name,)}, gaps=Gaps.KEEP)["x"]
    assert len(kept) == table.samples


@given(TEXTS)
def test_any_text_is_a_table_or_one_error(text: str) -> None:
    check(lambda: table_from_text(text))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_one_error(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        check(lambda: read_csv(path))


def test_numbers_written_by_python_come_back_to_the_last_bit() -> None:
    values = np.random.default_rng(0).standard_normal(500) * 10.0 ** np.arange(-250, 250)
    table = table_from_text("x\n" + "\n".join(map(repr, values.tolist())))
    assert table.columns["x"].tobytes() == values.tobytes()


@pytest.mark.parametrize("columns", [1, 50])
def test_a_table_written_with_any_separator_reads_the_same(columns: int) -> None:
    values = np.random.default_rng(1).standard_normal((20, columns))
    read = [table_from_text("\n".join(sep.join(map(repr, row)) for row in values.tolist())) for sep in (",", ";", "\t")]
    assert all(np.array_equal(np.stack(list(t.columns.values()), axis=1), values) for t in read)
