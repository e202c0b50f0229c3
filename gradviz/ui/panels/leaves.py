"""The leaves: each with its role, a slider for a scalar, and a field that takes any number or array.

An edit becomes a command of the document at once; all steps of one slider drag are undone together. A click on a name
opens its menu: role, another name, the value as a table, the slider's range. Enter, Space and F2 do it by keyboard.
"""

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QVBoxLayout, QWidget

from gradviz.core.types import Array, Role
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.project.commands import bind_column, rename_leaf, set_role
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.symbols import display
from gradviz.ui.mathview import MathView
from gradviz.ui.panels.array_editor import ArrayEditor
from gradviz.ui.panels.column_field import COLUMN_MIME
from gradviz.ui.panels.heat_map import HeatMap
from gradviz.ui.panels.name_prompt import NamePrompt
from gradviz.ui.panels.slider_range import TICKS, RangePopup, SliderRange, around
from gradviz.ui.panels.value_field import LARGEST_TYPED, ValueField
from gradviz.ui.panels.widgets import ElidedLabel, Spine, clear, note, widgets_in
from gradviz.ui.theme import theme

ROLE_TOKENS = {Role.PARAMETER: Token.PARAMETER, Role.DATA: Token.DATA, Role.CONSTANT: Token.CONSTANT}
ROWS_AT_ONCE = 12


class LeafName(MathView):
    """A leaf's name, which can have the focus and shows it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(theme()[Token.VALUE])
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
            painter.end()


class LeafRow(QWidget):
    """One leaf: role, name, slider or heat map, value."""

    refused = Signal(str)

    def __init__(
        self, session: Session, name: str, ranges: dict[str, SliderRange] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.name = name
        self._ranges = ranges if ranges is not None else {}
        self._range = SliderRange(-5.0, 5.0)
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

    def _title(self) -> "LeafName":
        title = LeafName(19.0)
        title.stands_on_line = True
        title.show_math("", display(self.name))  # a font draws a name at once, and there may be hundreds
        title.setFixedWidth(max(24, min(title.sizeHint().width(), 64)))
        title.setCursor(Qt.CursorShape.PointingHandCursor)
        title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        title.setObjectName(f"name-{self.name}")
        title.installEventFilter(self)
        self.heat_map.setCursor(Qt.CursorShape.PointingHandCursor)
        self.heat_map.installEventFilter(self)
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
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        shown = display(self.name)
        self.slider.setObjectName(f"slider-{self.name}")
        self.slider.setRange(-TICKS, TICKS)
        self.slider.setMinimumWidth(36)
        self.slider.setAccessibleName(f"Slider of {shown}")
        self.slider.setToolTip(f"Change {shown}; the arrow keys go by single steps")
        self.field.setObjectName(f"value-{self.name}")
        self.field.setAccessibleName(f"Value of {shown}")
        self.field.setToolTip(
            f"The value of {shown}: a number, a list such as [[1, 2], [3, 4]], or 3x2, ones 4, random 3x2, identity 3"
        )
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self._session.document.seal)
        self.slider.sliderReleased.connect(self._released)
        self.field.edited.connect(self._edited)
        self.field.refused.connect(self.refused)
        self.field.nudged.connect(self._nudged)

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
        tip = f"{display(self.name)} is {_article(role)}. Click for its role, name, table and range."
        self.title.setAccessibleName(tip)
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
            words = "" if is_fed else "; click to edit it as a table"
            self.heat_map.setToolTip(f"shape {numbers.shape(value.shape)}{words}")

    def _show_slider(self, value: float) -> None:
        if not self.slider.isSliderDown():
            self._range = self._ranges.get(self.name) or around(value, self._range)
        self._is_following = True
        if not self.slider.isSliderDown():
            self.slider.setValue(self._range.tick(value))
        self._is_following = False

    def _slid(self, tick: int) -> None:
        if not self._is_following:
            self._apply(np.float64(self._range.value(tick)))

    def _nudged(self, steps: int) -> None:
        value = np.asarray(self._session.values()[self.name])
        if value.ndim == 0:
            self._apply(np.float64(self._range.nudged(float(value), steps)))

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

    # -- the pointer ------------------------------------------------------------------------------

    def enterEvent(self, event: QEnterEvent) -> None:
        graph = self._session.graph
        self._session.pointing.point_at(graph.leaves().get(self.name) if graph is not None else None)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._session.pointing.point_at(None)
        super().leaveEvent(event)

    # -- data -------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(COLUMN_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A column of the data that is dropped here feeds this leaf."""
        column = bytes(event.mimeData().data(COLUMN_MIME).data()).decode("utf-8", errors="replace")
        try:
            self._session.document.apply(bind_column(self.name, [column]), f"Feed {display(self.name)} from {column}")
        except GradvizError as error:
            self.refused.emit(error.message)
        event.acceptProposedAction()

    # -- the role ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            if watched is self.heat_map and not self.field.isReadOnly():
                self.edit_as_table()
            else:
                self.role_menu().popup(event.globalPosition().toPoint())
            return True
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is self.title:
            return self._title_key(event.key())
        return super().eventFilter(watched, event)

    def _title_key(self, key: int) -> bool:
        match key:
            case Qt.Key.Key_F2:
                self.ask_name()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space | Qt.Key.Key_Menu:
                self.role_menu().popup(self.title.mapToGlobal(QPoint(0, self.title.height())))
            case _:
                return False
        return True

    def role_menu(self) -> QMenu:
        """The menu of a leaf: its role, its name, its value as a table, its slider's range."""
        menu = QMenu(self)
        menu.setObjectName("leafMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for role in Role:
            entry = menu.addAction(role.value.capitalize())
            entry.setCheckable(True)
            entry.setChecked(self._session.roles().get(self.name) is role)
            entry.triggered.connect(partial(self._give_role, role))
        menu.addSeparator()
        is_fed = self.name in self._session.document.project.bound
        menu.addAction("Rename…\tF2").triggered.connect(self.ask_name)
        table = menu.addAction("Edit as a table…")
        table.setEnabled(not is_fed)
        table.triggered.connect(self.edit_as_table)
        limits = menu.addAction("Slider range…")
        limits.setEnabled(not self.slider.isHidden())
        limits.triggered.connect(self.ask_range)
        return menu

    def ask_name(self) -> None:
        """Ask for another name of the leaf."""
        NamePrompt(f"Rename {display(self.name)}", self.name, self._rename, self).open_at(self._below())

    def edit_as_table(self) -> None:
        """Open the leaf's value as a table."""
        ArrayEditor(self._session, self.name, self.window()).open()

    def ask_range(self) -> None:
        """Ask from where to where the slider goes."""
        RangePopup(self._range, self._take_range, self).open_at(self._below())

    def _rename(self, name: str) -> None:
        self._session.document.apply(rename_leaf(self.name, name), f"Rename {display(self.name)} to {name}")

    def _take_range(self, chosen: SliderRange | None) -> None:
        if chosen is None:
            self._ranges.pop(self.name, None)
            self._range = SliderRange(-5.0, 5.0)
        else:
            self._ranges[self.name] = chosen
        self.refresh()

    def _below(self) -> QPoint:
        return self.mapToGlobal(QPoint(8, self.height()))

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
        self._ranges: dict[str, SliderRange] = {}
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
            row = LeafRow(self._session, name, self._ranges)
            row.refused.connect(self._refuse)
            self._column.addWidget(row)
        self._waiting = self._waiting[ROWS_AT_ONCE:]
        if self._waiting:
            QTimer.singleShot(0, self, self._add_rows)

    def _refuse(self, message: str) -> None:
        self._trouble.setText(message)
        self._trouble.setVisible(bool(message))
