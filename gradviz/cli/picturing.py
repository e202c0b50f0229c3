"""What `render` and `report` draw: the run of a formula or a document, placed as the document has it."""

from collections.abc import Collection, Iterable

from gradviz.cli.documents import Subject
from gradviz.cli.failure import Failure, note
from gradviz.core.graph import Use
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import NodeId
from gradviz.errors import LayoutError
from gradviz.export.cards import boxes_and_slots
from gradviz.export.film import Film
from gradviz.export.folding import folding, uses_named
from gradviz.export.picture import Composer
from gradviz.layout.dot import place
from gradviz.layout.engine import find_engine
from gradviz.layout.pinning import pinned
from gradviz.layout.types import Direction, Placement
from gradviz.text import symbols
from gradviz.text.explain import Explainer


def trace_of(subject: Subject) -> Trace | None:
    """The run; None when no leaf has a value, and then the graph alone is drawn."""
    known = {**subject.graph.defaults, **subject.values}
    return record(subject.graph, subject.values) if known or not subject.graph.leaves() else None


def film_of(subject: Subject, trace: Trace | None, unfold: Collection[str] = ()) -> Film:
    """The run as pictures. unfold: functions whose uses are seen from inside, beside those that a document unfolds."""
    shows_numbers = trace is not None
    project = subject.project
    composer = Composer(
        subject.graph,
        placement_of(subject, unfold),
        subject.roles,
        trace,
        values=shows_numbers,
        derivatives=shows_numbers,
        unfolded=_unfolded(subject, unfold),
        colours=project.colours if project is not None else None,
        comments=project.comments if project is not None else (),
    )
    return Film(composer, trace, Explainer(trace, subject.roles) if trace is not None else None)


def _unfolded(subject: Subject, unfold: Collection[str]) -> frozenset[Use]:
    """The blocks that are seen from inside; all others are one card each, as in the window."""
    named = uses_named(subject.graph, unfold)
    return named | subject.project.unfolded if subject.project is not None else named


def placement_of(subject: Subject, unfold: Collection[str] = ()) -> Placement:
    """Where the cards stand: of a document in its direction, with its blocks folded and its cards pinned."""
    project, graph = subject.project, subject.graph
    unfolded = _unfolded(subject, unfold)
    direction = project.direction if project is not None else Direction.LR
    boxes, slots = boxes_and_slots(graph, subject.roles, unfolded)
    try:
        engine = find_engine()
    except LayoutError as error:
        note(f"{error.message}; placed without it")
        engine = None
    groups = folding(graph, unfolded).groups
    free = place(boxes, slots, graph.output, direction=direction, groups=groups, engine=engine)
    pins = {node: at for node, at in project.pins.items() if node in free.boxes} if project is not None else {}
    return pinned(free, pins, graph.output, direction) if pins else free


def nodes_named(subject: Subject, names: Iterable[str]) -> frozenset[NodeId]:
    """The nodes of these names, as `gradviz eval` and the window show them; a Failure for one that isn't there."""
    known = {name: NodeId(node) for node, name in enumerate(symbols.symbols(subject.graph))}
    missing = [name for name in names if name not in known]
    if missing:
        raise Failure(f"there is no node {missing[0]}; the nodes are {', '.join(known)}")
    return frozenset(known[name] for name in names)
