"""How a table is to be read where a person knows better than what was found out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from gradviz.errors import DataError


class Kind(Enum):
    """What a column is taken for."""

    NUMBER = "numbers"
    CATEGORY = "categories"
    """Each different text is a number: 0, 1, … in order."""
    ONE_HOT = "one-hot"
    """A column of 0 and 1 for each different text."""
    SKIP = "left out"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """None: to be found out. separator: between columns. decimal: `.` or `,`. has_header: the first row is names.

    kinds: of columns by their names in the file.
    """

    separator: str | None = None
    decimal: str | None = None
    has_header: bool | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.separator not in (None, ",", ";", "\t", " ", "|"):
            raise DataError("columns can be separated by comma, semicolon, tab, blank or a bar")
        if self.decimal not in (None, ".", ","):
            raise DataError("numbers have a decimal point or a decimal comma")
        if self.decimal == "," and self.separator == ",":
            raise DataError("a comma can't both separate columns and stand in numbers; choose another separator")
        object.__setattr__(self, "kinds", MappingProxyType(dict(self.kinds)))


FIND_OUT = ReadOptions()
