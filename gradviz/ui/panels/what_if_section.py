"""What if: fields in which another value or adjoint is given to the inspected node, without touching the document."""

import re
from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gradviz.core.graph import Literal
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.core.what_if import Change
from gradviz.errors import GradvizError, ValueTextError
from gradviz.export.accents import change_words
from gradviz.lang.unparse import value_text
from gradviz.lang.values import parse_value
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.panels.widgets import note, show_look
from gradviz.ui.theme import number_font

LONGEST = 60
_ELEMENT = re.compile(r"\s*\[([0-9,\s]+)\]\s*=(.*)", re.DOTALL)
_HINT = "Give this node another number, and see what follows beside the original. For an array: one number for all, "
_HINT += "a list, or [0, 1] = 5 for one element."


class WhatIfView(QWidget):
    """A field for the value, one for the adjoint, and what is said about them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("whatIf")
        self._session = session
        self._node: NodeId | None = None
        self._trace: Trace | None = None
        self.fields = {name: self._field(name) for name in ("value", "adjoint")}
        self._clear = {name: self._clear_button(name) for name in self.fields}
        self._tell = {name: note("", "small") for name in self.fields}
        self.hint = note(_HINT, "small")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        for row, name in enumerate(self.fields):
            label = QLabel(name)
            show_look(label, "small")
            grid.addWidget(label, 2 * row, 0)
            grid.addWidget(self.fields[name], 2 * row, 1)
            grid.addWidget(self._clear[name], 2 * row, 2)
            grid.addWidget(self._tell[name], 2 * row + 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 6)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.hint)

    def show_node(self, trace: Trace | None, node: NodeId | None) -> None:
        """Show the fields for a node of the recorded run; none for a number in the formula."""
        is_other = node != self._node
        self._node, self._trace = node, trace
        can = trace is not None and node is not None and not isinstance(trace.graph.nodes[node], Literal)
        for name, field in self.fields.items():
            field.setEnabled(can and self._known(name) is not None)
            change = self._changed(name)
            self._clear[name].setVisible(change is not None)
            if is_other or not (field.hasFocus() and field.isModified()):
                self._write(name, change)
            self._say(name)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(f"whatIf-{name}")
        field.setAccessibleName(f"Another {name}")
        field.setToolTip(f"Another {name} for this node; Return takes it")
        field.setFont(number_font(12))
        show_look(field, "number")
        field.setMinimumWidth(60)
        field.returnPressed.connect(partial(self._take, name))
        return field

    def _clear_button(self, name: str) -> QPushButton:
        button = QPushButton("undo")
        show_look(button, "choice")
        button.setToolTip(f"Take the {name} back to what it was")
        button.clicked.connect(partial(self._set, name, None))
        button.hide()
        return button

    def _known(self, name: str) -> Array | None:
        """The number in the recorded run."""
        if self._trace is None or self._node is None:
            return None
        return self._trace.values[self._node] if name == "value" else self._trace.adjoints[self._node]

    def _changed(self, name: str) -> Array | None:
        change = self._session.lens.what_if.changes.get(self._node, Change()) if self._node is not None else Change()
        return change.value if name == "value" else change.adjoint

    def _write(self, name: str, change: Array | None) -> None:
        field, known = self.fields[name], self._known(name)
        with QSignalBlocker(field):
            field.setText("" if change is None else _short_text(change))
            field.setPlaceholderText("not in this run" if known is None else numbers.value(known))
            show_look(field, "number")

    def _say(self, name: str) -> None:
        words = ""
        comparison = self._session.lens.comparison
        if self._node is not None and comparison is not None and self._node < len(comparison.values):
            column = comparison.values if name == "value" else comparison.adjoints
            words = change_words(column[self._node])
        self._tell[name].setText(words)
        self._tell[name].setVisible(bool(words))

    def _take(self, name: str) -> None:
        field, known = self.fields[name], self._known(name)
        if known is None or not field.text().strip():
            self._set(name, None)
            return
        present = self._changed(name)
        try:
            self._set(name, number_like(field.text(), present if present is not None else known))
        except GradvizError as error:
            show_look(field, "bad")
            self._tell[name].setText(error.message)
            self._tell[name].show()

    def _set(self, name: str, value: Array | None, _checked: bool = False) -> None:
        if self._node is None:
            return
        what_if = self._session.lens.what_if
        self.fields[name].setModified(False)
        if name == "value":
            what_if.set_value(self._node, value)
        else:
            what_if.set_adjoint(self._node, value)


def number_like(text: str, known: Array) -> Array:
    """The number or array that a text gives in the shape of a known one; raises ValueTextError.

    One number for an array is meant for all elements; [0, 1] = 5 changes one element of it.
    """
    shape = np.shape(known)
    element = _ELEMENT.fullmatch(text)
    if element is not None and shape:
        place = tuple(int(part) for part in element[1].split(",") if part.strip())
        if len(place) != len(shape) or any(i >= n for i, n in zip(place, shape, strict=False)):
            raise ValueTextError(f"the array has shape {shape}; there is no element {list(place)}")
        changed = np.array(known)
        value = parse_value(element[2])
        if np.ndim(value):
            raise ValueTextError("an element is one number")
        changed[place] = float(value)
        return changed
    value = parse_value(text)
    if shape and not np.ndim(value):
        return np.full(shape, float(value))
    return value


def _short_text(value: Array) -> str:
    text = value_text(value) if np.size(value) <= 64 else f"{np.shape(value)} array"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
