"""All by which the window teaches: the pages about operations and what stands in the Learn menu.

It is made with the window's parts and its commands, connects to them, and offers handlers for the actions.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gradviz.core.graph import Apply
from gradviz.core.op import OPS, Op
from gradviz.ui.commands.run import Handlers
from gradviz.ui.lecturing import Lecturing
from gradviz.ui.panels.op_pages import OpPages
from gradviz.ui.panels.palette import OpButton
from gradviz.ui.presenting import Presenting
from gradviz.ui.quizzing import Quizzing
from gradviz.ui.search import Found, Kind
from gradviz.ui.stage import Stage
from gradviz.ui.teaching import Teaching

if TYPE_CHECKING:
    from gradviz.ui.main_window import MainWindow


class Learning:
    """The teaching parts of one window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.pages: OpPages | None = None
        self.stage = Stage(window)
        self.quizzing = Quizzing(window)
        self.lecturing = Lecturing(window)
        self.presenting = Presenting(window)
        self.teaching = Teaching(window)
        window.palette_panel.asked.connect(self._asked)
        window.inspector.asked.connect(self.show_op)
        window.start_page.lecture_wanted.connect(self.lecturing.open)

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "op_page": self.show_selected,
            "op_pages": self.show_pages,
            "quiz": self.quizzing.open,
            "lecture": self.lecturing.open,
            "present": self.presenting.toggle,
            "present_choice": self.presenting.choose,
            "teach": self.teaching.choose,
        }

    @property
    def docks(self) -> Mapping[str, QWidget]:
        """The panels that stand in docks, by key."""
        return {"quiz": self.quizzing.panel, "lecture": self.lecturing.panel}

    def close(self) -> None:
        """The window closes: all is as it was, so that it opens like that again."""
        self.presenting.leave()
        self.quizzing.end()
        self.stage.leave_all()

    def show_op(self, op: Op) -> None:
        """Show the page of an op."""
        self._dialog().show_op(op)

    def show_selected(self) -> None:
        """Show the page of the operation that has the focus in the palette or is selected, else the list of all."""
        session, focus = self._window.session, self._window.focusWidget()
        if isinstance(focus, OpButton):
            self.show_op(focus.op)
            return
        node, graph = session.selection.node, session.graph
        found = graph.nodes[node] if graph is not None and node is not None and node < len(graph) else None
        if isinstance(found, Apply):
            self.show_op(found.op)
        else:
            self.show_pages()

    def show_pages(self) -> None:
        """Show the list of all operations."""
        dialog = self._dialog()
        dialog.show_op(dialog.view.page.op if dialog.view.page is not None else next(iter(OPS.values())))
        dialog.field.setFocus()

    def _dialog(self) -> OpPages:
        if self.pages is None or not isValid(self.pages):
            self.pages = OpPages(self._window.runner, self._window)
            self.pages.opened.connect(self._open)
        return self.pages

    def _asked(self, found: Found) -> None:
        if found.kind is Kind.OP:
            self.show_op(OPS[found.key])

    def _open(self, formula: str) -> None:
        """Show an example in a window of its own; the document at hand stays as it is."""
        window = self._window.open_beside()
        window.open_formula(formula)
