"""The bound data as a table, a row a sample; only the rows that are seen cost anything."""

import math

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from gradviz.core.types import Array
from gradviz.data.preparation import used_table
from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.ui.theme import SMALL, number_font

_Index = QModelIndex | QPersistentModelIndex
_MOST_COLUMNS = 100
_NONE = QModelIndex()


class SampleModel(QAbstractTableModel):
    """Columns of numbers with their names; texts where a column stands for categories."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: list[tuple[str, Array, tuple[str, ...]]] = []
        self._first = 0

    def show_columns(self, columns: list[tuple[str, Array, tuple[str, ...]]], first: int = 0) -> None:
        """Show other columns, each a name, its values and its labels; `first` is the number of the first row."""
        self.beginResetModel()
        self._columns = columns[:_MOST_COLUMNS]
        self._first = first
        self.endResetModel()

    def rowCount(self, parent: _Index = _NONE) -> int:
        return len(self._columns[0][1]) if self._columns and not parent.isValid() else 0

    def columnCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        _, values, labels = self._columns[index.column()]
        value = float(values[index.row()])
        if math.isnan(value):
            return "—"
        return labels[int(value)] if labels and 0 <= value < len(labels) else number(value)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._columns[section][0] if orientation == Qt.Orientation.Horizontal else str(section + self._first)


class SampleTable(QWidget):
    """The values of every sample; the row of the shown sample is selected, and a click shows another."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("sampleTable")
        self.setAccessibleName("The data, a row a sample")
        self.model = SampleModel(self)
        self.view = table_view(self.model)
        self.hint = QLabel("Load data to see the samples")
        self.hint.setProperty("look", "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.addWidget(self.view)
        column.addWidget(self.hint)
        self.view.clicked.connect(lambda index: session.show_sample(index.row()))
        session.document.changed.connect(self._on_changed)
        session.sampled.connect(self._select)
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._select()

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.DATA | ChangeFlags.STRUCTURE | ChangeFlags.ROLES):
            self._fill()

    def _fill(self) -> None:
        columns = [column for name, values in self._session.data().items() for column in self._columns(name, values)]
        self.model.show_columns(columns)
        self.view.resizeColumnsToContents()
        self.view.setVisible(bool(columns))
        self.hint.setVisible(not columns)
        self._select()

    def _columns(self, name: str, values: Array) -> list[tuple[str, Array, tuple[str, ...]]]:
        """One column for each element of the leaf: y, or x[0], x[1], …, with the name in the table below it.

        A standardised one is followed by its numbers as they were read.
        """
        project = self._session.document.project
        sources = project.bound.get(name, ())
        labels = project.table.labels if project.table is not None else {}
        if values.ndim == 1:
            source = sources[0] if sources else ""
            return [(_titled(name, source), values, labels.get(source, ())), *self._as_read(source)]
        named = zip(sources, values.reshape(len(values), -1).T, strict=False)
        listed = (
            [(_titled(f"{name}[{i}]", source), c, ()), *self._as_read(source)] for i, (source, c) in enumerate(named)
        )
        return [column for columns in listed for column in columns]

    def _as_read(self, source: str) -> list[tuple[str, Array, tuple[str, ...]]]:
        project = self._session.document.project
        if project.table is None or source not in project.preparation.standardised:
            return []
        used = used_table(project.table, project.bound, project.preparation)
        return [(f"{source} as read", used.columns[source], ())] if source in used.columns else []

    def _select(self) -> None:
        if self.model.rowCount():
            self.view.selectRow(self._session.sample)
            self.view.scrollTo(self.model.index(self._session.sample, 0))


def table_view(model: QAbstractTableModel) -> QTableView:
    """A table in the house's look that selects whole rows and can't be edited."""
    view = QTableView()
    view.setModel(model)
    view.setFont(number_font(SMALL))
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setResizeContentsPrecision(20)
    view.verticalHeader().setDefaultSectionSize(22)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    return view


def _titled(leaf: str, source: str) -> str:
    return leaf if source in ("", leaf) else f"{leaf} · {source}"
