"""Operands for every op, made from its own declaration: its examples, and for elementwise ops all kinds of shapes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS, Op, as_value
from gradviz.core.types import Array, Shape

SHAPES: dict[int, list[tuple[Shape, ...]]] = {
    1: [(), (1,), (3,), (2, 3), (0,), (2, 1, 2)],
    2: [((), ()), ((3,), ()), ((), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((3,), (3,)), ((0,), ()), ((2, 3), (2, 3))],
    3: [((), (), ()), ((3,), (3,), ()), ((2, 1), (3,), (2, 3)), ((), (3,), (3,))],
}


@dataclass(frozen=True)
class Case:
    """One op with operand values and settings."""

    op: Op
    operands: tuple[Array, ...]
    attrs: tuple[tuple[str, Any], ...]
    label: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"x{i}" for i in range(len(self.operands)))

    @property
    def values(self) -> dict[str, Array]:
        return dict(zip(self.names, self.operands, strict=True))

    def graph(self) -> Graph:
        """op(x0, x1, …) as a graph of its own."""
        builder = GraphBuilder()
        leaves = [builder.leaf(name) for name in self.names]
        return builder.graph(builder.apply(self.op, *leaves, **dict(self.attrs)))

    def differentiable(self) -> list[str]:
        return [name for i, name in enumerate(self.names) if self.op.is_differentiable_by(i)]


def all_cases() -> list[Case]:
    """Every op with its examples, and every elementwise op with all shapes."""
    return [case for op in OPS.values() for case in cases_of(op)]


def cases_of(op: Op) -> Iterator[Case]:
    for number, example in enumerate(op.examples):
        operands = tuple(as_value(operand) for operand in example.operands)
        yield Case(op, operands, tuple(example.attrs.items()), f"{op.name}-example{number}")
    if op.is_elementwise:
        for shapes in SHAPES[op.arity]:
            shapes = (shapes,) if op.arity == 1 else shapes
            random = np.random.default_rng(abs(hash((op.arity, shapes))) % 2**32)
            operands = tuple(as_value(_drawn(op, i, shape, random)) for i, shape in enumerate(shapes))
            yield Case(op, operands, (), f"{op.name}-{'x'.join(map(str, shapes))}")


def _drawn(op: Op, operand: int, shape: Shape, random: np.random.Generator) -> Array:
    low, high = op.domain[operand] if op.domain else (-2.0, 2.0)
    return random.uniform(low, high, shape)
