"""What stands in a call or an index and is no operand: axis=0, shape=(2, 3), x[1:, 0]."""

import difflib
from collections.abc import Sequence
from typing import Any

from gradviz.core.op import AttrValue, Op, Param
from gradviz.lang.reading import fault
from gradviz.lang.syntax import Call, Expression, Index, Listing, Name, Number, Section, Setting

_WORDS: dict[str, Any] = {"true": True, "false": False, "none": None}


def settings_of(
    text: str, op: Op, call: Call, given: Sequence[Setting], positional: Sequence[Expression]
) -> dict[str, AttrValue]:
    """The settings of a call by name; raises FormulaError for one that the op doesn't have or can't take."""
    params = {param.name: param for param in op.params}
    found = {param.name: _value(text, param, value) for param, value in zip(op.params, positional, strict=False)}
    for setting in given:
        if setting.name not in params:
            close = difflib.get_close_matches(setting.name, params, 1)
            remedy = f", did you mean `{close[0]}`?" if close else f"it has {', '.join(params) or 'none'}"
            what = f"{call.function} has no setting `{setting.name}`"
            raise fault(text, setting.span, what, remedy, close[0] if close else None)
        if setting.name in found:
            raise fault(text, setting.span, f"`{setting.name}` is given twice", "leave one out")
        found[setting.name] = _value(text, params[setting.name], setting.value)
    return found


def index_of(index: Index) -> tuple[Any, ...] | None:
    """The parts of an index of whole numbers and sections, None when one is to be computed."""
    parts: list[Any] = []
    for part in index.parts:
        if isinstance(part, Section):
            bounds = [whole(bound) if bound is not None else None for bound in part.parts]
            if any(b is None and p is not None for b, p in zip(bounds, part.parts, strict=True)) or bounds[2:] == [0]:
                return None
            parts.append(tuple(bounds + [None] * (3 - len(bounds))))
        else:
            number = whole(part)
            if number is None:
                return None
            parts.append(number)
    return tuple(parts)


def whole(expression: Expression) -> int | None:
    """The whole number that stands there, None for anything else."""
    is_whole = isinstance(expression, Number) and expression.value.is_integer() and abs(expression.value) < 2**53
    return int(expression.value) if is_whole and isinstance(expression, Number) else None


def _value(text: str, param: Param, value: Expression) -> AttrValue:
    number = whole(value)
    match param.kind:
        case "axis" if number is not None or _word(value) == "none":
            return number
        case "flag" if _word(value) in ("true", "false"):
            return _WORDS[_word(value) or "false"]
        case "flag" if number in (0, 1):
            return bool(number)
        case "shape":
            items = value.items if isinstance(value, Listing) else (value,)
            lengths = [whole(item) for item in items]
            if all(length is not None and length >= 0 for length in lengths):
                return tuple(lengths)
        case "index":
            items = value.items if isinstance(value, Listing) else (value,)
            found = index_of(Index(value, tuple(items), value.span))
            if found is not None:
                return found
        case "count" if number is not None and number > 0:
            return number
    wanted = {
        "axis": "a whole number such as 0, or none",
        "flag": "true or false",
        "shape": "lengths such as (2, 3)",
        "index": "whole numbers",
        "count": "a whole number from 1",
    }
    raise fault(text, value.span, f"`{param.name}` can't be read", f"it takes {wanted[param.kind]}")


def _word(value: Expression) -> str | None:
    return value.name.lower() if isinstance(value, Name) else None
