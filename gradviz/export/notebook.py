"""Graphs and runs that draw themselves: what a notebook asks an object for.

A graph shows its structure, a run also its values and derivatives.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradviz.core.graph import Graph
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.export.cards import boxes_and_slots
from gradviz.export.folding import folding, uses_named
from gradviz.export.formats import Options, export
from gradviz.export.picture import Composer, Picture
from gradviz.export.theme import THEMES
from gradviz.layout.dot import place
from gradviz.project.leaves import default_roles
from gradviz.text.plain import plain


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture of a graph: a notebook shows it, `save` writes it."""

    picture: Picture
    options: Options

    def save(self, path: str | Path) -> None:
        """Write the picture as SVG, DOT or TikZ, by the file's suffix; raises ExportError for another one."""
        Path(path).write_bytes(export(self.picture, str(path), self.options))

    def _repr_svg_(self) -> str:
        return export(self.picture, "graph.svg", self.options).decode()


def show(
    graph: Graph, values: Mapping[str, Any] | None = None, *, theme: str = "light", unfold: Collection[str] = ()
) -> Drawing:
    """A drawing of the graph, with all its numbers when values are given (or the formula has them all itself).

    theme: "light" or "dark". unfold: functions whose uses are seen from inside, ("all",) for all of them; others are
    one card each. Raises GraphError when a leaf has no value.
    """
    has_values = bool(values) or set(graph.leaves()) <= set(graph.defaults)
    return draw(record(graph, values) if has_values else graph, theme=theme, unfold=unfold)


def draw(shown: Graph | Trace, *, theme: str = "light", unfold: Collection[str] = ()) -> Drawing:
    """A drawing of a graph's structure, or of a run with its numbers."""
    graph, trace = (shown.graph, shown) if isinstance(shown, Trace) else (shown, None)
    roles, unfolded = default_roles(graph), uses_named(graph, unfold)
    groups = folding(graph, unfolded).groups
    placement = place(*boxes_and_slots(graph, roles, unfolded), graph.output, groups=groups)
    has_numbers = trace is not None
    composer = Composer(graph, placement, roles, trace, values=has_numbers, derivatives=has_numbers, unfolded=unfolded)
    return Drawing(composer.at(None), Options(THEMES[theme], title=plain(graph)))


def svg_of(shown: Graph | Trace) -> str:
    """The SVG text of a graph or a run."""
    return draw(shown)._repr_svg_()
