"""The toolbar: the run in both directions, the iteration, the sample, training, export, and the command palette.

    ⟲ Restart │ ◀◀  ◀ Back ,  [▶ Step F10]  ↘ Into F11  ↗ Out ⇧F11  ▶▶ Continue F5 │ Iteration 37 of 200 │ ● Train

Shortcuts stand in small type beside the labels. Where there is less room they go first, then the words.
"""

from enum import IntEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.session.training import TrainingState
from gradviz.ui.actions import Actions, short_shortcut
from gradviz.ui.icons import drawing
from gradviz.ui.panels.number_field import NumberField
from gradviz.ui.theme import BODY, text_font, theme

HEIGHT = 46
BUTTON_HEIGHT = 30


class Room(IntEnum):
    """How much a button says, from least to most."""

    ICON = 0
    WORDS = 1
    ALL = 2


class TransportButton(QToolButton):
    """An action as icon, words and shortcut; the primary one is filled."""

    def __init__(self, action: QAction, icon: str, words: str = "", key: str = "", *, is_primary: bool = False) -> None:
        super().__init__()
        self.icon_name = icon
        self.words = words
        self.key = key
        self._is_primary = is_primary
        self._room = Room.ALL
        self.setDefaultAction(action)
        self.setObjectName(f"button-{action.objectName()}")
        self.setAccessibleName(words or action.text().replace("&", ""))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_words(self, icon: str, words: str) -> None:
        """Show another icon and other words."""
        if (icon, words) != (self.icon_name, self.words):
            self.icon_name, self.words = icon, words
            self.setAccessibleName(words)
            self.updateGeometry()
            self.update()

    def show_room(self, room: Room) -> None:
        """Say more or less."""
        if room is not self._room:
            self._room = room
            self.updateGeometry()
            self.update()

    def width_with(self, room: Room) -> int:
        """How wide the button is when it says that much."""
        width = 20.0 + 14.0
        if self._shows_words(room):
            width += 6 + QFontMetricsF(self._words_font()).horizontalAdvance(self.words)
        if self.key and room is Room.ALL:
            width += 7 + QFontMetricsF(text_font(10)).horizontalAdvance(self.key)
        return round(width)

    def sizeHint(self) -> QSize:
        return QSize(self.width_with(self._room), BUTTON_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, faint = self._paint_ground(painter)
        middle = self.height() / 2
        drawing(self.icon_name, ink.name()).render(painter, QRectF(10, middle - 7, 14, 14))
        left = 30.0
        if self._shows_words(self._room):
            left = self._write(painter, self.words, self._words_font(), ink, left)
        if self.key and self._room is Room.ALL:
            self._write(painter, self.key, text_font(10), faint, left + 1)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> tuple[QColor, QColor]:
        """Draw the button's ground; returns the colours of words and of the shortcut."""
        of = theme()
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._is_primary and self.isEnabled():
            fill = of[Token.VALUE]
            painter.setBrush(fill.darker(112) if self.isDown() else fill.lighter(108) if self.underMouse() else fill)
            painter.drawRoundedRect(area, 6, 6)
            ink, faint = of[Token.PANEL], of[Token.PANEL]
        else:
            if self.isEnabled() and (self.underMouse() or self.isDown() or self.isChecked()):
                painter.setBrush(of[Token.LINE if self.isDown() else Token.GRID])
                painter.drawRoundedRect(area, 6, 6)
            ink = of[Token.TEXT if self.isEnabled() else Token.NOT_YET]
            faint = of[Token.MUTED if self.isEnabled() else Token.NOT_YET]
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(of[Token.CURRENT if self._is_primary else Token.VALUE], 1.5))
            painter.drawRoundedRect(area, 6, 6)
        return ink, faint

    def _write(self, painter: QPainter, text: str, font: QFont, ink: QColor, left: float) -> float:
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(QPointF(left, self.height() / 2 + metrics.capHeight() / 2), text)
        return left + metrics.horizontalAdvance(text) + 6

    def _shows_words(self, room: Room) -> bool:
        return bool(self.words) and (room >= Room.WORDS or self._is_primary)

    def _words_font(self) -> QFont:
        return text_font(BODY, QFont.Weight.DemiBold if self._is_primary else QFont.Weight.Medium)


class Transport(QWidget):
    """All of the toolbar."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self.setObjectName("transport")
        self.setFixedHeight(HEIGHT)
        self.step = self._button("step", "step", "Step", is_primary=True)
        self.train = self._button("train", "train", "Train", has_key=False)
        self.iteration = _number("iteration", "The iteration whose parameters are shown; type one to reopen it")
        self.sample = _number("sample", "The sample whose run is shown  (Alt+Left, Alt+Right)")
        self.iteration_of, self.sample_of = _words(""), _words("")
        self._words = [_words("Iteration"), _words("Sample")]
        self._lines: list[QFrame] = []
        self._arrange()
        self._connect()
        self.refresh()

    def _button(
        self, key: str, icon: str, words: str = "", *, is_primary: bool = False, has_key: bool = True
    ) -> TransportButton:
        short = {"back": ",", "reverse": "", "restart": ""}.get(key, short_shortcut(key)) if has_key else ""
        return TransportButton(self._actions[key], icon, words, short, is_primary=is_primary)

    def _arrange(self) -> None:
        self.buttons = [
            self._button("restart", "restart", "Restart"),
            self._button("reverse", "reverse"),
            self._button("back", "back", "Back"),
            self.step,
            self._button("into", "into", "Into"),
            self._button("out", "out", "Out"),
            self._button("continue", "continue", "Continue"),
        ]
        self.ends = [self._button("export", "export", "Export", has_key=False), self._button("commands", "search")]
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(2)
        row.addWidget(self.buttons[0])
        self._add_line(row)
        for button in self.buttons[1:]:
            row.addWidget(button)
        self._add_line(row)
        for widget in (self._words[0], self.iteration, self.iteration_of):
            row.addWidget(widget)
        row.addSpacing(8)
        for widget in (self._words[1], self.sample, self.sample_of):
            row.addWidget(widget)
        self._add_line(row)
        row.addWidget(self.train)
        row.addStretch(1)
        for button in self.ends:
            row.addWidget(button)

    def _add_line(self, row: QHBoxLayout) -> None:
        line = QFrame()
        line.setProperty("look", "line")
        line.setFixedSize(1, 24)
        self._lines.append(line)
        row.addSpacing(6)
        row.addWidget(line)
        row.addSpacing(6)

    def _connect(self) -> None:
        self.iteration.changed.connect(self._session.training.reopen)
        self.sample.changed.connect(self._session.show_sample)
        self._session.debugger.retraced.connect(self.refresh)
        self._session.training.progressed.connect(self.refresh)
        self._session.sampled.connect(self.refresh)
        self._session.document.changed.connect(self._changed)
        theme().changed.connect(self._restyle)

    def refresh(self) -> None:
        """Show where the run and the training stand."""
        session, training = self._session, self._session.training
        is_running = training.is_running
        most = training.last_iteration
        self.iteration.show_number(training.iteration if is_running else session.iteration, most)
        self.iteration.setEnabled(not is_running and most > 0)
        is_whole = training.state is TrainingState.FINISHED
        self.iteration_of.setText(f"of {training.iteration if is_whole else training.goal}")
        self.sample.show_number(session.sample, max(session.sample_count - 1, 0))
        for widget in (self._words[1], self.sample, self.sample_of):
            widget.setVisible(session.sample_count > 0)
        self.sample_of.setText(f"of {session.sample_count}")
        self.train.show_words("pause" if is_running else "train", "Pause" if is_running else "Train")
        self._fit()

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.DATA | ChangeFlags.TRAINING | ChangeFlags.STRUCTURE):
            self.refresh()

    def _restyle(self) -> None:
        self.update()

    # -- as much as there is room for ---------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width(Room.ICON) if self.layout() else 0, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Shortcuts when there is room for all of them, else words as long as there is room, the important first."""
        if self._width(Room.ALL) <= self.width():
            for button in self._all_buttons():
                button.show_room(Room.ALL)
            return
        left = self.width() - self._width(Room.ICON)
        for button in (self.step, self.train, *self.buttons[2:], self.buttons[0], *self.ends):
            wanted = button.width_with(Room.WORDS) - button.width_with(Room.ICON)
            button.show_room(Room.WORDS if wanted <= left else Room.ICON)
            left -= wanted if wanted <= left else 0

    def _width(self, room: Room) -> int:
        fixed = 20 + 13 * len(self._lines) + 8 + 2 * 20
        numbers = [*self._words, self.iteration, self.iteration_of, self.sample, self.sample_of]
        fixed += sum(widget.sizeHint().width() for widget in numbers if not widget.isHidden())
        return fixed + sum(button.width_with(room) for button in self._all_buttons())

    def _all_buttons(self) -> list[TransportButton]:
        return [*self.buttons, self.train, *self.ends]


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    label.setContentsMargins(2, 0, 2, 0)
    return label


def _number(name: str, tip: str) -> NumberField:
    field = NumberField()
    field.setObjectName(name)
    field.setAccessibleName(name.capitalize())
    field.setToolTip(tip)
    return field
