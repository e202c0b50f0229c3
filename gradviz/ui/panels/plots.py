"""The panels below the graph, by the key of their dock."""

from PySide6.QtWidgets import QWidget

from gradviz.session.session import Session
from gradviz.ui.panels.debugging import DebugPanel
from gradviz.ui.panels.fit import FitPanel
from gradviz.ui.panels.loss import LossPanel
from gradviz.ui.panels.rate_lab import RateLabPanel
from gradviz.ui.panels.surface import SurfacePanel
from gradviz.ui.panels.sweep import SweepPanel


def plot_panels(session: Session) -> dict[str, QWidget]:
    """One of each for a window."""
    return {
        "loss": LossPanel(session),
        "rates": RateLabPanel(session),
        "surface": SurfacePanel(session),
        "debug": DebugPanel(session),
        "sweep": SweepPanel(session),
        "fit": FitPanel(session),
    }
