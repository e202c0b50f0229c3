"""Loading data: a CSV file or a data set that comes with gradviz, which columns feed which leaf, and a first look.

Nothing is changed before OK. Reading goes on beside the window, and each mistake is said where it is made.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.data.binding import bindings_by_name, expand_columns
from gradviz.data.builtin import DATASETS, load
from gradviz.data.tables import Table, read_csv
from gradviz.errors import DataError, GradvizError
from gradviz.project.commands import bind_table
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.ui.panels.sample_table import SampleModel, table_view
from gradviz.ui.panels.widgets import header, note, show_look

_MOST_IN_MENU = 40
_PREVIEW = 200
_CHOOSE = "Data sets"


class DataDialog(QDialog):
    """Choose a table, bind its columns, look at its first rows; OK makes it the document's data."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.table: Table | None = session.document.project.table
        self._data_set = session.document.project.data_set
        self._fields: dict[str, ColumnField] = {}
        self.setObjectName("dataDialog")
        self.setWindowTitle("Data")
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.source = QLabel()
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self.open_button = QPushButton("Open a CSV file…")
        self.open_button.setObjectName("openCsv")
        self.open_button.setToolTip("Read a table from a file: comma, semicolon or tab between columns")
        self.data_sets = QComboBox()
        self.notes = note(look="small")
        self.error = note(look="error")
        self.error.setObjectName("dataError")
        self.error.hide()
        self.model = SampleModel(self)
        self.preview = table_view(self.model)
        self.preview.setAccessibleName("First rows of the table")
        self._form = QFormLayout()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._fill_data_sets()
        self._lay_out()
        self.open_button.clicked.connect(self.choose_file)
        self.data_sets.activated.connect(lambda _index: self._choose_data_set())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._show_table()

    def choose_file(self) -> None:
        """Ask for a CSV file and read it."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Open a CSV file", "", "Tables (*.csv *.tsv *.txt *.gz);;All files (*)"
        )
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Read a CSV file beside the window and show what is in it."""
        self._read(path.name, None, lambda: read_csv(path))

    def open_data_set(self, name: str) -> None:
        """Take a data set that comes with gradviz."""
        self._read(name, name, lambda: load(name))

    def bindings(self) -> dict[str, tuple[str, ...]]:
        """The columns that are chosen for each leaf; raises DataError for a column that isn't there."""
        if self.table is None:
            return {}
        chosen = {leaf: field.columns() for leaf, field in self._fields.items()}
        return {leaf: expand_columns(self.table, columns) for leaf, columns in chosen.items() if columns}

    def accept(self) -> None:
        """Make the table the document's data, in one change that can be undone."""
        if self.table is None:
            self.reject()
            return
        try:
            bindings = self.bindings()
            if not bindings and self._fields:
                raise DataError("no column feeds a leaf yet; choose columns for at least one")
            command = bind_table(self.table, bindings, data_set=self._data_set)
            self._session.document.apply(command, "Load data")
        except GradvizError as error:
            self._show_error(error.message)
            return
        super().accept()

    def done(self, result: int) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        super().done(result)

    def dragEnterEvent(self, event: object) -> None:
        if _dropped_file(event) is not None:
            event.acceptProposedAction()  # type: ignore[attr-defined]  # Qt hands over a QDragEnterEvent

    def dropEvent(self, event: object) -> None:
        path = _dropped_file(event)
        if path is not None:
            self.open_file(path)

    def _fill_data_sets(self) -> None:
        self.data_sets.setObjectName("dataSets")
        self.data_sets.setAccessibleName("Data sets that come with gradviz")
        self.data_sets.setToolTip("Take a data set that comes with gradviz")
        self.data_sets.addItem(_CHOOSE, "")
        for data_set in DATASETS.values():
            self.data_sets.addItem(data_set.title, data_set.name)
            tip = f"{data_set.origin}; licence {data_set.licence}"
            self.data_sets.setItemData(self.data_sets.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.open_button)
        top.addWidget(self.data_sets, 1)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(4)
        body = QWidget()
        body.setAutoFillBackground(False)
        body.setLayout(self._form)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        scroll.setMinimumHeight(136)
        scroll.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(top)
        for widget in (self.source, self.notes, header("Which columns feed which leaf"), scroll, self.error):
            column.addWidget(widget, 1 if widget is scroll else 0)
        column.addWidget(header("First rows"))
        column.addWidget(self.preview, 2)
        column.addWidget(self.buttons)
        self.resize(640, 620)

    def _choose_data_set(self) -> None:
        name = self.data_sets.currentData()
        if name:
            self.open_data_set(name)

    def _read(self, name: str, data_set: str | None, work: Callable[[], Table]) -> None:
        if self._job is not None:
            self._job.cancel()
        self.error.hide()
        self.source.setText(f"reading {name} …")
        self._set_busy(True)
        job = self._session.runner.submit(
            lambda _token: work(), lambda table: self._take(table, data_set), lambda error: self._fail(name, error)
        )
        self._job = None if job.is_finished else job

    def _take(self, table: Table, data_set: str | None) -> None:
        self._job = None
        self.table, self._data_set = table, data_set
        self._show_table()

    def _fail(self, name: str, error: Exception) -> None:
        self._job = None
        self._show_table()
        self._show_error(error.message if isinstance(error, GradvizError) else f"{name} can't be read: {error}")

    def _set_busy(self, is_busy: bool) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not is_busy and self.table is not None)

    def _show_table(self) -> None:
        self._set_busy(False)
        self.error.hide()
        table = self.table
        if table is None:
            self.source.setText("Open a CSV file, drop one here, or take a data set.")
            self.notes.setText("")
        else:
            self.source.setText(f"{table.name}: {table.samples} rows, {len(table.columns)} columns")
            self.notes.setText("\n".join(_first_notes(table)))
        self.notes.setVisible(bool(self.notes.text()))
        self.data_sets.setCurrentIndex(max(0, self.data_sets.findData(self._data_set or "")))
        self._show_preview()
        self._show_fields()

    def _show_preview(self) -> None:
        table = self.table
        columns = [] if table is None else list(table.columns.items())
        labels = {} if table is None else table.labels
        self.model.show_columns([(name, values[:_PREVIEW], labels.get(name, ())) for name, values in columns], 1)
        self.preview.resizeColumnsToContents()

    def _show_fields(self) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        self._fields = {}
        project = self._session.document.project
        leaves = list(project.leaves)
        if self.table is None or not leaves:
            self._form.addRow(note("Type a formula first: its leaves are listed here." if not leaves else ""))
            return
        known = set(self.table.columns)
        kept = {leaf: columns for leaf, columns in project.bindings.items() if set(columns) <= known}
        chosen = kept or bindings_by_name(self.table, leaves)
        for leaf in leaves:
            field = ColumnField(leaf, self.table, chosen.get(leaf, ()))
            self._fields[leaf] = field
            name = QLabel(leaf)
            name.setBuddy(field.text)
            self._form.addRow(name, field)

    def _show_error(self, message: str) -> None:
        self.error.setText(message)
        self.error.show()


class ColumnField(QWidget):
    """Names of columns for one leaf: typed (with ranges a..b and beginnings a*), or ticked in a menu."""

    def __init__(self, leaf: str, table: Table, chosen: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.text = QLineEdit(_short(table, chosen))
        self.text.setObjectName(f"columns of {leaf}")
        self.text.setAccessibleName(f"Columns that feed {leaf}")
        self.text.setPlaceholderText("no column: it keeps its own value")
        self.text.setToolTip("Columns separated by commas; a..b is a range, a* all that begin so")
        self.text.setProperty("look", "number")
        completer = QCompleter(list(table.columns), self.text)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.text.setCompleter(completer)
        self.text.textChanged.connect(self._check)
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

    def columns(self) -> tuple[str, ...]:
        """The names as they are typed; none when the field is empty."""
        return tuple(name for part in self.text.text().split(",") if (name := part.strip()))

    def _expanded(self) -> tuple[str, ...]:
        try:
            return expand_columns(self._table, self.columns()) if self.columns() else ()
        except DataError:
            return ()

    def _check(self) -> None:
        is_good = not self.columns() or bool(self._expanded())
        show_look(self.text, "number" if is_good else "bad")

    def _fill_menu(self) -> None:
        self.menu.clear()
        chosen = self._expanded()
        for name in list(self._table.columns)[:_MOST_IN_MENU]:
            action = self.menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(lambda is_on, name=name: self._tick(name, is_on))
        if len(self._table.columns) > _MOST_IN_MENU:
            self.menu.addAction(f"and {len(self._table.columns) - _MOST_IN_MENU} more: type their names").setEnabled(
                False
            )

    def _tick(self, name: str, is_on: bool) -> None:
        chosen = [column for column in self._expanded() if column != name]
        self.text.setText(", ".join([*chosen, name] if is_on else chosen))


def _short(table: Table, columns: tuple[str, ...]) -> str:
    """The columns as a person would type them: neighbours as a range when there are many."""
    names = list(table.columns)
    if len(columns) > 3 and columns[0] in names:
        first = names.index(columns[0])
        if tuple(names[first : first + len(columns)]) == columns:
            return f"{columns[0]}..{columns[-1]}"
    return ", ".join(columns)


def _first_notes(table: Table) -> list[str]:
    notes = [text[0].upper() + text[1:] for text in table.notes]
    if table.gaps():
        notes.append("Rows with a gap in a chosen column are left out.")
    return notes if len(notes) <= 5 else [*notes[:4], f"… and {len(notes) - 4} more notes"]


def _dropped_file(event: object) -> Path | None:
    urls = event.mimeData().urls()  # type: ignore[attr-defined]  # Qt hands over a QDropEvent
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
