"""All by which a run is looked at, for one window: the lens bar over the graph, the panels about it, the commands."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.ui.actions import Actions
from gradviz.ui.commands.look import LookCommands, Reveal, Say
from gradviz.ui.commands.places import FLOWS
from gradviz.ui.commands.run import Handlers
from gradviz.ui.laboratories.dialog import TITLES, Laboratories
from gradviz.ui.panels.compare import ComparePanel
from gradviz.ui.panels.flow import FlowPanel
from gradviz.ui.panels.lens_bar import LensBar
from gradviz.ui.panels.pinned import PinnedPanel

SAMPLE_ACTIONS = ("go_to_sample", "worst_sample", "steepest_sample", "sum_samples")
RUN_ACTIONS = ("pin", "flow", "keep_run")


class Looking:
    """The widgets and commands. reveal(key): brings a dock into view; say: shows a line to the person."""

    def __init__(self, session: Session, window: QWidget, canvas: QWidget, reveal: Reveal, say: Say) -> None:
        self._session = session
        self.flow, self.compare, self.pinned = FlowPanel(session), ComparePanel(session), PinnedPanel(session)
        self.bar = LensBar(session, canvas, lambda: reveal("compare"))
        self._commands = LookCommands(session, window, reveal, say, self.compare)
        self._actions: Actions | None = None
        self._window = window
        self.laboratories: Laboratories | None = None

    @property
    def docks(self) -> Mapping[str, QWidget]:
        """The panels that stand in docks, by key."""
        return {"flow": self.flow, "compare": self.compare, "pinned": self.pinned}

    def handlers(self) -> Handlers:
        """The handler of each action."""
        labs = {f"lab_{key}": partial(self.open_laboratory, key) for key in TITLES}
        return {**self._commands.handlers(), **labs}

    def open_laboratory(self, key: str) -> Laboratories:
        """Open the window of the laboratories at one of them."""
        if self.laboratories is None or not isValid(self.laboratories):
            self.laboratories = Laboratories(self._session, self._window)
        self.laboratories.open_page(key)
        return self.laboratories

    def follow(self, actions: Actions) -> None:
        """Let the actions say from now on what is shown, and what can be."""
        self._actions = actions
        self._session.lens.changed.connect(self.show_enabled)
        self._session.debugger.retraced.connect(self.show_enabled)
        self._session.training.progressed.connect(self.show_enabled)
        self._session.document.changed.connect(self._show_direction)
        self.show_enabled()
        self._show_direction(ChangeFlags.PLACES)

    def _show_direction(self, flags: ChangeFlags) -> None:
        """Check the direction in which values flow."""
        if self._actions is not None and flags & (ChangeFlags.PLACES | ChangeFlags.REPLACED):
            for key, direction in FLOWS.items():
                self._actions[key].setChecked(direction is self._session.document.project.direction)

    def show_enabled(self) -> None:
        """Check and enable the actions as things are."""
        if self._actions is None:
            return
        lens = self._session.lens
        self._actions["flow"].setChecked(lens.shows_flow)
        self._actions["sum_samples"].setChecked(lens.samples.is_summed)
        for key in RUN_ACTIONS:
            self._actions[key].setEnabled(self._session.graph is not None)
        for key in SAMPLE_ACTIONS:
            self._actions[key].setEnabled(self._session.sample_count > 0)
