"""What an op is: one declaration from which evaluation, gradients, shapes, code, notation and help follow.

A rule is written once, with arithmetic and with other ops. Applied to arrays it computes; applied to
expressions (`core.expr.Expr`) it builds graph nodes. So the same vjp serves the recorded trace (numbers),
the symbolic derivative (graphs, of any order) and the compiled code (the graph of the gradient, printed).

    y = op(x₀, x₁, …; attrs)          evaluate
    contribution to xᵢ = g · ∂y/∂xᵢ   vjps[i](g, y, x₀, x₁, …; attrs), with g the adjoint of y
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from gradviz.core.types import Array, Shape

AttrValue = Any
"""A hashable setting of an op that is no operand: an axis, a shape, an index."""

Attrs = tuple[tuple[str, AttrValue], ...]
"""Settings of one node, sorted by name."""

Rule = Callable[..., Any]


class Symbolic(ABC):
    """Something that an op can be applied to without computing: it builds a node instead."""

    __slots__ = ()

    @abstractmethod
    def apply(self, op: "Op", operands: tuple[Any, ...], attrs: Mapping[str, AttrValue]) -> "Symbolic":
        """Build the node op(operands; attrs)."""


@dataclass(frozen=True, slots=True)
class Param:
    """A setting of an op: its name, what it is when left out, and what kind of thing it takes."""

    name: str
    default: AttrValue
    kind: str
    """One of axis, flag, shape, index, count."""


# Binding strengths, weakest first; a printer puts brackets where an operand binds more weakly than its place asks.
COMPARE, SUM, PRODUCT, UNARY, POWER, POSTFIX, ATOM = range(10, 80, 10)


@dataclass(frozen=True, slots=True)
class Notation:
    """How an op is written. Printers decide the brackets; the op only carries the pattern.

    plain, latex: patterns with {0}, {1}, … for operands; None means function notation.
    binds: how strongly the whole binds. needs: how strongly each operand must bind to go without brackets.
    card: what a card shows, such as "+" or "( · )²". symbol: what a palette button shows.
    """

    plain: str | None = None
    latex: str | None = None
    binds: int = ATOM
    needs: tuple[int, ...] = ()
    card: str | None = None
    symbol: str | None = None


FUNCTION_NOTATION = Notation()
"""Written as name(operands)."""


@dataclass(frozen=True, slots=True)
class Help:
    """What people read about an op.

    summary: one sentence. derivative: the rule in words. kinks: the convention where the derivative doesn't
    exist, or "". traps: where numbers go wrong or nothing is learnt, or "". source: where the formula stands.
    keywords: what people type to find it.
    """

    summary: str
    derivative: str = ""
    kinks: str = ""
    traps: str = ""
    source: str = "Calculus."
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """Operand values (and settings) with which an op is tested and shown."""

    operands: tuple[Any, ...]
    attrs: Mapping[str, AttrValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Op:
    """One operation on arrays, complete: see the module's head for what each rule is handed."""

    name: str
    operands: tuple[str, ...]
    evaluate: Callable[..., Array]
    shape: Callable[..., Shape]
    """shape(*operand shapes, **attrs) -> result shape; raises ShapeError."""
    vjps: tuple[Rule | None, ...]
    """One a operand (None: it takes no gradient); a variadic op has one, called with `operand=i`."""
    batch: Callable[..., Any]
    """batch(is_batched, *operands, **attrs): the op applied with a leading sample axis on some operands."""
    group: str
    notation: Notation = FUNCTION_NOTATION
    help: Help = Help("")
    params: tuple[Param, ...] = ()
    partials: tuple[Rule | None, ...] = ()
    """Elementwise ops only: partials[i](y, *xs) = ∂y/∂xᵢ."""
    kink: Rule | None = None
    """kink(y, *xs, **attrs): an array of booleans (or numbers), true where `help.kinks` is what decides the slope."""
    ufunc: Callable[..., Array] | None = None
    """The function that takes `out=` and bears an operand as its `out`, where there is one."""
    scalar_code: str | None = None
    """A pattern for Python floats: "{0} * {1}", "math.tanh({0})"; elementwise ops only."""
    expand: Rule | None = None
    """expand(*expressions, **attrs): the same by simpler ops, which compiled code can share; None where it can't."""
    simplify: Rule | None = None
    """simplify(*expressions) -> a simpler expression, or None."""
    examples: tuple[Example, ...] = ()
    domain: tuple[tuple[float, float], ...] = ()
    """Where each operand may be drawn from in tests and plots; (−2, 2) where nothing is said."""
    is_variadic: bool = False
    is_public: bool = True
    """Shown in the palette and callable in formulas; the others only carry gradients."""

    @property
    def is_elementwise(self) -> bool:
        """True when the op acts on each element alone, with broadcasting."""
        return bool(self.partials)

    @property
    def arity(self) -> int:
        """The number of operands; for a variadic op the least number."""
        return len(self.operands)

    def __call__(self, *operands: Any, **attrs: AttrValue) -> Any:
        """Compute with arrays, or build a node when an operand is symbolic."""
        for operand in operands:
            if isinstance(operand, Symbolic):
                return operand.apply(self, operands, attrs)
        return self.evaluate(*operands, **attrs)

    def vjp(self, operand: int, g: Any, y: Any, *xs: Any, **attrs: AttrValue) -> Any:
        """The contribution that this op sends to one operand.

        g, y: adjoint and value of the result, of one shape; the contribution has the shape of xs[operand].
        """
        if self.is_variadic:
            rule = self.vjps[0]
            assert rule is not None
            return rule(g, y, *xs, operand=operand, **attrs)
        rule = self.vjps[operand]
        assert rule is not None, f"{self.name} has no derivative by operand {operand}"
        return rule(g, y, *xs, **attrs)

    def rule(self, operand: int) -> Rule | None:
        """The rule of `vjp` for one operand, ready to be called as rule(g, y, *xs, **attrs); None: no gradient."""
        if not self.is_variadic:
            return self.vjps[operand]
        rule = self.vjps[0]
        return None if rule is None else partial(rule, operand=operand)

    def is_differentiable_by(self, operand: int) -> bool:
        """True when the operand takes a gradient (the condition of `where` doesn't)."""
        return self.vjps[0 if self.is_variadic else operand] is not None

    def __repr__(self) -> str:
        return f"<op {self.name}>"


OPS: dict[str, Op] = {}
"""Every declared op by its function-notation name; filled by importing `gradviz.core.ops`."""


def declare(op: Op) -> Op:
    """Add an op to the table; a second op of the same name is a programmer's mistake."""
    if op.name in OPS:
        raise ValueError(f"op {op.name} is declared twice")
    OPS[op.name] = op
    return op


def freeze_attrs(op: Op, attrs: Mapping[str, AttrValue]) -> Attrs:
    """Settings as a node stores them: only known names, defaults left out, sorted.

    Raises TypeError for a name that the op doesn't have.
    """
    defaults = {param.name: param.default for param in op.params}
    unknown = set(attrs) - set(defaults)
    if unknown:
        raise TypeError(f"{op.name} has no setting {', '.join(sorted(unknown))}")
    return tuple(sorted((name, value) for name, value in attrs.items() if not _same(value, defaults[name])))


def public_ops() -> Iterable[Op]:
    """The ops that people can use, in order of declaration."""
    return (op for op in OPS.values() if op.is_public)


def _same(a: AttrValue, b: AttrValue) -> bool:
    return type(a) is type(b) and bool(a == b)


def as_value(value: Any) -> Array:
    """A float64 scalar or a read-only float64 array that shares nothing with the caller."""
    array = np.array(value, dtype=np.float64)
    array.setflags(write=False)
    return array if array.ndim else array[()]
