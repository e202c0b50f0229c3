"""Writes the reference pages that follow from the code: `python docs/make_reference.py`.

    reference/command-line.md   from the commands' own arguments (argparse)
    reference/python.md         from the docstrings of the public names
    reference/file-format.md    from the keys that a document is checked with (project/schema.py)

A test holds the pages to what this gives, so they are never out of date.
"""

import argparse
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

import gradviz
from gradviz.cli.commands import COMMANDS
from gradviz.cli.parser import Parser
from gradviz.project import schema

REFERENCE = Path(__file__).parent / "reference"
TEXTS = Path(__file__).parent / "texts"
"""What stands above the generated part of each page, written by hand."""


def pages() -> dict[str, str]:
    """The whole pages by their file names."""
    parts = {"command-line": command_line(), "python": python(), "file-format": file_format()}
    return {f"{name}.md": _head(name) + "\n" + "\n".join(lines) + "\n" for name, lines in parts.items()}


def _head(name: str) -> str:
    return (TEXTS / f"{name}.md").read_text("utf-8")


def command_line() -> Iterator[str]:
    """Each command with its arguments."""
    for name, (module, summary) in COMMANDS.items():
        parser = Parser(f"gradviz {name}", summary)
        import_module(f"gradviz.cli.{module}").configure(parser)
        yield f"## {name}\n"
        yield f"{summary[:1].upper()}{summary[1:]}.\n"
        yield f"```text\n{_usage(parser)}\n```\n"
        yield "| argument | means |\n|---|---|"
        yield from (_argument(action) for action in parser._actions if action.dest != "help")
        yield ""


def _usage(parser: Parser) -> str:
    """The usage on lines of fixed width, whatever the terminal's and the Python version's are."""
    words = [parser.prog]
    for action in sorted(parser._actions, key=lambda action: bool(action.option_strings)):
        if action.dest == "help":
            continue
        shown = _written(action, short=True)
        words.append(shown if action.required and action.nargs not in ("*", "?") else f"[{shown}]")
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > 100:
            lines.append(line)
            line = "   "
        line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _argument(action: argparse.Action) -> str:
    told = (action.help or "").replace("%%", "%").replace("|", "\\|").replace("<", "&lt;")
    if isinstance(action, argparse._AppendAction) and "again" not in told:
        told += " (again for more)"
    return f"| `{_written(action)}` | {told[:1].upper()}{told[1:]} |"


def _written(action: argparse.Action, *, short: bool = False) -> str:
    """An argument as it is typed, such as `--rate N`."""
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else None
    value = action.metavar or choices or action.dest.upper()
    value = str(value).replace("|", "\\|") if not short else str(value)
    if not action.option_strings:
        return f"{value} ..." if action.nargs == "*" else value
    names = action.option_strings[:1] if short else action.option_strings
    joined = ", ".join(names)
    if action.nargs == 0:
        return joined
    return f"{joined} [{value}]" if action.nargs == "?" else f"{joined} {value}"


def python() -> Iterator[str]:
    """Each public name with its signature, its docstring and, of a class, its public methods."""
    for name in gradviz.__all__:
        if name.startswith("__"):
            continue
        found = getattr(gradviz, name)
        yield f"## {name}\n"
        yield from _class(found) if inspect.isclass(found) else _function(f"gradviz.{name}", found)


def _function(called: str, found: Any) -> Iterator[str]:
    yield f"```text\n{called}{_signature(found)}\n```\n"
    yield _docstring(found)


def _class(found: type) -> Iterator[str]:
    yield _docstring(found)
    for name, member in vars(found).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"### {found.__name__}.{name}\n"
            yield _docstring(member.fget)
        elif inspect.isfunction(member):
            yield f"### {found.__name__}.{name}\n"
            yield from _function(f"{found.__name__[:1].lower()}{found.__name__[1:]}.{name}", member)


def _signature(found: Any) -> str:
    """The arguments without their types' modules, the way a caller sees them."""
    signature = inspect.signature(found)
    kept = [_plain(each) for each in signature.parameters.values() if each.name != "self"]
    return str(signature.replace(parameters=kept, return_annotation=signature.empty))


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    """A parameter without its type; a function as its default is shown by its name, not by its address."""
    default = parameter.default
    shown = _Shown(default.__name__) if inspect.isfunction(default) else default
    return parameter.replace(annotation=parameter.empty, default=shown)


class _Shown(str):
    """A text that is printed as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _docstring(found: Any) -> str:
    """The docstring as Markdown: paragraphs as they are, examples and drawings as code."""
    text = inspect.getdoc(found) or ""
    blocks = []
    for block in text.split("\n\n"):
        is_drawn = block.startswith((">>>", "    "))
        blocks.append(f"```text\n{inspect.cleandoc(block)}\n```" if is_drawn else _escaped(block))
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    apart = re.sub(r"\n(?=[a-z_]+(, [a-z_]+)*: |Raises )", "\n\n", text)
    return apart.replace("<", "&lt;").replace("*", "\\*").replace("[", "\\[")


def file_format() -> Iterator[str]:
    """The keys of each part of a document."""
    todo: list[type[msgspec.Struct]] = [schema.Version2]
    listed: list[type[msgspec.Struct]] = []
    while todo:
        part = todo.pop(0)
        if part in listed:
            continue
        listed.append(part)
        todo += [inner for field in msgspec.structs.fields(part) for inner in _parts(field.type)]
    for part in listed:
        title = "The whole document" if part is schema.Version2 else part.__name__
        yield f"## {title}\n"
        if part is not schema.Version2:
            yield f"{inspect.getdoc(part)}\n"
        yield "| key | holds | when it is left out |\n|---|---|---|"
        for field in msgspec.structs.fields(part):
            yield f"| `{field.encode_name}` | {_type(field.type)} | {_default(field)} |"
        yield ""


def _parts(found: Any) -> Iterator[type[msgspec.Struct]]:
    """The parts of a document that a type speaks of."""
    if inspect.isclass(found) and issubclass(found, msgspec.Struct):
        yield found
    for inner in typing.get_args(found):
        yield from _parts(inner)


_WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    type(None): "`null`",
    Any: "numbers",
}


def _type(found: Any) -> str:
    """A type in words."""
    origin, inner = typing.get_origin(found), typing.get_args(found)
    if origin is typing.Annotated:
        return _type(inner[0])
    if origin is list:
        return "numbers" if inner[0] is Any else f"list of: {_type(inner[0])}"
    if origin is dict:
        return f"by name: {_type(inner[1])}"
    if origin is typing.Literal:
        return " or ".join(f'`"{word}"`' for word in inner)
    if inner:
        return ", or ".join(_type(each) for each in inner if each is not type(None))
    if inspect.isclass(found) and issubclass(found, msgspec.Struct):
        return f"[{found.__name__}](#{found.__name__.lower()})"
    if hasattr(found, "__members__"):
        return " or ".join(f'`"{member.value}"`' for member in found)
    return _WORDS[found]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "must stand there"
    default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if isinstance(default, msgspec.Struct) or default is None or default in ("", [], {}):
        return ""
    return f"`{msgspec.json.encode(default).decode()}`"


def main() -> int:
    """Write the pages; returns the exit code."""
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
