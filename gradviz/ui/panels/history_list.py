"""The history: every change of the document by name, the present state marked; a click goes there.

○ start
○ Set x to 3
● Apply exp          ← here
○ Rename x to w      (undone: a click makes it again)
"""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout, QWidget

from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.ui.icons import icon
from gradviz.ui.panels.widgets import header, note
from gradviz.ui.theme import theme

_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
ROW_HEIGHT = 26


class HistoryModel(QAbstractListModel):
    """One row a state of the document, the oldest first."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._names: tuple[str, ...] = ()
        self.refresh()

    def refresh(self) -> None:
        """Read the document's history."""
        history = self._session.document.history
        self.beginResetModel()
        self._names = ("Start", *history.names, *history.undone_names)
        self.endResetModel()

    @property
    def present(self) -> int:
        """The row of the present state."""
        return self._session.document.history.count

    def rowCount(self, parent: _Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = index.row()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._names[row]
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._names[row]}{_when(row - self.present)}"
            case Qt.ItemDataRole.ForegroundRole:
                return theme()[Token.MUTED if row > self.present else Token.TEXT]
            case Qt.ItemDataRole.DecorationRole:
                name, token = ("right", Token.VALUE) if row == self.present else ("blank", Token.MUTED)
                return icon(name, theme().current[token], 12)
            case Qt.ItemDataRole.FontRole if row == self.present:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(80, ROW_HEIGHT)
            case _:
                return None


class HistoryList(QWidget):
    """The list in its dock."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("history")
        self.setAccessibleName("History")
        self.model = HistoryModel(session, self)
        self.list = QListView()
        self.list.setObjectName("historyList")
        self.list.setAccessibleName("Changes of the document")
        self.list.setToolTip("Click a change to go back or forward to it; the arrow keys and Enter do the same")
        self.list.setModel(self.model)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(12, 12))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 2, 14, 12)
        column.setSpacing(8)
        column.addWidget(header("History"))
        column.addWidget(self.list, 1)
        column.addWidget(note("Everything can be undone until the document is closed.", "small"))
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        session.document.changed.connect(self._changed)
        theme().changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the history as it is."""
        self.model.refresh()
        present = self.model.index(self.model.present)
        self.list.setCurrentIndex(present)
        self.list.scrollTo(present)

    def _changed(self, _flags: ChangeFlags) -> None:
        self.refresh()

    def _go(self, index: _Index) -> None:
        if index.row() != self.model.present:
            self._session.document.travel(index.row())


def _when(rows: int) -> str:
    if rows == 0:
        return ": the present state"
    count = f"{abs(rows)} change{'' if abs(rows) == 1 else 's'}"
    return f": goes {count} {'back' if rows < 0 else 'forward'}"
