"""Readable Graphviz text of a graph, with its numbers on the edges, for people who go on with their own tools.

Every label is drawn letter by letter, whatever a person typed into it.
"""

from collections.abc import Mapping

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.drawing import role_token
from gradviz.export.picture import Card, CardKind, Picture, PillKind
from gradviz.export.theme import LIGHT, Theme, Token
from gradviz.layout.source import Digraph, cluster, digraph, literal
from gradviz.layout.types import Direction

_MOST_LINES = 40
"""Of a note; Graphviz refuses long labels."""

# words, because the fonts that Graphviz brings have no ▸ and ◂
_WORDS = {PillKind.VALUE: "value", PillKind.DERIVATIVE: "derivative"}


def dot(
    picture: Picture, theme: Theme = LIGHT, *, direction: Direction = Direction.LR, transparent: bool = False
) -> str:
    """The picture's cards and edges as DOT; places are left to whoever lays it out."""
    graph = digraph(direction, bgcolor="transparent" if transparent else theme[Token.CANVAS])
    graph.attr("node", shape="box", style="rounded,filled", fontname="serif", fillcolor=theme[Token.PANEL])
    graph.attr("node", color=theme[Token.LINE], fontcolor=theme[Token.TEXT])
    graph.attr("edge", fontname="monospace", fontsize="10", color=theme[Token.EDGE], fontcolor=theme[Token.TEXT])
    if picture.labels:
        words = [label.text for label in picture.labels]
        graph.attr(label=literal(*words), labeljust="l", fontname="sans-serif", fontcolor=theme[Token.TEXT])
    for card in picture.cards:
        graph.node(f"n{card.node}", label=_card_label(card), **_card_style(card, theme))
    _enclose(graph, picture)
    labels = _edge_labels(picture)
    for wire in picture.wires:
        if wire.edge is not None:
            graph.edge(f"n{wire.edge.source}", f"n{wire.edge.target}", label=literal(*labels.get(wire.edge, ())))
    _remark(graph, picture, theme)
    return str(graph.source)


def _remark(graph: Digraph, picture: Picture, theme: Theme) -> None:
    """Notes as nodes of their own, with a dashed edge to what they are about that moves no card."""
    for remark in picture.remarks:
        ground, line = theme[Token(f"{remark.colour}_card")], theme[Token(remark.colour)]
        name = f"note{remark.number}"
        style = {"shape": "note", "style": "filled", "fontname": "sans-serif", "fillcolor": ground, "color": line}
        graph.node(name, label=literal(*remark.lines[:_MOST_LINES]), **style)
        if remark.target is not None:
            graph.edge(name, f"n{remark.target}", style="dashed", color=line, constraint="false")


def _enclose(graph: Digraph, picture: Picture) -> None:
    """Unfolded blocks as clusters, each with the cards that no inner one has."""
    clusters = {frame: cluster(f"cluster{i}", frame.name) for i, frame in enumerate(picture.frames)}
    taken: set[NodeId] = set()
    for frame in reversed(picture.frames):  # reversed: inner ones first
        for node in sorted(frame.cards - taken):
            clusters[frame].node(f"n{node}")
        taken |= frame.cards
        outer = [other for other in picture.frames if frame.cards <= other.cards and other.depth < frame.depth]
        (clusters[outer[-1]] if outer else graph).subgraph(clusters[frame])


_SHAPES: Mapping[CardKind, Mapping[str, str]] = {
    CardKind.LITERAL: {"shape": "ellipse"},
    CardKind.HOLE: {"shape": "ellipse", "style": "dashed"},
    CardKind.BLOCK: {"style": "rounded,filled,bold"},
}


def _card_label(card: Card) -> str:
    return literal(card.title, card.subtitle) if card.subtitle else literal(card.title)


def _card_style(card: Card, theme: Theme) -> Mapping[str, str]:
    style = dict(_SHAPES.get(card.kind, {}))
    if card.colour is not None:
        style |= {"fillcolor": theme[Token(f"{card.colour}_card")], "color": theme[Token(card.colour)]}
    token = role_token(card)
    return style if token is None else {**style, "color": theme[token]}


def _edge_labels(picture: Picture) -> dict[Edge, list[str]]:
    found: dict[Edge, list[str]] = {}
    for pill in sorted(picture.pills, key=lambda pill: pill.kind is PillKind.DERIVATIVE):
        if pill.edge is not None and pill.text is not None:
            found.setdefault(pill.edge, []).append(f"{_WORDS[pill.kind]} {pill.text}")
    return found
