"""What a window shows, as texts that are the same on every machine."""

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QLabel, QListView, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gradviz.ui.seen import texts_of


def _panel(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    panel = QWidget()
    column = QVBoxLayout(panel)
    for widget in widgets:
        column.addWidget(widget)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_words_are_kept_and_numbers_are_not(qtbot: QtBot) -> None:
    panel = _panel(qtbot, QLabel("iteration 1,200, loss <b>−1.5e−3</b>"), QPushButton("&Train"))
    assert texts_of(panel) == ["Train", "iteration # loss #"]


def test_the_sign_of_a_number_says_nothing(qtbot: QtBot) -> None:
    assert texts_of(_panel(qtbot, QLabel("2 · (−0.5) · x"))) == texts_of(_panel(qtbot, QLabel("2 · 0.5 · x")))


def test_what_is_hidden_is_not_seen(qtbot: QtBot) -> None:
    hidden = QLabel("secret")
    panel = _panel(qtbot, hidden, QLabel("seen"))
    hidden.hide()
    assert texts_of(panel) == ["seen"]


def test_each_text_of_a_list_counts_once(qtbot: QtBot) -> None:
    view = QListView()
    view.setModel(QStringListModel(["row 1", "row 2", "other"]))
    assert texts_of(_panel(qtbot, view)) == ["other", "row #"]
