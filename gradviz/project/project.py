"""The project: everything that a document stores, frozen.

`formula` is the text as it was typed. While it is half typed and can't be read, `error` says why and
`reading` is that of the last text that could be read, so the picture stays and leaves keep their values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from gradviz.core.graph import Graph, Use
from gradviz.core.types import Array, NodeId, Role
from gradviz.data.preparation import AS_READ, Preparation
from gradviz.errors import GradvizError
from gradviz.project.desk import EMPTY, Desk
from gradviz.project.placing import Comment as Comment
from gradviz.project.placing import Direction as Direction
from gradviz.project.placing import Point as Point
from gradviz.project.stops import Advice
from gradviz.project.stops import BreakPhase as BreakPhase
from gradviz.project.stops import Breakpoint as Breakpoint
from gradviz.project.trained import Trained
from gradviz.train.settings import USUAL
from gradviz.train.settings import TrainingSettings as TrainingSettings

if TYPE_CHECKING:
    from gradviz.data.tables import Table
    from gradviz.lang.reading import Reading


@dataclass(frozen=True, slots=True, eq=False)
class LeafSetting:
    """What a leaf is to a run, and its value: of a data leaf the value used while no column is bound to it.

    is_role_given, is_value_given: a person chose it; what gradviz chose may be chosen anew when the formula changes.
    """

    role: Role
    value: Array
    is_role_given: bool = False
    is_value_given: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """One document's content.

    leaves: the leaves of the shown graph by name, in the graph's order.
    former: settings of leaves that an earlier formula had, taken up again when the name returns.
    table: the data; data_set: its name when it is one that comes with gradviz.
    bindings: for a data leaf the columns that feed it, one (a scalar a sample) or several (a vector).
    preparation: what becomes of the columns before that: rows with gaps, a common scale.
    watches: expressions that are shown all the time. advice: how ready-made watches differ from their defaults.
    pins: nodes that a person has placed. comments, colours: on the canvas. unfolded: the blocks that are shown
    from inside. direction: which way values flow; see project/placing.py.
    lesson: what teacher mode hides, see project/lesson.py. trained: what the file remembers of a training.
    desk: the nodes and runs that it keeps in view.
    position, sample: where the debugger stood when the document was saved; None shows everything.
    """

    formula: str = ""
    reading: "Reading | None" = None
    error: GradvizError | None = None
    leaves: Mapping[str, LeafSetting] = field(default_factory=dict)
    former: Mapping[str, LeafSetting] = field(default_factory=dict)
    table: "Table | None" = None
    data_set: str | None = None
    bindings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    preparation: Preparation = AS_READ
    training: TrainingSettings = USUAL
    breakpoints: tuple[Breakpoint, ...] = ()
    stops_at_non_finite: bool = True
    watches: tuple[str, ...] = ()
    advice: Mapping[str, Advice] = field(default_factory=dict)
    pins: Mapping[NodeId, Point] = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()
    colours: Mapping[NodeId, str] = field(default_factory=dict)
    unfolded: frozenset[Use] = frozenset()
    direction: Direction = Direction.LR
    title: str = ""
    notes: str = ""
    lesson: frozenset[str] = frozenset()
    trained: Trained | None = None
    desk: Desk = EMPTY
    position: int | None = None
    sample: int = 0

    def __post_init__(self) -> None:
        for name in ("leaves", "former", "bindings", "advice", "pins", "colours"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def graph(self) -> Graph | None:
        """The graph of the last formula that could be read; None before there was one."""
        return self.reading.graph if self.reading is not None else None

    @property
    def values(self) -> dict[str, Array]:
        """The value of each leaf, as the project has it (without data and training)."""
        return {name: leaf.value for name, leaf in self.leaves.items()}

    @property
    def roles(self) -> dict[str, Role]:
        """The role of each leaf."""
        return {name: leaf.role for name, leaf in self.leaves.items()}

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the leaves that descent updates."""
        return tuple(name for name, leaf in self.leaves.items() if leaf.role is Role.PARAMETER)

    @property
    def bound(self) -> dict[str, tuple[str, ...]]:
        """The bindings that count: of data leaves that the formula has, to a table that is there."""
        if self.table is None:
            return {}
        return {name: columns for name, columns in self.bindings.items() if self._is_data(name)}

    def _is_data(self, name: str) -> bool:
        return name in self.leaves and self.leaves[name].role is Role.DATA


Command = Callable[[Project], Project]
"""What changes a document: see `Document.apply`."""


def project_from_formula(text: str) -> Project:
    """A new project for a formula, with roles and values that make a first picture.

    Does not raise for a formula that can't be read: the project's `error` says why.
    """
    from gradviz.project.commands import set_formula

    return set_formula(text)(Project())
