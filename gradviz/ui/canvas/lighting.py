"""What lights up on the canvas because something elsewhere is about it: a part of a formula, a line of a derivation."""

from collections.abc import Callable

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.theme import Token
from gradviz.session.course import Subject
from gradviz.session.pointing import Pointing
from gradviz.ui.canvas.items import Key

POINTED, KEPT = Token.VALUE, Token.DERIVATIVE
"""The colours of what is pointed at, and of what is kept lit."""


def subject_of(key: Key | None) -> Subject | None:
    """The node or edge that an item of the scene stands for; None for the output's stub."""
    match key:
        case ("card", int() as node):
            return NodeId(node)
        case (_, Edge() as edge):
            return edge
        case _:
            return None


def lit_keys(pointing: Pointing, card_of: Callable[[NodeId], NodeId], hovered: Key | None) -> dict[Key, Token]:
    """The items that are lit, each with its colour; hovered: the one that the pointer is over shows it by itself.

    card_of: the card that shows a node.
    """
    found = {_key(subject, card_of): KEPT for subject in pointing.lit}
    if pointing.subject is not None and (key := _key(pointing.subject, card_of)) != hovered:
        found[key] = POINTED
    return found


def _key(subject: Subject, card_of: Callable[[NodeId], NodeId]) -> Key:
    return ("wire", subject) if isinstance(subject, Edge) else ("card", card_of(subject))
