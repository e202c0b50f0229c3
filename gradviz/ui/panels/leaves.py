"""The leaves: each with its role, a slider for a scalar, and a field that takes any number or array.

An edit becomes a command of the document at once; all steps of one slider drag are undone together.
"""

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QSlider, QVBoxLayout, QWidget

from gradviz.core.types import Array, Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.lang.values import parse_value
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import set_role
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display
from gradviz.ui.mathview import MathView
from gradviz.ui.panels.heat_map import HeatMap
from gradviz.ui.panels.widgets import ElidedLabel, Spine, clear, note, show_look, widgets_in
from gradviz.ui.theme import theme

ROLE_TOKENS = {Role.PARAMETER: Token.PARAMETER, Role.DATA: Token.DATA, Role.CONSTANT: Token.CONSTANT}
TICKS = 100
"""Slider positions on either side of zero."""
ROWS_AT_ONCE = 12
LARGEST_TYPED = 400
"""Arrays with more elements are only shown."""


def reach(value: float) -> float:
    """How far a slider goes to either side: 5, or a round number at least as large as the value."""
    size = abs(value)
    if not math.isfinite(size) or size <= 5:
        return 5.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= size)


def editable_text(value: Array) -> str:
    """A value as a person would type it, with all its digits."""
    if value.ndim == 0:
        return _digits(float(value))
    return f"[{', '.join(editable_text(np.asarray(part)) for part in value)}]"


def _digits(x: float) -> str:
    return repr(int(x)) if math.isfinite(x) and x == int(x) and abs(x) < 1e15 else repr(x)


class ValueField(QLineEdit):
    """A value: short when only looked at, with all digits while it is edited."""

    edited = Signal(object)
    """Somebody typed another value (an array)."""
    refused = Signal(str)
    """What was typed is no value: why; "" when it is one again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Array = np.asarray(0.0)
        self.setProperty("look", "number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.returnPressed.connect(self._finish)

    def show_value(self, value: Array) -> None:
        """Show another value, unless one is being typed."""
        self._value = np.asarray(value)
        if not self.hasFocus() or not self.isModified():
            show_look(self, "number")
            self.setText(self._full() if self.hasFocus() else self._short())
            self.setModified(False)
            self.setCursorPosition(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.isReadOnly():
            self.setText(self._full())
            self.setModified(False)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._finish()
        super().focusOutEvent(event)
        if not self.isModified():
            self.setText(self._short())
            self.setCursorPosition(0)

    def _short(self) -> str:
        is_small = self._value.ndim == 0 or numbers.is_small(self._value)
        return numbers.value(self._value, 4) if is_small else numbers.shape(self._value.shape)

    def _full(self) -> str:
        return editable_text(self._value) if self._value.size <= LARGEST_TYPED else self._short()

    def _finish(self) -> None:
        if not self.isModified():
            return
        try:
            value = parse_value(self.text().replace(numbers.MINUS, "-"))
        except GradvizError as error:
            show_look(self, "bad")
            self.refused.emit(error.message)
            return
        show_look(self, "number")
        self.setModified(False)
        self.refused.emit("")
        self.edited.emit(value)


class LeafRow(QWidget):
    """One leaf: role, name, slider or heat map, value."""

    refused = Signal(str)

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.name = name
        self._reach = 5.0
        self._is_following = False
        self.setObjectName(f"leaf-{name}")
        self.spine = Spine(ROLE_TOKENS[session.roles()[name]])
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.heat_map = HeatMap(height=20)
        self.field = ValueField()
        self.source = ElidedLabel(look="small")
        self.title = self._title()
        self._arrange()
        self._connect()
        self.refresh()

    def _title(self) -> MathView:
        title = MathView(19.0)
        title.stands_on_line = True
        title.show_math("", display(self.name))  # a font draws a name at once, and there may be hundreds
        title.setFixedWidth(max(24, min(title.sizeHint().width(), 64)))
        title.setCursor(Qt.CursorShape.PointingHandCursor)
        title.installEventFilter(self)
        self.spine.setCursor(Qt.CursorShape.PointingHandCursor)
        self.spine.installEventFilter(self)
        return title

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.spine)
        row.addWidget(self.title)
        row.addWidget(self.slider, 3)
        row.addWidget(self.heat_map, 2)
        row.addWidget(self.source, 3)
        row.addWidget(self.field, 2)
        self.setMinimumHeight(30)

    def _connect(self) -> None:
        shown = display(self.name)
        self.slider.setObjectName(f"slider-{self.name}")
        self.slider.setRange(-TICKS, TICKS)
        self.slider.setMinimumWidth(36)
        self.slider.setAccessibleName(f"Slider of {shown}")
        self.slider.setToolTip(f"Change {shown}; the arrow keys go by single steps")
        self.field.setObjectName(f"value-{self.name}")
        self.field.setAccessibleName(f"Value of {shown}")
        self.field.setToolTip(f"The value of {shown}: a number, or a list such as [1, 2] or [[1, 2], [3, 4]]")
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self._session.document.seal)
        self.slider.sliderReleased.connect(self._released)
        self.field.edited.connect(self._edited)
        self.field.refused.connect(self.refused)

    def refresh(self) -> None:
        """Show the leaf as the session has it."""
        values, roles = self._session.values(), self._session.roles()
        if self.name not in values or self.name not in roles:
            return
        value, role = np.asarray(values[self.name]), roles[self.name]
        columns = self._session.document.project.bound.get(self.name, ())
        is_scalar, is_fed = value.ndim == 0, bool(columns)
        self.spine.token = ROLE_TOKENS[role]
        self.spine.update()
        tip = f"{display(self.name)} is {_article(role)}. Click to make it something else."
        self.title.setToolTip(tip)
        self.spine.setToolTip(tip)
        self.slider.setVisible(is_scalar and not is_fed)
        self.heat_map.setVisible(not is_scalar)
        self.source.setVisible(is_fed and is_scalar)
        self.source.show_text(", ".join(columns))
        self.field.setReadOnly(is_fed or value.size > LARGEST_TYPED)
        self.field.show_value(value)
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setStretchFactor(self.field, 2 if is_scalar else 4)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight if is_scalar else Qt.AlignmentFlag.AlignLeft)
        if is_scalar:
            self._show_slider(float(value))
        else:
            self.heat_map.show_array(value)
            self.heat_map.setToolTip(f"shape {numbers.shape(value.shape)}")

    def _show_slider(self, value: float) -> None:
        if not self.slider.isSliderDown():
            self._reach = max(reach(value), self._reach if abs(value) <= self._reach else 0.0)
        self._is_following = True
        if math.isfinite(value) and not self.slider.isSliderDown():
            self.slider.setValue(round(value / self._reach * TICKS))
        self._is_following = False

    def _slid(self, tick: int) -> None:
        if not self._is_following:
            self._apply(np.float64(round(tick * self._reach / TICKS, 10)))

    def _released(self) -> None:
        self._session.document.seal()
        self.refresh()

    def _edited(self, value: Array) -> None:
        self._session.document.seal()
        self._apply(value)
        self._session.document.seal()

    def _apply(self, value: Array | np.float64) -> None:
        try:
            self._session.set_value(self.name, value)
        except GradvizError as error:
            self.refused.emit(error.message)
            self.refresh()

    # -- the role ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self.role_menu().popup(event.globalPosition().toPoint())
            return True
        return super().eventFilter(watched, event)

    def role_menu(self) -> QMenu:
        """The menu in which the leaf's role is chosen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for role in Role:
            entry = menu.addAction(role.value.capitalize())
            entry.setCheckable(True)
            entry.setChecked(self._session.roles().get(self.name) is role)
            entry.triggered.connect(partial(self._give_role, role))
        return menu

    def _give_role(self, role: Role, _checked: bool = False) -> None:
        try:
            self._session.document.apply(set_role(self.name, role), f"Make {display(self.name)} {_article(role)}")
        except GradvizError as error:
            self.refused.emit(error.message)


def _article(role: Role) -> str:
    return "data" if role is Role.DATA else f"a {role.value}"


class LeavesPanel(QWidget):
    """All leaves of the formula: parameters, then data, then constants."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[str, ...] = ()
        self._waiting: tuple[str, ...] = ()
        self._refused_by = ""
        self.setObjectName("leaves")
        self._column = QVBoxLayout()
        self._column.setSpacing(4)
        self._hint = note("The names in a formula appear here, each with a slider and a field.", "small")
        self._trouble = note("", "error")
        self._trouble.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._hint)
        column.addLayout(self._column)
        column.addWidget(self._trouble)
        session.document.changed.connect(self._changed)
        session.debugger.retraced.connect(self.refresh)
        session.sampled.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.refresh()

    @property
    def rows(self) -> tuple[LeafRow, ...]:
        """The rows, from top to bottom."""
        return tuple(widget for widget in widgets_in(self._column) if isinstance(widget, LeafRow))

    def row(self, name: str) -> LeafRow:
        """The row of one leaf."""
        return next(row for row in self.rows if row.name == name)

    def refresh(self) -> None:
        """Show the leaves as they are."""
        names = self._names()
        if names != self._shown:
            self._rebuild(names)
        else:
            for row in self.rows:
                row.refresh()

    def _changed(self, flags: ChangeFlags) -> None:
        wanted = ChangeFlags.STRUCTURE | ChangeFlags.VALUES | ChangeFlags.ROLES | ChangeFlags.DATA | ChangeFlags.FORMULA
        if flags & wanted:
            self.refresh()

    def _names(self) -> tuple[str, ...]:
        order = list(Role)
        roles = self._session.roles()
        return tuple(sorted(roles, key=lambda name: order.index(roles[name])))

    def _rebuild(self, names: tuple[str, ...]) -> None:
        clear(self._column)
        self._shown = self._waiting = names
        self._hint.setVisible(not names)
        self._refuse("")
        self._add_rows()

    def _add_rows(self) -> None:
        """Add some rows; where there are many the others follow in a moment, so that the window keeps answering."""
        for name in self._waiting[:ROWS_AT_ONCE]:
            row = LeafRow(self._session, name)
            row.refused.connect(self._refuse)
            self._column.addWidget(row)
        self._waiting = self._waiting[ROWS_AT_ONCE:]
        if self._waiting:
            QTimer.singleShot(0, self, self._add_rows)

    def _refuse(self, message: str) -> None:
        self._trouble.setText(message)
        self._trouble.setVisible(bool(message))
