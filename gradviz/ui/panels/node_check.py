"""The gradient check of one node: worked out beside the window once its numbers rest."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer

from gradviz.core.gradcheck import LeafCheck, Verdict, check_node
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.export.theme import Token
from gradviz.session.runner import Job
from gradviz.session.session import Session
from gradviz.text import numbers
from gradviz.ui.panels.widgets import Row

REST_MS = 150
"""How long values must rest before costly things are worked out anew."""
MOST_CHECKED = 2000
"""Larger graphs are not checked by themselves."""


class NodeCheck(QObject):
    """The check of the node that is asked for. answered: called when there is an answer."""

    def __init__(self, session: Session, answered: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._answered = answered
        self._asked: tuple[Trace, NodeId] | None = None
        self._known: tuple[Trace, NodeId] | None = None
        self._check: LeafCheck | None = None
        self._job: Job | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._start)

    @property
    def is_waiting(self) -> bool:
        """True while the check has yet to begin."""
        return self._rest.isActive()

    def row(self, trace: Trace, node: NodeId) -> Row | None:
        """What there is to say about a node; asks for its check when it isn't known yet."""
        if self._known is None or self._known[0] is not trace or self._known[1] != node:
            return self._wish(trace, node)
        if self._check is None:
            return None
        tip = f"Against central differences: {self._check.verdict}"
        if self._check.kind is Verdict.KINK:
            return Row("gradient check", "∧ at a kink", Token.CURRENT, tip)
        if not np.isfinite(self._check.relative_error):
            return Row("gradient check", "✗ not finite", Token.ERROR, tip)
        error = numbers.typeset(self._check.relative_error, 1)
        mark, token = ("✓", Token.PARAMETER) if self._check.has_passed else ("✗", Token.ERROR)
        return Row("gradient check", f"{mark} {error}", token, tip)

    def _wish(self, trace: Trace, node: NodeId) -> Row | None:
        if trace.failure is not None or len(trace.graph) > MOST_CHECKED:
            return None
        if self._asked is None or self._asked[0] is not trace or self._asked[1] != node:
            self._asked = trace, node
            self._rest.start()
        return Row("gradient check", "…", Token.MUTED)

    def _start(self) -> None:
        if self._asked is None:
            return
        trace, node = self._asked
        if self._job is not None:
            self._job.cancel()
        self._job = self._session.runner.submit(
            lambda token: check_node(trace, node, token),
            lambda check: self._take(trace, node, check),
            lambda _error: self._take(trace, node, None),
        )

    def _take(self, trace: Trace, node: NodeId, check: LeafCheck | None) -> None:
        self._known, self._check = (trace, node), check
        self._answered()
