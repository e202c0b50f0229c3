"""Writes docs/operations.md from the ops' own declarations: `python docs/make_operations.py`.

A test holds the page to what this gives, so it is never out of date.
"""

from itertools import groupby
from pathlib import Path

import gradviz.core.ops  # noqa: F401 - fills the table of ops
from gradviz.project.op_page import OpPage, pages

PAGE = Path(__file__).parent / "operations.md"

HEAD = """# Operations

Written by `docs/make_operations.py` from the declarations in `gradviz/core/ops/`; the window shows the same pages, with
curves and graphs, on F1. "Back" is what flows back to the operands; "At kinks" is what is taken where no derivative
exists; "Traps" is where numbers go wrong or nothing is learnt. Every rule is tested against differences, the symbolic
derivative and the compiled code, with and without a sample axis.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for group, members in groupby(pages(), key=lambda page: page.op.group):
        parts.append(f"## {group[:1].upper()}{group[1:]}\n")
        parts += [_entry(page) for page in members]
    return "\n".join(parts)


def _entry(page: OpPage) -> str:
    told, written = page.op.help, f" is written `{page.written}`" if page.written else ""
    lines = [f"### {page.op.name}\n", f"`{page.call}`{written}  ", f"{told.summary}\n", f"- Back: {told.derivative}"]
    lines += [f"- In symbols: {line.plain}" for line in page.formulas[1:]]
    lines += [f"- {title}: {text}" for title, text in (("At kinks", told.kinks), ("Traps", told.traps)) if text]
    if page.aliases:
        lines.append(f"- Also called: {', '.join(f'`{alias}`' for alias in page.aliases)}")
    numbers = "; ".join(line.plain for line in (*page.forward, *page.backward))
    shown = "; ".join(line for line in page.example.splitlines() if line not in page.givens)
    lines.append(f"- With numbers, for `{shown}`: {numbers}")
    if told.source != "Calculus.":
        lines.append(f"- Source: {told.source}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
