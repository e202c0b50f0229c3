"""The reference pages say what the program does: they are written from it, and held to it here."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES: dict[str, str] = runpy.run_path(str(DOCS / "make_reference.py"))["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_current(name: str) -> None:
    written = (DOCS / "reference" / name).read_text("utf-8")
    assert written == PAGES[name], "run python docs/make_reference.py"


def test_page_of_commands_lists_the_options_of_each() -> None:
    page = PAGES["command-line.md"]
    assert "| `--json` | Answer in JSON |" in page
    assert "| `--rates .05,.2,1.1` | The learning rates to compare |" in page
