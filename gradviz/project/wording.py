"""Edits of a formula's text that keep all the rest as it was typed."""

import re

from gradviz.core.types import Array
from gradviz.lang.reading import Reading


def with_default(text: str, name: str, value: Array) -> str:
    """The text with its last line `name = …` saying the value; the same text when it has no such line."""
    pattern = re.compile(rf"(^|[;\n])(\s*{re.escape(name)}\s*=\s*)(?!=)([^;\n]*)")
    lines = list(pattern.finditer(text))
    if not lines:
        return text
    return text[: lines[-1].start(3)] + value_text(value) + text[lines[-1].end(3) :]


def value_text(value: Array) -> str:
    """A value as a formula says it: 2, -0.5, [[1, 2], [3, 4]]; reading it gives the same value."""
    if value.ndim == 0:
        return _number_text(float(value))
    return "[" + ", ".join(value_text(element) for element in value) + "]"


def renamed_text(reading: Reading, name: str, new_name: str) -> str:
    """The formula with a leaf's name replaced in all its places, set apart from letters and digits beside it."""
    text = reading.text
    node = reading.graph.leaves()[name]
    places = {span.start: span.stop for span in reading.spans.get(node, ())}
    for line in re.finditer(rf"(?:^|[;\n])\s*({re.escape(name)})\s*=(?!=)", text):
        places[line.start(1)] = line.end(1)
    for start in sorted(places, reverse=True):  # from the end, so that places before it keep their numbers
        stop = places[start]
        before = " " if text[start - 1 : start].isalnum() else ""
        after = " " if text[stop : stop + 1].isalnum() else ""
        text = text[:start] + before + new_name + after + text[stop:]
    return text


def _number_text(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
