"""What the inspector says and offers of a block: its operands, how often it is used, and what can be done with it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gradviz.core.blocks import block_partial
from gradviz.core.graph import Block, Literal
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.export.folding import whole_block
from gradviz.export.theme import Token
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.text.blocks import used
from gradviz.text.symbols import display
from gradviz.ui.panels.facts import NodeFacts, Partial, shown_names
from gradviz.ui.panels.widgets import Row

LONGEST = 18
BUTTONS: Mapping[str, tuple[str, str]] = {
    "unfold": ("Unfold", "Look inside, or fold it again  (Ctrl+U)"),
    "rename": ("Rename", "Give the function another name, wherever it is used  (F2)"),
    "keep_own": ("Keep", "Keep it as my own op in the palette of every document"),
    "dissolve": ("Dissolve", "Make plain nodes of this use  (Ctrl+Shift+G)"),
}


class BlockButtons(QWidget):
    """A row of buttons for the selected block. asked(key): this action of the window is wanted for a block."""

    asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("blockButtons")
        self._session = session
        self._block: Block | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 2)
        row.setSpacing(4)
        self.buttons = {key: _button(key, *words) for key, words in BUTTONS.items()}
        for key, button in self.buttons.items():
            button.clicked.connect(lambda _checked=False, key=key: self._ask(key))
            row.addWidget(button)
        row.addStretch(1)

    def show_block(self, block: Block | None) -> None:
        """Offer what can be done with this block; nothing for None."""
        self._block = block
        self.setVisible(block is not None)
        if block is not None:
            is_open = block.use in self._session.document.project.unfolded
            self.buttons["unfold"].setText("Fold" if is_open else "Unfold")

    def _ask(self, key: str) -> None:
        block, graph, selection = self._block, self._session.graph, self._session.selection
        if block is None or graph is None:
            return
        if whole_block(graph, selection.nodes, self._session.document.project.unfolded) != block:
            selection.select(block.output)
        self.asked.emit(key)


def shown_block(session: Session, trace: Trace, node: NodeId) -> Block | None:
    """The block that is looked at: what is selected, else the folded one in which the current step is."""
    if not trace.graph.blocks:
        return None
    unfolded, nodes = session.document.project.unfolded, session.selection.nodes
    if nodes and max(nodes) < len(trace.graph):
        return whole_block(trace.graph, nodes, unfolded)
    return session.folds.block_at(trace.graph, node)


def block_facts(trace: Trace, block: Block, found: NodeFacts) -> NodeFacts:
    """The facts of a block's output as those of the block: its name, and its combined local derivatives."""
    names = shown_names(trace.graph)
    partials = []
    for place, source in enumerate(block.operands):
        if found.value is None or isinstance(trace.graph.nodes[source], Literal):
            continue
        value = block_partial(trace, block, place)
        if value is not None:
            partials.append(Partial(f"∂{names[block.output]}/∂{names[source]}", np.asarray(value)))
    return replace(found, title=block.name, partials=tuple(partials))


def operand_rows(trace: Trace, block: Block, known: frozenset[NodeId]) -> list[Row]:
    """What the block is handed, by parameter, and how often its function is used. known: nodes that have a value."""
    names = shown_names(trace.graph)
    params = trace.graph.functions[block.name].params
    rows = []
    for param, source in zip(params, block.operands, strict=True):
        shown, value = names[source], trace.values[source]
        is_number = isinstance(trace.graph.nodes[source], Literal)
        label = display(param) if is_number or shown == display(param) else f"{display(param)} = {shown}"
        if value is None or not (is_number or source in known):
            rows.append(Row(f"operand {label}", "not yet", Token.MUTED))
            continue
        text = numbers.value(value)
        short = text if len(text) <= LONGEST else f"{numbers.shape(value.shape)} array"
        rows.append(Row(f"operand {label}", short, Token.VALUE))
    return [*rows, Row("function", used(trace.graph, block.name))]


def _button(key: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(f"block-{key}")
    button.setProperty("look", "flat")
    button.setStyleSheet("min-height: 18px; padding: 2px 6px;")
    button.setAccessibleName(f"{text} this block")
    button.setToolTip(tip)
    return button
