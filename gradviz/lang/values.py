"""Values as people type them: 2, -0.5, 1e-3, [1, 2], [[1, 2], [3, 4]].

JSON's numbers and lists, and nothing else of what Python's float accepts: no 1_000, no Arabic digits, no "nan".
"""

import re

import numpy as np

from gradviz.core.op import as_value
from gradviz.core.types import Array
from gradviz.errors import ValueTextError
from gradviz.lang import names
from gradviz.lang.reading import shortened

MAX_ELEMENTS = 1_000_000
_MAX_RANK = 30
_TOKEN = re.compile(r"\s*(?:([-−+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|([\[\],]))\s*", re.ASCII)


def parse_value(text: str) -> Array:
    """The number or array that a text stands for; raises ValueTextError with the place of what is wrong."""
    if not text.strip():
        raise ValueTextError("the value is empty: write a number such as 2, or a list such as [1, 2]")
    return as_value(_Reader(text).read())


def parse_assignment(text: str) -> tuple[str, Array]:
    """The name and the value of "name=value"; the name in its one spelling (θ is theta). Raises ValueTextError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueTextError(f"`{shortened(text)}` gives no value: write name=value, such as x=2")
    name = names.canonical(name.strip())
    if not names.is_name(name):
        raise ValueTextError(f"`{shortened(name)}` is no name: write name=value, such as x=2")
    try:
        return name, parse_value(value)
    except ValueTextError as error:
        raise ValueTextError(f"{name}: {error.message}") from None


class _Reader:
    """Reads nested lists with a stack: each open list is a list of what is complete in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.open: list[list[Array | float]] = []
        self.count = 0

    def read(self) -> Array | float:
        """The number, or the nested lists of numbers."""
        wants_item = True
        done: Array | float | None = None
        while self.at < len(self.text):
            if done is not None:
                raise self._fault("something follows the value")
            number, sign = self._token()
            if wants_item and number:
                done = self._add(self._number(number))
                wants_item = False
            elif wants_item and sign == "[":
                if len(self.open) >= _MAX_RANK:
                    raise self._fault(f"lists are nested more than {_MAX_RANK} deep")
                self.open.append([])
            elif sign == "]" and self.open and (not wants_item or not self.open[-1]):
                done = self._close()
                wants_item = False
            elif sign == "," and self.open and not wants_item:
                wants_item = True
            else:
                raise self._fault(f"unexpected `{number or sign}`")
        if done is None:
            raise self._fault("the list is not closed: add `]`" if self.open else "a number is missing")
        return done

    def _token(self) -> tuple[str, str]:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise self._fault(f"`{shortened(self._word())}` is not a number")
        if match[1] and re.match(r"[^\s\[\],]", self.text[match.end(1) : match.end(1) + 1]):
            raise self._fault(f"`{shortened(self._word())}` is not a number")
        self.at = match.end()
        return match[1] or "", match[2] or ""

    def _word(self) -> str:
        match = re.compile(r"\s*([^\s\[\],]*)").match(self.text, self.at)
        return ascii(match[1])[1:-1] if match and match[1] else self.text[self.at : self.at + 1].strip()

    def _number(self, text: str) -> float:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise ValueTextError(f"the list has more than {MAX_ELEMENTS:,} numbers; read it from a CSV file instead")
        value = float(text.replace("−", "-"))
        if not np.isfinite(value):
            raise ValueTextError(f"{shortened(text)} is beyond the largest number, 1.8e308")
        return value

    def _add(self, item: Array | float) -> Array | float | None:
        if not self.open:
            return item
        self.open[-1].append(item)
        return None

    def _close(self) -> Array | float | None:
        items = self.open.pop()
        if not items:
            raise self._fault("a list is empty")
        shapes = {np.shape(item) for item in items}
        if len(shapes) > 1:
            raise self._fault("the rows of the list have different lengths")
        return self._add(np.array(items, dtype=np.float64))

    def _fault(self, what: str) -> ValueTextError:
        return ValueTextError(
            f"{what} at column {min(self.at, len(self.text)) + 1} of `{shortened(ascii(self.text)[1:-1], 60)}`"
        )
