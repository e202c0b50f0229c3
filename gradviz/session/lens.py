"""What lies between the recorded run and the eye: a what-if, the sum of the samples, a comparison, the gradient's flow.

    debugger.trace ──▶ sum of samples? ──▶ what if? ──▶ lens.trace        what canvas and inspector show
                                                   └──▶ lens.comparison   what differs from another run

The debugger's own run stays as it is: steps, timeline and explanations are always its.
"""

from gradviz.core.comparison import Comparison, compare
from gradviz.core.trace import Trace
from gradviz.events import Signal
from gradviz.session.comparing import Comparing
from gradviz.session.debugger import Debugger
from gradviz.session.samples import Samples
from gradviz.session.what_if import WhatIf


class Lens:
    """How the shown run is looked at. changed(): canvas and inspector have something else to show."""

    def __init__(self, debugger: Debugger, what_if: WhatIf, samples: Samples, comparing: Comparing) -> None:
        self.changed: Signal[[]] = Signal()
        self.what_if = what_if
        self.samples = samples
        self.comparing = comparing
        self._debugger = debugger
        self._shows_flow = False
        debugger.retraced.connect(self._on_retraced)
        for part in (what_if.changed, samples.changed, comparing.changed):
            part.connect(self._tell)

    @property
    def trace(self) -> Trace | None:
        """The run to be shown."""
        if self.what_if.trace is not None:
            return self.what_if.trace
        return self.samples.total or self._debugger.trace

    @property
    def is_plain(self) -> bool:
        """True when the debugger's own run is shown, compared with none."""
        return self.trace is self._debugger.trace and self.comparison is None

    @property
    def comparison(self) -> Comparison | None:
        """What differs: what-if from the run before, or the shown run from the one that it is compared with."""
        against = self.comparing.comparison(self.trace)
        if against is not None:
            return against
        before = self._debugger.trace
        if self.what_if.trace is not None and before is not None:
            return compare(before, self.what_if.trace)
        return None

    @property
    def shows_flow(self) -> bool:
        """True while thickness and colour tell how much flows back where."""
        return self._shows_flow

    def show_flow(self, is_shown: bool) -> None:
        """Show how much flows back where, or don't."""
        if is_shown != self._shows_flow:
            self._shows_flow = is_shown
            self.changed.emit()

    def reset(self) -> None:
        """Look plainly again: another document was opened. Whether the flow is shown stays as it is."""
        self.what_if.discard()
        self.samples.show_sum(False)
        if self.comparing.against is not None or self.comparing.kept:
            self.comparing.forget()

    def _tell(self) -> None:
        self.changed.emit()

    def _on_retraced(self) -> None:
        self.samples.follow()
        if not self.is_plain or self._shows_flow:
            self.changed.emit()
