"""The export dialog: what is taken of the graph, how it looks, and the picture as it will be."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.export.choice import Choice, chosen
from gradviz.export.film import positions
from gradviz.export.formats import Options
from gradviz.export.picture import Picture
from gradviz.session.runner import CancelToken, Job
from gradviz.session.session import Session
from gradviz.ui.canvas.view import GraphView
from gradviz.ui.exporting import FILMS as FILMS
from gradviz.ui.exporting import FORMATS as FORMATS
from gradviz.ui.exporting import PIXELS, Order, write_one, write_row
from gradviz.ui.panels.export_choices import MOMENT, WHOLE, ExportChoices
from gradviz.ui.panels.export_preview import Preview, picture_mime
from gradviz.ui.panels.widgets import note
from gradviz.ui.preferences import Preferences

MOST_ROW = 1000
"""More pictures than that are thinned evenly."""


class ExportDialog(QDialog):
    """Asks how the graph is to be saved as a picture or as a row of them, shows it, and writes it."""

    def __init__(
        self,
        session: Session,
        canvas: GraphView,
        preferences: Preferences,
        say: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._film = canvas.mirror.film()
        self._preferences = preferences
        self._say = say
        self._job: Job | None = None
        self._roomy: tuple[object, float] | None = None
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export a picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        steps = self._film.last if self._film is not None else 0
        self.choices = ExportChoices(preferences.export, steps, bool(session.selection.nodes))
        self._make_rest()
        self._arrange()
        self._connect()
        self._show_range()
        self.refresh()

    def _make_rest(self) -> None:
        self.format, self.theme, self.scale = self.choices.format, self.choices.theme, self.choices.scale
        self.transparent = self.choices.checks["transparent"]
        self.preview = Preview()
        self.walk = QSlider(Qt.Orientation.Horizontal)
        self.walk.setObjectName("walk")
        self.walk.setAccessibleName("Step in the preview")
        self.walk.setToolTip("Look at the picture of another step")
        self.size_note = note("", "small")
        self.trouble = note("", "error")

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.preview, 1)
        left.addWidget(self.walk)
        left.addWidget(self.size_note)
        side = QVBoxLayout()
        side.addWidget(self.choices)
        side.addWidget(self.trouble)
        side.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addLayout(left, 1)
        top.addLayout(side)
        self.copy = QPushButton("Copy")
        self.copy.setObjectName("copy")
        self.copy.setToolTip("Copy the picture that is shown, as an image and as SVG")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addLayout(top, 1)
        column.addWidget(self.buttons)
        self.resize(900, 520)

    def _connect(self) -> None:
        self.choices.changed.connect(self._changed)
        self.walk.valueChanged.connect(self.refresh)
        self.buttons.accepted.connect(self._ask)
        self.buttons.rejected.connect(self.reject)
        self.copy.clicked.connect(self._copy)

    # -- what was chosen --------------------------------------------------------------------------

    @property
    def suffix(self) -> str:
        """The suffix of the chosen format."""
        return self.choices.suffix

    @property
    def options(self) -> Options:
        """How the picture looks."""
        return self._order.options

    @property
    def _order(self) -> Order:
        return self.choices.order(self._session.document.project.formula)

    @property
    def _part(self) -> frozenset[NodeId]:
        return frozenset(self._canvas.mirror.card_of(node) for node in self._session.selection.nodes)

    @property
    def _positions(self) -> list[int]:
        assert self._film is not None
        return positions(self._film.last, *self.choices.steps, most=MOST_ROW)

    def picture(self) -> Picture | None:
        """The picture that is shown: of a row the one at the slider."""
        choice = self.choices.choice(self._part)
        if self.choices.shown == MOMENT or self._film is None:
            found = self._canvas.picture
            debugger = self._session.debugger
            at = None if debugger.is_overview else debugger.position
            told = self._film.told(at) if self._film is not None else None
            return None if found is None else chosen(found, choice, told)
        if self.choices.shown == WHOLE:
            return self._film.at(None, choice)
        return self._film.at(self.walk.value(), choice, room=self._room(choice))

    def _room(self, choice: Choice) -> float:
        """The height of the words of a row, remembered: each change of a field asks."""
        assert self._film is not None
        key = choice, self.choices.steps
        if self._roomy is None or self._roomy[0] != key:
            self._roomy = key, self._film.room(self._positions, choice)
        return self._roomy[1]

    # -- showing ----------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._show_range()
        self.refresh()

    def _show_range(self) -> None:
        self.walk.setVisible(self.choices.is_row)
        if self.choices.is_row:
            self.walk.setRange(*self.choices.steps)

    def refresh(self) -> None:
        """Show the picture as it was chosen."""
        picture = self.picture()
        self.preview.show_picture(picture, self.options, self.scale.value())
        self.size_note.setText("There is no graph yet." if picture is None else self._size_words(picture))

    def _size_words(self, picture: Picture) -> str:
        zoom = self.options.zoom
        if self.suffix in PIXELS:
            sides = [round(side * zoom * self.scale.value()) for side in (picture.bounds.width, picture.bounds.height)]
            size = f"{sides[0]} × {sides[1]} pixels"
        else:
            size = f"{picture.bounds.width * zoom:.0f} × {picture.bounds.height * zoom:.0f} units"
        if not self.choices.is_row:
            return size
        count = len(self._positions)
        kind = {".pdf": "pages", ".gif": "pictures", ".mp4": "pictures"}.get(self.suffix, "numbered files")
        return f"{count} {kind} · {size} · shown: step {self.walk.value()}"

    # -- writing ----------------------------------------------------------------------------------

    def write(self, path: Path) -> bool:
        """Write one picture to a file; shows why and returns False when that can't be done."""
        picture = self.picture()
        if picture is None:
            return False
        try:
            write_one(picture, self._order, path)
        except (GradvizError, OSError) as error:
            self._failed(path, error)
            return False
        self._remember()
        return True

    def write_row(self, path: Path) -> None:
        """Write the pictures of all chosen steps in a worker; the dialog closes when they are there."""
        assert self._film is not None
        film, order, choice, places = self._film, self._order, self.choices.choice(self._part), self._positions

        def work(token: CancelToken) -> Sequence[Path]:
            return write_row(film.pictures(places, choice), len(places), order, path, token)

        self._show_busy(True)
        self._job = self._session.runner.submit(work, self._written, lambda error: self._failed(path, error))

    def _written(self, files: Sequence[Path]) -> None:
        self._show_busy(False)
        if not files:
            return
        self._remember()
        more = f" to {files[-1].name}, {len(files)} files" if len(files) > 1 else ""
        self._say(f"Saved {files[0].name}{more}.")
        self.accept()

    def _failed(self, path: Path, error: Exception) -> None:
        self._show_busy(False)
        if isinstance(error, GradvizError):
            self.trouble.setText(error.message)
        else:
            reason = error.strerror if isinstance(error, OSError) else None
            self.trouble.setText(f"{path.name} can't be written: {(reason or str(error)).lower()}")

    def _show_busy(self, is_busy: bool) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not is_busy)
        self.choices.setEnabled(not is_busy)
        if is_busy:
            self.trouble.setText("")
            self.size_note.setText("Writing…")

    def reject(self) -> None:
        if self._job is not None:
            self._job.cancel()
        super().reject()

    def _ask(self) -> None:
        path = self._session.document.path
        folder = path.parent if path is not None else Path(str(self._preferences.export.get("folder", "")))
        start = folder / f"{Path(self._session.document.name).stem}{self.suffix}"
        name, _ = QFileDialog.getSaveFileName(self, "Export", str(start), f"{self.format.currentText()}")
        if not name:
            return
        target = Path(name) if Path(name).suffix else Path(name).with_suffix(self.suffix)
        self._preferences.export["folder"] = str(target.parent)
        if self.choices.is_row:
            self.write_row(target)
        elif self.write(target):
            self.accept()
            self._say(f"Saved {target.name}.")

    def _copy(self) -> None:
        picture = self.picture()
        if picture is None:
            return
        try:
            QGuiApplication.clipboard().setMimeData(picture_mime(picture, self.options, self.scale.value()))
        except GradvizError as error:
            self.trouble.setText(error.message)
            return
        self._remember()
        self.trouble.setText("")
        self.size_note.setText("Copied, as an image and as SVG.")

    def _remember(self) -> None:
        self._preferences.export |= self.choices.remembered()
        self._preferences.save()
