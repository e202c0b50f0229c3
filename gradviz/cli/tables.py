"""`--data` and how it is read: a CSV file, a data set that comes along, or one made to order."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from gradviz.cli import parser as arguments
from gradviz.cli.failure import Failure
from gradviz.data.builtin import DATASETS, load
from gradviz.data.generators import generate
from gradviz.data.names import did_you_mean
from gradviz.data.options import Kind, ReadOptions
from gradviz.data.tables import Table, read_csv

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "blank": " ", "bar": "|"}
_KINDS = (Kind.CATEGORY, Kind.ONE_HOT, Kind.NUMBER)


def add_reading(parser: arguments.Parser) -> None:
    """Add how a CSV file is to be read."""
    group = parser.add_argument_group("how the file is read, where that is not found out rightly")
    group.add_argument("--separator", choices=list(_SEPARATORS), help="what stands between columns")
    group.add_argument("--decimal", choices=("point", "comma"), help="of numbers such as 1.5 or 1,5")
    group.add_argument("--header", choices=("yes", "no"), help="whether the first row holds names")
    for kind in _KINDS:
        group.add_argument(_option(kind), metavar="COLS", default="", help=f"columns to be read as {kind.value}")


def table_of(options: argparse.Namespace) -> Table | None:
    """The table that --data names, None without it; a Failure for words about reading that have no file."""
    name = options.data
    asked = _asked(options)
    if name is None:
        if asked:
            raise Failure(f"{asked[0]} needs --data")
        return None
    if not Path(name).exists():
        made = load(name) if name in DATASETS else generate(name)
        if made is not None:
            if asked:
                raise Failure(f"{asked[0]} says how a CSV file is read; {name.partition(':')[0]} is no file")
            return made
    return _read(Path(name), options)


def one_hot_columns(table: Table, options: argparse.Namespace) -> dict[str, tuple[str, ...]]:
    """For each column that is read as one-hot, the columns that it has become."""
    listed = _listed(options, Kind.ONE_HOT)
    return {name: found for name in listed if (found := tuple(c for c in table.columns if c.startswith(f"{name}=")))}


def _read(path: Path, options: argparse.Namespace) -> Table:
    kinds = _kinds(options)
    header = None if options.header is None else options.header == "yes"
    decimal = {None: None, "point": ".", "comma": ","}[options.decimal]
    table = read_csv(path, ReadOptions(_SEPARATORS.get(options.separator), decimal, header, kinds))
    for column, kind in kinds.items():
        if not _is_known(table, column):
            told = f"{path.name} has no column {column}{did_you_mean(column, table.columns)}"
            raise Failure(f"{_option(kind)}: {told}")
    return table


def _is_known(table: Table, column: str) -> bool:
    """True for a column of the file, also for one that became several, and for one that was left out with a note."""
    is_there = column in table.columns or any(name.startswith(f"{column}=") for name in table.columns)
    return is_there or any(note.startswith(f"column {column} ") for note in table.notes)


def _kinds(options: argparse.Namespace) -> Mapping[str, Kind]:
    found: dict[str, Kind] = {}
    for kind in _KINDS:
        for column in _listed(options, kind):
            if found.setdefault(column, kind) is not kind:
                raise Failure(f"{column} is given to {_option(found[column])} and to {_option(kind)}; choose one")
    return found


def _listed(options: argparse.Namespace, kind: Kind) -> list[str]:
    text: str = getattr(options, kind.value.replace("-", "_"))
    return [column.strip() for column in text.split(",") if column.strip()]


def _asked(options: argparse.Namespace) -> list[str]:
    """The options about reading that were given."""
    given = [f"--{name}" for name in ("separator", "decimal", "header") if getattr(options, name) is not None]
    return given + [_option(kind) for kind in _KINDS if _listed(options, kind)]


def _option(kind: Kind) -> str:
    return f"--{kind.value}"
