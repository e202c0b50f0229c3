"""The Run and Train menus: the debugger in both directions, breakpoints, training and samples."""

from collections.abc import Callable

from gradviz.core.graph import Apply
from gradviz.core.types import NodeId
from gradviz.errors import GradvizError
from gradviz.project.commands import clear_breakpoints, stop_at_non_finite
from gradviz.project.stop_commands import add_breakpoint, remove_breakpoint
from gradviz.project.stops import BreakPhase, Breakpoint
from gradviz.session.session import Session

Handlers = dict[str, Callable[[], object]]


class RunCommands:
    """Moves in time and in training. say: shows a line to the person."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._session = session
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        debugger, training = self._session.debugger, self._session.training
        return {
            "step": debugger.step,
            "into": debugger.step_into,
            "out": debugger.step_out,
            "continue": debugger.continue_,
            "run_to": self.run_to,
            "back": debugger.step_back,
            "back_into": debugger.step_into_back,
            "back_out": debugger.step_out_back,
            "reverse": debugger.reverse_continue,
            "run_back_to": self.run_back_to,
            "restart": debugger.restart,
            "overview": debugger.overview,
            "breakpoint": self.breakpoint,
            "clear_breakpoints": self.clear_breakpoints,
            "stop_at_nan": self.stop_at_nan,
            "train": self.train,
            "pause": self.pause,
            "single": training.single,
            "stop": self.stop,
            "adopt": self.adopt,
            "previous_sample": self.previous_sample,
            "next_sample": self.next_sample,
        }

    def run_to(self) -> None:
        """Go on to the selected node."""
        node = self._chosen("run to")
        if node is not None and not self._session.debugger.run_to(node):
            self._say("Nothing more happens at this node in this run.")

    def run_back_to(self) -> None:
        """Go back to the selected node."""
        node = self._chosen("go back to")
        if node is not None and not self._session.debugger.run_back_to(node):
            self._say("Nothing has happened at this node before.")

    def breakpoint(self) -> None:
        """Put a breakpoint on the selected op or edge, or take it away."""
        graph, selection = self._session.graph, self._session.selection
        if graph is None:
            return
        if selection.edge is not None:
            self._toggle(Breakpoint(selection.edge.target, BreakPhase.BACKWARD, operand=selection.edge.operand))
            return
        node = self._chosen("stop at")
        if node is None:
            return
        is_op = isinstance(graph.nodes[node], Apply)
        self._toggle(Breakpoint(node, BreakPhase.FORWARD if is_op else BreakPhase.BACKWARD))

    def _toggle(self, point: Breakpoint) -> None:
        """Take away what stands at the same place, else put the breakpoint there."""
        known = [p for p in self._session.document.project.breakpoints if p.is_at(point)]
        command = remove_breakpoint(known[0]) if known else add_breakpoint(point)
        try:
            self._session.document.apply(command, "Toggle breakpoint")
        except GradvizError as error:
            self._say(error.message)

    def clear_breakpoints(self) -> None:
        """Take all breakpoints away."""
        self._session.document.apply(clear_breakpoints(), "Clear breakpoints")

    def stop_at_nan(self) -> None:
        """Stop at the first value that is not finite, or don't."""
        is_on = self._session.document.project.stops_at_non_finite
        self._session.document.apply(stop_at_non_finite(not is_on), "Stop at NaN or ∞")

    def train(self) -> None:
        """Start training, or pause it."""
        training = self._session.training
        if training.is_running:
            training.pause()
        else:
            training.start()

    def pause(self) -> None:
        """Stop training after the present iteration, or a search for a breakpoint."""
        self._session.training.pause()
        if self._session.watching.is_searching:
            self._session.watching.cancel()

    def stop(self) -> None:
        """Forget the training, and show the whole run."""
        self._session.training.reset()
        self._session.debugger.overview()

    def adopt(self) -> None:
        """Write the trained parameters into the document."""
        try:
            self._session.adopt_parameters()
        except GradvizError as error:
            self._say(error.message)

    def previous_sample(self) -> None:
        """Show the sample before."""
        self._session.show_sample(self._session.sample - 1)

    def next_sample(self) -> None:
        """Show the next sample."""
        self._session.show_sample(self._session.sample + 1)

    def _chosen(self, what: str) -> NodeId | None:
        node = self._session.selection.node
        if node is None:
            self._say(f"Select the node to {what}: click it in the graph.")
        return node
