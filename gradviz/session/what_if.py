"""What if: numbers that somebody changed in the shown run, and the run that follows from them. No document is touched.

The changes stay while the run is recorded anew (another iteration, another sample), and are forgotten when the graph is
another one. What is kept at last are values of leaves: those a document can hold.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from gradviz.core.graph import Leaf
from gradviz.core.op import as_value
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.core.what_if import Change, changed_run
from gradviz.errors import GradvizError
from gradviz.events import Signal
from gradviz.session.debugger import Debugger

Values = Callable[[], Mapping[str, Array]]


class WhatIf:
    """The changes to the shown run. changed(): there are others, or what follows from them is another run.

    trace: the run with the changes, None while there are none. failure: why there is no such run.
    """

    def __init__(self, debugger: Debugger, values: Values) -> None:
        self.changed: Signal[[]] = Signal()
        self.trace: Trace | None = None
        self.failure: GradvizError | None = None
        self._debugger = debugger
        self._values = values
        self._changes: dict[NodeId, Change] = {}
        self._graph = debugger.trace.graph if debugger.trace is not None else None
        debugger.retraced.connect(self._on_retraced)

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
        self.changed.emit()

    def _on_retraced(self) -> None:
        trace = self._debugger.trace
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
        self.changed.emit()

    def _record(self) -> None:
        trace = self._debugger.trace
        self.failure = None
        self._graph = trace.graph if trace is not None else None
        self.trace = changed_run(trace, self._values(), self._changes) if trace is not None and self._changes else None
