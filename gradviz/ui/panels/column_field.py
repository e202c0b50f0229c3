"""Which columns feed one leaf: typed, ticked in a menu, or dragged there from the preview."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QCompleter, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from gradviz.data.binding import expand_columns
from gradviz.data.tables import Table
from gradviz.errors import DataError
from gradviz.ui.panels.widgets import show_look

COLUMN_MIME = "application/x-gradviz-column"
"""What a dragged column is called; its text is the column's name."""

_MOST_IN_MENU = 40


class ColumnField(QWidget):
    """Names of columns for one leaf: typed (with ranges a..b and beginnings a*), ticked in a menu, or dropped.

    changed(): other columns, or another wish for a common scale.
    """

    changed = Signal()

    def __init__(
        self,
        leaf: str,
        table: Table,
        chosen: tuple[str, ...],
        standardised: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._table = table
        self.setAcceptDrops(True)
        self.text = _Line(_short(table, chosen))
        self.text.setAcceptDrops(False)  # a dropped column is added by the whole field
        self.text.setObjectName(f"columns of {leaf}")
        self.text.setAccessibleName(f"Columns that feed {leaf}")
        self.text.setPlaceholderText("no column: it keeps its own value")
        self.text.setToolTip(
            "Columns separated by commas; a..b is a range, a* all that begin so. Or drag columns here."
        )
        self.text.setProperty("look", "number")
        completer = QCompleter(list(table.columns), self.text)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.text.setCompleter(completer)
        self.text.textChanged.connect(self._check)
        self.scaled = QCheckBox("standardise")
        self.scaled.setObjectName(f"standardise {leaf}")
        self.scaled.setAccessibleName(f"Standardise the columns of {leaf}")
        self.scaled.setToolTip("Bring these columns to mean 0 and standard deviation 1; the numbers in the table stay")
        self.scaled.setChecked(bool(chosen) and set(chosen) <= set(standardised))
        self.scaled.toggled.connect(lambda _on: self.changed.emit())
        self._lay_out(leaf)

    def columns(self) -> tuple[str, ...]:
        """The names as they are typed; none when the field is empty."""
        return tuple(name for part in self.text.text().split(",") if (name := part.strip()))

    def standardised(self) -> tuple[str, ...]:
        """The columns that are to be brought to a common scale."""
        return self.expanded() if self.scaled.isChecked() else ()

    def expanded(self) -> tuple[str, ...]:
        """All columns that the names stand for; none while one of them is unknown."""
        try:
            return expand_columns(self._table, self.columns()) if self.columns() else ()
        except DataError:
            return ()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged_column(event.mimeData()) in self._table.columns:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        name = dragged_column(event.mimeData())
        if name is not None:
            self._tick(name, True)
            event.acceptProposedAction()

    def _lay_out(self, leaf: str) -> None:
        self.menu_button = QToolButton()
        self.menu_button.setText("…")
        self.menu_button.setAccessibleName(f"Choose columns for {leaf}")
        self.menu_button.setToolTip("Choose columns from a list")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.menu_button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.text, 1)
        row.addWidget(self.menu_button)
        row.addSpacing(8)
        row.addWidget(self.scaled)

    def _check(self) -> None:
        is_good = not self.columns() or bool(self.expanded())
        show_look(self.text, "number" if is_good else "bad")
        self.changed.emit()

    def _fill_menu(self) -> None:
        self.menu.clear()
        chosen = self.expanded()
        for name in list(self._table.columns)[:_MOST_IN_MENU]:
            action = self.menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(lambda is_on, name=name: self._tick(name, is_on))
        if len(self._table.columns) > _MOST_IN_MENU:
            more = f"and {len(self._table.columns) - _MOST_IN_MENU} more: type their names"
            self.menu.addAction(more).setEnabled(False)

    def _tick(self, name: str, is_on: bool) -> None:
        chosen = [column for column in self.expanded() if column != name]
        self.text.setText(", ".join([*chosen, name] if is_on else chosen))


class _Line(QLineEdit):
    """A field whose text begins at its left end, however long it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setCursorPosition(0)


def dragged_column(mime: QMimeData) -> str | None:
    """The name of the column that is dragged, None for anything else."""
    if not mime.hasFormat(COLUMN_MIME):
        return None
    return bytes(mime.data(COLUMN_MIME).data()).decode("utf-8", "replace")


def _short(table: Table, columns: tuple[str, ...]) -> str:
    """The columns as a person would type them: neighbours as a range when there are many."""
    names = list(table.columns)
    if len(columns) > 3 and columns[0] in names:
        first = names.index(columns[0])
        if tuple(names[first : first + len(columns)]) == columns:
            return f"{columns[0]}..{columns[-1]}"
    return ", ".join(columns)
