"""Somebody who presses, types, drags and undoes at random: nothing breaks, nothing is lost.

Python errors inside Qt's calls and warnings fail a test by themselves; here the document is held to its promises. In
the default run each act has its effect before the next; in the soak (`-m slow`) acts come while others are under way,
and training runs too.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from gradviz.project.format import decode, encode
from gradviz.ui.actions import SPECS
from gradviz.ui.main_window import MainWindow
from ui.windows import CTRL, SHIFT, at_rest, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FORMULAS = (
    "(x^2)^2",
    "(y-(Wx+b))^2",
    "h = a b; h^2 + 3 h",
    "neuron(w, x, b) = tanh(w x + b)\nh = neuron(w1, x, b1)\n(y - neuron(w2, h, b2))^2",
    "-log(softmax(W x + b)[y])",
    "sum((X w - y)^2)",
    "[1, 2, 3] v",
    "log(x - 2)",
    "x + ?",
    "1",
    "((",
    "x ^",
)
TYPED = ("2.5", "tanh", "x", "[1, 2]", "-", "3x2", "abc def")
KEYS = (
    *("Left", "Right", "Up", "Down", "Return", "Delete", "Escape", "Tab", "Home", "Space"),
    *("Period", "Comma", "C", "N", "F5", "F10", "F11"),
)
ELSEWHERE = {
    "quit",
    "close",
    "save",
    "new_window",
    "full_screen",
    "present",
    "lecture",
    "about",
    "shortcuts",
    "language",
}
"""Actions that leave the window or open another one; those that ask something end in `…`."""
ACTIONS = [spec.key for spec in SPECS if spec.key not in ELSEWHERE and not spec.text.endswith("…")]


class RandomHands:
    """Real events on a window, drawn from a seed."""

    def __init__(self, qtbot: QtBot, window: MainWindow, seed: int) -> None:
        self._qtbot = qtbot
        self._window = window
        self._random = random.Random(seed)
        self._acts = {
            self.formula: 10, self.select: 10, self.action: 25, self.key: 15, self.click: 15, self.drag: 10,
            self.type: 7, self.undo: 4, self.redo: 4,
        }  # fmt: skip

    def act(self) -> None:
        """Do something."""
        (chosen,) = self._random.choices(list(self._acts), weights=list(self._acts.values()))
        chosen()
        if self._random.random() < 0.15:
            self.close_popups()

    def formula(self) -> None:
        self._window.session.set_formula(self._random.choice(FORMULAS))

    def select(self) -> None:
        graph = self._window.session.graph
        if graph is not None:
            nodes = list(graph.node_ids())
            self._window.session.selection.select(*self._random.sample(nodes, min(len(nodes), 3)))

    def action(self) -> None:
        action = self._window.actions_by_key[self._random.choice(ACTIONS)]
        if action.isEnabled():
            action.trigger()

    def key(self) -> None:
        key = getattr(Qt.Key, f"Key_{self._random.choice(KEYS)}")
        modifiers = self._random.choice([*[Qt.KeyboardModifier.NoModifier] * 4, CTRL, SHIFT])
        QTest.keyClick(QApplication.focusWidget() or self._window.canvas, key, modifiers)

    def click(self) -> None:
        click = self._random.choice((QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick))
        seen = self._window.canvas.viewport()
        click(seen, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self._place())

    def drag(self) -> None:
        canvas = self._window.canvas
        if canvas.picture is not None and canvas.picture.cards:
            card = self._random.choice(canvas.picture.cards).rect.center
            start, end = canvas.mapFromScene(card.x, card.y), self._place()
            seen, left, plain = canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            QTest.mousePress(seen, left, plain, start)
            QTest.mouseMove(seen, (start + end) / 2)
            QTest.mouseMove(seen, end)
            QTest.mouseRelease(seen, left, plain, end)

    def type(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None:
            QTest.keyClicks(focused, self._random.choice(TYPED))

    def undo(self) -> None:
        if self._window.session.document.history.can_undo:
            self._window.session.document.undo()

    def redo(self) -> None:
        if self._window.session.document.history.can_redo:
            self._window.session.document.redo()

    def close_popups(self) -> None:
        """Close menus and dialogs, from the top one down."""
        while (top := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
            top.close()
            QApplication.processEvents()
        for dialog in self._window.findChildren(QDialog):
            dialog.close()

    def _place(self) -> QPoint:
        seen = self._window.canvas.viewport()
        return QPoint(self._random.randrange(seen.width()), self._random.randrange(seen.height()))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window in which whatever waits for an answer is closed."""
    with shown_window(qtbot, tmp_path, "(y-(Wx+b))^2") as shown:
        closing = QTimer(shown)
        closing.timeout.connect(close_question)
        closing.start(100)
        yield shown
        closing.stop()


def close_question() -> None:
    question = QApplication.activeModalWidget()
    if question is not None:
        question.close()


def check(window: MainWindow) -> None:
    """The document reads back as it is, and undoing all and doing it again leads to the very same."""
    window.session.training.pause()
    document = window.session.document
    document.seal()
    text = encode(document.project)
    assert encode(decode(text)) == text
    undone = 0
    while document.history.can_undo:
        document.undo()
        undone += 1
    for _ in range(undone):
        document.redo()
    assert encode(document.project) == text


@pytest.mark.parametrize("seed", range(3))
def test_nothing_breaks_under_random_hands(qtbot: QtBot, window: MainWindow, seed: int) -> None:
    hands = RandomHands(qtbot, window, seed)
    for _ in range(60):
        hands.act()
        at_rest(qtbot, window)
    hands.close_popups()
    check(window)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(100, 108))
def test_nothing_breaks_under_hasty_random_hands(qtbot: QtBot, window: MainWindow, seed: int) -> None:
    hands = RandomHands(qtbot, window, seed)
    for _ in range(20):
        for _ in range(40):
            hands.act()
            QApplication.processEvents()
        hands.close_popups()
        check(window)
