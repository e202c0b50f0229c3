"""The context menu of the timeline: run to here, back to here, and a breakpoint at the step under the pointer."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from gradviz.core.graph import Apply
from gradviz.core.trace import Phase, Step, StepKind
from gradviz.errors import GradvizError
from gradviz.project.stop_commands import add_breakpoint, remove_breakpoint
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.breakpoints import place_name
from gradviz.session.session import Session


class TimelineMenu(QMenu):
    """What can be done at a position of the run; made when it is asked for."""

    def __init__(self, session: Session, position: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("timelineMenu")
        self._session = session
        debugger = session.debugger
        is_back = position < debugger.position and not debugger.is_overview
        self._offer("Run back to here" if is_back else "Run to here", partial(debugger.run_to_position, position))
        self._offer(f"Go to step {position}", partial(debugger.go, position))
        self.addSeparator()
        trace = debugger.trace
        step = trace.steps[position - 1] if trace is not None and 0 < position <= len(trace.steps) else None
        if step is not None:
            self._offer_breakpoint(step)
        self._offer("Continue", debugger.continue_, "F5")
        self._offer("Reverse-continue", debugger.reverse_continue, "Ctrl+Shift+F6")
        self._offer("Restart", debugger.restart, "Ctrl+Shift+F5")
        self._offer("Show everything", debugger.overview, "Ctrl+End")

    def _offer(self, text: str, action: Callable[[], object], shortcut: str = "") -> None:
        entry = self.addAction(f"{text}\t{shortcut}" if shortcut else text)
        entry.triggered.connect(lambda _checked=False: action())

    def _offer_breakpoint(self, step: Step) -> None:
        graph = self._session.graph
        point = breakpoint_at(step)
        if graph is None or point is None or not isinstance(graph.nodes[step.node], Apply):
            return
        known = next((p for p in self._session.document.project.breakpoints if p.is_at(point)), None)
        where = f"{place_name(point, graph)}, {point.phase.value}"
        if known is None:
            self._offer(f"Break at {where}", partial(self._apply, add_breakpoint(point), "Add a breakpoint"))
        else:
            self._offer(
                f"Don't break at {where}", partial(self._apply, remove_breakpoint(known), "Remove a breakpoint")
            )
        self.addSeparator()

    def _apply(self, command: object, name: str) -> None:
        try:
            self._session.document.apply(command, name)  # type: ignore[arg-type]  # a Command
        except GradvizError as error:
            self._session.reported.emit(error)


def breakpoint_at(step: Step) -> Breakpoint | None:
    """The breakpoint that stops at a step: on the node that computes, or on the edge that sends something back."""
    match step.kind:
        case StepKind.EVALUATE:
            return Breakpoint(step.node)
        case StepKind.CONTRIBUTE:
            return Breakpoint(step.node, BreakPhase.BACKWARD, operand=step.operand)
        case _ if step.phase is Phase.SEED:
            return Breakpoint(step.node, BreakPhase.BACKWARD)
        case _:
            return None
