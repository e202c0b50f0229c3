"""What the canvas stresses: how much flows back where, and what differs from another run."""

from gradviz.export.accents import NONE, Accents, change_accents, flow_accents
from gradviz.session.lens import Lens


def accents_of(lens: Lens, position: int | None) -> Accents:
    """The accents of the shown run after `position` steps (None: after all)."""
    trace, comparison = lens.trace, lens.comparison
    flow = flow_accents(trace, position) if lens.shows_flow and trace is not None else NONE
    return flow.with_notes(change_accents(comparison)) if comparison is not None else flow
