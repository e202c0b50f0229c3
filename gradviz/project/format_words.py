"""What is wrong with a document, in its author's words: msgspec speaks of `int`, enum values and fields.

training.steps: a whole number from 0 is wanted
leaves.x.role: "boss" is not possible here; there is parameter, data, constant
"""

import json
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from gradviz.data.names import did_you_mean

_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object {…}",
    "array": "a list […]",
    "null": "null",
}
_FOUND = {**_KINDS, "float": "a number with decimals"}
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def in_words(error: msgspec.ValidationError, tree: Mapping[str, Any], version: type[msgspec.Struct]) -> str:
    """A message of msgspec as a sentence, with the key of the tree that it is about."""
    what, _, where = str(error).partition(" - at ")
    key, found_type = _place(where.strip("`").removeprefix("$"), tree, version)
    told = _sentence(what, found_type)
    return f"{key}: {told}" if key else told


def _sentence(what: str, wanted: Any) -> str:
    match what.split("`"):
        case [start, name, *_] if start.startswith("Object contains unknown"):
            keys = [field.encode_name for field in _fields(wanted)]
            return f"there is no key `{name}` here{did_you_mean(name, keys)}"
        case [start, name, *_] if start.startswith("Object missing"):
            return f"the key `{name}` is missing"
        case [start, kind, middle, found, *_] if start.startswith("Expected") and "got" in middle:
            return f"{_kinds(kind)} is wanted, not {_kinds(found, _FOUND)}"
        case [start, kind, bound] if start.startswith("Expected"):
            return f"{_bounded(_kinds(kind), bound)} is wanted"
        case _ if what.startswith("Invalid enum value"):
            return f"{_quoted(what.removeprefix('Invalid enum value '))} is not possible here{_choices(wanted)}"
        case _:
            return f"{what[:1].lower()}{what[1:]}"


def _kinds(text: str, words: Mapping[str, str] = _KINDS) -> str:
    """The words for `str | array`."""
    return " or ".join(words.get(kind, kind) for kind in text.split(" | "))


def _bounded(kind: str, bound: str) -> str:
    """The words for `int` >= 0."""
    found = re.fullmatch(r" (of length )?(>=|<=|>|<) (\S+)", bound)
    if found is None:
        return f"{kind}{bound}"
    limit = f"{float(found[3]):,.15g}"
    if found[1]:
        return f"{kind} of at most {limit} {'characters' if kind == _KINDS['str'] else 'items'}"
    return f"{kind} {({'>=': 'from', '<=': 'up to', '>': 'above', '<': 'below'})[found[2]]} {limit}"


def _quoted(text: str) -> str:
    return json.dumps(text.strip("'"), ensure_ascii=False)


def _choices(wanted: Any) -> str:
    listed = list(_words(wanted))
    wants_number = any(inner in (int, float) for inner in (wanted, *typing.get_args(wanted)))
    words = ["a number"] if wants_number else []
    return f"; there is {', '.join([*words, *listed])}" if words or listed else ""


def _words(wanted: Any) -> Iterator[str]:
    if typing.get_origin(wanted) is typing.Literal:
        yield from map(str, typing.get_args(wanted))
    elif hasattr(wanted, "__members__"):
        yield from (str(member.value) for member in wanted)
    else:
        for inner in typing.get_args(wanted):
            yield from _words(inner)


def _place(path: str, tree: Any, wanted: Any) -> tuple[str, Any]:
    """The key that msgspec means, with the name for which it writes [...], and the type that is wanted there."""
    key = ""
    for name, index in _STEP.findall(path):
        if name:
            fields = {field.encode_name: field.type for field in _fields(wanted)}
            wanted, tree, key = fields.get(name), tree.get(name), f"{key}.{name}" if key else name
        elif index == "...":
            wanted = next((args[1] for args in map(typing.get_args, _flat(wanted, dict)) if len(args) == 2), None)
            name = next((each for each, value in tree.items() if not _fits(value, wanted)), "…")
            tree, key = tree.get(name), f"{key}.{name}"
        else:
            wanted = next((args[0] for args in map(typing.get_args, _flat(wanted, list)) if args), None)
            tree, key = tree[int(index)], f"{key}[{index}]"
    return key, wanted


def _fits(value: Any, wanted: Any) -> bool:
    try:
        msgspec.convert(value, wanted, strict=True)
    except msgspec.ValidationError:
        return False
    return True


def _flat(wanted: Any, origin: type) -> Iterator[Any]:
    """The types list[…] or dict[…] that a type allows."""
    if typing.get_origin(wanted) is origin:
        yield wanted
    else:
        for inner in typing.get_args(wanted):
            yield from _flat(inner, origin)


def _fields(wanted: Any) -> Iterator[msgspec.structs.FieldInfo]:
    """The keys of the parts that a type allows."""
    for part in _structs(wanted):
        yield from msgspec.structs.fields(part)


def _structs(wanted: Any) -> Iterator[type[msgspec.Struct]]:
    """The parts of a document that a type allows."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        yield wanted
    for inner in typing.get_args(wanted):
        yield from _structs(inner)
