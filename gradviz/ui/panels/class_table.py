"""Which class is taken for which: a table of counts, the right ones on the diagonal."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.ui.panels.widgets import ElidedLabel
from gradviz.ui.theme import SMALL, number_font, theme

MOST_CLASSES = 50


class ClassTable(QWidget):
    """Rows are the classes of the samples, columns what they are taken for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classTable")
        self.setAccessibleName("Which class is taken for which")
        self.summary = ElidedLabel(look="muted")
        self.table = QTableWidget()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setFont(number_font(SMALL))
        self.table.setToolTip("Rows: the class of the samples. Columns: what they are taken for.")
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setMinimumSectionSize(28)
        self.table.verticalHeader().setDefaultSectionSize(24)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)

    def show_counts(self, counts: Array, labels: tuple[str, ...]) -> None:
        """Show counts[i, j], how many samples of class i are taken for class j."""
        total, right = counts.sum(), np.trace(counts)
        share = f"{100 * right / total:.3g} %" if total else "none"
        self.summary.show_text(f"{right:.0f} of {total:.0f} right ({share}); rows: the class, columns: taken for")
        size = min(len(counts), MOST_CLASSES)
        names = [labels[i] if i < len(labels) else str(i) for i in range(size)]
        if (self.table.rowCount(), self.table.columnCount()) != (size, size):
            self._make_cells(size)
        self.table.setHorizontalHeaderLabels(names)
        self.table.setVerticalHeaderLabels(names)
        for i in range(size):
            for j in range(size):
                self._fill(i, j, float(counts[i, j]), float(counts[i].sum()))

    def _make_cells(self, size: int) -> None:
        self.table.setRowCount(size)
        self.table.setColumnCount(size)
        for i in range(size):
            for j in range(size):
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.table.setItem(i, j, item)

    def _fill(self, i: int, j: int, count: float, of: float) -> None:
        item = self.table.item(i, j)
        if item is None:
            return
        item.setText(f"{count:.0f}" if count else "·")
        shade = QColor(theme()[Token.PARAMETER if i == j else Token.ERROR])
        shade.setAlphaF(0.45 * count / of if of else 0.0)
        item.setBackground(shade)
        item.setForeground(theme()[Token.TEXT if count else Token.MUTED])
