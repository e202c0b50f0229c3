"""Asks for a name in a small window: of a leaf, a node or a block. It stays while the name is refused, and says why."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from gradviz.errors import GradvizError
from gradviz.ui.panels.widgets import header, note, show_look

WIDTH = 240


class NamePrompt(QFrame):
    """A title, a field, and why a name won't do. take(name) is called on Enter and may raise GradvizError."""

    def __init__(self, title: str, present: str, take: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._take = take
        self.setObjectName("namePrompt")
        self.setProperty("look", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        self.field = QLineEdit(present)
        self.field.setObjectName("nameField")
        self.field.setAccessibleName(title)
        self.field.setToolTip("Enter takes the name, Escape leaves all as it is")
        self.error = note(look="error")
        self.error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addWidget(header(title))
        column.addWidget(self.field)
        column.addWidget(self.error)
        self.field.returnPressed.connect(self._finish)
        self.field.textEdited.connect(lambda _text: self._refuse(""))

    def open_at(self, place: QPoint) -> None:
        """Show the prompt below a global place, inside the screen."""
        self.adjustSize()
        area = self.screen().availableGeometry()
        left = min(max(place.x(), area.left()), area.right() - self.width())
        top = min(max(place.y(), area.top()), area.bottom() - self.height())
        self.move(left, top)
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def _finish(self) -> None:
        try:
            self._take(self.field.text().strip())
        except GradvizError as error:
            self._refuse(error.message)
            return
        self.close()

    def _refuse(self, message: str) -> None:
        show_look(self.field, "bad" if message else "")
        self.error.setText(message)
        self.error.setVisible(bool(message))
        self.adjustSize()
