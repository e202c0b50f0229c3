"""The iterations of the training as one thin track under the timeline: seek to any of them.

    ●━━━━━━━━━━━━━━●━━━━━━━┫▮┣━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄      iteration 18 of 1000
    hits of breakpoints, findings of ready-made watches, where it diverged

A million iterations are as quick as ten: what is drawn is never more than one mark a pixel, and an iteration is
recorded anew only when it is asked for. Dragging asks for the newest place alone.
"""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
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
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget
from shiboken6 import isValid

from gradviz.export.drawing import Font
from gradviz.export.theme import Token
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.ui.painting import advance, colour, font
from gradviz.ui.theme import theme

MARGIN = 16.0
HEIGHT, LINE_Y, LINE_HEIGHT = 26, 9.0, 4.0
LABEL_SIZE, LABEL_BASELINE = 11.0, 14.0
HANDLE_WIDTH, HANDLE_HEIGHT = 7.0, 14.0
LABEL_ROOM = 150.0
SEEK_MS = 40
"""While dragging, an iteration is opened no more often than this."""


class IterationTrack(QWidget):
    """The iterations done so far, of those that are wanted; drag it, turn the wheel over it, or use the arrow keys."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wheel = 0
        self._wanted: int | None = None
        self._seek = QTimer(self)
        self._seek.setSingleShot(True)
        self._seek.setInterval(SEEK_MS)
        self._seek.timeout.connect(self._open_wanted)
        self.setObjectName("iterationTrack")
        self.setAccessibleName("Iterations of the training")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        session.training.progressed.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        session.watching.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)

    def sizeHint(self) -> QSize:
        return QSize(480, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    @property
    def caption(self) -> str:
        """Which iteration is shown, of how many that were done."""
        last = self._session.training.last_iteration
        return f"iteration {self._shown} of {last}" if last else "no iterations yet"

    def refresh(self) -> None:
        """Show how far training is now."""
        if isValid(self):  # WORKAROUND: a widget that Qt has deleted may still be known to Python
            self.setAccessibleDescription(self.caption)
            self.update()

    def iteration_at(self, x: float) -> int:
        """The iteration under a point of the track; one that was not done yet is moved to the last."""
        share = min(max((x - MARGIN) / self._width, 0.0), 1.0)
        return min(round(share * self._end), self._session.training.last_iteration)

    def x_of(self, iteration: int) -> float:
        """Where an iteration stands."""
        return MARGIN + self._width * min(iteration / max(self._end, 1), 1.0)

    def marks(self) -> Iterator[tuple[float, float, Token]]:
        """What stands out: from where to where, and in which colour."""
        for tally in self._session.watching.tallies.values():
            for start, stop in tally.stretches():
                yield self.x_of(start), self.x_of(stop - 1), Token.CURRENT
        for remark in self._session.watching.remarks:
            x = self.x_of(remark.iteration)
            yield x, x, Token.DERIVATIVE
        training = self._session.training
        if training.failure is not None and training.last_iteration:
            x = self.x_of(training.last_iteration)
            yield x, x, Token.ERROR

    # -- painting ---------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = theme().current
        painter.fillRect(self.rect(), colour(shown, Token.PANEL))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(shown, Token.LINE))
        _bar(painter, MARGIN, MARGIN + self._width)
        last = self._session.training.last_iteration
        if last:
            painter.setBrush(colour(shown, Token.PARAMETER, 0.55))
            _bar(painter, MARGIN, self.x_of(last))
            self._paint_marks(painter)
            self._paint_handle(painter)
        painter.setFont(font(Font.TEXT, LABEL_SIZE))
        painter.setPen(colour(shown, Token.MUTED))
        end = self.width() - MARGIN - advance(Font.TEXT, LABEL_SIZE, self.caption)
        painter.drawText(QPointF(end, LABEL_BASELINE), self.caption)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        """One mark a pixel at most, however many there are."""
        drawn: set[tuple[int, Token]] = set()
        for left, right, token in self.marks():
            key = (round(left), token)
            if key in drawn and right - left < 1.0:
                continue
            drawn.add(key)
            painter.setBrush(colour(theme().current, token))
            if right - left > 3.0:
                painter.drawRoundedRect(QRectF(left, LINE_Y, right - left, LINE_HEIGHT), 2.0, 2.0)
            else:
                painter.drawEllipse(QPointF((left + right) / 2, LINE_Y + LINE_HEIGHT / 2), 3.5, 3.5)

    def _paint_handle(self, painter: QPainter) -> None:
        x = self.x_of(self._wanted if self._wanted is not None else self._shown)
        area = QRectF(x - HANDLE_WIDTH / 2, LINE_Y + (LINE_HEIGHT - HANDLE_HEIGHT) / 2, HANDLE_WIDTH, HANDLE_HEIGHT)
        outline = Token.VALUE if self.hasFocus() else Token.PANEL
        painter.setPen(QPen(colour(theme().current, outline), 1.5))
        painter.setBrush(colour(theme().current, Token.PARAMETER))
        painter.drawRoundedRect(area, 2.5, 2.5)

    # -- handling ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._want(self.iteration_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._want(self.iteration_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        self._wheel += delta.y() or -delta.x()
        turns = int(self._wheel / 120)  # touchpads send small parts of a turn
        self._wheel -= 120 * turns
        if turns:
            self._want(self._aimed - turns)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = self._session.training.last_iteration
        match event.key():
            case Qt.Key.Key_Right:
                self._want(self._aimed + 1)
            case Qt.Key.Key_Left:
                self._want(self._aimed - 1)
            case Qt.Key.Key_PageDown:
                self._want(self._aimed + max(last // 20, 1))
            case Qt.Key.Key_PageUp:
                self._want(self._aimed - max(last // 20, 1))
            case Qt.Key.Key_Home:
                self._want(0)
            case Qt.Key.Key_End:
                self._want(last)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setObjectName("trackMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        iteration = self.iteration_at(event.pos().x())
        debugger = self._session.debugger
        entry = menu.addAction(f"Open iteration {iteration}")
        entry.setEnabled(self._session.training.last_iteration > 0)
        entry.triggered.connect(lambda: self._want(iteration))
        for text, go in (
            ("Continue to the next breakpoint", debugger.continue_on),
            ("Continue back to the last breakpoint", debugger.continue_back),
        ):
            entry = menu.addAction(text)
            entry.setEnabled(debugger.guard.has_breakpoints)
            entry.triggered.connect(go)
        menu.popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip(event.pos().x()), self)
            return True
        return super().event(event)

    def tip(self, x: float) -> str:
        """What stands in the tooltip over a point of the track."""
        if not self._session.training.last_iteration:
            return "Train, and each iteration can be opened here"
        iteration = self.iteration_at(x)
        lines = [f"Iteration {iteration}"]
        iterations = self._session.training.iterations
        places = (iterations == iteration).nonzero()[0]
        if len(places):
            lines[0] += f": loss {number(self._session.training.losses[places[0]])}"
        near = [r for r in self._session.watching.remarks if abs(self.x_of(r.iteration) - x) < 5]
        lines += [f"Iteration {remark.iteration}: {remark.cause}" for remark in near[:3]]
        return "\n".join(lines)

    # -- reading ----------------------------------------------------------------------------------

    @property
    def _width(self) -> float:
        return max(self.width() - 2 * MARGIN - LABEL_ROOM, 1.0)

    @property
    def _end(self) -> int:
        """The iteration at the right end: the goal while it isn't reached."""
        training = self._session.training
        return max(training.last_iteration, training.goal if training.is_running else 0, 1)

    @property
    def _shown(self) -> int:
        training = self._session.training
        return training.iteration if training.is_running else self._session.iteration

    @property
    def _aimed(self) -> int:
        return self._wanted if self._wanted is not None else self._session.iteration

    def _want(self, iteration: int) -> None:
        training = self._session.training
        if training.is_running or not training.last_iteration:
            return
        self._wanted = max(0, min(iteration, training.last_iteration))
        if not self._seek.isActive():
            self._seek.start()
        self.update()

    def _open_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted != self._session.iteration:
            self._session.training.reopen(wanted)


def _bar(painter: QPainter, left: float, right: float) -> None:
    painter.drawRoundedRect(QRectF(left, LINE_Y, max(right - left, 0.0), LINE_HEIGHT), 2.0, 2.0)
