"""The export dialog: format, size, theme, ground, and whether the picture shows this moment or the whole run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gradviz.errors import GradvizError
from gradviz.export.formats import EXPORTERS, Exporter, Options
from gradviz.export.picture import Picture
from gradviz.export.theme import THEMES, Token
from gradviz.session.session import Session
from gradviz.ui.canvas.view import GraphView
from gradviz.ui.painting import colour, paint_picture
from gradviz.ui.panels.widgets import note
from gradviz.ui.preferences import Preferences
from gradviz.ui.raster import RASTER_EXPORTERS, image, png
from gradviz.ui.theme import theme

FORMATS: dict[str, Exporter] = {
    suffix: {**EXPORTERS, **RASTER_EXPORTERS}[suffix] for suffix in (".svg", ".png", ".pdf", ".dot", ".tex")
}


class Preview(QWidget):
    """The picture as it will be, made to fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._options = Options()
        self.setObjectName("preview")
        self.setAccessibleName("Preview of the picture")
        self.setMinimumSize(360, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, picture: Picture | None, options: Options) -> None:
        """Show another picture."""
        self._picture, self._options = picture, options
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(460, 280)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        if self._picture is not None:
            bounds = self._picture.bounds
            scale = min(self.width() / max(bounds.width, 1), self.height() / max(bounds.height, 1), 1.5)
            painter.translate(self.width() / 2, self.height() / 2)
            painter.scale(scale, scale)
            painter.translate(-bounds.x - bounds.width / 2, -bounds.y - bounds.height / 2)
            paint_picture(painter, self._picture, self._options.theme)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        if not self._options.is_transparent:
            painter.fillRect(self.rect(), colour(self._options.theme, Token.CANVAS))
            return
        light, dark = colour(self._options.theme, Token.CANVAS), colour(self._options.theme, Token.GRID)
        for row in range(self.height() // 10 + 1):
            for column in range(self.width() // 10 + 1):
                square = QRectF(column * 10, row * 10, 10, 10)
                painter.fillRect(square, light if (row + column) % 2 else dark)


class ExportDialog(QDialog):
    """Asks how the graph is to be saved as a picture, shows it, and writes it."""

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
        self._preferences = preferences
        self._say = say
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export a picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_fields(preferences.export)
        self._arrange()
        self._connect()
        self.refresh()

    def _make_fields(self, last: dict[str, Any]) -> None:
        self.format = QComboBox()
        for suffix, exporter in FORMATS.items():
            self.format.addItem(f"{exporter.name} ({suffix})", suffix)
        self.format.setCurrentIndex(max(self.format.findData(last.get("format")), 0))
        self.scale = QDoubleSpinBox()
        self.scale.setRange(0.25, 16.0)
        self.scale.setSingleStep(0.5)
        self.scale.setSuffix(" ×")
        self.scale.setValue(_number(last.get("scale"), 2.0))
        self.theme = QComboBox()
        for name in THEMES:
            self.theme.addItem(name.capitalize(), name)
        self.theme.setCurrentIndex(max(self.theme.findData(last.get("theme", theme().current.name)), 0))
        self.transparent = QCheckBox("Transparent ground")
        self.transparent.setChecked(bool(last.get("transparent", False)))
        self.preview = Preview()
        self.size_note = note("", "small")
        self.trouble = note("", "error")

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, name, tip, widget in (
            ("Format", "format", "SVG and PDF stay sharp at any size", self.format),
            ("Scale", "scale", "Pixels a unit of the picture; 2 is sharp on a slide", self.scale),
            ("Theme", "theme", "The colours of the picture", self.theme),
            ("", "transparent", "No ground behind the graph", self.transparent),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(label or "Transparent ground")
            widget.setToolTip(tip)
            form.addRow(label, widget)
        form.addRow("", self.size_note)
        side = QVBoxLayout()
        side.addLayout(form)
        side.addWidget(self.trouble)
        side.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(self.preview, 1)
        top.addLayout(side)
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the picture as an image")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addLayout(top, 1)
        column.addWidget(self.buttons)
        self.resize(820, 420)

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self.refresh)
        self.theme.currentIndexChanged.connect(self.refresh)
        self.scale.valueChanged.connect(self.refresh)
        self.transparent.toggled.connect(self.refresh)
        self.buttons.accepted.connect(self._ask)
        self.buttons.rejected.connect(self.reject)
        self.copy.clicked.connect(self._copy)

    @property
    def suffix(self) -> str:
        """The suffix of the chosen format."""
        return str(self.format.currentData())

    @property
    def options(self) -> Options:
        """What was chosen."""
        return Options(
            THEMES[self.theme.currentData()], self.transparent.isChecked(), title=self._session.document.project.formula
        )

    def refresh(self) -> None:
        """Show the picture as it was chosen."""
        picture = self._canvas.picture
        self.scale.setEnabled(self.suffix == ".png")
        self.preview.show_picture(picture, self.options)
        if picture is None:
            self.size_note.setText("There is no graph yet.")
        elif self.suffix == ".png":
            width, height = (round(side * self.scale.value()) for side in (picture.bounds.width, picture.bounds.height))
            self.size_note.setText(f"{width} × {height} pixels")
        else:
            self.size_note.setText(f"{picture.bounds.width:.0f} × {picture.bounds.height:.0f} units")

    def write(self, path: Path) -> bool:
        """Write the picture to a file; shows why and returns False when that can't be done."""
        picture = self._canvas.picture
        if picture is None:
            return False
        try:
            path.write_bytes(self._written(picture))
        except GradvizError as error:
            self.trouble.setText(error.message)
            return False
        except OSError as error:
            self.trouble.setText(f"{path.name} can't be written: {(error.strerror or str(error)).lower()}")
            return False
        self._remember()
        return True

    def _written(self, picture: Picture) -> bytes:
        if self.suffix == ".png":
            return png(picture, self.options, scale=self.scale.value())
        return FORMATS[self.suffix].write(picture, self.options)

    def _ask(self) -> None:
        path = self._session.document.path
        folder = path.parent if path is not None else Path(str(self._preferences.export.get("folder", "")))
        start = folder / f"{Path(self._session.document.name).stem}{self.suffix}"
        name, _ = QFileDialog.getSaveFileName(self, "Export", str(start), f"{self.format.currentText()}")
        if not name:
            return
        chosen = Path(name) if Path(name).suffix else Path(name).with_suffix(self.suffix)
        self._preferences.export["folder"] = str(chosen.parent)
        if self.write(chosen):
            self.accept()
            self._say(f"Saved {chosen.name}.")

    def _copy(self) -> None:
        picture = self._canvas.picture
        if picture is not None:
            QGuiApplication.clipboard().setImage(image(picture, self.options, scale=self.scale.value()))

    def _remember(self) -> None:
        self._preferences.export |= {
            "format": self.suffix,
            "scale": self.scale.value(),
            "theme": self.theme.currentData(),
            "transparent": self.transparent.isChecked(),
        }
        self._preferences.save()


def _number(found: object, otherwise: float) -> float:
    return float(found) if isinstance(found, int | float) else otherwise
