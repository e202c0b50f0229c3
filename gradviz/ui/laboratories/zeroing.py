"""The laboratory of the forgotten zeros: backward called again, and a descent on the sum of all gradients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from gradviz.core.accumulation import Repeated, Walk, backward_again, walk
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.export.theme import Token
from gradviz.session.runner import CancelToken
from gradviz.session.session import Session
from gradviz.text import laboratory, numbers
from gradviz.ui.laboratories.page import LabPage, Subject
from gradviz.ui.panels.facts import shown_names
from gradviz.ui.panels.plot import Plot, finite
from gradviz.ui.panels.row_table import Cell, Line, RowTable
from gradviz.ui.panels.widgets import note, spaced

PRESETS = {"(x²)²": "(x^2)^2", "a parabola": "(x - 3)^2", "used twice": "h = a b; h^2 + 3h"}
MOST_CALLS, MOST_STEPS = 5, 400


@dataclass(frozen=True, slots=True, eq=False)
class Forgetting:
    """What forgotten zeros do. right, forgetful: two descents; None, with the reason, where nothing can be trained."""

    repeated: Repeated
    right: Walk | None
    forgetful: Walk | None
    reason: str = ""


class ZeroingLab(LabPage[Forgetting]):
    """A table of derivatives after each call on the left, both descents on the right."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, laboratory.ZEROING, PRESETS)
        self.setObjectName("zeroingLab")
        self.calls = spaced(QSpinBox())
        self.calls.setRange(1, MOST_CALLS)
        self.calls.setValue(2)
        self.steps = spaced(QSpinBox())
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setValue(30)
        self.rate = spaced(QDoubleSpinBox())
        self.rate.setDecimals(4)
        self.rate.setRange(0.0, 100.0)
        self.rate.setSingleStep(0.01)
        self.rate.setValue(session.document.project.training.rate)
        for field, name in ((self.calls, "calls of backward"), (self.steps, "steps"), (self.rate, "learning rate")):
            field.setAccessibleName(name)
            field.setToolTip(f"How many {name}" if field is not self.rate else "The learning rate of both descents")
            field.valueChanged.connect(self.wish)
        self.table = RowTable("Derivatives after each call", ("node", "adjoint", "kept at leaves", "kept at all nodes"))
        self.table.chosen.connect(self._choose)
        self.plot = Plot("Loss of both descents")
        self.plot.set_names("step", "")
        self.right = self.plot.add_curve(Token.PARAMETER)
        self.forgetful = self.plot.add_curve(Token.ERROR)
        self.walk_words = note("", "")
        self.walk_words.setStyleSheet("font-weight: 600;")
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(self._side([("Backward is called", self.calls, "times")], self.gist, self.table), 1)
        both.addLayout(
            self._side([("Descent of", self.steps, "steps"), ("rate", self.rate, "")], self.walk_words, self.plot), 1
        )
        self.column.addLayout(both, 1)
        self._legend = note("green: set to zero before each backward · red: forgotten", "small")
        self.column.addWidget(self._legend)

    def _side(self, fields: list[tuple[str, QWidget, str]], words: QWidget, shown: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        row = QHBoxLayout()
        for before, field, after in fields:
            row.addWidget(QLabel(before))
            row.addWidget(field)
            if after:
                row.addWidget(QLabel(after))
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(words)
        column.addWidget(shown, 1)
        return column

    def experiment(self, subject: Subject) -> Callable[[CancelToken], Forgetting | None]:
        """Backward so many times, and both descents."""
        calls, steps, rate = self.calls.value(), self.steps.value(), self.rate.value()

        def work(token: CancelToken) -> Forgetting | None:
            repeated = backward_again(subject.trace, calls)
            try:
                plan = subject.make_plan()
            except GradvizError as error:
                return Forgetting(repeated, None, None, error.message)

            def measure(parameters: Mapping[str, Any]) -> tuple[float, Mapping[str, Any]]:
                return plan.objective.loss_and_gradient(parameters)

            right, forgetful = (walk(measure, plan.start, rate, steps, forgets=f) for f in (False, True))
            return None if token.is_cancelled else Forgetting(repeated, right, forgetful)

        return work

    def show_answer(self, subject: Subject, answer: Forgetting) -> None:
        """The table and the curves."""
        self.gist.setText(laboratory.repeated_gist(subject.trace, answer.repeated))
        nodes = sorted(answer.repeated.at_all[-1], reverse=True) if answer.repeated.at_all else []
        names = shown_names(subject.graph)
        self.table.rows.show_rows(len(nodes), lambda row: _line(names, answer.repeated, nodes[row]))
        if answer.right is None or answer.forgetful is None:
            self.walk_words.setText(answer.reason)
            self.plot.show_message("nothing to train")
            return
        self.plot.show_message("")
        self.walk_words.setText(laboratory.walk_gist(answer.right, answer.forgetful))
        for curve, found in ((self.right, answer.right), (self.forgetful, answer.forgetful)):
            curve.setData(list(range(len(found.losses))), finite(np.array(found.losses)))

    def _choose(self, row: int) -> None:
        if self.subject is not None and self.subject.is_document and self.answer is not None:
            self.session.selection.select(sorted(self.answer.repeated.at_all[-1], reverse=True)[row])


def _line(names: tuple[str, ...], found: Repeated, node: NodeId) -> Line:
    texts = [numbers.value(calls[node], 4) for calls in (found.at_all[0], found.at_leaves[-1], found.at_all[-1])]
    inks = [Token.DERIVATIVE, *(Token.TEXT if text == texts[0] else Token.ERROR for text in texts[1:])]
    return (Cell(names[node]), *(Cell(text, ink) for text, ink in zip(texts, inks, strict=True)))
