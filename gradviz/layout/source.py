"""DOT text, by the `graphviz` package, which only this module and `clusters` import.

Whatever a person typed goes through `literal`, so that a label is drawn as it stands: no HTML, no escapes.
"""

import re

import graphviz
from graphviz import Digraph as Digraph

from gradviz.layout.types import Direction

LABEL_LIMIT = 200
"""Letters of a label; Graphviz itself refuses strings of 16 kB."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def digraph(direction: Direction = Direction.LR, **attributes: str) -> graphviz.Digraph:
    """An empty graph; attributes are Graphviz's own and never a person's text."""
    return graphviz.Digraph(graph_attr={"rankdir": direction.name, **attributes})


def cluster(name: str, title: str, **attributes: str) -> Digraph:
    """A part of a graph with a frame around it. name: made by us; title: a person's text."""
    return Digraph(name, graph_attr={"label": literal(title), "labeljust": "l", "style": "rounded", **attributes})


def literal(*lines: str) -> str:
    """A label that Graphviz draws letter by letter, one line below the other.

    Backslashes and what looks like HTML stay as they are; control characters become a mark; long lines are cut.
    """
    parts = [_CONTROL.sub("�", line) for line in lines]
    cut = [part if len(part) <= LABEL_LIMIT else part[: LABEL_LIMIT - 1] + "…" for part in parts]
    escaped = r"\n".join(part.replace("\\", r"\\").replace("&", "&amp;") for part in cut)
    # Graphviz's package takes <…> for HTML unless told that the string is literal
    label: str = graphviz.nohtml(escaped)
    return label


def ports(count: int) -> str:
    """The label of a record with that many fields, named p0, p1, …"""
    # WORKAROUND: the package takes any label <…> for HTML, which a record's fields look like
    label: str = graphviz.nohtml("|".join(f"<p{i}>" for i in range(count)))
    return label
