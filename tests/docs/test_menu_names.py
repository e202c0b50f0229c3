"""The menu entries that the documentation names are there: `Train > Data…`."""

import re
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from gradviz.ui.actions import MENUS, SPECS

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
MENU = re.compile(r"\b(File|Edit|Run|Train|View|Laboratories|Learn|Window|Help) [>→] ([A-Z0-9][^*().;:|]*)")
NOT_IN_SPECS = {"View": ("Panels", "Theme"), "Edit": ("Copy as",), "Help": (), "File": ("Examples", "Open recent")}
"""Menus inside menus."""


def _entries() -> dict[str, list[str]]:
    """The entries of each menu as people read them."""
    names = {key: title.replace("&", "") for key, title in MENUS.items()}
    found: dict[str, list[str]] = {title: [] for title in names.values()}
    for spec in SPECS:
        found[names[spec.menu]].append(spec.text.replace("&", "").rstrip("…"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_named_menu_entries_exist(page: Path) -> None:
    entries = _entries()
    for menu, words in MENU.findall(" ".join(page.read_text("utf-8").split())):
        known = [*entries[menu], *NOT_IN_SPECS.get(menu, ())]
        assert any(re.match(rf"{re.escape(entry)}\b", words) for entry in known), f"{menu} > {words}: there is {known}"
