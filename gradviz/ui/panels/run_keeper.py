"""Runs kept and compared, and results taken along: the buttons beside the loss."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from gradviz.errors import DocumentError, GradvizError
from gradviz.session.session import Session
from gradviz.text.numbers import number
from gradviz.train.kept import KeptRun
from gradviz.train.output import history_text, parameters_bytes

_HISTORIES = "Table (*.csv);;Everything as JSON (*.json)"
_PARAMETERS = "Archive of arrays (*.npz);;Table (*.csv);;One array (*.npy)"


class RunKeeper(QToolButton):
    """A menu: keep this run, forget kept ones, save history and parameters.

    changed: called when other runs are kept. say: shows a line to the person.
    """

    def __init__(
        self,
        session: Session,
        changed: Callable[[], None],
        say: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._say = say
        self.setObjectName("runs")
        self.setText("Runs")
        self.setAccessibleName("Keep and compare runs, save results")
        self.setToolTip("Keep this run to compare others with it; save its history and parameters")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self.fill_menu)
        self.setMenu(self._menu)
        session.kept.changed.connect(changed)

    @property
    def kept(self) -> tuple[KeptRun, ...]:
        """The kept runs, the newest last."""
        return self._session.kept.runs

    def keep(self) -> None:
        """Keep the present run."""
        self._session.kept.keep(self._session.training.history)

    def forget(self, name: str | None = None) -> None:
        """Forget one kept run, or all."""
        self._session.kept.forget(name)

    def save_history(self, path: Path) -> None:
        """Write the history as CSV, or the whole run as JSON; raises GradvizError when that fails."""
        descent = self._session.training.descent
        if descent is None or not len(self._session.training.history):
            raise DocumentError("nothing has been trained yet; there is no history to save")
        _write(path, history_text(descent.result(), path.suffix).encode())

    def save_parameters(self, path: Path) -> None:
        """Write the shown parameters; raises GradvizError when that fails."""
        values = self._session.values()
        chosen = {name: values[name] for name in self._session.document.project.parameters}
        _write(path, parameters_bytes(chosen, path.suffix))

    def fill_menu(self) -> None:
        """Make the menu anew, with the kept runs."""
        menu, has_run = self._menu, len(self._session.training.history) > 0
        menu.clear()
        menu.addAction("Keep this run", self.keep).setEnabled(has_run)
        for run in self.kept:
            action = menu.addAction(f"Forget {run.name}: loss {number(run.loss)}")
            action.triggered.connect(lambda _on, name=run.name: self.forget(name))
        if len(self.kept) > 1:
            menu.addAction("Forget all kept runs", self.forget)
        menu.addSeparator()
        menu.addAction("Save history…", lambda: self._ask("history", _HISTORIES, self.save_history)).setEnabled(has_run)
        menu.addAction("Save parameters…", lambda: self._ask("parameters", _PARAMETERS, self.save_parameters))

    def _ask(self, what: str, formats: str, save: Callable[[Path], None]) -> None:
        usual = ".csv" if what == "history" else ".npz"
        name, _ = QFileDialog.getSaveFileName(self, f"Save the {what}", f"{what}{usual}", formats)
        if not name:
            return
        path = Path(name)
        try:
            save(path if path.suffix else path.with_suffix(usual))
        except GradvizError as error:
            self._say(error.message)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise DocumentError(f"{path.name} can't be written: {error.strerror or error}") from None
