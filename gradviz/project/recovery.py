"""Recovery files: unsaved work is kept beside the user's state, and offered again after a crash.

    ~/.local/state/gradviz/recovery/<id>.gradviz    the work, an ordinary document
                                    <id>.lock       whose it is: held locked by the window that writes it

The system lets go of a lock when its process ends, however it ends. So work whose lock can be taken is lost work.
"""

import json
import os
import secrets
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_state_path

from gradviz.errors import DocumentError
from gradviz.project import files
from gradviz.project.desk import Desk
from gradviz.project.document import Document
from gradviz.project.format import encode
from gradviz.project.project import Project

INTERVAL_SECONDS = 4.0
"""How often the window should call `Recovery.keep`: at most five seconds of work may be lost."""

_PRIVATE = stat.S_IRUSR | stat.S_IWUSR


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
        self.failure: DocumentError | None = None
        self._document = document
        self._directory = directory if directory is not None else user_state_path("gradviz") / "recovery"
        self._file = self._directory / f"{secrets.token_hex(8)}{files.SUFFIX}"
        self._lock: _Lock | None = None
        self._kept: tuple[Project, Desk] | None = None

    def keep(self) -> None:
        """Write the unsaved work if there is any that isn't kept yet; quick when there is nothing to do.

        A disk that can't be written is no reason to disturb: `failure` says why.
        """
        task = self.task()
        if task is not None:
            task()

    def task(self) -> "KeepTask | None":
        """What `keep` would do, on frozen data, for a worker to call; None when there is nothing to do."""
        project = self._document.project
        if not self._document.is_modified:
            self._forget()
            return None
        desk = self._document.desk
        if self._kept is not None and self._kept[0] is project and self._kept[1] == desk:
            return None
        self._kept = project, desk
        return KeepTask(self, replace(project, desk=desk), self._document.name, self._document.path)

    def lost(self) -> tuple[LostWork, ...]:
        """Work of earlier windows that ended without saving, newest first."""
        try:
            found = [_lost_work(file) for file in self._directory.glob(f"*{files.SUFFIX}") if _is_abandoned(file)]
        except OSError:
            return ()
        return tuple(sorted((work for work in found if work), key=lambda work: work.kept_at, reverse=True))

    def restore(self, work: LostWork) -> Project:
        """The lost project; raises DocumentError when it can't be read."""
        return files.load(work.file)

    def discard(self, work: LostWork) -> None:
        """Forget lost work."""
        _remove(work.file)

    def close(self) -> None:
        """The window closes in good order: nothing is left behind."""
        self._forget()

    def write(self, project: Project, name: str, path: Path | None) -> None:
        """Write one state of the work and whose it is."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._lock is None:
                self._lock = _Lock(_lock_of(self._file))
            files.write_whole(encode(project), self._file, mode=_PRIVATE)
            about = {"name": name, "path": str(path) if path is not None else None}
            files.write_whole(json.dumps(about), _about_of(self._file), mode=_PRIVATE)
            self.failure = None
        except DocumentError as error:
            self._not_kept(error)
        except OSError as error:
            self._not_kept(DocumentError(f"unsaved work can't be kept: {(error.strerror or str(error)).lower()}"))

    def _not_kept(self, error: DocumentError) -> None:
        self.failure = error
        self._kept = None  # the next call tries again

    def _forget(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
            _remove(self._file)
        self._kept = None


@dataclass(frozen=True, slots=True)
class KeepTask:
    """One state of the work, to be written by whoever calls it."""

    recovery: Recovery
    project: Project
    name: str
    path: Path | None

    def __call__(self) -> None:
        """Write it."""
        self.recovery.write(self.project, self.name, self.path)


class _Lock:
    """A file that is locked while its process lives; raises OSError when another process holds it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_of(file: Path) -> Path:
    return file.with_suffix(".lock")


def _about_of(file: Path) -> Path:
    return file.with_suffix(".json")


def _is_abandoned(file: Path) -> bool:
    """True when no process holds the work's lock."""
    try:
        lock = _Lock(_lock_of(file))
    except OSError:
        return False
    lock.release()
    return True


def _lost_work(file: Path) -> LostWork | None:
    try:
        kept_at = datetime.fromtimestamp(file.stat().st_mtime, UTC).astimezone()
    except OSError:
        return None
    name, path = file.stem, None
    with suppress(DocumentError, ValueError, TypeError, KeyError):
        about = json.loads(files.read_limited(_about_of(file)))
        name = str(about["name"])
        path = Path(about["path"]) if about["path"] is not None else None
    return LostWork(file, name, path, kept_at)


def _remove(file: Path) -> None:
    for each in (file, _about_of(file), _lock_of(file)):
        with suppress(OSError):
            each.unlink(missing_ok=True)
