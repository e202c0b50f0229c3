"""What lies over the graph: the zoom controls "− 100 % + Fit" and the hint line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gradviz.ui.canvas.camera import STEP, Camera

HINT = "drag to pan · scroll to zoom"
HINT_WITH_ADD = "drag to pan · scroll to zoom · Space to add"
WAITING = "laying out …"
EMPTY = "Press Space to add the first operation, or take one from the palette"


class ZoomControls(QWidget):
    """− 100 % + Fit."""

    def __init__(self, camera: Camera, parent: QWidget) -> None:
        super().__init__(parent)
        self._camera = camera
        self.setObjectName("zoomControls")
        self.setAccessibleName("Zoom")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.out = _button(self, "−", "Zoom out", "Ctrl+−")
        self.percent = _button(self, "100 %", "Zoom to 100 %", "")
        self.into = _button(self, "+", "Zoom in", "Ctrl++")
        self.fit = _button(self, "Fit", "Fit the graph", "Ctrl+0 or Home")
        self.setStyleSheet("QToolButton { padding: 1px 7px; min-width: 10px; font-size: 12px; }")
        self.percent.setMinimumWidth(58)
        for button in (self.out, self.percent, self.into, self.fit):
            row.addWidget(button)
        self.out.clicked.connect(self._zoom_out)
        self.into.clicked.connect(self._zoom_in)
        self.percent.clicked.connect(camera.reset_zoom)
        self.fit.clicked.connect(camera.fit)
        camera.zoomed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the zoom."""
        self.percent.setText(f"{round(self._camera.scale * 100)} %")

    def _zoom_in(self) -> None:
        self._camera.zoom(STEP)

    def _zoom_out(self) -> None:
        self._camera.zoom(1 / STEP)


class Hint(QLabel):
    """What a hand can do here, in small type."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(HINT, parent)
        self.setObjectName("canvasHint")
        self.setProperty("look", "small")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def _button(parent: QWidget, text: str, name: str, shortcut: str) -> QToolButton:
    button = QToolButton(parent)
    button.setText(text)
    button.setObjectName(f"zoom{name.replace(' ', '').replace('%', '').removeprefix('Zoom').title()}")
    button.setAccessibleName(name)
    button.setToolTip(f"{name}  {shortcut}".rstrip())
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the canvas keeps the keys
    return button
