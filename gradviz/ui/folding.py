"""Folding and unfolding as one change; afterwards the block is selected, so that the inspector stays with it."""

from gradviz.core.graph import Block
from gradviz.export.folding import folding
from gradviz.project.placing_commands import set_unfolded
from gradviz.session.session import Session


def unfold(session: Session, block: Block) -> None:
    """Show what is inside a block, and select all of it."""
    session.document.apply(set_unfolded(block.use, True), f"Unfold {block.name}")
    if session.graph is not None:
        seen = folding(session.graph, session.document.project.unfolded)
        inside = (group for one, group in zip(seen.unfolded, seen.groups, strict=True) if one == block)
        session.selection.select(*sorted(next(inside, frozenset({block.output}))))


def fold(session: Session, block: Block) -> None:
    """Show a block as one card, and select that."""
    session.document.apply(set_unfolded(block.use, False), f"Fold {block.name}")
    session.selection.select(block.output)
