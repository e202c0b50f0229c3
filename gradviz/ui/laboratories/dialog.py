"""The window of the laboratories: it stays beside the graph, and clicks in it select nodes there."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from gradviz.session.session import Session
from gradviz.ui.laboratories.modes import ModesLab
from gradviz.ui.laboratories.order import OrderLab
from gradviz.ui.laboratories.page import LabPage
from gradviz.ui.laboratories.zeroing import ZeroingLab

TITLES = {"order": "Order", "zeroing": "Forgotten zeros", "modes": "Forward and reverse mode"}


class Laboratories(QDialog):
    """Three experiments in three tabs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("laboratories")
        self.setWindowTitle("Laboratories")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.order, self.zeroing, self.modes = OrderLab(session), ZeroingLab(session), ModesLab(session)
        self.pages: dict[str, LabPage[Any]] = {"order": self.order, "zeroing": self.zeroing, "modes": self.modes}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for key, page in self.pages.items():
            self.tabs.addTab(page, TITLES[key])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 8)
        column.addWidget(self.tabs, 1)
        column.addWidget(buttons)
        column.setSpacing(4)
        buttons.setContentsMargins(16, 0, 16, 0)
        self.resize(860, 620)

    @property
    def is_waiting(self) -> bool:
        """True while an experiment is under way."""
        return any(page.is_waiting for page in self.pages.values())

    def open_page(self, key: str) -> None:
        """Show one of the laboratories."""
        self.tabs.setCurrentWidget(self.pages[key])
        self.show()
        self.activateWindow()

    def done(self, result: int) -> None:
        for page in self.pages.values():
            page.close_job()
        super().done(result)
