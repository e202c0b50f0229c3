"""Where a run stopped and why: the exact step of the exact sample's run, the cause, and what would help."""

from dataclasses import dataclass

from gradviz.core.graph import Edge
from gradviz.core.trace import StepKind, Trace
from gradviz.core.types import NodeId
from gradviz.project.stops import Breakpoint
from gradviz.session.breakpoints import first_non_finite
from gradviz.session.causes import cause_of
from gradviz.session.look import Alarm
from gradviz.session.monitors import NON_FINITE
from gradviz.session.poison import is_finite, poison_of


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a run stopped and why; plain data, so that it can travel.

    sample: the row of the data whose run it is, None without data. position: just after the step, in its trace.
    key: the ready-made watch, "" for a breakpoint. nodes, edges: the poison path, where there is one.
    halts: False for what is only marked, with its advice.
    """

    iteration: int
    sample: int | None
    position: int
    node: NodeId
    phase: str
    cause: str
    advice: str = ""
    key: str = ""
    breakpoint: Breakpoint | None = None
    nodes: tuple[NodeId, ...] = ()
    edges: frozenset[Edge] = frozenset()
    halts: bool = True


def stop_at(trace: Trace, position: int, iteration: int, sample: int | None, cause: str, point: Breakpoint) -> Stop:
    """The stop of a breakpoint in a recorded run."""
    step = trace.steps[position - 1]
    phase = _phase(step.phase.value)
    if is_finite(step.value):
        return Stop(iteration, sample, position, step.node, phase, cause, breakpoint=point)
    poison = poison_of(trace, step)
    return Stop(iteration, sample, position, step.node, phase, cause, "", "", point, poison.nodes, poison.edges)


def _phase(phase: str) -> str:
    return "backward" if phase == "seed" else phase


def stop_in(trace: Trace, alarm: Alarm, iteration: int = 0, sample: int | None = None) -> Stop:
    """The stop in a recorded run that an alarm is about."""
    if alarm.key == NON_FINITE:
        bad = first_non_finite(trace)
        if bad is not None:
            return explained(trace, bad.position, iteration, sample)
    position = next(
        (
            step.index + 1
            for step in trace.steps
            if step.node == alarm.node and _is_step_of(step.kind, step.operand, alarm)
        ),
        len(trace.steps),
    )
    return Stop(iteration, sample, position, alarm.node, alarm.phase, alarm.cause, alarm.advice, alarm.key)


def explained(trace: Trace, position: int, iteration: int = 0, sample: int | None = None) -> Stop:
    """The stop at a step whose number is not finite: its cause, what would help, and where it went."""
    step = trace.steps[position - 1]
    cause, poison = cause_of(trace, step), poison_of(trace, step)
    bad = first_non_finite(trace)
    what = bad.cause if bad is not None and bad.position == position else "not finite"
    where = f" at sample {sample}" if sample is not None else ""
    return Stop(
        iteration,
        sample,
        position,
        step.node,
        _phase(step.phase.value),
        f"{what}: {cause.why}{where}",
        cause.advice,
        NON_FINITE,
        None,
        poison.nodes,
        poison.edges,
    )


def _is_step_of(kind: StepKind, operand: int | None, alarm: Alarm) -> bool:
    match alarm.phase:
        case "forward":
            return kind is StepKind.EVALUATE
        case "backward":
            return kind in (StepKind.CONTRIBUTE, StepKind.SEED) and alarm.operand in (None, operand)
        case _:
            return kind is StepKind.UPDATE
