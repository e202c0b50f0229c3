"""What is under the pointer, wherever that is: a card of the graph, a row of leaves, a part of a formula.

All views of a node light up together. Beside that a panel can keep edges and nodes lit, such as the line of a
derivation that is looked at. Not undoable; forgotten when the structure changes.
"""

from collections.abc import Iterable

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.events import Signal
from gradviz.project.changes import ChangeFlags
from gradviz.project.document import Document
from gradviz.session.course import Subject


class Pointing:
    """The subject that is pointed at, and those that are kept lit. changed(): one of them has changed."""

    def __init__(self, document: Document) -> None:
        self.changed: Signal[[]] = Signal()
        self._subject: Subject | None = None
        self._lit: frozenset[Subject] = frozenset()
        document.changed.connect(self._on_changed)

    @property
    def subject(self) -> Subject | None:
        """The node or edge under the pointer."""
        return self._subject

    @property
    def node(self) -> NodeId | None:
        """The node under the pointer; of an edge the one that it comes from."""
        return self._subject.source if isinstance(self._subject, Edge) else self._subject

    @property
    def lit(self) -> frozenset[Subject]:
        """The nodes and edges that are kept lit."""
        return self._lit

    def point_at(self, subject: Subject | None) -> None:
        """The pointer is over this now, or over nothing."""
        if subject != self._subject:
            self._subject = subject
            self.changed.emit()

    def light(self, subjects: Iterable[Subject]) -> None:
        """Keep exactly these lit."""
        lit = frozenset(subjects)
        if lit != self._lit:
            self._lit = lit
            self.changed.emit()

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.STRUCTURE:
            self.point_at(None)
            self.light(())
