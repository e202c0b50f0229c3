"""The File menu: new, open, save, recent files, examples, export, recovery, and the one question on closing.

A file that is open in another window is shown there. Of several files the first opens here, each other in a window
of its own. A table (CSV) is offered as data.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gradviz.errors import GradvizError
from gradviz.project.files import SUFFIX
from gradviz.project.recovery import LostWork, Recovery
from gradviz.session.session import Session
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.notice import Offer
from gradviz.ui.preferences import Preferences

FILTER = f"gradviz documents (*{SUFFIX});;All files (*)"
TABLES = (".csv", ".tsv", ".txt")
Say = Callable[[str, Sequence[Offer]], None]


class FileWindow(Protocol):
    """A window as far as its files are concerned."""

    @property
    def files(self) -> "FileCommands":
        """Its file commands."""


class FileCommands:
    """Opens and saves the session's document.

    say: shows a message with offers that stops nobody. open_beside: makes one more window. raised(path): brings the
    other window to the front in which a file is open; False when there is none. offer_table: offers a file as data.
    keep: keeps unsaved work for after a crash, at once.
    """

    def __init__(
        self,
        session: Session,
        window: QWidget,
        preferences: Preferences,
        say: Say,
        *,
        open_beside: Callable[[], FileWindow],
        raised: Callable[[Path], bool],
        offer_table: Callable[[Path], None],
        keep: Callable[[], None],
    ) -> None:
        self._session = session
        self._window = window
        self._open_beside = open_beside
        self._raised = raised
        self._offer_table = offer_table
        self._keep = keep
        self._preferences = preferences
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {"new": self.new, "open": self.ask_open, "save": self.save, "save_as": self.save_as}

    def new(self) -> None:
        """Start anew, after asking about unsaved work."""
        if self.may_leave():
            self._session.new()

    def ask_open(self) -> None:
        """Ask for files and open them."""
        start = self._session.document.path
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open", str(start.parent) if start else "", FILTER)
        self.open_all([Path(name) for name in names])

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open documents, the first here and each other in a window of its own; tables are offered as data."""
        documents = [path for path in paths if not is_table(path)]
        for index, path in enumerate(documents):
            if index and not self._raised(path):
                self._open_beside().files.open(path)
            elif not index:
                self.open(path)
        for path in [path for path in paths if is_table(path)][:1]:
            self._offer_table(path)

    def open(self, path: Path) -> None:
        """Open a document, after asking about unsaved work; what can't be read changes nothing."""
        if self._raised(path) or not self.may_leave():
            return
        try:
            self._session.open(path)
        except GradvizError as error:
            self._say(error.message, ())
            return
        self._remember(path)

    def open_example(self, key: str) -> None:
        """Open an example, after asking about unsaved work."""
        if self.may_leave():
            try:
                self._session.open_example(key)
            except GradvizError as error:
                self._say(error.message, ())

    def save(self) -> bool:
        """Save to the document's file; ask for one when there is none. False when nothing was saved."""
        document = self._session.document
        if document.path is None:
            return self.save_as()
        if document.is_changed_outside:
            self._say(
                f"{document.name} was changed by another program since it was opened; nothing is saved yet.",
                [
                    ("Save as…", self._save_again),
                    ("Overwrite it", partial(self._overwrite, document.path)),
                    ("Take its version, lose mine", partial(self._take_anew, document.path)),
                ],
            )
            return False
        return self.save_to(document.path)

    def _take_anew(self, path: Path) -> None:
        """Take what is in the file now; what was changed here is lost, as the offer says."""
        try:
            self._session.open(path)
        except GradvizError as error:
            self._say(error.message, ())

    def _overwrite(self, path: Path) -> None:
        self.save_to(path)

    def save_as(self) -> bool:
        """Ask for a file and save to it."""
        path = self._session.document.path
        start = str(path) if path is not None else f"{self._session.document.name}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save as", start, FILTER)
        if not name:
            return False
        chosen = Path(name)
        return self.save_to(chosen if chosen.suffix else chosen.with_suffix(SUFFIX))

    def save_to(self, path: Path) -> bool:
        """Save to a file; says so and returns False when that can't be done."""
        try:
            self._session.save(path)
        except GradvizError as error:
            self._say(error.message, [("Save as…", self._save_again)])
            return False
        self._remember(path)
        return True

    def may_leave(self) -> bool:
        """Ask once what shall become of unsaved work; True when it may be left."""
        document = self._session.document
        if not document.is_modified:
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setObjectName("unsaved")
        box.setWindowTitle("gradviz")
        box.setText(f"Save the changes to {document.name}?")
        box.setInformativeText("They are lost otherwise.")
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        return answer == buttons.Discard or (answer == buttons.Save and self.save())

    def offer_lost_work(self, recovery: Recovery) -> None:
        """Offer work that a crash left behind; of several windows, the work of each."""
        lost = recovery.lost()
        if not lost:
            return
        when = lost[0].kept_at.strftime("%d %b %H:%M")
        more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
        restore = "Restore" if len(lost) == 1 else f"Restore all {len(lost)}"
        self._say(
            f"gradviz ended without saving {lost[0].name} (kept {when}){more}.",
            [
                (restore, partial(self._restore_all, recovery, lost)),
                ("Forget it" if len(lost) == 1 else "Forget them", partial(_discard_all, recovery, lost)),
            ],
        )

    def _restore_all(self, recovery: Recovery, lost: Sequence[LostWork]) -> None:
        self.restore(recovery, lost[0])
        for work in lost[1:]:
            self._open_beside().files.restore(recovery, work)

    def restore(self, recovery: Recovery, work: LostWork) -> None:
        """Take up lost work here; it is forgotten as lost only when it is kept anew."""
        if not self.may_leave():
            return
        try:
            self._session.show(recovery.restore(work), work.path, is_saved=False)
        except GradvizError as error:
            self._say(error.message, ())
            return
        self._keep()
        recovery.discard(work)

    @property
    def recent(self) -> tuple[str, ...]:
        """The last files, the latest first."""
        return tuple(self._preferences.recent)

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._preferences.recent.clear()
        self._preferences.save()

    def _save_again(self) -> None:
        self.save_as()

    def _remember(self, path: Path) -> None:
        self._preferences.remember(path)
        self._preferences.save()


def is_table(path: Path) -> bool:
    """True for a file whose name says that it holds a table."""
    return path.name.lower().removesuffix(".gz").endswith(TABLES)


def _discard_all(recovery: Recovery, lost: Sequence[LostWork]) -> None:
    for work in lost:
        recovery.discard(work)
