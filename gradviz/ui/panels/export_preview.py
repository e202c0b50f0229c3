"""The preview of the export dialog: the picture as it will be, made to fit; it can be dragged into another program."""

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gradviz.errors import GradvizError
from gradviz.export.formats import Options, export
from gradviz.export.picture import Picture
from gradviz.export.theme import Token
from gradviz.ui.painting import colour, paint_picture
from gradviz.ui.raster import image, png

_THUMB = QSize(240, 160)


def picture_mime(picture: Picture, options: Options, scale: float) -> QMimeData:
    """The picture as other programs take it: as an image, as PNG, as SVG. Raises ExportError when it is too large."""
    mime = QMimeData()
    mime.setImageData(image(picture, options, scale=scale))
    mime.setData("image/png", QByteArray(png(picture, options, scale=scale)))
    mime.setData("image/svg+xml", QByteArray(export(picture, "picture.svg", options)))
    return mime


class Preview(QWidget):
    """The picture as it will be, made to fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._options = Options()
        self._scale = 2.0
        self._pressed: QPoint | None = None
        self.setObjectName("preview")
        self.setAccessibleName("Preview of the picture")
        self.setToolTip("Drag it into another program")
        self.setMinimumSize(320, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def picture(self) -> Picture | None:
        """The picture that is shown."""
        return self._picture

    def show_picture(self, picture: Picture | None, options: Options, scale: float = 2.0) -> None:
        """Show another picture."""
        self._picture, self._options, self._scale = picture, options, scale
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(520, 320)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint() if event.button() is Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._picture is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            drag = self.drag()
            if drag is not None:
                drag.exec(Qt.DropAction.CopyAction)

    def drag(self) -> QDrag | None:
        """What another program is given; None where the picture can't be drawn at that size."""
        if self._picture is None:
            return None
        try:
            mime = picture_mime(self._picture, self._options, self._scale)
        except GradvizError:
            return None
        drag = QDrag(self)
        drag.setMimeData(mime)
        drawn = image(self._picture, self._options, scale=_THUMB.width() / max(self._picture.bounds.width, 1.0))
        drag.setPixmap(QPixmap.fromImage(drawn))
        return drag

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        if self._picture is not None:
            bounds, zoom = self._picture.bounds, self._options.zoom
            scale = min(self.width() / max(bounds.width, 1), self.height() / max(bounds.height, 1), 1.5 * zoom)
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
