"""Nodes and edges that somebody wants to keep in view, side by side; they follow the formula and are saved."""

from dataclasses import replace

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.events import Signal
from gradviz.project.changes import ChangeFlags
from gradviz.project.desk import MOST_PINNED, is_there
from gradviz.project.document import Document
from gradviz.project.matching import same_nodes
from gradviz.session.course import Subject

MOST = MOST_PINNED


class Pins:
    """The pinned subjects, in the order in which they were pinned. changed(): there are others."""

    def __init__(self, document: Document) -> None:
        self.changed: Signal[[]] = Signal()
        self._document = document
        self._graph = document.project.graph
        document.changed.connect(self._on_changed)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What is pinned."""
        return self._document.desk.pinned

    def toggle(self, subject: Subject) -> None:
        """Pin, or unpin what is pinned; beyond `MOST` the oldest makes room."""
        rest = tuple(other for other in self.subjects if other != subject)
        self._set(rest if subject in self.subjects else (*rest, subject)[-MOST:])

    def clear(self) -> None:
        """Unpin everything."""
        self._set(())

    def _set(self, subjects: tuple[Subject, ...]) -> None:
        if subjects != self.subjects:
            self._document.set_desk(replace(self._document.desk, pinned=subjects))
            self.changed.emit()

    def _on_changed(self, flags: ChangeFlags) -> None:
        if not flags & (ChangeFlags.STRUCTURE | ChangeFlags.REPLACED):
            return
        before, self._graph = self._graph, self._document.project.graph
        if flags & ChangeFlags.REPLACED:
            self.changed.emit()
            return
        if before is None or self._graph is None:
            return
        graph, moved = self._graph, same_nodes(before, self._graph)
        carried = [_carried(subject, moved) for subject in self.subjects]
        self._set(tuple(subject for subject in carried if subject is not None and is_there(graph, subject)))


def _carried(subject: Subject, moved: dict[NodeId, NodeId]) -> Subject | None:
    if not isinstance(subject, Edge):
        return moved.get(subject)
    source, target = moved.get(subject.source), moved.get(subject.target)
    return Edge(source, target, subject.operand) if source is not None and target is not None else None
