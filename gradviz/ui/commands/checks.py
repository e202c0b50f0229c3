"""The commands that show whether gradients are right: the check of the run, and the gradients of the samples."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from gradviz.ui.commands.run import Handlers
from gradviz.ui.docks import Docks
from gradviz.ui.panels.fit import FitPanel
from gradviz.ui.panels.inspector import Inspector
from gradviz.ui.panels.per_sample import PerSample


class CheckCommands:
    """Opens what shows it. fit: the panel that holds the gradients of the samples."""

    def __init__(self, inspector: Inspector, fit: QWidget, docks: Callable[[], Docks]) -> None:
        self._inspector = inspector
        self._fit = fit
        self._docks = docks

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {"check_gradients": self.check_gradients, "sample_gradients": self.show_samples}

    def check_gradients(self) -> None:
        """Unfold the gradient check, wherever it stands, and bring it into sight."""
        self._docks().reveal("explain")
        section = self._inspector.sections["Gradient check"]
        section.set_open(True)
        QTimer.singleShot(0, section, lambda: _bring_into_sight(section))  # once it has its height

    def show_samples(self) -> None:
        """Show each sample's gradient beside the data."""
        self._docks().reveal("fit")
        panel = self._fit.findChild(PerSample)
        if isinstance(self._fit, FitPanel) and panel is not None:
            self._fit.tabs.setCurrentWidget(panel)


def _bring_into_sight(widget: QWidget) -> None:
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if isinstance(around, QScrollArea):
        around.ensureWidgetVisible(widget, 0, 16)
