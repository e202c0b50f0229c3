"""The laboratory of the modes: tangents forward beside adjoints back, and what each takes for a whole Jacobian."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel

from gradviz.core.graph import Graph
from gradviz.core.tangent import Cost, Modes, both_modes, pull, push
from gradviz.core.types import Array, NodeId, Shape
from gradviz.errors import GraphError
from gradviz.export.theme import Token
from gradviz.session.runner import CancelToken
from gradviz.session.session import Session
from gradviz.text import laboratory, numbers
from gradviz.text.numbers import count
from gradviz.ui.laboratories.page import LabPage, Subject
from gradviz.ui.panels.facts import shown_names
from gradviz.ui.panels.row_table import Cell, Line, RowTable

PRESETS = {
    "many inputs, one output": "W = [[0.5,-1,0.2,0.1],[1,0.3,-0.4,0.8]]; x = [1,2,3,4]; sum(tanh(W x))",
    "one input, many outputs": "t = 0.5; exp(t * [1, 2, 3, 4, 5, 6, 7, 8])",
    "as many of both": "x = [0.1, 0.2, 0.3, 0.4]; W = [[1,2,0,1],[0,1,1,0],[2,0,1,1],[1,1,0,2]]; tanh(W x)",
    "(x²)²": "x = 2; (x^2)^2",
}
ALL = "all leaves"


@dataclass(frozen=True, slots=True, eq=False)
class BothModes:
    """The Jacobian by both modes, and one pass of each. tangents: by the first input; adjoints: of the first output."""

    modes: Modes
    tangents: dict[NodeId, Array]
    adjoints: dict[NodeId, Array]
    source: NodeId
    target: NodeId


class ModesLab(LabPage[BothModes]):
    """Costs above; below, node by node, what travels forward and what travels back."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, laboratory.MODES, PRESETS)
        self.setObjectName("modesLab")
        self.inputs, self.output = QComboBox(), QComboBox()
        for box, name in ((self.inputs, "by which leaf"), (self.output, "of which node")):
            box.setAccessibleName(name)
            box.setToolTip(f"Differentiate {name}")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(self.start)
        self.costs = RowTable("What each mode takes", ("mode", "passes", "products", "numbers"))
        self.costs.setFixedHeight(76)
        self.costs.setToolTip("products: local derivative × what travels, one an edge; numbers: their elements")
        self.nodes = RowTable("Tangents and adjoints", ("node", "value", "tangent", "adjoint"))
        self.nodes.chosen.connect(self._choose)
        row = QHBoxLayout()
        for word, box in (("Derivative of", self.output), ("by", self.inputs)):
            row.addWidget(QLabel(word))
            row.addWidget(box)
        row.addStretch(1)
        self.pass_words = QLabel()
        self.pass_words.setProperty("look", "muted")
        self.column.addLayout(row)
        self.column.addWidget(self.gist)
        self.column.addWidget(self.costs)
        self.column.addWidget(self.pass_words)
        self.column.addWidget(self.nodes, 1)

    def experiment(self, subject: Subject) -> Callable[[CancelToken], BothModes | None]:
        """Both Jacobians, and one pass of each mode."""
        self._offer(subject.graph)
        trace, target = subject.trace, NodeId(self.output.currentData())
        chosen = self.inputs.currentData()
        reaching = _leaves_behind(subject.graph, target)
        sources = [NodeId(chosen)] if chosen is not None else reaching

        def work(token: CancelToken) -> BothModes | None:
            if not sources:
                raise GraphError("no leaf leads to this node")
            modes = both_modes(trace, sources, target, cancelled=token)
            if token.is_cancelled:
                return None
            source = sources[0]
            tangents, _ = push(trace, {source: _first(_shape(trace.values[source]))})
            adjoints, _ = pull(trace, target, _first(_shape(trace.values[target])), reaching)
            return BothModes(modes, tangents, adjoints, source, target)

        return work

    def show_answer(self, subject: Subject, answer: BothModes) -> None:
        """The costs and the numbers that travel."""
        self.gist.setText(laboratory.modes_gist(answer.modes))
        lines = (("forward", answer.modes.forward), ("reverse", answer.modes.reverse))
        self.costs.rows.show_rows(2, lambda row: _cost_line(*lines[row], answer.modes))
        names = shown_names(subject.graph)
        source, target = (_element(names[n], subject.trace.values[n]) for n in (answer.source, answer.target))
        difference = numbers.number(answer.modes.difference, 2)
        self.pass_words.setText(
            f"One pass of each: tangents ∂node/∂{source}, adjoints ∂{target}/∂node. "
            f"Both Jacobians differ by {difference} at most, relative to the largest element."
        )
        nodes = [node for node in subject.graph.node_ids() if node in answer.tangents or node in answer.adjoints]
        self.nodes.rows.show_rows(len(nodes), lambda row: _node_line(names, subject, answer, nodes[row]))

    def _offer(self, graph: Graph) -> None:
        names = shown_names(graph)
        leaves = list(graph.leaves().values())
        with QSignalBlocker(self.output), QSignalBlocker(self.inputs):
            _fill(self.output, [(names[n], n) for n in graph.node_ids() if n not in leaves], graph.output)
            _fill(self.inputs, [(ALL, None), *((names[n], n) for n in leaves)], None)

    def _choose(self, row: int) -> None:
        if self.subject is not None and self.subject.is_document and self.answer is not None:
            nodes = [n for n in self.subject.graph.node_ids() if n in self.answer.tangents or n in self.answer.adjoints]
            self.session.selection.select(nodes[row])


def _fill(box: QComboBox, entries: Sequence[tuple[str, NodeId | None]], otherwise: NodeId | None) -> None:
    """Offer these; what was chosen stays chosen while the same is offered."""
    present = [(box.itemText(i), box.itemData(i)) for i in range(box.count())]
    if present == list(entries):
        return
    box.clear()
    for name, node in entries:
        box.addItem(name, node)
    box.setCurrentIndex(max(0, next((i for i, (_, node) in enumerate(entries) if node == otherwise), 0)))


def _leaves_behind(graph: Graph, target: NodeId) -> list[NodeId]:
    return [leaf for leaf in graph.leaves().values() if target in graph.reaching({leaf})]


def _first(shape: Shape) -> Array:
    """A one at the first element."""
    unit = np.zeros(shape)
    unit[(0,) * len(shape)] = 1.0
    return unit[()]


def _shape(value: Array | None) -> Shape:
    return () if value is None else value.shape


def _element(name: str, value: Array | None) -> str:
    rank = 0 if value is None else np.ndim(value)
    return f"{name}[{', '.join('0' * rank)}]" if rank else name


def _cost_line(name: str, cost: Cost, modes: Modes) -> Line:
    least = min(modes.forward.products, modes.reverse.products)
    ink = Token.PARAMETER if cost.products == least else Token.TEXT
    return Cell(f"{name} mode"), Cell(count(cost.passes)), Cell(count(cost.products), ink), Cell(count(cost.numbers))


def _node_line(names: tuple[str, ...], subject: Subject, found: BothModes, node: NodeId) -> Line:
    value = subject.trace.values[node]
    return (
        Cell(names[node]),
        Cell("–" if value is None else numbers.value(value, 4), Token.VALUE),
        _travelling(found.tangents.get(node), Token.PARAMETER),
        _travelling(found.adjoints.get(node), Token.DERIVATIVE),
    )


def _travelling(found: Array | None, token: Token) -> Cell:
    return Cell("0", Token.MUTED) if found is None else Cell(numbers.value(found, 4), token)
