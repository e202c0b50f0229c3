"""The first rows of a table. A click on a column's name says how it is to be read; dragging it feeds a leaf."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QHeaderView, QMenu, QVBoxLayout, QWidget

from gradviz.data.options import Kind
from gradviz.data.preparation import scale_of, standardised
from gradviz.data.tables import Table
from gradviz.ui.panels.column_field import COLUMN_MIME
from gradviz.ui.panels.sample_table import SampleModel, table_view

_ROWS = 200


class TablePreview(QWidget):
    """The first rows; a column on a common scale stands beside its first numbers.

    kind_chosen(column, kind): a person says what a column is; kind None lets it be found out.
    """

    kind_chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SampleModel(self)
        self.view = table_view(self.model)
        self.view.setObjectName("preview")
        self.view.setAccessibleName("First rows of the table")
        self.header = _DragHeader(self.view)
        self.view.setHorizontalHeader(self.header)
        self.header.setResizeContentsPrecision(20)
        self.header.setHighlightSections(False)
        self.header.setToolTip("Click: how the column is read. Drag: feed a leaf with it.")
        self.header.asked.connect(self._ask)
        self._names: list[str] = []
        self._kinds: Mapping[str, Kind] = {}
        self._may_choose = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    def show_table(
        self, table: Table | None, scaled: Sequence[str], kinds: Mapping[str, Kind], *, may_choose: bool
    ) -> None:
        """Show a table. scaled: columns on a common scale. kinds: what a person said. may_choose: whether they can."""
        self._kinds, self._may_choose = kinds, may_choose
        shown, self._names = [], []
        for name, values in table.columns.items() if table is not None else ():
            labels = table.labels.get(name, ()) if table is not None else ()
            shown.append((name, values[:_ROWS], labels))
            self._names.append(name)
            if name in scaled and not labels:
                shown.append((f"{name} standardised", standardised(values[:_ROWS], scale_of(values)), ()))
                self._names.append(name)
        self.model.show_columns(shown, 1)
        self.header.names = self._names
        self.view.resizeColumnsToContents()

    def menu_for(self, place: int) -> QMenu:
        """The menu of a column: what it is taken for."""
        name = self._names[place]
        origin = next((known for known in self._kinds if name.startswith(f"{known}=")), name)
        menu = QMenu(self)
        group = QActionGroup(menu)
        for kind, text in (
            (None, "found out"),
            *((kind, f"{kind.value}{_EXPLAINED.get(kind, '')}") for kind in Kind),
        ):
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(self._kinds.get(origin) is kind)
            action.triggered.connect(lambda _on, kind=kind: self.kind_chosen.emit(origin, kind))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _ask(self, place: int, where: QPoint) -> None:
        if self._may_choose and 0 <= place < len(self._names):
            self.menu_for(place).popup(where)


_EXPLAINED = {Kind.CATEGORY: ": 0, 1, … by their texts", Kind.ONE_HOT: ": a column of 0 and 1 for each text"}


class _DragHeader(QHeaderView):
    """Column names that can be clicked and dragged. asked(column, place on the screen)."""

    asked = Signal(int, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.names: list[str] = []
        self._pressed: QPoint | None = None
        self.setSectionsClickable(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        is_border = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        is_left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = event.position().toPoint() if is_left and not is_border else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here, start = event.position().toPoint(), self._pressed
        if start is None or (here - start).manhattanLength() < QApplication.startDragDistance():
            super().mouseMoveEvent(event)
            return
        self._pressed = None
        place = self.logicalIndexAt(start)
        if 0 <= place < len(self.names):
            drag = QDrag(self)
            drag.setMimeData(column_mime(self.names[place]))
            drag.exec(Qt.DropAction.CopyAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._pressed is not None:
            place = self.logicalIndexAt(self._pressed)
            self._pressed = None
            self.asked.emit(place, event.globalPosition().toPoint())


def column_mime(name: str) -> QMimeData:
    """A column on its way to a leaf."""
    mime = QMimeData()
    mime.setData(COLUMN_MIME, name.encode())
    return mime
