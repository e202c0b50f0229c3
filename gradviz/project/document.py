"""The document: the one project that is being edited, its file and its history."""

from dataclasses import replace
from pathlib import Path

from gradviz.errors import DocumentError
from gradviz.events import Signal
from gradviz.project import files
from gradviz.project.changes import ChangeFlags, changes
from gradviz.project.commands import Command
from gradviz.project.desk import Desk
from gradviz.project.history import Change, History
from gradviz.project.project import Project
from gradviz.project.trained import Trained


class Document:
    """A project that changes by commands, can be undone, and is saved to a file.

    changed(flags): emitted after every change, with what differs.
    """

    def __init__(self, project: Project | None = None) -> None:
        self.changed: Signal[[ChangeFlags]] = Signal()
        self._history = History()
        self._project = project if project is not None else Project()
        self._saved: Project | None = self._project
        self._desk = self._saved_desk = self._project.desk
        self._path: Path | None = None
        self._stamp: tuple[int, int, int] | None = None

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._project

    @property
    def history(self) -> History:
        """What can be undone and redone, for menus to read."""
        return self._history

    @property
    def path(self) -> Path | None:
        """The file that the document was opened from or saved to."""
        return self._path

    @property
    def is_modified(self) -> bool:
        """True when there is unsaved work."""
        return self._project is not self._saved or self._desk != self._saved_desk

    @property
    def desk(self) -> Desk:
        """What lies beside the document: saved with it, but nothing to undo."""
        return self._desk

    def set_desk(self, desk: Desk) -> None:
        """Put something else on the desk."""
        was_modified, self._desk = self.is_modified, desk
        if was_modified != self.is_modified:
            self.changed.emit(ChangeFlags.FILE)

    @property
    def is_changed_outside(self) -> bool:
        """True when another window or program has written the file since it was opened or saved here."""
        now = files.stamp_of(self._path) if self._path is not None else None
        return now is not None and self._stamp is not None and now != self._stamp

    @property
    def name(self) -> str:
        """What a window's title shows: the file's name, else the project's title, else "untitled"."""
        return self._path.name if self._path is not None else self._project.title or "untitled"

    def apply(self, command: Command, name: str, merge_key: object | None = None) -> None:
        """Change the project by a command and remember it under a name such as "Set x".

        Changes in a row with the same merge key are undone together. A command that raises leaves no trace.
        """
        before = self._project
        after = command(before)
        if after is before:
            return
        was_modified = self.is_modified
        self._history.add(Change(name, before, after, merge_key))
        self._project = after
        self._announce(before, was_modified)

    def undo(self) -> None:
        """Take the last change back; nothing when there is none."""
        self._move_to(self._history.undo())

    def redo(self) -> None:
        """Make the change that was undone last again; nothing when there is none."""
        self._move_to(self._history.redo())

    def travel(self, done: int) -> None:
        """Undo or redo until so many changes are done; as far as the history goes."""
        project = None
        while self._history.count > max(done, 0):
            project = self._history.undo()
        while self._history.count < done and self._history.can_redo:
            project = self._history.redo()
        self._move_to(project)

    def seal(self) -> None:
        """End a gesture: the next change is undone by itself, whatever its merge key."""
        self._history.seal()

    def replace(self, project: Project, path: Path | None = None, *, is_saved: bool = True) -> None:
        """Start anew with another project (an example, a recovered one); the history is forgotten."""
        before, was_modified = self._project, self.is_modified
        self._history.clear()
        self._project = project
        self._saved = project if is_saved else None
        self._desk = self._saved_desk = project.desk
        self._path = path
        self._stamp = files.stamp_of(path) if path is not None else None
        self._announce(before, was_modified, ChangeFlags.FILE | ChangeFlags.REPLACED)

    def open(self, path: Path) -> None:
        """Read a document from a file; raises DocumentError and changes nothing when it isn't sound."""
        self.replace(files.load(path), path)

    def save(
        self,
        path: Path | None = None,
        *,
        position: int | None = None,
        sample: int = 0,
        learnt: Trained | None = None,
    ) -> None:
        """Write the document to its file, or to another one from now on.

        position, sample, learnt: where the debugger stands and what was trained, in the file but no part of the
        history; nor is the desk.
        Raises DocumentError, and leaves the old file whole, when the file can't be written or there is no path yet.
        """
        target = path if path is not None else self._path
        if target is None:
            raise DocumentError("the document has no file yet; choose a name to save it under")
        shown = replace(self._project, position=position, sample=sample, trained=learnt, desk=self._desk)
        files.save(shown, target)
        self._history.seal()
        self._saved, self._saved_desk = self._project, self._desk
        self._path = target
        self._stamp = files.stamp_of(target)
        self.changed.emit(ChangeFlags.FILE)

    def _move_to(self, project: Project | None) -> None:
        if project is None:
            return
        before, was_modified = self._project, self.is_modified
        self._project = project
        self._announce(before, was_modified)

    def _announce(self, before: Project, was_modified: bool, flags: ChangeFlags = ChangeFlags.NONE) -> None:
        flags |= changes(before, self._project)
        if was_modified != self.is_modified:
            flags |= ChangeFlags.FILE
        self.changed.emit(flags)
