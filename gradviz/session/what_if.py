"""What if: numbers that somebody changed in the shown run, and what follows from them. The project is not touched.

The changes stay while the run is recorded anew (another iteration, another sample), and are forgotten when the graph is
another one. They lie on the document's desk: saved with it, and there again when it is opened. What can be kept in the
project itself are values of leaves.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from gradviz.core.graph import Graph, Leaf
from gradviz.core.op import as_value
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.core.what_if import Change, changed_run
from gradviz.errors import GradvizError
from gradviz.events import Signal
from gradviz.project.changes import ChangeFlags
from gradviz.project.document import Document
from gradviz.session.debugger import Debugger

Values = Callable[[], Mapping[str, Array]]


class WhatIf:
    """The changes to the shown run. changed(): there are others, or what follows from them is another run.

    trace: the run with the changes, None while there are none. failure: why there is no such run.
    """

    def __init__(self, debugger: Debugger, values: Values, document: Document) -> None:
        self.changed: Signal[[]] = Signal()
        self.trace: Trace | None = None
        self.failure: GradvizError | None = None
        self._debugger = debugger
        self._values = values
        self._document = document
        self._changes: dict[NodeId, Change] = {}
        self._graph = debugger.trace.graph if debugger.trace is not None else None
        self._expected: Graph | None = None
        self._expect()
        debugger.retraced.connect(self._on_retraced)
        document.changed.connect(self._on_changed)

    @property
    def changes(self) -> Mapping[NodeId, Change]:
        """The changes by node."""
        return MappingProxyType(self._changes)

    @property
    def is_active(self) -> bool:
        """True while something is changed."""
        return bool(self._changes)

    def set_value(self, node: NodeId, value: Array | None) -> None:
        """Give a node another value from here on; None takes the change back. Raises GraphError for another shape."""
        change = self._changes.get(node, Change())
        self._try(node, replace(change, value=None if value is None else as_value(value)))

    def set_adjoint(self, node: NodeId, adjoint: Array | None) -> None:
        """Let a node send back another adjoint than it received; None takes the change back."""
        change = self._changes.get(node, Change())
        self._try(node, replace(change, adjoint=None if adjoint is None else as_value(adjoint)))

    def discard(self) -> None:
        """Forget all changes."""
        if self._changes:
            self._changes = {}
            self._follow()

    def leaf_values(self) -> dict[str, Array]:
        """The changed values of leaves: what can be kept in a document."""
        trace = self._debugger.trace
        found: dict[str, Array] = {}
        for node, change in self._changes.items():
            leaf = trace.graph.nodes[node] if trace is not None else None
            if isinstance(leaf, Leaf) and change.value is not None:
                found[leaf.name] = change.value
        return found

    def _try(self, node: NodeId, change: Change) -> None:
        """Make a change, unless no run can be made with it."""
        before = dict(self._changes)
        self._changes.pop(node, None)
        if change.value is not None or change.adjoint is not None:
            self._changes[node] = change
        try:
            self._record()
        except GradvizError:
            self._changes = before
            raise
        self._tell()

    def _on_changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.REPLACED:
            self._expect()

    def _expect(self) -> None:
        """Take up what lies on the desk once the run of the document's graph is there."""
        self._expected = self._document.project.graph if self._document.desk.changes else None

    def _tell(self) -> None:
        changes = tuple(self._changes.items())
        if self._expected is None and changes != self._document.desk.changes:
            self._document.set_desk(replace(self._document.desk, changes=changes))
        self.changed.emit()

    def _on_retraced(self) -> None:
        trace = self._debugger.trace
        if trace is not None and self._expected is not None:
            is_expected, self._expected = trace.graph.same_as(self._expected), None
            self._changes = dict(self._document.desk.changes) if is_expected else {}
            self._graph = trace.graph
            self._follow()
            return
        if not self._changes:
            self._graph = trace.graph if trace is not None else None
            return
        is_other = trace is None or self._graph is None
        if trace is not None and self._graph is not None:
            is_other = trace.graph is not self._graph and not trace.graph.same_as(self._graph)
        if is_other:
            self._changes = {}
        self._graph = trace.graph if trace is not None else None
        self._follow()

    def _follow(self) -> None:
        try:
            self._record()
        except GradvizError as error:  # such as a shape that has changed under a change
            self.trace, self.failure = None, error
            self._changes = {}
        self._tell()

    def _record(self) -> None:
        trace = self._debugger.trace
        self.failure = None
        self._graph = trace.graph if trace is not None else None
        self.trace = changed_run(trace, self._values(), self._changes) if trace is not None and self._changes else None
