"""What a document takes along when it is saved: where the run stands, what was trained, what is kept in view."""

from pathlib import Path
from typing import TYPE_CHECKING

from gradviz.project.trained import trained

if TYPE_CHECKING:
    from gradviz.session.session import Session


def save(session: "Session", path: Path | None) -> None:
    """Save a session's document as it is seen; raises DocumentError."""
    position = None if session.debugger.is_overview else session.debugger.position
    training = session.training
    learnt = trained(training.iteration, training.shown_iteration, training.shown_parameters, training.history)
    session.document.save(path, position=position, sample=session.sample, learnt=learnt)
