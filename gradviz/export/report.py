"""A report of one document to hand in: formula, graph, derivations, values, training and notes, in one HTML file.

It needs no script and no network, prints well, and is light or dark as its reader's system is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Apply, Graph, Literal
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId, Role
from gradviz.errors import GradvizError
from gradviz.export.chart import chart
from gradviz.export.html import INKS, mathematics, page, text
from gradviz.export.picture import Picture
from gradviz.export.svg import inline
from gradviz.text import numbers, symbols
from gradviz.text.derivation import Derivation, derive
from gradviz.text.equation import Equation
from gradviz.text.latex import latex
from gradviz.text.plain import plain
from gradviz.train.history import History
from gradviz.train.settings import USUAL, TrainingSettings, unusual

MOST_ROWS = 400
MOST_DERIVED = 8
MOST_NODES_DERIVED = 60
"""A derivation on paper is for graphs that fit on paper."""
MOST_LETTERS = 90
"""In a line of mathematics."""
_CURVES = {"loss": "loss", "validation": "validation"}


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What a report is about. picture: of the whole run; trace: None when the leaves have no values.

    samples: what the values stand for, such as "sample 12 of 100"; "" for nothing. history: of a training.
    """

    title: str
    formula: str
    graph: Graph
    picture: Picture
    roles: Mapping[str, Role]
    trace: Trace | None = None
    notes: str = ""
    comments: Sequence[str] = ()
    samples: str = ""
    settings: TrainingSettings = USUAL
    iteration: int | None = None
    history: History | None = None

    def written(self) -> str:
        """The page."""
        sections = (
            self._head(),
            _section("Notes", f'<div class="notes box">{text(self.notes)}</div>' if self.notes.strip() else ""),
            _section("Graph", self._graph()),
            _section("Leaves", self._leaves()),
            _section("Values and derivatives", self._nodes()),
            _section("Derivation", self._derivations()),
            _section("Training", self._training()),
            "<footer>Made with gradviz: values by one forward run, derivatives by one backward run.</footer>",
        )
        return page(self.title, f"<main>\n{''.join(sections)}\n</main>")

    def _head(self) -> str:
        return (
            f"<header><h1>{text(self.title)}</h1></header>\n"
            f'<div class="formula">{formula_html(self.graph)}</div>\n'
            f'<p class="quiet">Typed as <code>{text(self.formula)}</code></p>\n'
        )

    def _graph(self) -> str:
        words = [f'<p class="quiet">{text(self.samples)}</p>'] if self.samples else []
        drawing = inline(self.picture, INKS, title=f"Computation graph of {plain(self.graph)}")
        words.append(f'<figure class="figure box">{drawing}</figure>')
        if self.trace is not None:
            words.append(
                '<p class="quiet"><span class="value">▸</span> values, forward · '
                '<span class="derivative">◂</span> derivatives of the output, backward</p>'
            )
        if self.trace is not None and self.trace.failure is not None:
            words.append(f"<p>The run ends at a failure: {text(self.trace.failure.message)}</p>")
        words += [f'<p class="notes">{text(comment)}</p>' for comment in self.comments]
        return "\n".join(words)

    def _leaves(self) -> str:
        rows = [self._leaf(name, node) for name, node in self.graph.leaves().items()]
        return _table(("Leaf", "Role", "Shape", "Value", "∂L/∂leaf"), rows)

    def _leaf(self, name: str, node: NodeId) -> tuple[str, ...]:
        role = self.roles.get(name, Role.PARAMETER).value
        value = self.trace.values[node] if self.trace is not None else None
        return (_name(name), role, _shape(value), *self._numbers(node))

    def _nodes(self) -> str:
        if self.trace is None:
            return '<p class="quiet">The leaves have no values, so nothing was computed.</p>'
        names = symbols.symbols(self.graph)
        shown = [node for node in self.graph.node_ids() if isinstance(self.graph.nodes[node], Apply)]
        rows = [(_name(names[node]), self._rule(node, names), *self._numbers(node)) for node in shown[:MOST_ROWS]]
        table = _table(("Node", "Computed as", "Value", "∂L/∂node"), rows)
        more = len(shown) - MOST_ROWS
        return table + (f'<p class="quiet">… and {more} more nodes.</p>' if more > 0 else "")

    def _rule(self, node: NodeId, names: Sequence[str]) -> str:
        apply = self.graph.nodes[node]
        assert isinstance(apply, Apply)
        operands = ", ".join(self._operand(one, names) for one in apply.operands)
        return f"<code>{text(apply.op.name)}({text(operands)})</code>"

    def _operand(self, node: NodeId, names: Sequence[str]) -> str:
        found = self.graph.nodes[node]
        return numbers.value(found.value) if isinstance(found, Literal) else symbols.display(names[node])

    def _numbers(self, node: NodeId) -> tuple[str, str]:
        if self.trace is None:
            return "–", "–"
        return _value(self.trace.values[node], "value"), _value(self.trace.adjoints[node], "derivative")

    def _derivations(self) -> str:
        if self.trace is None or self.trace.failure is not None or len(self.graph) > MOST_NODES_DERIVED:
            return ""
        wanted = [n for n in self.graph.leaves() if self.roles.get(n, Role.PARAMETER) is Role.PARAMETER][:MOST_DERIVED]
        return "\n".join(filter(None, (self._derivation(name) for name in wanted)))

    def _derivation(self, name: str) -> str:
        assert self.trace is not None
        values = {leaf: self.trace.values[node] for leaf, node in self.graph.leaves().items()}
        try:
            found = derive(self.graph, name, values)
        except GradvizError:
            return ""
        return f"<h3>{mathematics(found.title.latex, found.title.text)}</h3>\n{_lines(found)}"

    def _training(self) -> str:
        if self.history is None or len(self.history) < 2:
            return ""
        curves = {name: getattr(self.history, key) for name, key in _CURVES.items()}
        drawing = chart(self.history.iteration.astype(np.float64), curves, INKS, title=self._course())
        listed = "".join(f"<dt>{text(key)}</dt><dd>{text(value)}</dd>" for key, value in self._settings().items())
        if self.iteration is not None:
            listed += f"<dt>shown iteration</dt><dd>{self.iteration}</dd>"
        return f'<figure class="figure box">{drawing}</figure>\n<dl>{listed}</dl>'

    def _settings(self) -> Mapping[str, str]:
        assert self.history is not None
        rows = {"iterations": str(int(self.history.iteration[-1])), "last loss": _last(self.history.loss)}
        rows |= {"optimizer": self.settings.optimizer, "learning rate ε": numbers.number(self.settings.rate)}
        rows |= {"samples an iteration": str(self.settings.batch or "all"), "loss over samples": self.settings.reduce}
        rows |= {"seed": str(self.settings.seed)}
        known = ("rate", "optimizer", "batch", "reduce", "seed", "steps")
        others = {key: value for key, value in unusual(self.settings).items() if key not in known}
        return rows | {key.replace("_", " "): str(value) for key, value in others.items()}

    def _course(self) -> str:
        assert self.history is not None
        return f"Loss over the iterations, from {_last(self.history.loss[:1])} to {_last(self.history.loss)}"


def formula_html(graph: Graph) -> str:
    """The formula as mathematics: its lines, one below the other."""
    return mathematics(latex(graph), plain(graph), is_display=True)


def _lines(found: Derivation) -> str:
    rows = [(line.equation, line.words) for line in (*found.steps, *found.closing)]
    items = "\n".join(f"<li>{_equation(equation)}<small>{text(words)}</small></li>" for equation, words in rows)
    notes = "".join(f'<p class="quiet">{text(one)}</p>' for one in found.notes)
    return f'<ol class="lines box">\n{items}\n</ol>{notes}'


def _equation(line: Equation) -> str:
    """As mathematics; a long one as text, for browsers break no lines of mathematics."""
    if len(line.plain) > MOST_LETTERS:
        return f'<span class="gradviz-math">{text(line.plain)}</span>'
    return mathematics(line.latex, line.plain)


def _section(title: str, body: str) -> str:
    return f"<section>\n<h2>{text(title)}</h2>\n{body}\n</section>\n" if body else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    cells = "".join(f'<th scope="col">{text(cell)}</th>' for cell in head)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="scroll"><table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _cell(content: str) -> str:
    is_number = content.startswith("<span class=")
    return f'<td class="number">{content}</td>' if is_number else f"<td>{content}</td>"


def _name(symbol: str) -> str:
    return mathematics(symbols.latex(symbol), symbols.display(symbol))


def _value(value: Array | None, kind: str) -> str:
    return "–" if value is None else f'<span class="{kind}">{text(numbers.value(value))}</span>'


def _shape(value: Array | None) -> str:
    return "–" if value is None else text(numbers.shape(np.shape(value)) if np.ndim(value) else "number")


def _last(column: Array) -> str:
    return numbers.number(float(column[-1]))
