"""Writes docs/operations.md from the ops' own declarations: `python docs/make_operations.py`.

A test holds the page to what this gives, so it is never out of date.
"""

from itertools import groupby
from pathlib import Path

import gradviz.core.ops  # noqa: F401 - fills the table of ops
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import Op, public_ops
from gradviz.core.types import NodeId
from gradviz.lang.names import function_names
from gradviz.lang.unparse import formula

PAGE = Path(__file__).parent / "operations.md"

HEAD = """# Operations

Written by `docs/make_operations.py` from the declarations in `gradviz/core/ops/`. "Back" is what flows back to the
operands; "At kinks" is what is taken where no derivative exists. Every rule is tested against differences, the symbolic
derivative and the compiled code, with and without a sample axis.
"""


def page() -> str:
    """The whole page."""
    ops = sorted(public_ops(), key=lambda op: op.group)
    parts = [HEAD]
    for group, members in groupby(ops, key=lambda op: op.group):
        parts.append(f"## {group[:1].upper()}{group[1:]}\n")
        parts += [_entry(op) for op in members]
    return "\n".join(parts)


def _entry(op: Op) -> str:
    lines = [
        f"### {op.name}\n",
        f"`{_call(op)}`{_written(op)}  ",
        f"{op.help.summary}\n",
        f"- Back: {op.help.derivative}",
    ]
    if op.help.kinks:
        lines.append(f"- At kinks: {op.help.kinks}")
    if aliases := sorted(alias for alias, name in function_names().items() if name == op.name and alias != op.name):
        lines.append(f"- Also called: {', '.join(f'`{alias}`' for alias in aliases)}")
    if op.help.source != "Calculus.":
        lines.append(f"- Source: {op.help.source}")
    return "\n".join(lines) + "\n"


def _call(op: Op) -> str:
    settings = [f"{param.name}={_setting(param.default)}" for param in op.params]
    operands = [*op.operands, "…"] if op.is_variadic else list(op.operands)
    return f"{op.name}({', '.join([*operands, *settings])})"


def _setting(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _written(op: Op) -> str:
    """How it looks in a formula, where that is another way."""
    builder = GraphBuilder()
    operands: list[NodeId] = [builder.leaf(name) for name in op.operands]
    shown = formula(builder.graph(builder.apply(op, *operands, **dict(op.examples[0].attrs))))
    return f" is written `{shown.strip()}`" if not shown.startswith(f"{op.name}(") else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
