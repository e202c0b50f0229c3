"""What the canvas stresses: how much flows back where, and what differs from another run."""

from gradviz.export.accents import NONE, Accents, change_accents, flow_accents
from gradviz.session.halt import Stop
from gradviz.session.lens import Lens


def accents_of(lens: Lens, position: int | None, hit: Stop | None = None) -> Accents:
    """The accents of the shown run after `position` steps (None: after all). hit: where it stopped, with its path."""
    trace, comparison = lens.trace, lens.comparison
    flow = flow_accents(trace, position) if lens.shows_flow and trace is not None else NONE
    found = flow.with_notes(change_accents(comparison)) if comparison is not None else flow
    return found.with_poison(hit.nodes, hit.edges) if hit is not None and hit.nodes else found
