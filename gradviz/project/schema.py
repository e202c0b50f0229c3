"""The keys of a document, as msgspec checks them: one class for each part of the file, one for each version.

A new key has a default, so that files without it stay readable. A key that a class doesn't know is a mistake.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gradviz.core.types import Role
from gradviz.data.binding import Gaps
from gradviz.project.desk import MOST_PINNED
from gradviz.project.placing import MAX_COMMENT_TEXT, MAX_COMMENTS, MAX_PLACE
from gradviz.project.stops import BreakPhase
from gradviz.train.kept import MOST_KEPT
from gradviz.train.settings import USUAL

Count = Annotated[int, Meta(ge=0)]
Text = Annotated[str, Meta(max_length=1_000_000)]
Name = Annotated[str, Meta(max_length=1_000)]
MAX_POSITION = 10_000_000
Place = Annotated[float, Meta(ge=-MAX_PLACE, le=MAX_PLACE)]
Remarked = Annotated[str, Meta(max_length=MAX_COMMENT_TEXT)]


class Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=False):
    """A part of the file; a key that it doesn't know is a mistake, not a guest."""


class Leaf(Strict):
    """A leaf's role and value."""

    role: Role
    value: Any


class Training(Strict):
    """The training settings."""

    rate: float | Literal["nan", "inf", "-inf"]
    steps: Count
    optimizer: Name
    batch: Count | None
    reduce: Literal["sum", "mean"]
    seed: Count
    options: dict[Name, float] = {}
    schedule: Name = USUAL.schedule
    schedule_factor: float | None = None
    schedule_period: Count = USUAL.schedule_period
    warmup: Count = 0
    weight_decay: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    initialiser: Name = USUAL.initialiser
    initial_scale: float = 1.0
    stop_loss: float | None = None
    stop_gradient: float | None = None
    patience: Count | None = None
    stop_seconds: float | None = None
    validation: float = 0.0


class Data(Strict):
    """The table, or the name of the data set, and what feeds which leaf."""

    bindings: dict[Name, list[Name]]
    data_set: Name | None = None
    name: Name | None = None
    columns: dict[Name, list[Any]] | None = None
    labels: dict[Name, list[Text]] | None = None
    standardised: list[Name] = []
    gaps: Gaps = Gaps.DROP


class Breakpoint(Strict):
    """One breakpoint."""

    phase: BreakPhase
    node: Count | None = None
    enabled: bool = True
    operand: Count | None = None
    condition: Name = ""
    ignore: Count = 0
    lasts: Annotated[int, Meta(ge=1)] = 1


class Advice(Strict):
    """How a ready-made watch differs from its defaults."""

    enabled: bool = True
    stops: bool = False
    thresholds: dict[Name, float] = {}


class Breakpoints(Strict):
    """Breakpoints and watches."""

    stop_at_non_finite: bool = True
    nodes: list[Breakpoint] = []
    watches: list[Name] = []
    advice: dict[Name, Advice] = {}


class View(Strict):
    """What the debugger shows."""

    position: Annotated[int, Meta(ge=0, le=MAX_POSITION)] | None = None
    sample: Count = 0


class Pin(Strict):
    """A node's place, the middle of its card."""

    node: Count
    x: Place
    y: Place


class Painted(Strict):
    """A node's colour."""

    node: Count
    colour: Name


class Unfolded(Strict):
    """A use of a function that is seen from inside. (A node alone means all that end there.)"""

    node: Count
    function: Name


class Remark(Strict):
    """A comment."""

    text: Remarked | list[Remarked]
    x: Place
    y: Place
    width: Annotated[float, Meta(gt=0, le=MAX_PLACE)] | None = None
    node: Count | None = None
    colour: Name | None = None


class Canvas(Strict):
    """How the graph stands on the canvas."""

    direction: Literal["LR", "BT", "TB"] = "LR"
    pins: list[Pin] = []
    colours: list[Painted] = []
    unfolded: list[Count | Unfolded] = []
    comments: Annotated[list[Remark], Meta(max_length=MAX_COMMENTS)] = []


class Version1(Strict):
    """A document of version 1."""

    # frozen: what files of version 1 hold
    format: str
    version: int
    formula: Text | list[Text]
    title: Text = ""
    last_readable_formula: Text | list[Text] | None = None
    leaves: dict[Name, Leaf] = {}
    training: Training | None = None
    data: Data | None = None
    breakpoints: Breakpoints | None = None
    view: View | None = None
    notes: Text | list[Text] = ""


class History(Strict):
    """Loss and more by iteration."""

    iteration: list[Count] = []
    loss: list[Any] = []
    gradient_norm: list[Any] = []
    validation: list[Any] = []
    accuracy: list[Any] = []


class Trained(Strict):
    """A past training."""

    iteration: Annotated[int, Meta(ge=1)]
    shown: Count = 0
    parameters: dict[Name, Any] = {}
    history: History = msgspec.field(default_factory=History)


class Lesson(Strict):
    """Teacher mode: the parts that are hidden."""

    hidden: list[Name] = []


class Pinned(Strict):
    """A node that is kept in view, or of an operation the edge of one operand."""

    node: Count
    operand: Count | None = None


class KeptRun(Strict):
    """A run that was kept to be compared with others."""

    name: Name
    training: Training
    history: History


class WhatIf(Strict):
    """Another number for a node in the shown run: its value, or the adjoint that it sends back."""

    node: Count
    value: Any = None
    adjoint: Any = None


class Desk(Strict):
    """What lies beside the document."""

    pinned: Annotated[list[Pinned], Meta(max_length=MOST_PINNED)] = []
    runs: Annotated[list[KeptRun], Meta(max_length=MOST_KEPT)] = []
    what_if: list[WhatIf] = []


class Version2(Version1):
    """A document of version 2."""

    canvas: Canvas | None = None
    trained: Trained | None = None
    desk: Desk | None = None
    lesson: Lesson | None = None
