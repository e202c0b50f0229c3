"""The elements of an array as a table; only the cells that are seen cost anything, so a million is no more than ten."""

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gradviz.core.types import Array
from gradviz.export.theme import Token
from gradviz.text.array_text import RowNames, row_names, table
from gradviz.text.numbers import number
from gradviz.ui.theme import number_font, theme

ROW_HEIGHT, COLUMN_WIDTH = 20, 62
MOST_ROWS_SEEN = 7
_DIGITS = 4

_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class ArrayModel(QAbstractTableModel):
    """One array: a vector as one column, the last axis across, all other axes down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: Array = np.zeros((0, 0))
        self._names: RowNames = row_names((0,))
        self._is_vector = True

    def show_array(self, value: Array) -> None:
        """Show another array; one of the same shape keeps the place to which somebody has scrolled."""
        cells = table(value)
        if cells.shape == self._cells.shape:
            self._cells = cells
            if cells.size:
                last = self.index(cells.shape[0] - 1, cells.shape[1] - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._cells, self._names, self._is_vector = cells, row_names(np.shape(value)), np.ndim(value) < 2
        self.endResetModel()

    def rowCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else self._cells.shape[0]

    def columnCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else self._cells.shape[1]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        x = float(self._cells[index.row(), index.column()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return number(x, _DIGITS)
            case Qt.ItemDataRole.ToolTipRole:
                return repr(x)
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ForegroundRole if not np.isfinite(x):
                return QColor(theme().current[Token.ERROR])
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return self._names[section]
        return "" if self._is_vector else str(section)


class ArrayTable(QTableView):
    """The table, as high as its first rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("arrayTable")
        self.setAccessibleName("Elements of the array")
        self.cells = ArrayModel(self)
        self.setModel(self.cells)
        self.setFont(number_font(11))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setMinimumSectionSize(30)
        across.setDefaultSectionSize(COLUMN_WIDTH)
        across.setHighlightSections(False)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(ROW_HEIGHT)
        down.setSectionsClickable(False)

    def show_array(self, value: Array) -> None:
        """Show another array."""
        self.cells.show_array(value)
        is_vector = self.cells.columnCount() < 2
        self.horizontalHeader().setVisible(not is_vector)
        self.horizontalHeader().setStretchLastSection(is_vector)
        head = 0 if is_vector else 22
        rows = min(self.cells.rowCount(), MOST_ROWS_SEEN)
        is_wide = self.cells.columnCount() * COLUMN_WIDTH > max(self.width() - 40, 1)
        self.setFixedHeight(head + ROW_HEIGHT * rows + 4 + (8 if is_wide else 0))
