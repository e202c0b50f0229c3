"""The Help menu: all shortcuts on one page, the formula language on another, versions and licences.

The shortcuts of actions come from their table; only the plain keys of the graph are listed here.
"""

import platform
from collections.abc import Iterable
from html import escape
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QMessageBox, QVBoxLayout, QWidget

from gradviz.export.theme import Token
from gradviz.ui.actions import MENUS, SPECS, SUBMENUS, words
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.widgets import scrolling
from gradviz.ui.theme import theme

ON_THE_GRAPH = (
    (". and ,", "one step forward, one back (on the timeline too)"),
    ("Space or Tab", "add an operation, a name or a number"),
    ("arrow keys", "walk along edges and to the cards beside"),
    ("Enter", "type the value of the selected leaf or number, or the name of an operation"),
    ("C", "connect: ports get letters, a letter or Enter connects"),
    ("N", "the next note; Enter edits it, arrows move it, Shift with them makes it wider"),
    ("Home", "fit the graph"),
    ("Shift+click", "select one more; Shift+drag selects what is inside"),
    ("Menu", "what can be done with the selection"),
    ("Esc", "select nothing, or end what was begun; in a field: the keys go to the graph again"),
)
"""Keys that mean something while the graph has the focus."""

FORMULAS = (
    ("2x, W x + b, 3(a + b)", "what stands side by side is multiplied; names as on paper (W·x)"),
    ("a * b, W @ x", "element by element with broadcasting; the product of matrices"),
    ("x^2, x², x**2", "powers; they bind tighter than a minus before them"),
    ("tanh(x), softmax(z)", "functions; the palette lists them all"),
    ("v[2], x[1:], p[y]", "elements, counted from 0"),
    ("[1, 2], [[1, 2], [3, 4]]", "a vector, a matrix"),
    ("h = tanh(W1 x + b1); (y - h)^2", "a line names a part (; or a new line); the last one is the output"),
    ("y - ?", "something is still to come; all else is computed"),
    ("neuron(w, x, b) = tanh(w x + b); neuron(2, x, c)", "a function of your own, one card on the graph"),
    ("f(x) = v * v with v = tanh(x); f(a)", "what stands in a function more than once gets a name"),
    ("√x, θ², σ(z)", "signs are read as they look"),
    (r"\frac{1}{2}\left(x-y\right)^{2}", "LaTeX can be pasted"),
    ("sq(sub(y, add(matmul(W, x), b)))", "function notation"),
)
"""Formulas, and what they mean. Where commas separate several, each can be typed."""


class HelpCommands:
    """Pages of help. window: what they open over."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {"shortcuts": self.show_shortcuts, "language": self.show_language, "about": self.show_about}

    def show_shortcuts(self) -> None:
        """Show all shortcuts on one page, menu by menu."""
        parts = [_section("On the graph", ON_THE_GRAPH)]
        for menu, title in MENUS.items():
            rows = [(_keys(spec.keys), words(spec.text)) for spec in SPECS if spec.menu == menu and spec.keys]
            if rows:
                parts.append(_section(f"Edit, {words(title)}" if menu in SUBMENUS else words(title), rows))
        self._page("Keyboard shortcuts", "".join(parts))

    def show_language(self) -> None:
        """Show how formulas are written."""
        self._page("Formula language", _section("Write formulas as on paper", FORMULAS))

    def show_about(self) -> None:
        """Show versions and licences."""
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
        label.setContentsMargins(12, 4, 12, 12)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        scroll = scrolling(label)
        label.setAutoFillBackground(False)  # which setWidget has set
        scroll.viewport().setAutoFillBackground(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        column = QVBoxLayout(dialog)
        column.addWidget(scroll)
        column.addWidget(buttons)
        dialog.resize(640, 660)
        dialog.open()


def _section(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """A heading, and below it a line for each row: what is typed, and what it means."""
    colours = theme().current
    lines = "".join(
        f"<tr><td width='250' style='padding: 3px 12px 3px 0'><code style='color: {colours[Token.VALUE]}; "
        f'font-family: "JetBrains Mono"\'>{escape(typed)}</code></td>'
        f"<td style='padding: 3px 0'>{escape(meaning)}</td></tr>"
        for typed, meaning in rows
    )
    return (
        f"<p style='color: {colours[Token.MUTED]}; font-weight: 600; margin: 12px 0 2px 0'>{escape(title)}</p>"
        f"<table width='100%'>{lines}</table>"
    )


def _keys(keys: Iterable[str]) -> str:
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


def _version() -> str:
    try:
        return version("gradviz")
    except PackageNotFoundError:
        return "in development"
