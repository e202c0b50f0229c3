"""What a dialect of generated code is: a table from ops to patterns, helpers where a name is not enough, a frame.

    add       Code("{0} + {1}", SUM, (SUM, SUM + 1))      an infix, with how strongly it and its operands bind
    exp       "np.exp({0})"                               a call
    sum       a function of the Call                      where settings or shapes decide

A helper is a short function that is written into the file when the code calls it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradviz.core.graph import Apply
from gradviz.core.op import ATOM
from gradviz.core.types import Array, Shape
from gradviz.errors import GraphError


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One op at its place: what a rule may decide by."""

    settings: Mapping[str, Any]
    """All settings, defaults included."""
    operands: tuple[Shape, ...]
    shape: Shape
    literals: tuple[Array | None, ...]
    """The values of those operands that are numbers."""

    @property
    def rank(self) -> int:
        """The number of axes of the first operand."""
        return len(self.operands[0])


@dataclass(frozen=True, slots=True)
class Code:
    """A pattern with {0}, {1}, …; how strongly it binds and its operands must bind to go without brackets."""

    pattern: str
    binds: int = ATOM
    needs: tuple[int, ...] = ()
    is_infix: bool = False
    """Python's own arithmetic: bare numbers may stand in it beside an array."""


Rule = str | Code | Callable[[Call], "str | Code"]


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """One library that code is written for.

    library: the module's short name, for np.inf and np.array. scalar: how a number becomes one of the library's.
    head: the imports. gradient: the text of the gradient function; None where the chain rule is written out.
    """

    title: str
    library: str
    head: str
    scalar: str
    table: Mapping[str, Rule]
    helpers: Mapping[str, str] = field(default_factory=dict)
    array: str = "{library}.array({numbers})"
    gradient: str | None = None
    calls_take_numbers: bool = True

    def code(self, node: Apply, call: Call) -> Code:
        """How one op is written; raises GraphError when the dialect has no equivalent."""
        rule = self.table.get(node.op.name)
        if rule is None:
            raise GraphError(
                f"{node.op.name} has no equivalent in {self.title}; leave it out or choose another dialect"
            )
        written = rule(call) if callable(rule) else rule
        return Code(written) if isinstance(written, str) else written
