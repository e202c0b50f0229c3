"""Recovery files: unsaved work is kept beside the user's state, and offered again after a crash.

One folder, one pair of files a running window: `<id>.gradviz` (the work) and `<id>.lock` (who owns it). A pair
whose owner no longer runs is lost work.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gradviz.project.document import Document
from gradviz.project.project import Project

INTERVAL_SECONDS = 4.0
"""How often the window should call `Recovery.keep`: at most five seconds of work may be lost."""


@dataclass(frozen=True, slots=True)
class LostWork:
    """Work that a crash left behind: what it was called, where it was saved, and when it was kept."""

    file: Path
    name: str
    path: Path | None
    kept_at: datetime


class Recovery:
    """Keeps one document's unsaved work while its window runs."""

    def __init__(self, document: Document, directory: Path | None = None) -> None:
        raise NotImplementedError

    def keep(self) -> None:
        """Write the unsaved work if there is any that isn't kept yet; quick when there is nothing to do.

        A disk that can't be written is no reason to disturb: `failure` says why.
        """
        raise NotImplementedError

    def lost(self) -> tuple[LostWork, ...]:
        """Work of earlier windows that ended without saving, newest first."""
        raise NotImplementedError

    def restore(self, work: LostWork) -> Project:
        """The lost project; raises DocumentError when it can't be read."""
        raise NotImplementedError

    def discard(self, work: LostWork) -> None:
        """Forget lost work."""
        raise NotImplementedError

    def close(self) -> None:
        """The window closes in good order: nothing is left behind."""
        raise NotImplementedError
