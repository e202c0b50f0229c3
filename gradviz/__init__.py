"""Gradviz, the debugger for computation graphs, from Python.

>>> import gradviz
>>> graph = gradviz.parse("(x^2)^2")
>>> trace = gradviz.record(graph, {"x": 2})
>>> float(trace.value(graph.output)), float(trace.adjoint("x"))
(16.0, 32.0)

The names below are loaded when they are first used, so `import gradviz` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradviz.core.compile import compile
    from gradviz.core.graph import Graph
    from gradviz.core.higher import differentiate, hessian
    from gradviz.core.record import record
    from gradviz.core.trace import Trace
    from gradviz.errors import GradvizError
    from gradviz.export.notebook import show
    from gradviz.train.descent import Run, descend

__all__ = [
    "parse",
    "record",
    "compile",
    "differentiate",
    "hessian",
    "descend",
    "show",
    "Graph",
    "Trace",
    "Run",
    "GradvizError",
    "__version__",
]

_HOMES = {
    "record": "core.record",
    "compile": "core.compile",
    "differentiate": "core.higher",
    "hessian": "core.higher",
    "descend": "train.descent",
    "show": "export.notebook",
    "Graph": "core.graph",
    "Trace": "core.trace",
    "Run": "train.descent",
    "GradvizError": "errors",
}
__version__: str


def parse(text: str, **declared: Any) -> "Graph":
    """The graph of a formula; raises FormulaError, which says where the text is wrong.

    declared: names that the formula may use, with the values that they have when a run gives no others (None
    declares the name alone).
    """
    from dataclasses import replace

    from gradviz.lang.lower import read
    from gradviz.lang.names import canonical

    _teach_notebooks()
    graph = read(text, tuple(declared)).graph
    leaves = graph.leaves()
    named = {canonical(name): value for name, value in declared.items() if value is not None}
    given = {name: value for name, value in named.items() if name in leaves}
    return replace(graph, defaults={**graph.defaults, **given}) if given else graph


def _teach_notebooks() -> None:
    """Let graphs and traces draw themselves; the core, which makes them, knows nothing of pictures."""
    from gradviz.core.graph import Graph
    from gradviz.core.trace import Trace

    def svg(shown: "Graph | Trace") -> str:
        from gradviz.export.notebook import svg_of

        return svg_of(shown)

    for drawn in (Graph, Trace):
        drawn._repr_svg_ = svg  # type: ignore[union-attr]  # it is made here


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("gradviz")
    if name not in _HOMES:
        raise AttributeError(f"module gradviz has no attribute {name}")
    found = globals()[name] = getattr(import_module(f"gradviz.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
