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
from gradviz.core.graph import Apply, Graph, Hole, Leaf, Literal, Node, needed
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
    graph = needed(graph)
    complete(graph)
    return _File(graph, _values(graph, values), DIALECTS[dialect]).text()


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

    def text(self) -> str:
        """All of it."""
        functions = [self._loss(), self._gradient()]
        body = "".join(functions)
        called = [text for name, text in self._dialect.helpers.items() if re.search(rf"(?<![\w.]){name}\(", body)]
        constants = [
            f"{self._leaves[name]} = {figures.value(value, self._dialect)}" for name, value in self._values.items()
        ]
        head = f'"""A loss and its gradient in {self._dialect.title}, written by gradviz."""\n\n{self._dialect.head}\n'
        parts = [head + "\n" + "\n".join(constants) + "\n" if constants else head, *called]
        return "\n\n".join(part.strip("\n") + "\n" for part in (*parts, *functions, _MAIN))

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

    def _loss(self) -> str:
        graph = self._graph
        wishes = {node: name for node, name in graph.names.items() if node != graph.output}
        made = self._lines(graph.nodes, _shapes(graph, self._values), (graph.output,), wishes)
        lines = [f"def loss({self._parameters}):", *_indented(line.text for line in made.lines)]
        return "\n".join([*lines, f"    return {made.results[0]}"])

    def _gradient(self) -> str:
        if self._dialect.gradient is not None:
            return self._dialect.gradient.format(parameters=self._parameters, arguments=self._arguments)
        return self._chain_rule()

    def _chain_rule(self) -> str:
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
        return self._written_chain(made, last)

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

    def _written_chain(self, made: Lines, last: int) -> str:
        ahead = [line.text for line in made.lines if line.node < last]
        back = [line.text for line in made.lines if line.node >= last]
        slopes = ", ".join(f'"{name}": {text}' for name, text in zip(self._leaves.values(), made.results, strict=True))
        lines = [
            f"def gradient({self._parameters}):",
            '    """The derivative of the loss (of its sum, if it is an array) by each argument: the chain rule."""',
            *_indented(["# forward", *ahead] if ahead else []),
            *_indented(["# backward: d_x is the derivative by x", *back] if back else []),
            f"    return {{{slopes}}}",
        ]
        return "\n".join(lines) + "\n"


def _indented(lines: Iterable[str]) -> list[str]:
    return ["    " + line.replace("\n", "\n    ") for line in lines]


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
