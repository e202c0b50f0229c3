"""Edit > Copy as: the formula in every dress, from plain text to a Python file that runs, on the clipboard."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QGuiApplication

from gradviz.core.graph import Graph
from gradviz.errors import GradvizError
from gradviz.lang.unparse import functions
from gradviz.project import editing
from gradviz.session.session import Session
from gradviz.text.code import DIALECTS, code
from gradviz.text.latex import latex_lines
from gradviz.text.plain import plain_lines
from gradviz.ui.commands.run import Handlers

NOTATIONS: dict[str, Callable[[Graph], str]] = {
    "plain": lambda graph: "\n".join(plain_lines(graph)),
    "functions": functions,
    "latex": lambda graph: "\n".join(latex_lines(graph)),
}
"""Ways to write a formula that need no values."""


class CopyCommands:
    """Copies the selected node with all that leads to it, else the whole formula."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._session = session
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {f"copy_{key}": partial(self._copy, key) for key in (*NOTATIONS, *DIALECTS)}

    def _copy(self, key: str) -> None:
        graph = self._session.graph
        if graph is None:
            return
        nodes = self._session.selection.nodes
        part = editing.part_of(graph, nodes[0]) if len(nodes) == 1 else graph
        try:
            text = NOTATIONS[key](part) if key in NOTATIONS else code(part, self._session.values(), key)
        except GradvizError as error:
            self._say(f"Nothing was copied: {error.message}.")
            return
        QGuiApplication.clipboard().setText(text)
        self._say(f"Copied {'the formula' if part is graph else 'the selected part'}: {len(text):,} characters.")
