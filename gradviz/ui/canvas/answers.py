"""Fields on the canvas in which a quiz is answered: each stands where its number would be, and goes when it is there.

Enter checks, Tab checks and goes to the next open one. The fields shrink with the graph, but never grow with it.
"""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit
from shiboken6 import isValid

from gradviz.core.graph import Edge
from gradviz.export.picture import Picture
from gradviz.layout.types import Point
from gradviz.session.quiz import Asked, Question, Quiz, State
from gradviz.session.veil import DERIVATIVE, VALUE
from gradviz.ui.canvas.view import GraphView
from gradviz.ui.panels.widgets import show_look

TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
WIDTH, HEIGHT, LETTERS = 66, 24, 12
SMALLEST = 0.4
"""Below this zoom the fields shrink no further."""
BELOW = 16.0
"""How far below its card the field of a sum stands."""


class AnswerField(QLineEdit):
    """One field. submitted(index, text), stepped(index, by): Tab or Shift+Tab, entered(index): it has the focus.

    moved(): it may have another size.
    """

    submitted = Signal(int, str)
    stepped = Signal(int, int)
    entered = Signal(int)
    moved = Signal()

    def __init__(self, index: int, question: Question, view: GraphView) -> None:
        super().__init__(view.viewport())
        self.index = index
        self.question = question
        is_value = question.asked is Asked.VALUE
        self.setObjectName(f"answer-{index}")
        self.setProperty("look", "number")
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark = VALUE if is_value else DERIVATIVE
        self.setPlaceholderText(f"{mark} {'shape?' if question.wants_shape else '?'}")
        self.setAccessibleName(question.title)
        self.setToolTip(f"{question.title}: type it; Enter checks, Tab goes on")
        self.returnPressed.connect(lambda: self.submitted.emit(self.index, self.text()))
        self.textEdited.connect(lambda _text: show_look(self, "number"))
        self._shrunk = 1.0
        self._is_list = question.answer.ndim > 0 and not question.wants_shape
        self.show()

    def shrink(self, factor: float) -> None:
        """Be so much smaller than usual."""
        width = WIDTH * (2 if self._is_list and self.hasFocus() else 1)  # room for a list while it is typed
        if (factor, round(width * factor)) == (self._shrunk, self.width()):
            return
        self._shrunk = factor
        is_usual = factor == 1.0
        size = round(LETTERS * factor)
        self.setStyleSheet("" if is_usual else f"font-size: {size}px; padding: 0; min-height: 0; border-radius: 3px;")
        self.setFixedSize(round(width * factor), round(HEIGHT * factor))

    def _tabbed(self, by: int) -> None:
        if self.text().strip():
            self.submitted.emit(self.index, self.text())
            if self.property("look") == "bad":  # what is wrong with it is being said
                return
        self.stepped.emit(self.index, by)

    def event(self, event: QEvent) -> bool:
        """Tab goes to the next question, not to the next widget."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in TABS:
            self._tabbed(1 if event.key() == Qt.Key.Key_Tab else -1)
            return True
        taken = super().event(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            if event.type() is QEvent.Type.FocusIn:
                self.raise_()
                self.entered.emit(self.index)
            self.moved.emit()
        return taken


class Answers(QObject):
    """The fields of one quiz. submitted(index, text), entered(index)."""

    submitted = Signal(int, str)
    entered = Signal(int)

    def __init__(self, view: GraphView, quiz: Quiz) -> None:
        super().__init__(view)
        self._view = view
        self._quiz = quiz
        self.fields: dict[int, AnswerField] = {}
        for index, question in enumerate(quiz.questions):
            field = AnswerField(index, question, view)
            field.submitted.connect(self.submitted)
            field.entered.connect(self.entered)
            field.stepped.connect(self.step)
            field.moved.connect(self.arrange)
            self.fields[index] = field
        view.camera.zoomed.connect(self.arrange)
        view.camera.panned.connect(self.arrange)
        view.graph_scene.changed.connect(self._scene_changed)
        view.viewport().installEventFilter(self)
        self.arrange()

    def refresh(self) -> None:
        """Take away the fields of what is answered."""
        for index, state in enumerate(self._quiz.states):
            if state is not State.OPEN and index in self.fields:
                self._remove(self.fields.pop(index))
        self.arrange()

    def mark_wrong(self, index: int) -> None:
        """Show that an answer was wrong; the text stays, to be changed."""
        if index in self.fields:
            show_look(self.fields[index], "bad")
            self.fields[index].selectAll()

    def focus(self, index: int) -> None:
        """Go to a field and bring it into view."""
        if index in self.fields:
            self._bring_into_view(self.fields[index].question)
            self.arrange()
            self.fields[index].setFocus()

    def step(self, index: int, by: int) -> None:
        """Go to the next or the previous open question, round and round."""
        later = sorted(self.fields, key=lambda other: (other - index) * by % max(len(self._quiz.questions), 1) or 10**6)
        if later:
            self.focus(later[0])

    def close(self) -> None:
        """Take all fields away."""
        if isValid(self._view):
            self._view.viewport().removeEventFilter(self)
            self._view.camera.zoomed.disconnect(self.arrange)
            self._view.camera.panned.disconnect(self.arrange)
            self._view.graph_scene.changed.disconnect(self._scene_changed)
        for field in self.fields.values():
            self._remove(field)
        self.fields.clear()
        self.deleteLater()

    def arrange(self) -> None:
        """Put all fields where their numbers would be."""
        if not isValid(self._view):
            return
        picture, factor = self._view.graph_scene.picture, _factor(self._view)
        for field in self.fields.values():
            field.shrink(factor)
            place = _place(self._view, picture, field.question) if picture is not None else None
            field.setVisible(place is not None)
            if place is not None:
                field.move(round(place.x() - field.width() / 2), round(place.y() - field.height() / 2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.arrange()
        return False

    def _bring_into_view(self, question: Question) -> None:
        """Pan as little as needed to see the field with its edge, and the node that it is about."""
        picture = self._view.graph_scene.picture
        self._view.bring_into_view(question.node)
        if picture is not None and question.asked is not Asked.ADJOINT:
            mark, edge = _first(question, picture)
            for pill in picture.pills:
                if (pill.kind.value, pill.edge) == (mark, edge):
                    self._view.camera.bring_into_view(pill.rect.grown(WIDTH))

    def _scene_changed(self, _regions: object) -> None:
        self.arrange()

    def _remove(self, field: AnswerField) -> None:
        if isValid(field):
            field.hide()
            field.deleteLater()


def _place(view: GraphView, picture: Picture, question: Question) -> QPointF | None:
    """Where the field of a question stands in the viewport."""
    if question.asked is Asked.ADJOINT:
        card = view.graph_scene.card(view.mirror.card_of(question.node))
        if card is None:
            return None
        below = view.mapFromScene(QPointF(card.rect.center.x, card.rect.y + card.rect.height))
        return QPointF(below.x(), below.y() + BELOW * _factor(view))
    mark, edge = _first(question, picture)
    centres = [pill.rect.center for pill in picture.pills if pill.edge == edge]
    own = next((pill.rect.center for pill in picture.pills if (pill.kind.value, pill.edge) == (mark, edge)), None)
    if own is None:
        return None
    return _apart(view, own, centres, mark)


def _apart(view: GraphView, own: Point, centres: list[Point], mark: str) -> QPointF:
    """The two fields of an edge stand at least their height apart, however small the graph is shown."""
    middle_y = sum(point.y for point in centres) / len(centres)
    middle = view.mapFromScene(QPointF(own.x, middle_y))
    exact = view.mapFromScene(QPointF(own.x, own.y))
    least = HEIGHT * _factor(view) / 2 + 1 if len(centres) > 1 else 0
    shift = max(abs(exact.y() - middle.y()), least)
    return QPointF(exact.x(), middle.y() + (-shift if mark == VALUE else shift))


def _factor(view: GraphView) -> float:
    """How much smaller than usual the fields are, in steps, so that a glide doesn't dress them at each frame."""
    return min(max(round(view.camera.scale * 20) / 20, SMALLEST), 1.0)


def _first(question: Question, picture: Picture) -> tuple[str, Edge | None]:
    """The first of the question's pills, in the picture's order."""
    for pill in picture.pills:
        if (pill.kind.value, pill.edge) in question.places:
            return pill.kind.value, pill.edge
    return VALUE, None
