"""What NumPy, PyTorch and JAX write alike: Python's arithmetic, functions of one name, and joining of shapes."""

from collections.abc import Mapping
from typing import Any

from gradviz.core.op import COMPARE, POSTFIX, POWER, PRODUCT, SUM, UNARY
from gradviz.core.types import Array, Shape
from gradviz.text.code.dialect import Call, Code, Rule
from gradviz.text.printer import index_part_text

_COMPARISONS = {
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!=",
}  # fmt: skip

NUMPY_NAMES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    **{name: name for name in (
        "exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "sqrt", "cbrt", "expm1", "log1p", "log2", "log10",
        "sign", "abs", "floor", "maximum", "minimum",
    )},
}  # fmt: skip
"""Functions that NumPy has, and JAX by the same names."""


def infix(pattern: str, binds: int) -> Code:
    """An infix of two operands that is read from the left."""
    return Code(pattern, binds, (binds, binds + 1), is_infix=True)


def shared_table(library: str, axis: str) -> dict[str, Rule]:
    """The rules of a library by that short name; `axis` is its word for an axis."""
    return {
        "add": infix("{0} + {1}", SUM),
        "sub": infix("{0} - {1}", SUM),
        "mul": infix("{0} * {1}", PRODUCT),
        "div": infix("{0} / {1}", PRODUCT),
        "neg": Code("-{0}", UNARY, (UNARY + 1,), is_infix=True),
        "sq": Code("{0} ** 2", POWER, (POWER + 1,), is_infix=True),
        "pow": Code("{0} ** {1}", POWER, (POWER + 1, POWER), is_infix=True),
        "matmul": _matmul,
        "dot": infix("{0} @ {1}", PRODUCT),
        "index": _index,
        "outer": f"{library}.outer({{0}}, {{1}})",
        "where": f"{library}.where({{0}} != 0.0, {{1}}, {{2}})",
        "one_hot": lambda call: f"{library}.eye({call.settings['size']})[{whole(call, 0, library)}]",
        "reshape": lambda call: f"{library}.reshape({{0}}, {call.settings['shape']})",
        "broadcast_to": lambda call: f"{library}.broadcast_to({{0}}, {call.shape})",
        "stack": lambda call: f"{library}.stack([{_listed(call)}], {axis}={call.settings['axis']})",
        "concat": lambda call: f"{library}.concatenate([{_listed(call)}], {axis}={call.settings['axis']})",
        **{
            name: Code(f"{library}.where({{0}} {sign} {{1}}, 1.0, 0.0)", needs=(COMPARE + 1, COMPARE + 1))
            for name, sign in _COMPARISONS.items()
        },
    }


def functions(library: str, names: Mapping[str, str] | str) -> dict[str, Rule]:
    """Functions of one or two operands by their names there."""
    if isinstance(names, str):
        names = {name: name for name in names.split()}
    two = ("maximum", "minimum", "atan2")
    return {op: f"{library}.{name}({{0}}{', {1}' if op in two else ''})" for op, name in names.items()}


def whole(call: Call, operand: int, library: str) -> str:
    """An operand that is an index, as whole numbers."""
    literal: Array | None = call.literals[operand]
    if literal is not None and literal.ndim == 0 and float(literal).is_integer():
        return str(int(literal))
    if library == "torch":
        return f"{{{operand}}}.long()"
    return f"{library}.asarray({{{operand}}}, dtype=int)"


def index_text(index: tuple[Any, ...]) -> str:
    """0, 1:."""
    return ", ".join(map(index_part_text, index))


def blocks(call: Call, axes: int, reduce: str, axis: str) -> str:
    """Each of the last axes split into (blocks, size), and `reduce` over the sizes."""
    shape: Shape = call.operands[0]
    size, lead = call.settings["size"], len(shape) - axes
    split = (*shape[:lead], *(part for n in shape[lead:] for part in (n // size, size)))
    over = tuple(lead + 1 + 2 * i for i in range(axes))
    return f"{{0}}.reshape({split}).{reduce}({axis}={over})"


def pools(axis: str, highest: str) -> dict[str, Rule]:
    """The ops on blocks, in one dimension and in two."""

    def pool(axes: int, reduce: str) -> Rule:
        return lambda call: Code(blocks(call, axes, reduce, axis), POSTFIX, (POSTFIX,))

    return {
        f"{name}{axes}d": pool(axes, reduce)
        for name, reduce in (("max_pool", highest), ("mean_pool", "mean"), ("pool_sum", "sum"))
        for axes in (1, 2)
    }


def _matmul(call: Call) -> Code:
    return infix("{0} * {1}" if () in call.operands else "{0} @ {1}", PRODUCT)


def _index(call: Call) -> str | Code:
    index = call.settings["index"]
    return Code(f"{{0}}[{index_text(index) or '...'}]", POSTFIX, (POSTFIX,))


def _listed(call: Call) -> str:
    return ", ".join(f"{{{i}}}" for i in range(len(call.operands)))
