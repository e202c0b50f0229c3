"""JSON as documents use it: strict to read, and written for people who compare versions.

Read: UTF-8, no NaN or Infinity, no key twice, no whole number beyond 2⁵³, no half of a surrogate pair, and no
nesting so deep that it could only be an attack. Written: one key a line, lists of numbers on one line where they fit.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradviz.errors import DocumentError

WIDTH = 110
MAX_DEPTH = 40
MAX_ITEMS = 10_000_000
"""So many numbers and texts take about five seconds to read."""
_EXACT = 2**53


def read(text: str | bytes) -> Any:
    """The tree of a JSON text; raises DocumentError saying what is wrong and where."""
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise DocumentError(f"not a gradviz file: byte {error.start} is no UTF-8 text") from None
    if not decoded.strip():
        raise DocumentError("not a gradviz file: it is empty")
    _check_size(decoded)
    _check_depth(decoded)
    try:
        tree = json.loads(
            decoded,
            object_pairs_hook=_without_doubles,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
            parse_float=_number,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(f"not a gradviz file: {where} is not JSON ({error.msg.lower()})") from None
    _check_text(decoded, tree)
    return tree


def write(tree: Any) -> str:
    """The tree as indented JSON text that ends in a line break; it holds no floats that JSON can't say."""
    return "".join(_written(tree, 0)) + "\n"


@dataclass(frozen=True, slots=True)
class Ready:
    """A part of a tree that has been written already."""

    text: str


def ready(tree: Any, depth: int) -> Ready:
    """A part that stands so deep in its tree, written now to be used again and again."""
    return Ready("".join(_written(tree, depth)))


def _check_size(text: str) -> None:
    # counting commas is fast, and only a file of huge texts could have more of them than of items
    if text.count(",") > MAX_ITEMS:
        raise DocumentError(f"the file holds more than {MAX_ITEMS:,} numbers and texts, which is the limit")


def _check_depth(text: str) -> None:
    """Refuse deep nesting before a parser that recurses sees it; brackets within strings don't count."""
    depth = 0
    for character in _outside_strings(text):
        if character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise DocumentError(f"the file nests lists and objects more than {MAX_DEPTH} deep: it is damaged")
        elif character in "]}":
            depth -= 1


def _outside_strings(text: str) -> Iterator[str]:
    position = 0
    while True:
        quote = text.find('"', position)
        yield from text[position : quote if quote >= 0 else len(text)]
        if quote < 0:
            return
        end = quote + 1
        while True:
            end = text.find('"', end)
            if end < 0:
                return
            slashes = end - len(text[quote + 1 : end].rstrip("\\")) - quote - 1
            end += 1
            if slashes % 2 == 0:
                break
        position = end


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DocumentError(f"the file is damaged: the key {_shown(key)} stands twice in one object")
        found[key] = value
    return found


def _refuse_constant(word: str) -> Any:
    raise DocumentError(f'the file is damaged: {word} is no JSON number; write it as "{word.lower()[:4].rstrip("i")}"')


def _whole_number(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > _EXACT:
        raise DocumentError(f"the file is damaged: the whole number {_shown(digits)} is larger than 2^53")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise DocumentError(f"the file is damaged: the number {_shown(digits)} is too large")
    return number


def _check_text(text: str, tree: Any) -> None:
    """Refuse halves of surrogate pairs; they can only come from \\u escapes or a text that is no text."""
    try:
        text.encode()
        if "\\u" in text:
            json.dumps(tree, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DocumentError("the file is damaged: it holds half of a character (a lone surrogate)") from None


def _written(tree: Any, depth: int) -> Iterator[str]:
    if isinstance(tree, Ready):
        yield tree.text
        return
    short = _short(tree)
    if short is not None:
        yield short
    elif isinstance(tree, dict):
        yield from _object(tree, depth)
    elif all(not isinstance(item, dict | list) for item in tree):
        yield from _wrapped(tree, depth)
    else:
        yield from _bracketed("[", (([], item) for item in tree), "]", depth)


def _object(tree: dict[str, Any], depth: int) -> Iterator[str]:
    yield from _bracketed("{", (([_scalar(key), ": "], value) for key, value in tree.items()), "}", depth)


def _bracketed(begin: str, items: Iterator[tuple[list[str], Any]], end: str, depth: int) -> Iterator[str]:
    yield begin
    for index, (head, value) in enumerate(items):
        yield ("," if index else "") + "\n" + "  " * (depth + 1) + "".join(head)
        yield from _written(value, depth + 1)
    yield "\n" + "  " * depth + end


def _wrapped(items: list[Any], depth: int) -> Iterator[str]:
    """A long list of scalars in lines of about WIDTH characters."""
    indent = "  " * (depth + 1)
    yield "["
    line = ""
    pieces = _scalars(items)
    last = len(pieces) - 1
    for index, piece in enumerate(pieces):
        if index < last:
            piece += ","
        if line and len(indent) + len(line) + 1 + len(piece) > WIDTH:
            yield f"\n{indent}{line}"
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    yield f"\n{indent}{line}\n{'  ' * depth}]"


def _short(tree: Any) -> str | None:
    """The tree on one line, when that is short and easy to read; None when it should take several."""
    if not isinstance(tree, dict | list):
        return _scalar(tree)
    if not tree:
        return "{}" if isinstance(tree, dict) else "[]"
    if _size(tree) > WIDTH:
        return None
    if isinstance(tree, dict) and any(isinstance(value, dict) for value in tree.values()):
        return None
    parts = [_short(item) for item in (tree.values() if isinstance(tree, dict) else tree)]
    if any(part is None for part in parts):
        return None
    if isinstance(tree, dict):
        text = ", ".join(f"{_scalar(key)}: {part}" for key, part in zip(tree, parts, strict=True))
        return f"{{{text}}}" if len(text) < WIDTH - 30 else None
    text = ", ".join(part for part in parts if part is not None)
    return f"[{text}]" if len(text) < WIDTH - 30 else None


def _size(tree: Any) -> int:
    """At least how many characters the tree takes, without writing it."""
    if isinstance(tree, dict):
        return sum(2 + _size(value) for value in tree.values())
    if isinstance(tree, list):
        return sum(2 + _size(item) for item in tree[:WIDTH])
    return len(tree) if isinstance(tree, str) else 1


def _scalar(item: Any) -> str:
    if isinstance(item, str):
        return json.dumps(item.encode(errors="replace").decode(), ensure_ascii=False)
    if isinstance(item, float) and item.is_integer() and abs(item) < 1e15 and str(item) != "-0.0":
        return str(int(item))
    return json.dumps(item, allow_nan=False)


def _scalars(items: list[Any]) -> list[str]:
    """What `_scalar` gives for each item; of numbers all in one go, which is six times as quick."""
    if not set(map(type, items)) <= {int, float}:
        return [_scalar(item) for item in items]
    pieces = json.dumps(items, allow_nan=False)[1:-1].split(", ")
    return [piece[:-2] if piece.endswith(".0") and _is_plain_whole(piece) else piece for piece in pieces]


def _is_plain_whole(piece: str) -> bool:
    """True for a whole number below 10¹⁵ but −0."""
    return len(piece.lstrip("-")) <= len("999999999999999.0") and piece != "-0.0"


def _shown(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
