"""What lies over the graph: where the zoom controls, the hint line and the minimap stand, and what the hint says."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QGraphicsView

from gradviz.export.picture import Picture
from gradviz.ui.canvas.camera import Camera
from gradviz.ui.canvas.controls import EMPTY, HINT, HINT_WITH_ADD, WAITING, Hint, ZoomControls
from gradviz.ui.canvas.minimap import Minimap
from gradviz.ui.canvas.mirror import Mirror

INSET = 14
PATIENCE_MS = 400
"""A layout that takes longer than this is mentioned."""


class Overlays(QObject):
    """The widgets over a view."""

    def __init__(self, view: QGraphicsView, camera: Camera, mirror: Mirror) -> None:
        super().__init__(view)
        self._view = view
        self._camera = camera
        self._mirror = mirror
        self.offers_adding = False
        self._is_quiet = False
        self.controls = ZoomControls(camera, view)
        self.hint = Hint(view)
        self.minimap = Minimap(view, camera)
        self._patience = QTimer(self)
        self._patience.setObjectName("patience")
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.show_hint)
        camera.panned.connect(self.show_hint)

    def wait(self) -> None:
        """A layout has begun: say so if it takes long."""
        self._patience.start()

    def show_picture(self, picture: Picture | None) -> None:
        """Another picture is shown."""
        self._patience.stop()
        self.minimap.show_picture(picture)
        self.show_hint()

    def show_hint(self) -> None:
        """Say what a hand can do here, until it has been done: who zooms and pans knows how."""
        is_waiting = self._mirror.is_laying_out
        is_empty = self.offers_adding and not self._mirror.has_graph and not is_waiting
        usual = HINT_WITH_ADD if self.offers_adding else HINT
        self.hint.setText(EMPTY if is_empty else WAITING if is_waiting else usual)
        is_wanted = is_waiting or is_empty or (self._camera.is_fitted and self._mirror.has_graph)
        self.hint.setVisible(is_wanted and not self._is_quiet)
        self.arrange()

    def set_quiet(self, is_quiet: bool) -> None:
        """Leave the controls and the hint out, as in a presentation, or show them again."""
        self._is_quiet = is_quiet
        self.controls.setVisible(not is_quiet)
        self.show_hint()

    def arrange(self) -> None:
        """Put everything to its corner."""
        self.controls.adjustSize()
        self.hint.adjustSize()
        width, bottom = self._view.width(), self._view.height() - INSET
        self.controls.move(width - self.controls.width() - INSET, bottom - self.controls.height())
        self.hint.setMaximumWidth(max(self.controls.x() - 2 * INSET, 0))
        if self.hint.text() == EMPTY:  # in the middle of nothing else
            self.hint.setMaximumWidth(width)
            self.hint.adjustSize()
            self.hint.move((width - self.hint.width()) // 2, self._view.height() // 2 - self.hint.height())
        else:
            self.hint.move(INSET, bottom - self.hint.height() - 4)
        self.minimap.move(width - self.minimap.width() - INSET, INSET)
