"""Names that are used before they mean anything: on a line above their own, or on the line that defines them."""

from collections.abc import Sequence

from gradviz.errors import FormulaError
from gradviz.lang.reading import fault
from gradviz.lang.syntax import Expression, Line, Name, children


def too_early(text: str, tree: Sequence[Line], line: int, name: Name) -> FormulaError:
    """The error for a name that line number `line` uses before the line that defines it."""
    current = tree[line].name
    path = _path(tree, name.name, current.name) if current is not None else None
    if path is not None and current is not None:
        shown = " → ".join([current.name, *path])
        remedy = f"give it a value first ({name.name} = 1), or use another name"
        return fault(text, name.span, f"{name.name} is defined by itself ({shown})", remedy)
    number = next(other.number for other in tree if other.name is not None and other.name.name == name.name)
    return fault(text, name.span, f"{name.name} is used before its line", f"move line {number} up")


def _path(tree: Sequence[Line], start: str, goal: str) -> list[str] | None:
    """How `start` is defined by way of `goal`, as names; None where it isn't."""
    uses = {line.name.name: names_in(line.expression) for line in tree if line.name is not None}
    reached_from: dict[str, str | None] = {start: None}
    waiting = [start]
    for name in waiting:
        if name == goal:
            return _back_from(goal, reached_from)
        for used in uses.get(name, ()):
            if used in uses and used not in reached_from:
                reached_from[used] = name
                waiting.append(used)
    return None


def _back_from(goal: str, reached_from: dict[str, str | None]) -> list[str]:
    path = [goal]
    while (before := reached_from[path[-1]]) is not None:
        path.append(before)
    return path[::-1]


def names_in(root: Expression) -> list[str]:
    """All names in an expression, in order."""
    found: list[str] = []
    waiting = [root]
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, Name):
            found.append(expression.name)
        waiting += reversed(children(expression))
    return found
