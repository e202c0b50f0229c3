"""Operands for every op, made from its own declaration: its examples, and for elementwise ops all kinds of shapes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401 - fills OPS
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS, Op, as_value
from gradviz.core.types import Array, Shape

SHAPES: dict[int, list[tuple[Shape, ...]]] = {
    1: [(), (1,), (3,), (2, 3), (0,), (2, 1, 2)],
    2: [((), ()), ((3,), ()), ((), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((3,), (3,)), ((0,), ()), ((2, 3), (2, 3))],
    3: [((), (), ()), ((3,), (3,), ()), ((2, 1), (3,), (2, 3)), ((), (3,), (3,))],
}


_MATRICES: list[tuple[Shape, ...]] = [((1, 1),), ((3, 3),), ((2, 2, 2),), ((2, 1, 3, 3),)]
_VECTORS: list[tuple[Shape, ...]] = [((1,),), ((3,),), ((2, 3),), ((2, 1, 2),)]

FURTHER: dict[str, list[tuple[Shape, ...]]] = {
    "matmul": [
        ((), (3,)), ((2, 3), ()), ((3,), (3,)), ((1,), (1,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
        ((1, 1), (1, 1)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
        ((5, 2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((4, 3, 2), (5, 1, 2, 3)), ((5, 2, 2, 3), (3,)),
        ((3,), (5, 2, 3, 2)), ((0, 3), (3,)), ((2, 0), (0, 3)), ((0, 2, 3), (3, 4)),
    ],
    "dot": [((1,), (1,)), ((0,), (0,))],
    "outer": [((1,), (1,)), ((3,), (1,)), ((0,), (2,))],
    "transpose": [((1, 1),), ((2, 3),), ((0, 3),), ((2, 3, 4),)],
    "softmax": _VECTORS, "log_softmax": _VECTORS,
    "trace": _MATRICES, "det": _MATRICES, "cofactor": _MATRICES, "inverse": _MATRICES,
    "solve": [((1, 1), (1,)), ((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (3, 2)), ((3, 3), (2, 3, 1)),
              ((2, 3, 3), (2, 3, 2))],
    "mse": [((), ()), ((1,), (1,)), ((2, 3), (2, 3))],
    "stack": [((), ()), ((3,),), ((2, 3), (2, 3), (2, 3)), ((0,), (0,))],
    "concat": [((1,), (2,), (0,)), ((2, 3), (1, 3))],
    "max_pool1d": [((2,),), ((3, 4),)], "mean_pool1d": [((2,),), ((3, 4),)],
    "max_pool2d": [((2, 2),), ((3, 2, 4),)], "mean_pool2d": [((2, 2),), ((3, 2, 4),)],
    "conv1d": [((4,), (4,)), ((4,), (1,)), ((2, 5), (3,)), ((2, 5), (3, 2, 2)), ((3, 2, 5), (1, 2, 2))],
    "conv2d": [((3, 4), (3, 4)), ((3, 4), (1, 1)), ((2, 3, 4), (2, 2)), ((2, 2, 3, 4), (1, 2, 2, 2))],
}  # fmt: skip
"""Shapes for ops that are not elementwise, beside their examples."""

INDICES: list[tuple[Shape, Any]] = [
    ((3,), (-1,)),
    ((5,), ((None, None, 2),)),
    ((5,), ((None, None, -1),)),
    ((4,), ((1, 1, None),)),
    ((2, 3), (1,)),
    ((2, 3), ((None, None, None), -1)),
    ((2, 3, 4), (0, (1, None, None), 2)),
]

REDUCED: list[tuple[Shape, dict[str, Any]]] = [
    ((), {}),
    ((1,), {}),
    ((3,), {"axis": 0}),
    ((2, 3), {}),
    ((2, 3), {"axis": -1}),
    ((2, 3), {"axis": 0, "keepdims": True}),
    ((2, 3), {"keepdims": True}),
    ((2, 1, 3), {"axis": 1}),
    ((2, 4, 3), {"axis": -2}),
]


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

    def weighted_loss(self) -> Graph:
        """Σ w · op(x0, x1, …) with uneven weights: softmax alone sums to 1 whatever its operands are."""
        builder = GraphBuilder()
        leaves = [builder.leaf(name) for name in self.names]
        result = builder.apply(self.op, *leaves, **dict(self.attrs))
        shape = self.op.shape(*(operand.shape for operand in self.operands), **dict(self.attrs))
        weighted = builder.apply(OPS["mul"], result, builder.literal(uneven(shape)))
        return builder.graph(builder.apply(OPS["sum"], weighted))

    def differentiable(self) -> list[str]:
        return [name for i, name in enumerate(self.names) if self.op.is_differentiable_by(i)]


def every_case(cases: list[Case]) -> Callable[[Callable[[Case], None]], Callable[..., None]]:
    """Turns a check of one case into a test for each op, which goes through all cases of that op.

    A test for each case would spend most of its time on being started; a failure names its case.
    """
    by_op: dict[str, list[Case]] = {}
    for case in cases:
        by_op.setdefault(case.op.name, []).append(case)

    def decorated(check: Callable[[Case], None]) -> Callable[..., None]:
        @pytest.mark.parametrize("cases", list(by_op.values()), ids=list(by_op))
        def test(cases: list[Case]) -> None:
            for case in cases:
                try:
                    check(case)
                except BaseException as error:
                    error.add_note(f"in the case {case.label}")
                    raise

        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return decorated


def uneven(shape: Shape) -> Array:
    """Numbers of one sign pattern that no op is symmetric to."""
    return as_value(np.reshape(np.cos(1.0 + 1.7 * np.arange(np.prod(shape))) + 0.3, shape))


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
            random = np.random.default_rng(sum(map(len, shapes)) + op.arity)
            operands = tuple(as_value(_drawn(op, i, shape, random)) for i, shape in enumerate(shapes))
            yield Case(op, operands, (), f"{op.name}-{'x'.join(map(str, shapes))}")
    yield from _further_cases(op)


def _further_cases(op: Op) -> Iterator[Case]:
    for shapes in FURTHER.get(op.name, ()):
        yield _random_case(op, shapes, {})
    if op.group == "reduction" or op.name == "logsumexp":
        for shape, attrs in REDUCED:
            yield _random_case(op, (shape,), attrs)
        if op.name in ("sum", "prod", "max", "min", "norm", "logsumexp"):
            yield _random_case(op, ((0, 2),), {"axis": 0})
    if op.name == "index":
        for shape, index in INDICES:
            yield _random_case(op, (shape,), {"index": index})


def _random_case(op: Op, shapes: tuple[Shape, ...], attrs: dict[str, Any]) -> Case:
    random = np.random.default_rng(sum(map(len, shapes)) + 7)
    operands = tuple(as_value(_drawn(op, i, shape, random)) for i, shape in enumerate(shapes))
    words = "".join(f"-{key}={value}" for key, value in attrs.items())
    return Case(op, operands, tuple(attrs.items()), f"{op.name}-{'x'.join(map(str, shapes))}{words}")


def _drawn(op: Op, operand: int, shape: Shape, random: np.random.Generator) -> Array:
    low, high = op.domain[min(operand, len(op.domain) - 1)] if op.domain else (-2.0, 2.0)
    return random.uniform(low, high, shape)
