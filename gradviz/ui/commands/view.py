"""The View menu: theme, panels, command palette; the pages of help have a module of their own."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from gradviz.ui.actions import MENUS, SPECS, Actions, shortcut_text, words
from gradviz.ui.commands.help import HelpCommands
from gradviz.ui.commands.run import Handlers
from gradviz.ui.docks import Docks
from gradviz.ui.panels.command_palette import Choice, Chooser
from gradviz.ui.preferences import Preferences
from gradviz.ui.theme import Choice as ThemeChoice
from gradviz.ui.theme import theme


class ViewCommands:
    """What is seen, and how. window: what dialogs open over."""

    def __init__(
        self, window: QWidget, preferences: Preferences, actions: Callable[[], Actions], docks: Callable[[], Docks]
    ) -> None:
        self._window = window
        self._preferences = preferences
        self._actions = actions
        self._docks = docks

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "commands": self.open_palette,
            "theme_system": partial(self._choose_theme, ThemeChoice.SYSTEM),
            "theme_light": partial(self._choose_theme, ThemeChoice.LIGHT),
            "theme_dark": partial(self._choose_theme, ThemeChoice.DARK),
            "reset_docks": lambda: self._docks().reset(),
            "full_screen": self._full_screen,
            "close": self._window.close,
            **HelpCommands(self._window).handlers(),
        }

    def open_palette(self) -> None:
        """Open the list of all commands."""
        choices = [
            Choice(
                words(spec.text),
                self._actions()[spec.key].trigger,
                hint=f"{words(MENUS[spec.menu])} · {spec.tip}",
                key=shortcut_text(spec.key),
            )
            for spec in SPECS
            if spec.key != "commands" and self._actions()[spec.key].isEnabled()
        ]
        place = self._window.mapToGlobal(QPoint(self._window.width() // 2, 80))
        Chooser(choices, "type a command…", self._window).open_at(place)

    def _choose_theme(self, choice: ThemeChoice) -> None:
        theme().choose(choice)
        self._preferences.theme = choice.value
        self._preferences.save()

    def _full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()
