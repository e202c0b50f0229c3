"""A graph as a Python file that runs by itself: NumPy with the chain rule written out, PyTorch, JAX.

    x = np.float64(3.0)

    def loss(x=x):
        return x ** 2

    def gradient(x=x):
        return {"x": 2.0 * x}

The text holds patterns of ours, names made safe (identifiers.py) and numbers: nothing else that a user typed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Node, leading, needed
from gradviz.core.holes import complete
from gradviz.core.symbolic import backward, replay
from gradviz.core.types import Array, NodeId, Shape
from gradviz.errors import GraphError
from gradviz.text.code import figures
from gradviz.text.code.dialect import Dialect
from gradviz.text.code.identifiers import Names
from gradviz.text.code.jax_dialect import JAX
from gradviz.text.code.lines import Lines
from gradviz.text.code.numpy_dialect import NUMPY
from gradviz.text.code.torch_dialect import TORCH
from gradviz.text.marks import Marked, join

DIALECTS: Mapping[str, Dialect] = {"numpy": NUMPY, "torch": TORCH, "jax": JAX}

_OWN = {"np", "torch", "jax", "jnp", "loss", "gradient", "given", "leaves", "leaf", "name", "total", "slope"}

_MAIN = """
if __name__ == "__main__":
    print("loss =", loss())
    for name, slope in gradient().items():
        print(f"gradient by {name} =", slope)
"""


def code(graph: Graph, values: Mapping[str, Array], dialect: str) -> str:
    """A Python file with `loss`, `gradient` and the values as their defaults; it prints both when it is run.

    dialect: a key of DIALECTS. Raises GraphError for an open port, a leaf without a value, or an op that the
    dialect has no equivalent of, and ShapeError for values that don't fit.
    """
    return marked_code(graph, values, dialect).text


def marked_code(graph: Graph, values: Mapping[str, Array], dialect: str) -> Marked:
    """The same file, with each part marked with its node; in the gradient also the adjoint of a node."""
    kept = [NodeId(index) for index, leads in enumerate(leading((graph.output,), graph.nodes)) if leads]
    graph = needed(graph)
    complete(graph)
    written = _File(graph, _values(graph, values), DIALECTS[dialect]).marked()
    return written.relabelled(lambda node: kept[node])


def _values(graph: Graph, given: Mapping[str, Array]) -> dict[str, Array]:
    known = {**graph.defaults, **given}
    for name in graph.leaves():
        if name not in known:
            raise GraphError(f"{name} has no value; give it as {name}=2 or {name}=[1,2]")
    return {name: np.asarray(known[name], dtype=np.float64) for name in graph.leaves()}


class _File:
    """One file in the making."""

    def __init__(self, graph: Graph, values: Mapping[str, Array], dialect: Dialect) -> None:
        self._graph, self._values, self._dialect = graph, values, dialect
        self._reserved = _OWN.union(*(one.helpers for one in DIALECTS.values()))
        names = Names(self._reserved)
        self._leaves = {name: names.fresh(name) for name in values}

    def marked(self) -> Marked:
        """All of it."""
        functions = [self._loss(), self._gradient()]
        body = "".join(function.text for function in functions)
        called = [text for name, text in self._dialect.helpers.items() if re.search(rf"(?<![\w.]){name}\(", body)]
        head = f'"""A loss and its gradient in {self._dialect.title}, written by gradviz."""\n\n{self._dialect.head}\n'
        first = join("\n", (head, *self._constants(), "")) if self._values else Marked(head)
        parts = [first, *map(Marked, called), *functions, Marked(_MAIN)]
        return join("\n\n", [join("", (part.stripped("\n"), "\n")) for part in parts])

    def _constants(self) -> Iterable[Marked]:
        leaves = self._graph.leaves()
        for name, value in self._values.items():
            line = Marked(f"{self._leaves[name]} = {figures.value(value, self._dialect)}")
            yield line.around(leaves[name])

    @property
    def _parameters(self) -> str:
        return ", ".join(f"{name}={name}" for name in self._leaves.values())

    @property
    def _arguments(self) -> str:
        return "{" + ", ".join(f'"{name}": {name}' for name in self._leaves.values()) + "}"

    def _names(self) -> Names:
        """Names for the variables of one function: not those of the leaves."""
        return Names({*self._reserved, *self._leaves.values()})

    def _lines(
        self, nodes: Sequence[Node], shapes: Sequence[Shape], wanted: Sequence[NodeId], wishes: Mapping[NodeId, str]
    ) -> Lines:
        return Lines(nodes, shapes, wanted, self._dialect, self._names(), self._leaves, wishes)

    def _loss(self) -> Marked:
        graph = self._graph
        wishes = {node: name for node, name in graph.names.items() if node != graph.output}
        made = self._lines(graph.nodes, _shapes(graph, self._values), (graph.output,), wishes)
        lines: list[Marked | str] = [f"def loss({self._parameters}):", *_indented(line.marked for line in made.lines)]
        return join("\n", [*lines, join("", ("    return ", made.results[0]))])

    def _gradient(self) -> Marked:
        if self._dialect.gradient is not None:
            return Marked(self._dialect.gradient.format(parameters=self._parameters, arguments=self._arguments))
        return self._chain_rule()

    def _chain_rule(self) -> Marked:
        """The forward pass, then the adjoints from the output to the leaves: d_h is the derivative by h."""
        graph, tape = self._graph, Tape()
        forward = replay(tape, graph, {name: value.shape for name, value in self._values.items()})
        last = len(tape.nodes)
        leaves = graph.leaves()
        inner = sorted(graph.reaching(set(leaves.values())))
        adjoints = dict(zip(inner, backward(forward[graph.output], [forward[i] for i in inner]), strict=True))
        wishes = self._titles(tape, forward, adjoints, last)
        wanted = [adjoints[node].id for node in leaves.values()]
        made = self._lines(tape.nodes, tape.shapes, wanted, wishes)
        owners = {adjoint.id: node for node, adjoint in adjoints.items() if adjoint.id >= last}
        owners |= {expr.id: NodeId(node) for node, expr in enumerate(forward)}
        return self._written_chain(made, last).relabelled(owners.get)

    def _titles(
        self, tape: Tape, forward: Sequence[Expr], adjoints: Mapping[NodeId, Expr], last: int
    ) -> dict[NodeId, str]:
        """Names for what the formula named, and for the adjoints of these and of the leaves."""
        graph = self._graph
        given = {node: name for node, name in graph.names.items() if node != graph.output}
        titles = {forward[node].id: name for node, name in given.items() if forward[node].applied() is not None}
        for node, adjoint in adjoints.items():
            source = graph.nodes[node]
            title = self._leaves[source.name] if isinstance(source, Leaf) else given.get(node)
            if title is not None and adjoint.applied() is not None and adjoint.id >= last:
                titles.setdefault(adjoint.id, f"d_{title}")
        return titles

    def _written_chain(self, made: Lines, last: int) -> Marked:
        ahead = [line.marked for line in made.lines if line.node < last]
        back = [line.marked for line in made.lines if line.node >= last]
        named = zip(self._leaves.values(), made.results, strict=True)
        slopes = join(", ", [join("", (f'"{name}": ', result)) for name, result in named])
        lines: list[Marked | str] = [
            f"def gradient({self._parameters}):",
            '    """The derivative of the loss (of its sum, if it is an array) by each argument: the chain rule."""',
            *_indented([Marked("# forward"), *ahead] if ahead else []),
            *_indented([Marked("# backward: d_x is the derivative by x"), *back] if back else []),
            join("", ("    return {", slopes, "}\n")),
        ]
        return join("\n", lines)


def _indented(lines: Iterable[Marked]) -> list[Marked]:
    return [line.indented(4) for line in lines]


def _shapes(graph: Graph, values: Mapping[str, Array]) -> list[Shape]:
    """The shape of every node; raises ShapeError."""
    shapes: list[Shape] = []
    for node in graph.nodes:
        match node:
            case Leaf():
                shapes.append(values[node.name].shape)
            case Literal():
                shapes.append(node.value.shape)
            case Apply():
                shapes.append(node.op.shape(*(shapes[operand] for operand in node.operands), **node.settings))
            case Hole():  # refused before
                shapes.append(())
    return shapes
