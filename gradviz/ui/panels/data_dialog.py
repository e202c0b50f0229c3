"""Loading data: a file, pasted cells, a set that comes along or one made to order; and which columns feed which leaf.

Nothing is changed before OK. Reading goes on beside the window, and each mistake is said where it is made.
"""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gradviz.data.binding import Gaps, bindings_by_name, expand_columns
from gradviz.data.builtin import DATASETS, load
from gradviz.data.generators import GENERATORS
from gradviz.data.options import FIND_OUT, Kind
from gradviz.data.preparation import Preparation
from gradviz.data.tables import Table, read_csv, table_from_text
from gradviz.errors import DataError, GradvizError
from gradviz.project.data_commands import load_table
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.text.numbers import plural
from gradviz.ui.panels.column_field import ColumnField
from gradviz.ui.panels.data_source import GeneratorRow, ReadingRow, Source
from gradviz.ui.panels.table_preview import TablePreview
from gradviz.ui.panels.widgets import header, note

_CHOOSE = "Data sets"
_GENERATE = "Make to order"
_GAPS = ((Gaps.DROP, "leave such rows out"), (Gaps.MEAN, "fill with the column's mean"), (Gaps.REFUSE, "refuse"))


class DataDialog(QDialog):
    """Choose a table, say how it is read, bind its columns, look at its first rows; OK makes it the document's data."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        project = session.document.project
        self.table: Table | None = project.table
        self._data_set = project.data_set
        self._source: Source | None = None
        self._fields: dict[str, ColumnField] = {}
        self.setObjectName("dataDialog")
        self.setWindowTitle("Data")
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.source = QLabel()
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self.open_button = _button("Open a file…", "openCsv", "Read a table from a file: CSV, TSV or .csv.gz")
        self.paste_button = _button("Paste", "pasteData", "Read the cells or the CSV text that was copied (Ctrl+V)")
        self.data_sets = QComboBox()
        self.generators = QComboBox()
        self.reading = ReadingRow()
        self.generator = GeneratorRow()
        self.notes = note(look="small")
        self.error = note(look="error")
        self.error.setObjectName("dataError")
        self.error.hide()
        self.preview = TablePreview()
        self.empty = note("Open a CSV file, drop one here, paste cells (Ctrl+V), or take a data set.")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._found = QWidget()
        self.gaps = QComboBox()
        self._form = QFormLayout()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._fill_choices()
        self._lay_out()
        self._connect()
        self._show_table()

    def choose_file(self) -> None:
        """Ask for a CSV file and read it."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Open a table", "", "Tables (*.csv *.tsv *.txt *.gz);;All files (*)"
        )
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Read a CSV file beside the window and show what is in it."""
        self._take_source(Source(path.name, lambda options: read_csv(path, options), has_options=True))

    def paste(self) -> None:
        """Read the text of the clipboard as a table."""
        self.open_text(QApplication.clipboard().text())

    def open_text(self, text: str) -> None:
        """Read a text as a table."""
        if not text.strip():
            self._show_error("there is no text to paste; copy cells of a spreadsheet or lines of numbers first")
            return
        self._take_source(Source("pasted", lambda o: table_from_text(text, "pasted", o), has_options=True))

    def open_data_set(self, name: str) -> None:
        """Take a data set that comes with gradviz."""
        self._take_source(Source(name, lambda _options: load(name), data_set=name))

    def make(self, name: str) -> None:
        """Make a table to order, with the generator's usual numbers."""
        self.generator.show_usual(name)
        self._take_source(Source(name, lambda _options: self.generator.table(name), generator=name))

    def bindings(self) -> dict[str, tuple[str, ...]]:
        """The columns that are chosen for each leaf; raises DataError for a column that isn't there."""
        if self.table is None:
            return {}
        chosen = {leaf: field.columns() for leaf, field in self._fields.items()}
        return {leaf: expand_columns(self.table, columns) for leaf, columns in chosen.items() if columns}

    def preparation(self) -> Preparation:
        """What is to be done to the columns."""
        scaled = dict.fromkeys(name for field in self._fields.values() for name in field.standardised())
        return Preparation(tuple(scaled), self.gaps.currentData())

    def accept(self) -> None:
        """Make the table the document's data, in one change that can be undone."""
        if self.table is None:
            self.reject()
            return
        try:
            bindings = self.bindings()
            if not bindings and self._fields:
                raise DataError("no column feeds a leaf yet; choose columns for at least one")
            command = load_table(self.table, bindings, data_set=self._data_set, preparation=self.preparation())
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

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event) is not None or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_file(event)
        if path is not None:
            self.open_file(path)
        elif event.mimeData().hasText():
            self.open_text(event.mimeData().text())

    def _fill_choices(self) -> None:
        listed = [(s.title, s.name, f"{s.origin}; licence {s.licence}") for s in DATASETS.values()]
        made = [(g.title, g.name, "n samples with noise, from a seed") for g in GENERATORS.values()]
        for box, name, title, choices in (
            (self.data_sets, "dataSets", _CHOOSE, listed),
            (self.generators, "generators", _GENERATE, made),
        ):
            box.setObjectName(name)
            box.setAccessibleName(title)
            box.setToolTip(f"{title}: take one")
            box.setMinimumContentsLength(12)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.addItem(title, "")
            for text, key, tip in choices:
                box.addItem(text, key)
                box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            box.view().setMinimumWidth(420)
        self.gaps.setObjectName("gaps")
        self.gaps.setAccessibleName("What to do with rows that lack a value")
        for gaps, text in _GAPS:
            self.gaps.addItem(text, gaps)
        self.gaps.setCurrentIndex(max(0, self.gaps.findData(self._session.document.project.preparation.gaps)))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.open_button)
        top.addWidget(self.paste_button)
        top.addWidget(self.data_sets, 3)
        top.addWidget(self.generators, 2)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setContentsMargins(8, 4, 12, 4)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(4)
        body = QWidget()
        body.setLayout(self._form)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        body.setAutoFillBackground(False)  # which setWidget has set
        scroll.setMinimumHeight(112)
        scroll.viewport().setAutoFillBackground(False)
        self._gap_row = QWidget()
        gap_row = QHBoxLayout(self._gap_row)
        gap_row.setContentsMargins(0, 0, 0, 0)
        gap_row.addWidget(QLabel("Rows with a gap in a chosen column:"))
        gap_row.addWidget(self.gaps)
        gap_row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(top)
        for widget in (self.reading, self.generator, self.source, self.notes, self._gap_row):
            column.addWidget(widget)
        column.addWidget(self.error)
        column.addWidget(self.empty, 1)
        column.addWidget(self._found, 1)
        column.addWidget(self.buttons)
        self._preview_title = header("First rows")
        found = QVBoxLayout(self._found)
        found.setContentsMargins(0, 0, 0, 0)
        found.setSpacing(8)
        found.addWidget(header("Which columns feed which leaf"))
        found.addWidget(scroll, 1)
        found.addWidget(self._preview_title)
        found.addWidget(self.preview, 2)
        self.resize(720, 640)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.choose_file)
        self.paste_button.clicked.connect(self.paste)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self, self.paste)
        self.data_sets.activated.connect(lambda _index: self._choose(self.data_sets))
        self.generators.activated.connect(lambda _index: self._choose(self.generators))
        self.reading.changed.connect(self._read)
        self.generator.changed.connect(self._read)
        self.preview.kind_chosen.connect(self.reading.choose_kind)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _choose(self, box: QComboBox) -> None:
        name = box.currentData()
        if name and box is self.data_sets:
            self.open_data_set(name)
        elif name:
            self.make(name)

    def _take_source(self, source: Source) -> None:
        self._source = source
        self.reading.options = FIND_OUT
        self._read()

    def _read(self) -> None:
        source, options = self._source, self.reading.options
        if source is None:
            return
        if self._job is not None:
            self._job.cancel()
        self.error.hide()
        self.source.setText(f"reading {source.name} …")
        self._set_busy(True)
        job = self._session.runner.submit(
            lambda _token: source.read(options), lambda table: self._take(source, table), self._fail
        )
        self._job = None if job.is_finished else job

    def _take(self, source: Source, table: Table) -> None:
        self._job = None
        self.table, self._data_set = table, source.data_set
        self._show_table()

    def _fail(self, error: Exception) -> None:
        self._job = None
        self._show_table()
        name = self._source.name if self._source is not None else "the table"
        self._show_error(error.message if isinstance(error, GradvizError) else f"{name} can't be read: {error}")

    def _set_busy(self, is_busy: bool) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not is_busy and self.table is not None)

    def _show_table(self) -> None:
        self._set_busy(False)
        self.error.hide()
        table, source = self.table, self._source
        self.empty.setVisible(table is None)
        self._found.setVisible(table is not None)
        self.source.setText("")
        self.notes.setText("")
        if table is not None:
            self.source.setText(f"{table.name}: {plural(table.samples, 'row')}, {plural(len(table.columns), 'column')}")
            self.notes.setText("\n".join(_first_notes(table)))
        self.notes.setVisible(bool(self.notes.text()))
        self.data_sets.setCurrentIndex(max(0, self.data_sets.findData(self._data_set or "")))
        generator = source.generator if source is not None else None
        self.generators.setCurrentIndex(max(0, self.generators.findData(generator or "")))
        self.generator.setVisible(generator is not None)
        self.reading.setVisible(source is not None and source.has_options)
        self.reading.show_found(table)
        self._gap_row.setVisible(table is not None and _has_gaps(table))
        self._show_fields()
        self._show_preview()

    def _show_preview(self) -> None:
        may_choose = self._source is not None and self._source.has_options
        kinds: dict[str, Kind] = dict(self.reading.options.kinds)
        self._preview_title.setText(
            "FIRST ROWS · click a name to say how it is read, drag it to a leaf" if may_choose else "FIRST ROWS"
        )
        self.preview.show_table(self.table, self.preparation().standardised, kinds, may_choose=may_choose)

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
            field = ColumnField(leaf, self.table, chosen.get(leaf, ()), project.preparation.standardised)
            field.changed.connect(self._show_preview)
            self._fields[leaf] = field
            name = QLabel(leaf)
            name.setBuddy(field.text)
            self._form.addRow(name, field)

    def _show_error(self, message: str) -> None:
        self.error.setText(message)
        self.error.show()


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def _has_gaps(table: Table) -> bool:
    return any("with gaps" in text for text in table.notes) or (table.samples < 100_000 and bool(table.gaps()))


def _first_notes(table: Table) -> list[str]:
    notes = [text[0].upper() + text[1:] for text in table.notes]
    return notes if len(notes) <= 5 else [*notes[:4], f"… and {len(notes) - 4} more notes"]


def _dropped_file(event: QDragEnterEvent | QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
