"""The pages of help: complete, and true."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from gradviz.lang.lower import read_all
from gradviz.ui.actions import SPECS, words
from gradviz.ui.commands.help import FORMULAS
from gradviz.ui.main_window import MainWindow
from ui.windows import shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path) as made:
        yield made


def page(window: MainWindow, key: str) -> str:
    window.actions_by_key[key].trigger()
    dialog = next(one for one in window.findChildren(QDialog, "page") if one.isVisible())
    (label,) = dialog.findChildren(QLabel)
    dialog.close()
    return label.text().replace("&amp;", "&")


@pytest.mark.parametrize("typed", [typed for typed, _ in FORMULAS])
def test_each_formula_on_the_page_of_the_language_can_be_typed(typed: str) -> None:
    for formula in _cut(typed):
        assert len(read_all(formula).graph) > 0


def _cut(typed: str) -> list[str]:
    """What stands between commas outside of all brackets."""
    found, depth = [""], 0
    for sign in typed:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return [one.strip() for one in found]


def test_the_page_of_shortcuts_has_every_action_with_a_key(window: MainWindow) -> None:
    text = page(window, "shortcuts")
    for spec in SPECS:
        assert not spec.keys or words(spec.text) in text, spec.key


def test_the_page_of_the_language_shows_what_is_typed(window: MainWindow) -> None:
    text = page(window, "language")
    assert "neuron(w, x, b) = tanh(w x + b); neuron(2, x, c)" in text
