"""From a file to rows of cells: opening, decoding and splitting, each within limits and without a hang.

Nothing is read but regular files, and never more than MAX_BYTES; every refusal is one DataError.
"""

import csv
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from gradviz.errors import DataError

MAX_BYTES = 50_000_000
"""The largest file that holds more than plain numbers, after unpacking."""
MAX_PLAIN_BYTES = 1_000_000_000
"""The largest file of plain numbers: it is read row by row and never held as text."""
MAX_COLUMNS = 2_000
MAX_ROWS = 1_000_000
MAX_CELLS = 2_000_000
"""So many cells take about two seconds and 200 MB to read."""
MAX_FIELD = 131_072
"""The most characters in one cell: the limit that Python's csv module has by default."""

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
NAMES = {**SEPARATORS, " ": "blank", "|": "bar"}
_SAMPLE_ROWS = 20
_SAMPLE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Row:
    """One row and its number in the file, counted from 1."""

    number: int
    cells: tuple[str, ...]


def read_text(path: Path) -> str:
    """The text of a regular file in UTF-8, with or without a byte order mark, packed by gzip when it ends in .gz."""
    return decode(_read_bytes(path), path.name)


def read_sample(path: Path) -> tuple[list[str], bool]:
    """The first whole lines of a regular file that is not packed, none when they can't be told; True when it goes on.

    Raises DataError for what is no regular file.
    """
    with _opened(path) as file:
        data = _read(path, file, _SAMPLE_BYTES)
        goes_on = len(data) == _SAMPLE_BYTES
    if goes_on:
        data = data[: data.rfind(b"\n") + 1]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], goes_on
    return io.StringIO(text, newline="").readlines(), goes_on


def decode(data: bytes, name: str) -> str:
    """The text of UTF-8 bytes; raises DataError that names any other encoding and the row where it shows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{name} is in UTF-16; save it as UTF-8")
    if b"\0" in data:
        row = _row_at(data, data.index(b"\0"))
        raise DataError(
            f"row {row} of {name} holds a NUL byte: it is no text in UTF-8; save it as CSV in UTF-8", row=row
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = _row_at(data, error.start)
        raise DataError(f"row {row} of {name} is not in UTF-8 (Latin-1 perhaps); save it as UTF-8", row=row) from None


def find_separator(text: str) -> str:
    """Tab, semicolon or comma: the first by which the first rows have as many columns each, and more than one.

    A semicolon goes before a comma, for `1,5;2,5` has decimal commas. Where no separator fits, it is the one by
    which the first row has the most columns.
    """
    sample = list(islice(_lines(text), _SAMPLE_ROWS))
    widths = {separator: _widths(sample, separator) for separator in ("\t", ";", ",")}
    for separator, found in widths.items():
        if len(set(found)) == 1 and found[0] > 1:
            return separator
    return max(SEPARATORS, key=lambda separator: next(iter(widths[separator]), 0))


def split(text: str, separator: str) -> Iterator[Row]:
    """The rows that aren't blank; raises DataError for bad quoting and for what is beyond a limit.

    What is surely too large is counted first, so that its refusal takes no memory.
    """
    if (text.count(separator) + text.count("\n")) > MAX_CELLS:
        for _ in _rows(text, separator):
            pass
    yield from _rows(text, separator)


def _rows(text: str, separator: str) -> Iterator[Row]:
    is_blank = separator == " "
    reader = csv.reader(_lines(text), delimiter=separator, strict=True, skipinitialspace=True)
    number, total = 0, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _bad_row(number + 1, str(error)) from None
        if cells is None:
            return
        number, total = number + 1, total + len(cells)
        _check_limits(number, len(cells), total)
        if cells:
            kept = filter(None, cells) if is_blank else cells  # several blanks separate as one does
            yield Row(number, tuple(map(str.strip, kept)))


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, made one by one: `io.StringIO` would take four bytes a character."""
    return iter(io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass", ""))


def _opened(path: Path) -> BinaryIO:
    try:
        # without O_NONBLOCK, opening a pipe would wait for someone to write to it
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible name of a file"
        raise DataError(f"{path.name or path} can't be read: {reason}") from None
    try:
        _check_kind(path, os.fstat(handle))
    except DataError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def _read_bytes(path: Path) -> bytes:
    with _opened(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise _too_large(path)
        data = _unpacked(path, file) if path.suffix.lower() == ".gz" else _read(path, file, MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _too_large(path)
    return data


def _check_kind(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise DataError(f"{path.name or path} is {kind}; give a CSV file")
    if status.st_size > MAX_PLAIN_BYTES:
        raise DataError(
            f"{path.name} is larger than {MAX_PLAIN_BYTES // 1_000_000} MB, the limit for a table; take a part of it"
        )


def _read(path: Path, file: BinaryIO, count: int) -> bytes:
    try:
        return file.read(count)
    except OSError as error:
        raise DataError(f"{path.name} can't be read: {error.strerror}") from None


def _unpacked(path: Path, file: BinaryIO) -> bytes:
    try:
        with gzip.open(file, "rb") as unpacked:
            return unpacked.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError(f"{path.name} is not a sound gzip file") from None


def _too_large(path: Path) -> DataError:
    return DataError(
        f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB, the limit for a table that is not numbers alone; "
        "take a part of it"
    )


def _row_at(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _widths(lines: list[str], separator: str) -> list[int]:
    """The number of columns of each row; none when a quotation mark shows that the separator cuts through cells."""
    widths = []
    try:
        for cells in csv.reader(lines, delimiter=separator, skipinitialspace=True):
            if any('"' in cell for cell in cells):
                return []
            if cells:
                widths.append(len(cells))
    except csv.Error:
        return []
    return widths


def _check_limits(number: int, width: int, total: int) -> None:
    if width > MAX_COLUMNS:
        raise DataError(f"row {number} has {width:,} columns; the limit is {MAX_COLUMNS:,}", row=number)
    if number > MAX_ROWS:
        raise DataError(f"the table has more than {MAX_ROWS:,} rows, the limit; take a part of it", row=number)
    if total > MAX_CELLS:
        raise DataError(
            f"the table has more than {MAX_CELLS:,} cells, which is the limit; take a part of it", row=number
        )


def _bad_row(number: int, reason: str) -> DataError:
    if "field larger" in reason:
        message = f"row {number} holds a cell of more than {MAX_FIELD:,} characters; is a quotation mark missing?"
    elif "unexpected end" in reason:
        message = f"row {number}: a quotation mark is never closed"
    else:
        message = f"row {number} is not sound CSV: {reason}"
    return DataError(message, row=number)
