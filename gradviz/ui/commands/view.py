"""The View and Help menus: theme, zoom, command palette, list of shortcuts."""

import platform
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from PySide6.QtCore import QPoint, Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QMessageBox, QScrollArea, QVBoxLayout, QWidget

from gradviz.ui.actions import MENUS, SPECS, Actions, shortcut_text, words
from gradviz.ui.commands.run import Handlers
from gradviz.ui.docks import Docks
from gradviz.ui.panels.command_palette import Choice, Chooser
from gradviz.ui.preferences import Preferences
from gradviz.ui.theme import Choice as ThemeChoice
from gradviz.ui.theme import theme

LANGUAGE = """
<p><b>Write formulas as on paper.</b>
Juxtaposition multiplies: <code>2x</code>, <code>Wx + b</code>, <code>(x+y)z</code>.</p>
<table cellpadding="4">
<tr><td><code>+ - * / ^</code></td><td>elementwise, with broadcasting; <code>^</code> binds tightest</td></tr>
<tr><td><code>@</code> or <code>·</code></td><td>product of matrices and vectors</td></tr>
<tr><td><code>exp(x)</code>, <code>softmax(z)</code></td><td>functions, see the palette</td></tr>
<tr><td><code>v[2]</code>, <code>x[1:]</code>, <code>v[y]</code></td><td>elements, counted from 0</td></tr>
<tr><td><code>[[1, 2], [3, 4]]</code></td><td>lists are arrays</td></tr>
<tr><td><code>h = tanh(W1 x + b1)</code></td><td>a line names a part; the last line is the output</td></tr>
<tr><td><code>x², θ, √x, σ(z)</code></td><td>Unicode is read as it looks</td></tr>
<tr><td><code>\\frac{1}{2}\\left(x-y\\right)^{2}</code></td><td>LaTeX can be pasted</td></tr>
<tr><td><code>sq(sub(y, add(matmul(W, x), b)))</code></td><td>function notation too</td></tr>
</table>
"""


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
            "shortcuts": self.show_shortcuts,
            "language": self._show_language,
            "about": self._about,
            "close": self._window.close,
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

    def show_shortcuts(self) -> None:
        """Show all shortcuts on one page."""
        rows = "".join(
            f"<tr><td>{words(spec.text)}</td><td align='right'><code>"
            f"{', '.join(QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in spec.keys)}"
            f"</code></td></tr>"
            for spec in SPECS
            if spec.keys
        )
        more = "<p>On the graph and the timeline: <code>.</code> forward, <code>,</code> back, <code>Tab</code> or "
        more += "<code>Space</code> add an operation, <code>Home</code> fit, arrows walk along edges.</p>"
        self._page("Keyboard shortcuts", f"{more}<table width='100%' cellpadding='4'>{rows}</table>")

    def _show_language(self) -> None:
        self._page("Formula language", LANGUAGE)

    def _choose_theme(self, choice: ThemeChoice) -> None:
        theme().choose(choice)
        self._preferences.theme = choice.value
        self._preferences.save()

    def _full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _about(self) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle("About gradviz")
        box.setText(f"gradviz {_version()}")
        box.setInformativeText(
            "The debugger for computation graphs.\n\n"
            f"Python {platform.python_version()}, Qt {qVersion()}, NumPy {np.__version__}\n"
            "MIT licence; Qt under the LGPL; fonts under the SIL Open Font License."
        )
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _page(self, title: str, html: str) -> None:
        dialog = QDialog(self._window)
        dialog.setWindowTitle(title)
        dialog.setObjectName("page")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        label = QLabel(html)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setContentsMargins(8, 8, 8, 8)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        column = QVBoxLayout(dialog)
        column.addWidget(scroll)
        column.addWidget(buttons)
        dialog.resize(560, 620)
        dialog.open()


def _version() -> str:
    try:
        return version("gradviz")
    except PackageNotFoundError:
        return "in development"
