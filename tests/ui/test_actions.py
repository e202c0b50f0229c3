"""The table of actions: every one has a menu, a shortcut of its own and a tooltip."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from gradviz.ui.actions import MENUS, SPECS, shortcut_text, tooltip
from ui.windows import shown_window

DESIGNED = {
    "continue": "F5", "pause": "F6", "stop": "Shift+F5", "restart": "Ctrl+Shift+F5", "breakpoint": "F9", "step": "F10",
    "into": "F11", "out": "Shift+F11", "run_to": "Ctrl+F10", "back": "Ctrl+Shift+F10", "back_into": "Ctrl+Shift+F11",
    "undo": "Ctrl+Z", "redo": "Ctrl+Shift+Z", "find": "Ctrl+F", "fit": "Ctrl+0", "delete": "Del",
    "duplicate": "Ctrl+D", "copy": "Ctrl+C", "paste": "Ctrl+V", "export": "Ctrl+E", "commands": "Ctrl+Shift+P",
}  # fmt: skip


@pytest.mark.parametrize(("key", "expected"), DESIGNED.items())
def test_the_designed_shortcuts_hold(key: str, expected: str) -> None:
    assert shortcut_text(key) == expected


def test_no_shortcut_has_two_meanings() -> None:
    keys = [QKeySequence(key).toString() for spec in SPECS for key in spec.keys]
    assert len(keys) == len(set(keys))


def test_every_shortcut_is_one_that_qt_understands() -> None:
    assert [key for spec in SPECS for key in spec.keys if QKeySequence(key).isEmpty()] == []


def test_every_tooltip_says_what_happens_and_names_the_shortcut() -> None:
    for spec in SPECS:
        assert spec.tip
        assert not spec.keys or shortcut_text(spec.key) in tooltip(spec)


def test_mnemonics_differ_within_a_menu() -> None:
    for menu in MENUS:
        letters = [spec.text[spec.text.index("&") + 1].lower() for spec in SPECS if spec.menu == menu]
        assert sorted(letters) == sorted(set(letters)), menu


def test_every_action_stands_in_its_menu(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        for spec in SPECS:
            assert window.actions_by_key[spec.key] in window.menus[spec.menu].actions()
