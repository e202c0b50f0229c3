"""Comparing the shown run with another one: one that was kept, an iteration, a sample, or the run before a what-if."""

from dataclasses import dataclass

from gradviz.core.comparison import Comparison, compare
from gradviz.core.trace import Trace
from gradviz.errors import GradvizError
from gradviz.events import Signal

MOST_KEPT = 12


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """A run with the name under which it is remembered."""

    name: str
    trace: Trace


class Comparing:
    """The run against which the shown one is held. changed(): another one, or other kept runs."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self._kept: tuple[KeptRun, ...] = ()
        self._against: KeptRun | None = None

    @property
    def kept(self) -> tuple[KeptRun, ...]:
        """The runs that somebody kept, the newest last."""
        return self._kept

    @property
    def against(self) -> KeptRun | None:
        """The run that the shown one is compared with."""
        return self._against

    def keep(self, name: str, trace: Trace) -> None:
        """Remember a run; beyond `MOST_KEPT` the oldest is forgotten."""
        self._kept = (*self._kept, KeptRun(name, trace))[-MOST_KEPT:]
        self.changed.emit()

    def forget(self) -> None:
        """Forget all kept runs, and compare with none."""
        self._kept = ()
        self._against = None
        self.changed.emit()

    def compare_with(self, run: KeptRun | None) -> None:
        """Hold the shown run against another one, or against none."""
        self._against = run
        self.changed.emit()

    def comparison(self, shown: Trace | None) -> Comparison | None:
        """The differences from the other run to the shown one; None when there are none to tell."""
        if self._against is None or shown is None:
            return None
        try:
            return compare(self._against.trace, shown)
        except GradvizError:  # the formula has changed since
            return None
