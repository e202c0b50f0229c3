"""Writes a tape as straight-line Python: one line a node, but a number that is read once stands where it is read.

    v2 = (v0 * v1) + v0             scalars are Python floats, by the op's own pattern
    v5 = f0(v3, v4, out=b0)         arrays go through ufuncs into arrays that are free again
    v6 = f1(v5, axis=s0)            any other op is called as it is declared

The text holds only names made here, the ops' own patterns, and numbers: nothing that a user typed.
"""

import builtins
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from gradviz.core.buffers import Buffers
from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Apply, Leaf, Literal, Node, select
from gradviz.core.op import AttrValue, Op
from gradviz.core.record import frozen
from gradviz.core.types import SCALAR, Array, NodeId, Shape
from gradviz.errors import GradvizError

MATH = "math_"
"""What the names of the functions of numbers begin with in a generated text."""

_DEEPEST = 12
"""So many brackets stand inside each other at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Nodes in topological order with their shapes, and those that are wanted."""

    nodes: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    results: tuple[NodeId, ...]


def program_of(wanted: Sequence[Expr]) -> Program:
    """Only what leads to the wanted expressions, composed ops written as their parts."""
    wanted = _expanded(tuple(wanted))
    tape = wanted[0].tape
    nodes, moved = select(tuple(expr.id for expr in wanted), tuple(tape.nodes))
    return Program(nodes, tuple(tape.shapes[old] for old in moved), tuple(moved[expr.id] for expr in wanted))


def _expanded(wanted: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The same expressions on a tape where composed ops stand as their parts."""
    old = wanted[0].tape
    if not any(isinstance(node, Apply) and node.op.expand is not None for node in old.nodes):
        return wanted
    nodes, renumbered = select(tuple(expr.id for expr in wanted), tuple(old.nodes))
    leaf_shapes = {
        node.name: shape for node, shape in zip(old.nodes, old.shapes, strict=True) if isinstance(node, Leaf)
    }
    tape = _TapeOfParts()
    moved: dict[NodeId, Expr] = {}
    for index, node in enumerate(nodes):
        moved[NodeId(index)] = tape.copy_of(node, moved, leaf_shapes)
    return tuple(moved[renumbered[expr.id]] for expr in wanted)


class _TapeOfParts(Tape):
    """A tape on which a composed op becomes its parts, so that equal parts are made once."""

    def apply(self, op: Op, operands: tuple[Expr, ...], attrs: Mapping[str, AttrValue]) -> Expr:
        if op.expand is not None:
            parts = op.expand(*operands, **attrs)
            if parts is not None:
                return self.lift(parts)
        return super().apply(op, operands, attrs)


@dataclass(slots=True)
class Scope:
    """The objects that the names of a generated text stand for."""

    names: dict[str, Any] = field(default_factory=lambda: {"np": np, "float64": np.float64})
    _functions: dict[Any, str] = field(default_factory=dict)
    _bound: int = 0

    def function(self, function: Any) -> str:
        """The name of a function, the same each time."""
        if function not in self._functions:
            self._functions[function] = f"f{len(self._functions)}"
            self.names[self._functions[function]] = function
        return self._functions[function]

    def bind(self, prefix: str, value: Any) -> str:
        """A new name for a value."""
        name = f"{prefix}{self._bound}"
        self._bound += 1
        self.names[name] = value
        return name


class Writer:
    """Writes the lines of one program.

    leaf_text: what stands in the text for each leaf. fixed: leaves that don't change while the lines are run again and
    again; what depends on nothing else goes to `once`. value, array: prefixes of its names for values and arrays.
    """

    def __init__(
        self,
        program: Program,
        scope: Scope,
        leaf_text: Mapping[str, str],
        *,
        fixed: Collection[str] = (),
        value: str = "v",
        array: str = "b",
    ) -> None:
        self.program = program
        self.scope = scope
        self.leaf_text = leaf_text
        self.value = value
        self.once: list[str] = []
        self.lines: list[str] = []
        self.text: list[str] = [""] * len(program.nodes)
        self.constants: dict[NodeId, Array] = {}
        self._buffers = Buffers(program.nodes, program.results, array)
        self._homes: dict[NodeId, str] = {}
        self._is_fixed = _fixed_nodes(program, fixed) if fixed else [False] * len(program.nodes)
        self._is_read_once = _read_once(program)
        self._depth = [0] * len(program.nodes)

    def keep_arrays(self) -> None:
        """Let results be written into the same arrays at each run; else they are fresh."""
        for result in self.program.results:
            if self._is_own(result) and self.program.shapes[result] != SCALAR and not self._is_fixed[result]:
                self._homes[result] = self._buffers.new(self.program.shapes[result])

    def write_over(self, targets: Iterable[str]) -> None:
        """Let each result be written into the array of one leaf, where nothing reads that leaf any more."""
        leaves = {node.name: i for i, node in enumerate(self.program.nodes) if isinstance(node, Leaf)}
        for result, target in zip(self.program.results, targets, strict=True):
            if self._is_own(result) and self.program.shapes[result] != SCALAR:
                is_read_later = target in leaves and self._buffers.last_use[leaves[target]] > result
                if not is_read_later:
                    self._homes[result] = self.leaf_text.get(target, target)

    def write(self) -> list[str]:
        """The lines; `text` then says for each node what stands for it."""
        for index, node in enumerate(self.program.nodes):
            self._write(NodeId(index), node)
        for name, shape in self._buffers.shapes.items():
            self.scope.names[name] = np.empty(shape)
        return self.lines

    def results(self) -> list[str]:
        """What stands for each result; an array among them is nobody else's."""
        return [self._result(node_id) for node_id in self.program.results]

    def _is_own(self, node_id: NodeId) -> bool:
        """True for a result that a ufunc makes: its array is no view, and no other result has it."""
        node = self.program.nodes[node_id]
        return isinstance(node, Apply) and node.op.ufunc is not None and self.program.results.count(node_id) == 1

    def _result(self, node_id: NodeId) -> str:
        text = self.text[node_id]
        return text if self.program.shapes[node_id] == SCALAR or self._is_own(node_id) else f"np.array({text})"

    def _write(self, node_id: NodeId, node: Node) -> None:
        match node:
            case Apply():
                value = self._constant(node)
                if value is None:
                    self._write_apply(node_id, node)
                    self._buffers.release_after(node_id)
                else:
                    self.constants[node_id] = value
                    self.text[node_id] = self.scope.bind("c", value)
            case Leaf():
                self.text[node_id] = self.leaf_text[node.name]
            case Literal():
                self.constants[node_id] = node.value
                self.text[node_id] = self.scope.bind("c", node.value)

    def _constant(self, node: Apply) -> Array | None:
        """The value of an op of numbers alone, None for any other and for one that can't be had."""
        if node.operands[0] not in self.constants or not all(o in self.constants for o in node.operands):
            return None
        try:
            with np.errstate(all="ignore"):
                return frozen(node.op.evaluate(*(self.constants[o] for o in node.operands), **node.settings))
        except (GradvizError, ArithmeticError, np.linalg.LinAlgError, ValueError):
            return None  # the message is wanted when it runs

    def _write_apply(self, node_id: NodeId, node: Apply) -> None:
        shapes = self.program.shapes
        operands = [self.text[o] for o in node.operands]
        is_scalar = shapes[node_id] == SCALAR
        if is_scalar and node.op.scalar_code is not None:
            call = _with_plain_names(node.op.scalar_code).format(*operands)
            if self._stands_inside(node_id, node):
                self.text[node_id] = call if _is_a_call(node.op.scalar_code) else f"({call})"
                return
        elif node.op.ufunc is not None and not is_scalar:
            # an operand that is read here for the last time may be written over
            self._buffers.release_after(node_id)
            call = f"{self.scope.function(node.op.ufunc)}({', '.join(operands)}{self._target(node_id)})"
        else:
            call = self._plain_call(node, operands)
            call = f"number({call})" if is_scalar else call
        self.text[node_id] = f"{self.value}{node_id}"
        lines = self.once if self._is_fixed[node_id] else self.lines
        lines.append(f"{self.text[node_id]} = {call}")

    def _stands_inside(self, node_id: NodeId, node: Apply) -> bool:
        """True for a number that is written where it is read, in the expression of its only reader."""
        if not self._is_read_once[node_id] or self._is_fixed[node_id]:
            return False
        self._depth[node_id] = 1 + max([self._depth[o] for o in node.operands])
        return self._depth[node_id] < _DEEPEST

    def _target(self, node_id: NodeId) -> str:
        if self._is_fixed[node_id]:
            return ""
        if node_id in self._homes:
            return f", out={self._homes[node_id]}"
        if node_id in self.program.results:
            return ""
        return f", out={self._buffers.take(node_id, self.program.shapes[node_id])}"

    def _plain_call(self, node: Apply, operands: list[str]) -> str:
        lifted = [
            f"float64({text})" if self.program.shapes[o] == SCALAR else text
            for o, text in zip(node.operands, operands, strict=True)
        ]
        settings = [f"{key}={self.scope.bind('s', value)}" for key, value in node.attrs]
        return f"{self.scope.function(node.op.evaluate)}({', '.join([*lifted, *settings])})"


def _read_once(program: Program) -> list[bool]:
    """For each node whether the text of it would stand in one place only."""
    reads = [0] * len(program.nodes)
    for result in program.results:
        reads[result] += 1
    for node in program.nodes:
        if isinstance(node, Apply):
            each = _places(node.op.scalar_code, len(node.operands))
            for operand, places in zip(node.operands, each, strict=True):
                reads[operand] += places
    return [count == 1 for count in reads]


@cache
def _with_plain_names(pattern: str) -> str:
    """The pattern with `math_sin` for `math.sin`: a name takes less time to compile and to look up."""
    return pattern.replace("math.", MATH)


@cache
def _is_a_call(pattern: str) -> bool:
    """True for a pattern such as math.pow({0}, {1}), which needs no brackets."""
    return re.fullmatch(r"[\w.]+\((\{\d\}(, )?)+\)", pattern) is not None


@cache
def _places(pattern: str | None, operands: int) -> tuple[int, ...]:
    """How often each operand stands in a pattern."""
    return tuple(1 if pattern is None else pattern.count(f"{{{i}}}") for i in range(operands))


def _fixed_nodes(program: Program, fixed: Collection[str]) -> list[bool]:
    """For each node whether it depends on fixed leaves and numbers alone."""
    found: list[bool] = []
    for node in program.nodes:
        match node:
            case Leaf():
                found.append(node.name in fixed)
            case Literal():
                found.append(True)
            case Apply():
                found.append(all(found[operand] for operand in node.operands))
    return found


def defined(source: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """What a generated text defines, by name."""
    space = dict(names)
    exec(builtins.compile(source, "<gradviz>", "exec"), space)  # noqa: S102 - written here, from nothing but our patterns
    return space
