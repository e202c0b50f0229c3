"""Closed forms of scalar derivatives by SymPy.

The SymPy expression is built from the graph, node by node, differentiated, simplified with care of time, and turned
into a graph again, so that one printer writes every formula. No text is ever parsed.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import sympy

from gradviz.core.expr import Expr
from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.op import OPS
from gradviz.core.types import SCALAR
from gradviz.text.readable import ReadableTape, written_nodes

MOST_OPERATIONS = 60
"""SymPy simplifies expressions of at most this many operations; larger ones stay as differentiated."""

HIGHEST_DEGREE = 12
"""A polynomial of higher degree is not factored: SymPy would expand it first."""

LARGEST_NUMBER = 10**60
"""Beyond this numbers of the formula are not computed exactly."""


def by_sympy(graph: Graph, name: str) -> Graph | None:
    """The simplest derivative that SymPy finds; None where an op has no SymPy form or the result has no op."""
    try:
        expression = _expression(graph)
        if expression is None:
            return None
        derivative = sympy.diff(expression, _symbol(name))
        as_it_is = _as_graph(derivative)
        simplified = [form for form in map(_as_graph, _simplified(derivative)) if form is not None]
    except (RecursionError, ArithmeticError, ValueError, TypeError, NotImplementedError):
        return None  # SymPy's ways to say that it can't: there is no closed form then
    known = _functions(as_it_is) if as_it_is is not None else frozenset()
    return min(simplified, key=lambda form: _cost(form) + _STRANGER * len(_functions(form) - known), default=as_it_is)


def _cost(form: Graph) -> int:
    """How much there is to read; a fraction counts double."""
    return written_nodes(form) + sum(1 for node in form.nodes if isinstance(node, Apply) and node.op is OPS["div"])


def _functions(form: Graph) -> frozenset[str]:
    """The functions in a form: those that a simplification brings in, such as cosh for eˣ, are no help."""
    return frozenset(node.op.name for node in form.nodes if isinstance(node, Apply) and node.op.name in _UNARY)


_STRANGER = 20
"""What a function costs that the formula didn't have."""


@cache
def _symbol(name: str) -> Any:
    return sympy.Symbol(name, real=True)


class Sigmoid(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """σ(x), which stays σ in its derivative σ(x)·(1 − σ(x))."""

    def fdiff(self, argindex: int = 1) -> Any:
        """The derivative by the only argument."""
        return self * (1 - self)


class Softplus(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """log(1 + eˣ), whose derivative is σ(x)."""

    def fdiff(self, argindex: int = 1) -> Any:
        """The derivative by the only argument."""
        return Sigmoid(self.args[0])


_UNARY: dict[str, Any] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "asinh": sympy.asinh,
    "acosh": sympy.acosh,
    "atanh": sympy.atanh,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "sigmoid": Sigmoid,
    "softplus": Softplus,
}

_FORMS: Mapping[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "matmul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": lambda a, b: a**b,
    "sq": lambda a: a**2,
    "expm1": lambda a: sympy.exp(a) - 1,
    "log1p": lambda a: sympy.log(1 + a),
    "log2": lambda a: sympy.log(a) / sympy.log(2),
    "log10": lambda a: sympy.log(a) / sympy.log(10),
    "silu": lambda a: a * Sigmoid(a),
    "sum": lambda a: a,
    "mean": lambda a: a,
    "prod": lambda a: a,
    **_UNARY,
}

_FUNCTIONS: Mapping[Any, str] = {
    **{function: name for name, function in _UNARY.items() if isinstance(function, type)},
    sympy.sign: "sign",
}


def _expression(graph: Graph) -> Any:
    found: list[Any] = []
    for node in graph.nodes:
        match node:
            case Leaf():
                found.append(_symbol(node.name))
            case Literal():
                if node.value.shape != SCALAR:
                    return None
                found.append(_number(float(node.value)))
            case Apply():
                form = _FORMS.get(node.op.name)
                operands = [found[operand] for operand in node.operands]
                if form is None or node.attrs or _is_huge(node.op.name, operands):
                    return None
                found.append(form(*operands))
    return found[graph.output]


def _number(x: float) -> Any:
    if x != x or x in (float("inf"), float("-inf")):
        raise ValueError("SymPy is given finite numbers only")
    return sympy.Rational(repr(x)) if abs(x) < 1e15 else sympy.Float(x)


def _is_huge(op: str, operands: list[Any]) -> bool:
    """True for what SymPy would compute exactly, digit by digit, without end."""
    if any(x.is_Rational and max(abs(x.p), x.q) > LARGEST_NUMBER for x in operands):
        return True
    if op != "pow" or not operands[1].is_number:
        return False
    return bool(abs(operands[1]) > (64 if operands[0].is_number else 1000))


def _simplified(derivative: Any) -> Iterable[Any]:
    operations = sympy.count_ops(derivative)
    if operations > MOST_OPERATIONS:
        yield derivative
        return
    yield sympy.powsimp(derivative)  # first: of two forms that cost the same the first is taken
    yield derivative
    yield sympy.factor_terms(derivative)
    if _degree(derivative) <= HIGHEST_DEGREE:
        yield sympy.factor(derivative)
        if operations <= MOST_OPERATIONS // 3:
            yield sympy.simplify(derivative)


def _degree(e: Any) -> float:
    """The highest power that multiplying out would give."""
    if e.is_Symbol or e.is_Number:
        return 1 if e.is_Symbol else 0
    if e.is_Pow:
        return float(_degree(e.base) * abs(int(e.exp))) if e.exp.is_Integer else max(_degree(e.base), _degree(e.exp))
    degrees = [_degree(argument) for argument in e.args]
    return sum(degrees) if e.is_Mul else max(degrees, default=0)


def _as_graph(expression: Any) -> Graph | None:
    tape = ReadableTape()
    with tape.exactly():
        found = _converted(tape, expression)
    return None if found is None else tape.graph(found)


def _converted(tape: ReadableTape, e: Any) -> Expr | None:
    if e.is_Symbol:
        return tape.leaf(e.name, SCALAR)
    if e.is_Number:
        return _constant(tape, e)
    if e.is_Add:
        return _sum(tape, e)
    if e.is_Mul:
        return _product(tape, e)
    if e.is_Pow:
        return _power(tape, e.base, e.exp)
    name = _FUNCTIONS.get(e.func)
    operand = _converted(tape, e.args[0]) if name is not None and len(e.args) == 1 else None
    return None if operand is None or name is None else tape.apply(OPS[name], (operand,), {})


def _constant(tape: ReadableTape, e: Any) -> Expr | None:
    if e.is_Rational and e.q not in (1, 2, 4, 5, 8, 10):  # 1/3 is no decimal number; 1/2 is 0.5
        return tape.apply(OPS["div"], (tape.literal(float(e.p)), tape.literal(float(e.q))), {})
    return tape.literal(float(e)) if e.is_finite else None


def _sum(tape: ReadableTape, e: Any) -> Expr | None:
    terms = sorted(e.as_ordered_terms(), key=lambda term: bool(term.could_extract_minus_sign()))
    total = _converted(tape, terms[0])
    for term in terms[1:]:
        is_negative = term.could_extract_minus_sign()
        part = _converted(tape, -term if is_negative else term)
        if total is None or part is None:
            return None
        total = total - part if is_negative else total + part
    return total


def _product(tape: ReadableTape, e: Any) -> Expr | None:
    if e.could_extract_minus_sign():
        positive = _converted(tape, -e)
        return None if positive is None else -positive
    over, under = _fraction(e)
    if under != 1:
        above, below = _converted(tape, over), _converted(tape, under)
        return None if above is None or below is None else above / below
    coefficient, rest = e.as_coeff_Mul()
    factors = sorted(rest.as_ordered_factors(), key=_rank)
    product = None if coefficient == 1 else _constant(tape, coefficient)
    for factor in factors:
        part = _converted(tape, factor)
        if part is None:
            return None
        product = part if product is None else _times(product, part)
    return product


def _rank(factor: Any) -> int:
    """Where a factor stands: names and their whole powers, then functions, then sums."""
    if factor.is_Symbol or (factor.is_Pow and factor.base.is_Symbol and factor.exp.is_number):
        return 0
    return 2 if factor.is_Add else 1


def _fraction(e: Any) -> tuple[Any, Any]:
    """What stands over and under the line; e⁻ˣ stays over it."""
    below = [f for f in e.args if f.is_Pow and f.exp.is_number and f.exp.is_negative]
    under = sympy.Mul(*(1 / f for f in below))
    over = sympy.Mul(*(f for f in e.args if f not in below))
    coefficient, rest = over.as_coeff_Mul()
    if coefficient.is_Rational and coefficient.q > 1:
        return coefficient.p * rest, coefficient.q * under
    return over, under


def _times(a: Expr, b: Expr) -> Expr:
    # a number scales by "*", which is written 2x; names stand side by side as in Wx
    return a * b if a.constant is not None else a @ b


def _power(tape: ReadableTape, base: Any, exponent: Any) -> Expr | None:
    x = _converted(tape, base)
    if x is None:
        return None
    if exponent.is_number and exponent.is_negative:
        below = _power(tape, base, -exponent)
        return None if below is None else tape.literal(1.0) / below
    if exponent == sympy.Rational(1, 2):
        return tape.apply(OPS["sqrt"], (x,), {})
    n = _converted(tape, exponent)
    return None if n is None else tape.apply(OPS["pow"], (x, n), {})
