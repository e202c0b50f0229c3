"""The inspector: everything about one node, leaf or edge at the present position of the run.

What is selected, else the node of the current step, else the output. The first rows are always there; sections below
them fold, and what costs time (gradient check, mathematics, course over the iterations) is worked out beside the
window, and only while it is looked at.
"""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from gradviz.core.graph import Apply, Edge, Leaf
from gradviz.core.kink import at_kink
from gradviz.core.op import Op
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import Array, NodeId
from gradviz.export.theme import Token
from gradviz.project.changes import ChangeFlags
from gradviz.session.course import Subject
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.icons import icon
from gradviz.ui.panels.array_section import Elements, Figures
from gradviz.ui.panels.block_section import BlockButtons, block_facts, operand_rows, shown_block
from gradviz.ui.panels.chain_rule import ChainRule as ChainRule
from gradviz.ui.panels.course_section import CourseView
from gradviz.ui.panels.facts import NodeFacts
from gradviz.ui.panels.formula_section import FormulaView
from gradviz.ui.panels.gradient_check import GradientCheck
from gradviz.ui.panels.node_check import NodeCheck
from gradviz.ui.panels.section import Section
from gradviz.ui.panels.subject import Numbers, Sight, heading, shown_run, shown_subject, sight
from gradviz.ui.panels.take_away import fill_menu
from gradviz.ui.panels.what_if_section import WhatIfView
from gradviz.ui.panels.widgets import Card, ElidedLabel, Fact, FactList, Row, note
from gradviz.ui.theme import theme

LONGEST = 18
"""An array with a longer text is named by its shape; its elements stand below."""


class Inspector(QWidget):
    """Rows and sections about one subject. said(text): something to tell the person (copied, saved).

    asked(op): the page of the shown node's operation is wanted.
    """

    said = Signal(str)
    asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("inspector")
        self.heading = ElidedLabel("INSPECTOR", "header")
        self.card = Card(padding=12, gap=0)
        self.list = FactList()
        self._check = NodeCheck(session, self.refresh, self)
        self._hint = note("Click a node or an edge to see all about it.", "small")
        self._make_sections()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._make_head())
        column.addWidget(self.card)
        column.addWidget(self._hint)
        session.debugger.moved.connect(self.refresh)
        session.debugger.retraced.connect(self.refresh)
        session.selection.changed.connect(self.refresh)
        session.pins.changed.connect(self.refresh)
        session.lens.changed.connect(self.refresh)
        session.document.changed.connect(self._document_changed)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _make_head(self) -> QHBoxLayout:
        self.pin = _button("pin", "Pin", "Keep this in view beside others, or no longer  (Ctrl+P)")
        self.pin.setCheckable(True)
        self.pin.clicked.connect(self.toggle_pin)
        self.take = _button("take", "Copy", "Copy numbers or formula, or save them to a file")
        self.take.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.take)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.take.setMenu(self.menu)
        self.about = _button("about", "About the operation", "Its page: derivative, curves, kinks and traps  (F1)")
        self.about.setText("?")
        self.about.clicked.connect(self._ask_about)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.heading, 1)
        row.addWidget(self.about)
        row.addWidget(self.pin)
        row.addWidget(self.take)
        return row

    def _make_sections(self) -> None:
        runner = self._session.runner
        self.figures, self.elements = Figures(runner), Elements(runner)
        self.course = CourseView(self._session)
        self.what_if = WhatIfView(self._session)
        self.formula = FormulaView(self._session)
        self.sections: dict[str, Section] = {}
        self.blocks = BlockButtons(self._session)
        self.card.column.addWidget(self.list)
        self.card.column.addWidget(self.blocks)
        self.add_section("Statistics", self.figures)
        self.add_section("Elements", self.elements, is_open=True)
        self.add_section("Formula", self.formula)
        self.add_section("Over the iterations", self.course)
        self.add_section("What if", self.what_if)
        self.gradient_check = GradientCheck(self._session, lambda words: self.sections["Gradient check"].say(words))
        self.add_section("Gradient check", self.gradient_check)

    def add_section(self, title: str, content: QWidget, *, is_open: bool = False) -> Section:
        """Add a section that folds; whoever adds it fills it."""
        section = Section(title, content, is_open=is_open)
        section.opened.connect(self.refresh)
        self.sections[title] = section
        self.card.column.addSpacing(2)
        self.card.column.addWidget(section)
        return section

    @property
    def is_waiting(self) -> bool:
        """True while something has yet to be worked out."""
        busy = (self._check, self.course, self.formula, self.gradient_check)
        return any(part.is_waiting for part in busy)

    @property
    def sight(self) -> Sight | None:
        """What is shown."""
        trace, subject = shown_run(self._session), shown_subject(self._session)
        return self._sight(trace, subject) if trace and subject is not None else None

    def _sight(self, trace: Trace, subject: Subject) -> Sight:
        """The subject; a block as a whole where one is looked at."""
        position = self._session.debugger.position
        block = shown_block(self._session, trace, subject) if not isinstance(subject, Edge) else None
        if block is None:
            return sight(trace, subject, position)
        found = sight(trace, block.output, position)
        facts = block_facts(trace, block, found.facts)
        return replace(found, title=heading(facts), facts=facts, block=block)

    @property
    def facts(self) -> NodeFacts | None:
        """What is shown of the node, or of the edge's source."""
        seen = self.sight
        return seen.facts if seen is not None else None

    def refresh(self) -> None:
        """Show the subject as it is at this moment."""
        trace, seen = shown_run(self._session), self.sight
        self.card.setVisible(seen is not None)
        self._hint.setVisible(seen is None)
        self.pin.setEnabled(seen is not None)
        self.take.setEnabled(seen is not None)
        self.about.setVisible(self._op(trace, seen) is not None)
        if seen is None or trace is None:
            self.heading.show_text("INSPECTOR")
            return
        self.heading.show_text(seen.title)
        self.pin.setChecked(seen.subject in self._session.pins.subjects)
        self.list.show_rows(self._rows(trace, seen))
        self._show_sections(trace, seen)

    def _document_changed(self, flags: ChangeFlags) -> None:
        """Another block may be folded."""
        if flags & ChangeFlags.PLACES:
            self.refresh()

    def row(self, name: str) -> Fact | None:
        """The row whose name begins so."""
        return self.list.row(name)

    def toggle_pin(self) -> None:
        """Pin what is shown, or unpin it."""
        subject = shown_subject(self._session)
        if subject is not None:
            self._session.pins.toggle(subject)

    def _op(self, trace: Trace | None, seen: Sight | None) -> Op | None:
        """The operation of the shown node, or of the one in which the shown edge ends."""
        if seen is None or trace is None or seen.block is not None:
            return None
        found = trace.graph.nodes[seen.facts.node if seen.edge is None else seen.edge.target]
        return found.op if isinstance(found, Apply) else None

    def _ask_about(self) -> None:
        op = self._op(shown_run(self._session), self.sight)
        if op is not None:
            self.asked.emit(op)

    # -- sections ---------------------------------------------------------------------------------

    def _show_sections(self, trace: Trace, seen: Sight) -> None:
        known = [one for one in seen.numbers if one.array is not None]
        arrays = [one for one in known if one.array is not None and np.ndim(one.array) > 0]
        self.sections["Elements"].setVisible(bool(arrays))
        self.sections["Statistics"].setVisible(bool(known))
        self.sections["Statistics"].say(_gist(arrays))
        if self.sections["Statistics"].is_open:
            self.figures.show_numbers(known)
        self.elements.show_numbers(arrays)
        self.formula.show_subject(self._session.debugger.trace if self._is_sum else trace, seen.subject, seen.block)
        self.blocks.show_block(seen.block)
        self.course.show_subject(seen.subject)
        self.sections["What if"].setVisible(seen.edge is None)
        self.sections["What if"].say("changed" if seen.subject in self._session.lens.what_if.changes else "")
        self.what_if.show_node(self._session.debugger.trace, None if seen.edge is not None else seen.facts.node)

    @property
    def _is_sum(self) -> bool:
        """True while the sum of the samples is shown, of which local derivatives mean nothing."""
        return self._session.lens.trace is not None and self._session.lens.trace is self._session.lens.samples.total

    def _rows(self, trace: Trace, seen: Sight) -> list[Row]:
        found = seen.facts
        if seen.edge is not None:
            rows = [_fact(one.name, one.array, one.token) for one in seen.numbers if one.name != "local"]
            local = seen.of("local")
            if local is not None and local.array is not None and not self._is_sum:
                rows.insert(2, _fact("local derivative", local.array, Token.TEXT))
            return [*rows, *_share(seen, found)]
        wrt = f"∂{found.output}/∂{found.symbol}"
        rows = [_fact("value", found.value, Token.VALUE), _fact(f"adjoint {wrt}", found.adjoint, Token.DERIVATIVE)]
        if found.expected > 1:
            rows.append(Row("contributions", _sum_text(found)))
        if seen.block is not None:
            rows += operand_rows(trace, seen.block, self._known(trace))
        if not self._is_sum:
            rows += [_fact(f"local {partial.name}", partial.value, Token.TEXT) for partial in found.partials]
        if found.value is not None and found.value.ndim:
            rows.append(Row("shape", numbers.shape(found.value.shape)))
        leaf = trace.graph.nodes[found.node]
        role = self._session.roles().get(leaf.name) if isinstance(leaf, Leaf) else None
        if role is not None:
            rows.append(Row("role", role.value))
        kink = at_kink(trace, found.node) if found.value is not None and not self._is_sum else None
        if kink is not None:
            where = "∧" if kink.size == 1 else f"∧ {kink.count} of {kink.size}"
            rows.append(Row("exactly at a kink", where, Token.CURRENT, kink.words))
        check = self._check.row(trace, found.node) if trace is self._session.debugger.trace else None
        return [*rows, check] if check is not None else rows

    def _known(self, trace: Trace) -> frozenset[NodeId]:
        """The nodes that have a value at the present position."""
        happened = trace.steps[: self._session.debugger.position]
        return frozenset(step.node for step in happened if step.kind is StepKind.EVALUATE)

    def _fill_menu(self) -> None:
        trace, seen = shown_run(self._session), self.sight
        if trace is not None and seen is not None:
            fill_menu(self.menu, seen, trace, self.said.emit)

    def _restyle(self) -> None:
        for button, name in ((self.pin, "pin"), (self.take, "copy")):
            button.setIcon(icon(name, theme().current[Token.MUTED]))
        self.refresh()


def _button(name: str, words: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(f"inspector-{name}")
    button.setProperty("look", "flat")
    button.setIconSize(QSize(14, 14))
    button.setStyleSheet("min-height: 16px; padding: 1px 3px;")
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button


def _fact(name: str, value: Array | None, token: Token) -> Row:
    if value is None:
        return Row(name, "not yet", Token.MUTED)
    is_bad = not np.all(np.isfinite(value))
    text = numbers.value(value)
    if len(text) > LONGEST:
        text = f"{numbers.shape(value.shape)} array"
    return Row(name, text, Token.ERROR if is_bad else token)


def _share(seen: Sight, found: NodeFacts) -> list[Row]:
    """Which part of the source's adjoint this edge brings, where that is one number."""
    sent = seen.of("contribution")
    if sent is None or sent.array is None or found.expected < 2 or np.ndim(sent.array):
        return []
    if found.adjoint is None or len(found.arrived) < found.expected or not float(found.adjoint):
        return [Row("one of", f"{found.expected} contributions")]
    share = numbers.number(100 * float(sent.array) / float(found.adjoint), 3)
    return [Row(f"of ∂{found.output}/∂{found.symbol}", f"{share} % of {numbers.number(float(found.adjoint))}")]


def _gist(arrays: list[Numbers]) -> str:
    """Least and most of the value, for the folded section."""
    if not arrays or arrays[0].array is None or not np.size(arrays[0].array):
        return ""
    array = arrays[0].array
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        return f"{bad} not finite"
    return f"{numbers.number(float(np.min(array)), 3)} … {numbers.number(float(np.max(array)), 3)}"


def _sum_text(found: NodeFacts) -> str:
    if len(found.arrived) != found.expected or any(part.ndim for part in found.arrived):
        return f"{len(found.arrived)} of {found.expected}"
    terms = " + ".join(numbers.number(float(part), 4) for part in found.arrived)
    return terms if len(terms) <= 24 else f"{found.expected} of {found.expected}"
