"""What lights up on the canvas because something elsewhere is about it: a part of a formula, a line of a derivation."""

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.export.folding import Folding
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


def lit_keys(pointing: Pointing, seen: Folding | None, hovered: Key | None) -> dict[Key, Token]:
    """The items that are lit, each with its colour; hovered: the one that the pointer is over shows it by itself.

    seen: the cards and wires that there are; what is inside a folded block lights the block.
    """
    found = {_key(subject, seen): KEPT for subject in pointing.lit}
    if pointing.subject is not None and (key := _key(pointing.subject, seen)) != hovered:
        found[key] = POINTED
    return found


def _key(subject: Subject, seen: Folding | None) -> Key:
    if seen is None:
        return ("wire", subject) if isinstance(subject, Edge) else ("card", subject)
    if not isinstance(subject, Edge):
        return "card", seen.shown_by.get(subject, subject)
    block = seen.shown_by.get(subject.target)
    if block is None:
        return "wire", Edge(seen.shown_by.get(subject.source, subject.source), subject.target, subject.operand)
    drawn = next((outer for outer, edges in seen.inner.items() if subject in edges or subject == outer), None)
    return ("card", block) if drawn is None else ("wire", drawn)
