"""What a presentation shows: one box a panel, kept in the preferences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from gradviz.ui.panels.widgets import header, note


@dataclass(frozen=True, slots=True)
class Panel:
    """Something that can be shown beside the graph: a dock or a bar."""

    title: str
    dock: str = ""
    bar: str = ""


PANELS: Mapping[str, Panel] = {
    "formula": Panel("The formula", bar="formula"),
    "timeline": Panel("The timeline", bar="timeline"),
    "toolbar": Panel("The toolbar", bar="toolbar"),
    "explain": Panel("Explanation, inspector, chain rule", dock="explain"),
    "build": Panel("Palette and leaves, with their sliders", dock="build"),
    "loss": Panel("Loss", dock="loss"),
    "fit": Panel("Data and fit", dock="fit"),
    "rates": Panel("Learning-rate lab", dock="rates"),
    "surface": Panel("Loss surface", dock="surface"),
}


class PresentDialog(QDialog):
    """Choose panels and how far a step goes. starts: begin at once."""

    def __init__(self, chosen: Iterable[str], *, by_edges: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("presentDialog")
        self.setWindowTitle("What a presentation shows")
        self.starts = False
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(note("The graph is always there. Beside it:", ""))
        self.boxes = {key: QCheckBox(panel.title) for key, panel in PANELS.items()}
        for key, box in self.boxes.items():
            box.setChecked(key in set(chosen))
            column.addWidget(box)
        column.addSpacing(6)
        column.addWidget(header("Steps"))
        self.edges = QCheckBox("One edge a step (with Shift the other way)")
        self.edges.setToolTip("Else each step does a whole node")
        self.edges.setChecked(by_edges)
        column.addWidget(self.edges)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.start = buttons.addButton("Present now", QDialogButtonBox.ButtonRole.ActionRole)
        self.start.clicked.connect(self._start)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addSpacing(8)
        column.addWidget(buttons)

    @property
    def chosen(self) -> list[str]:
        """The keys of the panels that are wanted."""
        return [key for key, box in self.boxes.items() if box.isChecked()]

    @property
    def by_edges(self) -> bool:
        """Whether a step is one edge."""
        return self.edges.isChecked()

    def _start(self, _checked: bool = False) -> None:
        self.starts = True
        self.accept()
