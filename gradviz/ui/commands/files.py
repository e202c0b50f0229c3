"""The File menu: new, open, save, recent files, examples, export, recovery, and the one question on closing."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gradviz.errors import GradvizError
from gradviz.project.files import SUFFIX
from gradviz.project.recovery import LostWork, Recovery
from gradviz.session.session import Session
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.notice import Offer
from gradviz.ui.preferences import Preferences

FILTER = f"gradviz documents (*{SUFFIX});;All files (*)"
Say = Callable[[str, Sequence[Offer]], None]


class FileCommands:
    """Opens and saves the session's document. say: shows a message with offers that stops nobody."""

    def __init__(self, session: Session, window: QWidget, preferences: Preferences, say: Say) -> None:
        self._session = session
        self._window = window
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
        """Ask for a file and open it."""
        start = self._session.document.path
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", str(start.parent) if start else "", FILTER)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a document, after asking about unsaved work; what can't be read changes nothing."""
        if not self.may_leave():
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
        path = self._session.document.path
        return self.save_to(path) if path is not None else self.save_as()

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
        """Offer work that a crash left behind."""
        lost = recovery.lost()
        if lost:
            work = lost[0]
            when = work.kept_at.strftime("%d %b %H:%M")
            self._say(
                f"gradviz ended without saving {work.name} (kept {when}).",
                [
                    ("Restore", lambda: self._restore(recovery, work)),
                    ("Forget it", lambda: recovery.discard(work)),
                ],
            )

    def _restore(self, recovery: Recovery, work: LostWork) -> None:
        if not self.may_leave():
            return
        try:
            self._session.show(recovery.restore(work), work.path, is_saved=False)
        except GradvizError as error:
            self._say(error.message, ())
            return
        recovery.discard(work)

    def _save_again(self) -> None:
        self.save_as()

    def _remember(self, path: Path) -> None:
        self._preferences.remember(path)
        self._preferences.save()
