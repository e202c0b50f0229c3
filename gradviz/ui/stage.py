"""The stage: what is left of the window while it serves one purpose (a quiz, a presentation), and all back afterwards.

    stage.enter(Act("quiz", docks={"quiz"}, actions={"fit", "quit"}, bars={Bar.FORMULA}))
    stage.leave("quiz")

Actions are hidden, not disabled: a hidden action has no shortcut and keeps whether it was enabled. A document can
hide parts for good (teacher mode): these stay hidden in every act.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gradviz.ui.actions import MENUS, SPECS
from gradviz.ui.iteration_track import IterationTrack

if TYPE_CHECKING:
    from gradviz.ui.main_window import MainWindow


class Bar(Enum):
    """What stands around the graph and the docks."""

    MENU = "menu"
    TOOLBAR = "toolbar"
    FORMULA = "formula"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class Act:
    """What is left of the window. actions: None leaves all."""

    name: str
    docks: frozenset[str]
    bars: frozenset[Bar]
    actions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a document hides for good."""

    docks: frozenset[str] = frozenset()
    bars: frozenset[Bar] = frozenset()
    actions: frozenset[str] = frozenset()
    menus: frozenset[str] = frozenset()


class Stage:
    """The window's parts, shown or hidden. Acts lie over each other; each brings back what it found."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._acts: list[tuple[Act, QByteArray]] = []
        self._taken = Taken()
        self._hidden_docks: list[str] = []
        self._watched: set[str] = set()

    @property
    def act(self) -> Act | None:
        """The act that is on."""
        return self._acts[-1][0] if self._acts else None

    def enter(self, act: Act) -> None:
        """Leave only what the act needs."""
        self._acts.append((act, self._window.saveState()))
        for key in self._window.docks.names():
            self._window.docks[key].setVisible(key in act.docks and key not in self._taken.docks)
        self.refresh()

    def leave(self, name: str) -> None:
        """Bring back what the act has found, and end the acts over it."""
        while any(act.name == name for act, _ in self._acts):
            _, state = self._acts.pop()
            if isValid(self._window):
                self._window.restoreState(state)
        self._window.docks.settle()
        self.refresh()

    def leave_all(self) -> None:
        """The window as it is without any act, and without what the document takes."""
        if self._acts:
            self.leave(self._acts[0][0].name)
        self.take(Taken())

    def take(self, taken: Taken) -> None:
        """Hide these parts for good, and bring back what was taken before."""
        if taken == self._taken:
            return
        for key in self._hidden_docks:
            if key not in taken.docks and self.act is None:
                self._window.docks[key].show()
        self._taken = taken
        for key in taken.docks - self._watched:
            self._watched.add(key)
            self._window.docks[key].visibilityChanged.connect(partial(self._seen, key))
        here = [key for key in self._window.docks.names() if key in taken.docks]
        self._hidden_docks = [
            key for key in here if key in self._hidden_docks or not self._window.docks[key].isHidden()
        ]
        self.refresh()

    def _seen(self, key: str, is_visible: bool) -> None:
        """Somebody has brought a dock back that the document hides (all docks were reset): hide it again."""
        if is_visible and key in self._taken.docks and isValid(self._window):
            QTimer.singleShot(0, self._window.docks[key], self.refresh)

    def refresh(self) -> None:
        """Hide and show as things are; the window may have shown something itself."""
        window, act = self._window, self.act
        is_free = act is None and not self._taken.docks  # else a right click on a title would offer what is hidden
        policy = Qt.ContextMenuPolicy
        window.setContextMenuPolicy(policy.DefaultContextMenu if is_free else policy.NoContextMenu)
        for key in self._taken.docks:
            window.docks[key].hide()
        teaching = window.learning.teaching
        teaching.bar.setVisible(act is None and bool(teaching.bar.label.text()))
        for toggle_key in window.docks.names():
            window.docks[toggle_key].toggleViewAction().setVisible(toggle_key not in self._taken.docks)
        for bar, widget in self._bars():
            widget.setVisible((act is None or bar in act.bars) and bar not in self._taken.bars and self._wanted(bar))
        for spec in SPECS:
            is_kept = act is None or act.actions is None or spec.key in act.actions
            is_taken = spec.key in self._taken.actions or spec.menu in self._taken.menus
            window.actions_by_key[spec.key].setVisible(is_kept and not is_taken)
        for key in MENUS:
            window.menus[key].menuAction().setVisible(key not in self._taken.menus)

    def _wanted(self, bar: Bar) -> bool:
        """The formula bar is hidden on the start page."""
        return bar is not Bar.FORMULA or self._window.pages.currentIndex() == 1

    def _bars(self) -> Collection[tuple[Bar, QWidget]]:
        window = self._window
        tracks = window.findChildren(IterationTrack)
        return (
            (Bar.MENU, window.menuBar()),
            (Bar.TOOLBAR, window.toolbar),
            (Bar.FORMULA, window.formula_toolbar),
            (Bar.TIMELINE, window.timeline),
            *((Bar.TIMELINE, track) for track in tracks),
        )
