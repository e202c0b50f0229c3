"""Where a run is to stop, and what is watched while it goes: the part of a project that is about debugging.

A breakpoint stands on a node, on an edge (an operand slot of a node) or nowhere in particular; then its condition
is asked at each step. Watches are expressions of the same language; ready-made watches have thresholds of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from gradviz.core.types import NodeId

MAX_BREAKPOINTS = 200
MAX_WATCHES = 50


class BreakPhase(Enum):
    """The pass in which a breakpoint on a node or an edge stops."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A stop when a node computes (forward) or has sent back its contributions (backward).

    node: None asks the condition at every step. operand: stands on this operand's edge instead of the node.
    condition: text of the formula language, "" for always. ignore: so many hits are passed over first.
    lasts: the condition must hold in so many iterations on end.
    """

    node: NodeId | None
    phase: BreakPhase = BreakPhase.FORWARD
    is_enabled: bool = True
    operand: int | None = None
    condition: str = ""
    ignore: int = 0
    lasts: int = 1

    def is_at(self, other: "Breakpoint") -> bool:
        """True when both stand at the same place, whatever their conditions."""
        return (self.node, self.phase, self.operand) == (other.node, other.phase, other.operand)


@dataclass(frozen=True, slots=True)
class Advice:
    """How one ready-made watch differs from its defaults: on or off, whether it stops a run, its own thresholds.

    A watch that doesn't stop marks the place and gives its advice.
    """

    is_enabled: bool = True
    stops: bool = False
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "thresholds", MappingProxyType(dict(self.thresholds)))

    def __reduce__(self) -> tuple[object, ...]:
        return Advice, (self.is_enabled, self.stops, dict(self.thresholds))


def moved_breakpoints(points: tuple[Breakpoint, ...], moved: Mapping[NodeId, NodeId]) -> tuple[Breakpoint, ...]:
    """The breakpoints in an edited graph; those whose node has gone are dropped. moved: old node → new node."""
    return tuple(
        point if point.node is None else replace(point, node=moved[point.node])
        for point in points
        if point.node is None or point.node in moved
    )
