"""The menu bar: the table of actions by menu, and the lists that grow: recent files, examples, panels, windows."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from gradviz.project.examples import examples
from gradviz.ui.actions import MENUS, SPECS, SUBMENUS, Actions
from gradviz.ui.commands.files import FileCommands
from gradviz.ui.windows import Windows


class Menus:
    """The menus of one window, by key."""

    def __init__(self, window: QMainWindow, actions: Actions, files: FileCommands, windows: Windows) -> None:
        self._window = window
        self._actions = actions
        self._files = files
        self._windows = windows
        self._by_key = {
            key: QMenu(title, window) if key in SUBMENUS else window.menuBar().addMenu(title)
            for key, title in MENUS.items()
        }
        self._window_entries: list[QAction] = []
        for spec in SPECS:
            menu = self._by_key[spec.menu]
            if spec.is_after_line:
                menu.addSeparator()
            menu.addAction(actions[spec.key])
            for key, above in SUBMENUS.items():
                if above == spec.key:
                    menu.addMenu(self._by_key[key])
        self.recent = QMenu("Open &recent", window)
        self.examples = QMenu("E&xamples", window)
        self._add_files()
        self["window"].addSeparator()
        self["window"].aboutToShow.connect(self._fill_windows)

    def __getitem__(self, key: str) -> QMenu:
        return self._by_key[key]

    def add_panels(self, toggles: Iterable[QAction]) -> None:
        """Offer the docks in the View menu."""
        panels = QMenu("&Panels", self._window)
        panels.addActions(list(toggles))
        self["view"].insertMenu(self._actions["reset_docks"], panels)

    def _add_files(self) -> None:
        entries = self["file"].actions()
        line = entries[entries.index(self._actions["save"]) - 1]
        for menu in (self.recent, self.examples):
            self["file"].insertMenu(line, menu)
        for example in examples():
            entry = self.examples.addAction(_shown(example.title))
            entry.setToolTip(example.sentence)
            entry.setStatusTip(example.sentence)
            entry.triggered.connect(partial(_open_example, self._files, example.key))
        self.recent.aboutToShow.connect(self._fill_recent)

    def _fill_recent(self) -> None:
        self.recent.clear()
        for name in self._files.recent:
            entry = self.recent.addAction(_shown(Path(name).name))
            entry.setToolTip(name)
            entry.setStatusTip(name)
            entry.setEnabled(Path(name).is_file())
            entry.triggered.connect(partial(_open, self._files, Path(name)))
        if self.recent.isEmpty():
            self.recent.addAction("No files yet").setEnabled(False)
        else:
            self.recent.addSeparator()
            self.recent.addAction("&Forget these files").triggered.connect(self._files.forget_recent)

    def _fill_windows(self) -> None:
        """List the windows below the entries that are always there."""
        for old in self._window_entries:
            self["window"].removeAction(old)
            old.deleteLater()
        self._window_entries = []
        for window in self._windows.all:
            mark = "*" if window.isWindowModified() else ""
            entry = self["window"].addAction(_shown(window.windowTitle().replace("[*]", mark)))
            entry.setCheckable(True)
            entry.setChecked(window is self._window)
            entry.triggered.connect(partial(_raise, self._windows, window))
            self._window_entries.append(entry)


def _shown(name: str) -> str:
    """A name as a menu's entry: an & in it is no mnemonic."""
    return name.replace("&", "&&")


def _open(files: FileCommands, path: Path, _checked: bool = False) -> None:
    files.open(path)


def _open_example(files: FileCommands, key: str, _checked: bool = False) -> None:
    files.open_example(key)


def _raise(windows: Windows, window: object, _checked: bool = False) -> None:
    found = next((each for each in windows.all if each is window), None)
    if found is not None:
        windows.raise_window(found)
