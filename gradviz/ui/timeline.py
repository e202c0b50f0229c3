"""The whole run as one bar: what has been, what is now, what is to come.

    ███ ███ ███ ███ ▮▮▮ ███ ▐██▌ ┄┄┄ ┄┄┄
    forward         seed backward      step 7 of 9

One segment a step; when there are more steps than the bar has room for, the steps of a phase flow together.
The bar is dragged like a slider, and it reads the debugger at each paint: it keeps no copy.
"""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from shiboken6 import isValid

from gradviz.core.trace import Phase, Step, StepKind
from gradviz.export.drawing import Font
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.session.halt import Stop
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.painting import advance, colour, font
from gradviz.ui.segments import NARROWEST, Segment, position_at, segments, step_text
from gradviz.ui.theme import theme
from gradviz.ui.timeline_menu import TimelineMenu

MARGIN = 16.0
"""Free space at both ends of the bar."""
BAR_TOP, BAR_HEIGHT, CURRENT_HEIGHT = 16.0, 14.0, 24.0
DASHED_LEAST = 18.0
"""A narrower outline is drawn without dashes, which would be noise."""
STOP_Y, STOP_RADIUS = 6.5, 2.5
LABEL_GAP, LABEL_SIZE, LABEL_BASELINE = 12.0, 11.0, 49.0

TOKENS = {
    Phase.FORWARD: Token.VALUE,
    Phase.SEED: Token.DERIVATIVE,
    Phase.BACKWARD: Token.DERIVATIVE,
    Phase.UPDATE: Token.PARAMETER,
}


class Timeline(QWidget):
    """The bar under the graph: drag it, turn the wheel over it, or step with `.` and `,`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.document.changed.connect(self._document_changed)
        theme().changed.connect(self.refresh)
        self._wheel = 0
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline of the run")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        session.debugger.moved.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        session.debugger.marked.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(480, 60)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 60)

    @property
    def caption(self) -> str:
        """Where the debugger stands: "step 12 of 15", or "15 steps" when all is shown."""
        debugger, count = self._session.debugger, len(self._steps)
        return numbers.plural(count, "step") if debugger.is_overview else f"step {debugger.position} of {count}"

    def refresh(self) -> None:
        """Show where the debugger stands now, in the present theme."""
        if not isValid(self):  # WORKAROUND: a widget that Qt has deleted may still be known to Python
            return
        self.setAccessibleDescription(self.caption)
        self.update()

    def segments(self) -> tuple[Segment, ...]:
        """The segments at the present width."""
        return segments([step.phase for step in self._steps], MARGIN, self._bar_width)

    def stops(self) -> tuple[Stop, ...]:
        """Where a run halts: at breakpoints, and where a ready-made watch finds something."""
        return self._session.debugger.stops

    def marks(self) -> tuple[Stop, ...]:
        """The stops, and where a training has stopped in this run."""
        hit = self._session.debugger.hit
        return (*self.stops(), hit) if hit is not None and hit not in self.stops() else self.stops()

    # -- painting ---------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour(theme().current, Token.PANEL))
        edge = Token.VALUE if self.hasFocus() else Token.LINE
        painter.fillRect(QRectF(0.0, 0.0, self.width(), 1.0), colour(theme().current, edge))
        shown = self.segments()
        for segment in shown:
            self._paint_segment(painter, segment)
        if self._session.debugger.current is not None:
            self._paint_current(painter)
        self._paint_stops(painter)
        self._paint_labels(painter, shown)
        painter.end()

    def _paint_segment(self, painter: QPainter, segment: Segment) -> None:
        """What has happened of it filled, what is to come as an outline."""
        count = segment.last - segment.first + 1
        done = min(max(self._session.debugger.position - segment.first, 0), count) / count
        border = segment.left + (segment.right - segment.left) * done
        if done > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(theme().current, self._token(segment)))
            _draw_block(painter, QRectF(segment.left, BAR_TOP, border - segment.left, BAR_HEIGHT))
        if done < 1:
            pen = QPen(colour(theme().current, Token.NOT_YET), 1.0)
            if segment.right - border >= DASHED_LEAST:
                pen.setDashPattern([3.0, 2.5])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            _draw_block(painter, QRectF(border + 0.5, BAR_TOP + 0.5, segment.right - border - 1.0, BAR_HEIGHT - 1.0))

    def _paint_current(self, painter: QPainter) -> None:
        slot = self._bar_width / len(self._steps)
        gap = 3.0 if slot >= 12 else 0.0
        width = max(slot - gap, NARROWEST)
        middle = MARGIN + (self._session.debugger.position - 0.5) * slot - gap / 2
        area = QRectF(middle - width / 2, BAR_TOP + (BAR_HEIGHT - CURRENT_HEIGHT) / 2, width, CURRENT_HEIGHT)
        current = self._session.debugger.current
        has_failed = current is not None and current.kind is StepKind.FAIL
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(theme().current, Token.ERROR if has_failed else Token.CURRENT))
        _draw_block(painter, area)

    def _paint_stops(self, painter: QPainter) -> None:
        """A dot over each step at which a run halts."""
        painter.setPen(Qt.PenStyle.NoPen)
        slot = self._bar_width / max(len(self._steps), 1)
        drawn: set[tuple[int, bool]] = set()
        for stop in self.marks():
            place = (round(stop.position * slot), stop.halts)
            if place in drawn:  # one mark a pixel is all that can be seen
                continue
            drawn.add(place)
            painter.setBrush(colour(theme().current, Token.ERROR if stop.halts else Token.DERIVATIVE))
            painter.drawEllipse(QPointF(MARGIN + (stop.position - 0.5) * slot, STOP_Y), STOP_RADIUS, STOP_RADIUS)

    def _paint_labels(self, painter: QPainter, shown: Sequence[Segment]) -> None:
        painter.setFont(font(Font.TEXT, LABEL_SIZE))
        painter.setPen(colour(theme().current, Token.MUTED))
        end = self.width() - MARGIN - advance(Font.TEXT, LABEL_SIZE, self.caption)
        painter.drawText(QPointF(end, LABEL_BASELINE), self.caption)
        free = 0.0
        for phase, run in groupby(shown, key=_phase_of):
            left = max(next(run).left, free)
            free = left + advance(Font.TEXT, LABEL_SIZE, phase.value) + LABEL_GAP
            if free > end:
                return
            painter.drawText(QPointF(left, LABEL_BASELINE), phase.value)

    # -- handling ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().x())

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        self._wheel += delta.y() or -delta.x()
        turns = int(self._wheel / 120)  # touchpads send small parts of a turn
        self._wheel -= 120 * turns
        if turns:
            self._move(self._session.debugger.position - turns)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        position = position_at(event.pos().x(), len(self._steps), MARGIN, self._bar_width)
        menu = TimelineMenu(self._session, position, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        debugger = self._session.debugger
        match event.key():
            case Qt.Key.Key_Period:
                debugger.step()
            case Qt.Key.Key_Comma:
                debugger.step_back()
            case Qt.Key.Key_Right:
                self._move(debugger.position + 1)
            case Qt.Key.Key_Left:
                self._move(debugger.position - 1)
            case Qt.Key.Key_Home:
                self._move(0)
            case Qt.Key.Key_End:
                self._move(len(self._steps))
            case _:
                super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip(event.pos().x()), self)
            return True
        return super().event(event)

    def tip(self, x: float) -> str:
        """What stands in the tooltip over a point of the bar."""
        position = position_at(x, len(self._steps), MARGIN, self._bar_width)
        if position == 0:
            return "Drag to move in time. Step with . and back with ,"
        trace = self._session.debugger.trace
        assert trace is not None
        if self._session.veil.is_on:
            return f"Step {position}"
        halts = [f"\n{_what(stop)}: {stop.cause}" for stop in self.marks() if stop.position == position]
        return f"Step {position}: {step_text(trace.steps[position - 1], trace.graph)}" + "".join(halts)

    # -- reading ----------------------------------------------------------------------------------

    @property
    def _steps(self) -> Sequence[Step]:
        trace = self._session.debugger.trace
        return trace.steps if trace is not None else ()

    @property
    def _bar_width(self) -> float:
        return max(self.width() - 2 * MARGIN, 1.0)

    def _token(self, segment: Segment) -> Token:
        has_failed = segment.first == segment.last and self._steps[segment.last].kind is StepKind.FAIL
        return Token.ERROR if has_failed else TOKENS[segment.phase]

    def _document_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.BREAKPOINTS:
            self.refresh()

    def _go(self, x: float) -> None:
        self._move(position_at(x, len(self._steps), MARGIN, self._bar_width))

    def _move(self, position: int) -> None:
        wanted = min(max(position, 0), len(self._steps))
        if wanted != self._session.debugger.position:
            self._session.debugger.go(wanted)


def _what(stop: Stop) -> str:
    return "A run halts here" if stop.halts else "Worth a look"


def _phase_of(segment: Segment) -> Phase:
    return segment.phase


def _draw_block(painter: QPainter, area: QRectF) -> None:
    radius = min(3.0, area.width() / 3)
    painter.drawRoundedRect(area, radius, radius)
