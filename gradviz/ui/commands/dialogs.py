"""The dialogs: a picture of the graph, the data, the training settings; and pages to hand in."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from gradviz.session.session import Session
from gradviz.ui.canvas.view import GraphView
from gradviz.ui.commands.pages import PageCommands
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.data_dialog import DataDialog
from gradviz.ui.panels.export_dialog import ExportDialog
from gradviz.ui.panels.training_settings import TrainingDialog
from gradviz.ui.preferences import Preferences


class DialogCommands:
    """Opens dialogs over a window."""

    def __init__(
        self,
        session: Session,
        window: QWidget,
        canvas: GraphView,
        preferences: Preferences,
        say: Callable[[str], None],
    ) -> None:
        self._session = session
        self._window = window
        self._canvas = canvas
        self._preferences = preferences
        self._say = say
        self.pages = PageCommands(session, window, canvas, preferences, say)

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {
            "export": self.open_export,
            "data": self.open_data,
            "training_settings": self.open_training_settings,
            **self.pages.handlers(),
        }

    def open_export(self) -> None:
        """Open the export dialog."""
        ExportDialog(self._session, self._canvas, self._preferences, self._say, self._window).open()

    def open_data(self, path: Path | None = None) -> None:
        """Open the dialog in which a table is chosen and its columns are bound; with a file, show what is in it."""
        dialog = DataDialog(self._session, self._window)
        dialog.open()
        if path is not None:
            dialog.open_file(path)

    def open_training_settings(self) -> None:
        """Open the dialog for learning rate, iterations and the rest."""
        TrainingDialog(self._session, self._window).open()
