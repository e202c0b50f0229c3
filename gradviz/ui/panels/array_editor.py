"""A leaf's value as a table: typed cell by cell, pasted from a spreadsheet, reshaped, filled. OK is one change.

W is a parameter
Shape [3x2]      Fill [random ▾]  seed [0]  [Fill]
┌────────┬────────┐
│  0.5   │  −1    │        an array of three or more axes is shown slice by slice
└────────┴────────┘
"""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gradviz.core.types import Array
from gradviz.data.cells import is_number
from gradviz.data.grids import Fill, cells, filled, parse_shape, pasted, resized, shape_text
from gradviz.errors import GradvizError
from gradviz.lang.values import parse_value
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display
from gradviz.ui.panels.widgets import note, show_look, spaced
from gradviz.ui.theme import SMALL, number_font

_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
CELL_WIDTH, CELL_HEIGHT = 78, 26


class GridModel(QAbstractTableModel):
    """One array, of which two axes are shown: a scalar is one cell, a vector one column.

    refused(why): something typed is no number; "" when it is one again. changed(): the array is another one.
    """

    refused = Signal(str)
    changed = Signal()

    def __init__(self, value: Array, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = np.array(value, dtype=np.float64)
        self._slice = 0

    @property
    def value(self) -> Array:
        """The array."""
        return self._value

    @property
    def slices(self) -> int:
        """How many tables the array has."""
        return int(np.prod(self._value.shape[:-2])) if self._value.ndim > 2 else 1

    def show_value(self, value: Array) -> None:
        """Take another array."""
        self.beginResetModel()
        self._value = np.array(value, dtype=np.float64)
        self._slice = min(self._slice, self.slices - 1)
        self.endResetModel()
        self.changed.emit()

    def show_slice(self, index: int) -> None:
        """Show another table of an array with three or more axes."""
        self.beginResetModel()
        self._slice = max(0, min(index, self.slices - 1))
        self.endResetModel()

    def grid(self) -> Array:
        """What is shown, as a matrix; writing to it writes to the array."""
        if self._value.ndim <= 1:
            return self._value.reshape(-1, 1)
        tables: Array = self._value.reshape(-1, *self._value.shape[-2:])
        table: Array = tables[self._slice]
        return table

    def rowCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else self.grid().shape[0]

    def columnCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else self.grid().shape[1]

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        match role:
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.DisplayRole:
                return numbers.number(float(self.grid()[index.row(), index.column()]))
            case Qt.ItemDataRole.EditRole:
                return numbers.exact(float(self.grid()[index.row(), index.column()]))
            case _:
                return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        text = str(value).strip().replace(",", ".").replace(numbers.MINUS, "-")
        if not is_number(text):
            self.refused.emit(f"`{text[:30]}` is no number; write numbers like 1.5, -2 or 3e-4")
            return False
        self.grid()[index.row(), index.column()] = float(text)
        self.refused.emit("")
        self.dataChanged.emit(index, index)
        self.changed.emit()
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return str(section) if role == Qt.ItemDataRole.DisplayRole else None


class GridView(QTableView):
    """The table, with the clipboard's keys. pasting(text, row, column), row and column −1 for the whole array."""

    pasting = Signal(str, int, int)
    clearing = Signal()

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = model
        self.setObjectName("arrayTable")
        self.setAccessibleName("Elements of the array")
        self.setModel(model)
        self.setFont(number_font(SMALL))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.horizontalHeader().setDefaultSectionSize(CELL_WIDTH)
        self.verticalHeader().setDefaultSectionSize(CELL_HEIGHT)
        self.setTabKeyNavigation(True)
        self.setMinimumHeight(4 * CELL_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QKeySequence.StandardKey
        if event.matches(keys.Copy):
            QGuiApplication.clipboard().setText(self.copied())
        elif event.matches(keys.Paste):
            self.paste()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clearing.emit()
        else:
            super().keyPressEvent(event)

    def paste(self) -> None:
        """Put the clipboard's cells at the current cell; in place of everything when all is selected."""
        chosen = self.selectionModel().selectedIndexes()
        current = self.currentIndex()
        is_whole = len(chosen) == self._grid.rowCount() * self._grid.columnCount() and len(chosen) > 1
        row, column = (-1, -1) if is_whole else (max(current.row(), 0), max(current.column(), 0))
        self.pasting.emit(QGuiApplication.clipboard().text(), row, column)

    def finish(self) -> None:
        """Take over the cell that is being typed."""
        for editor in self.viewport().findChildren(QLineEdit):
            if editor.isVisible():
                self.commitData(editor)

    def copied(self) -> str:
        """The selected cells as a spreadsheet takes them, all when none is selected; numbers with all their digits."""
        chosen = self.selectionModel().selectedIndexes()
        rows = sorted({index.row() for index in chosen}) or list(range(self._grid.rowCount()))
        columns = sorted({index.column() for index in chosen}) or list(range(self._grid.columnCount()))
        grid = self._grid.grid()
        return "\n".join("\t".join(numbers.exact(float(grid[row, column])) for column in columns) for row in rows)


class ArrayEditor(QDialog):
    """Edits the value of one leaf. Nothing changes before OK, and OK is one change."""

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._name = name
        shown = display(name)
        self.setObjectName("arrayEditor")
        self.setWindowTitle(f"Value of {shown}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.model = GridModel(np.asarray(session.values()[name]), self)
        self.view = GridView(self.model)
        self.shape_field = QLineEdit()
        self.fills = QComboBox()
        self.seed = spaced(QSpinBox())
        self.fill_button = QPushButton("Fill")
        self.slices = spaced(QSpinBox())
        self.slice_words = note(look="muted")
        self.error = note(look="error")
        self.error.setObjectName("arrayError")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._name_parts(shown)
        self._arrange()
        self._connect()
        self._show_shape()
        self.view.setCurrentIndex(self.model.index(0, 0))
        self.view.setFocus()
        self.resize(520, 420)

    def _name_parts(self, shown: str) -> None:
        for widget, key, name, tip in (
            (self.shape_field, "arrayShape", "Shape", "3x2 for 3 rows and 2 columns, 4 for a vector; Enter applies it"),
            (self.fills, "arrayFill", "What to fill the array with", "What to fill the array with"),
            (self.seed, "arraySeed", "Seed of the random numbers", "The same seed gives the same random numbers"),
            (self.fill_button, "arrayFillNow", "Fill", "Fill the whole array"),
            (self.slices, "arraySlice", "Slice", "Which table of an array with three or more axes is shown"),
            (self.view, "arrayTable", f"Elements of {shown}", "Type numbers, or paste cells of a spreadsheet (Ctrl+V)"),
        ):
            widget.setObjectName(key)
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
        self.shape_field.setProperty("look", "number")
        self.shape_field.setFixedWidth(96)
        self.fills.addItems([fill.value for fill in Fill])
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setFixedWidth(72)
        self.fill_button.setAutoDefault(False)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QLabel("Shape"))
        row.addWidget(self.shape_field)
        row.addSpacing(12)
        for widget in (self.fills, QLabel("seed"), self.seed, self.fill_button):
            row.addWidget(widget)
        row.addStretch(1)
        lower = QHBoxLayout()
        lower.addWidget(self.slice_words)
        lower.addWidget(self.slices)
        lower.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addLayout(row)
        column.addLayout(lower)
        column.addWidget(self.view, 1)
        column.addWidget(note("Paste cells of a spreadsheet with Ctrl+V; with everything selected they replace it."))
        column.addWidget(self.error)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.shape_field.returnPressed.connect(self._reshape)
        self.shape_field.editingFinished.connect(self._reshape)
        self.fill_button.clicked.connect(self._fill)
        self.fills.currentTextChanged.connect(lambda text: self.seed.setEnabled(text == Fill.RANDOM))
        self.slices.valueChanged.connect(self.model.show_slice)
        self.model.refused.connect(self._show_error)
        self.model.changed.connect(self._show_shape)
        self.view.pasting.connect(self._paste)
        self.view.clearing.connect(self._clear)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setAutoDefault(False)  # Enter in a cell ends the cell, not the dialog
        ok.setDefault(False)
        self._session.document.changed.connect(self._document_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept()
        elif not is_enter:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Make the array the leaf's value."""
        document = self._session.document
        self._show_error("")
        self.view.finish()
        if self.error.text():
            return
        try:
            document.seal()
            self._session.set_value(self._name, self.model.value)
            document.seal()
        except GradvizError as error:
            self._show_error(error.message)
            return
        super().accept()

    def _reshape(self) -> None:
        if self.shape_field.text() != shape_text(self.model.value.shape):
            self._take(lambda: resized(self.model.value, parse_shape(self.shape_field.text())))

    def _fill(self) -> None:
        self._take(lambda: filled(Fill(self.fills.currentText()), self.model.value.shape, self.seed.value()))

    def _paste(self, text: str, row: int, column: int) -> None:
        def change() -> Array:
            block = parse_value(text) if text.lstrip().startswith("[") else cells(text)
            if row < 0 or (block.ndim > 2 or self.model.value.ndim > 2):
                return block
            return pasted(self.model.value, np.atleast_2d(block), row, column)

        self._take(change)
        self.view.setCurrentIndex(self.model.index(max(row, 0), max(column, 0)))

    def _clear(self) -> None:
        for index in self.view.selectionModel().selectedIndexes():
            self.model.setData(index, "0")

    def _take(self, change: Callable[[], Array]) -> None:
        try:
            value = change()
        except GradvizError as error:
            self._show_error(error.message)
            return
        self._show_error("")
        self.model.show_value(value)

    def _show_shape(self) -> None:
        show_look(self.shape_field, "number")
        self.shape_field.setText(shape_text(self.model.value.shape))
        is_deep = self.model.value.ndim > 2
        self.slice_words.setVisible(is_deep)
        self.slices.setVisible(is_deep)
        if is_deep:
            self.slices.setRange(0, self.model.slices - 1)
            self.slice_words.setText(f"Slice, one of {self.model.slices}")

    def _show_error(self, message: str) -> None:
        self.error.setText(message)
        self.error.setVisible(bool(message))

    def _document_changed(self, _flags: object) -> None:
        if self._name not in self._session.document.project.leaves:
            self.reject()
