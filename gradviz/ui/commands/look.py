"""How a run is looked at: pins, the gradient's flow, kept runs, what-ifs, and which samples are shown."""

from collections.abc import Callable

from PySide6.QtWidgets import QInputDialog, QWidget

from gradviz.session.session import Session
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.compare import ComparePanel
from gradviz.ui.panels.subject import shown_subject

Reveal = Callable[[str], None]
Say = Callable[[str], None]


class LookCommands:
    """Looks at the session's run. reveal(key): brings a dock into view; say: shows a line to the person."""

    def __init__(self, session: Session, window: QWidget, reveal: Reveal, say: Say, compare: ComparePanel) -> None:
        self._session = session
        self._window = window
        self._reveal = reveal
        self._say = say
        self._compare = compare

    def handlers(self) -> Handlers:
        """The handler of each action."""
        samples = self._session.lens.samples
        return {
            "pin": self.pin,
            "flow": self.flow,
            "keep_run": self.keep_run,
            "go_to_sample": self.go_to_sample,
            "worst_sample": samples.show_worst,
            "steepest_sample": samples.show_steepest,
            "sum_samples": self.sum_samples,
        }

    def pin(self) -> None:
        """Pin what the inspector shows, or unpin it."""
        subject = shown_subject(self._session)
        if subject is None:
            return
        self._session.pins.toggle(subject)
        if subject in self._session.pins.subjects:
            self._reveal("pinned")

    def flow(self) -> None:
        """Show where the gradient goes, or don't."""
        lens = self._session.lens
        lens.show_flow(not lens.shows_flow)
        if lens.shows_flow:
            self._reveal("flow")

    def keep_run(self) -> None:
        """Keep the shown run, to compare others with it."""
        self._compare.keep_run()
        self._reveal("compare")

    def go_to_sample(self) -> None:
        """Ask for the number of a sample and show it."""
        count = self._session.sample_count
        if not count:
            self._say("There are no samples: bind data first, with Train ▸ Data.")
            return
        dialog = QInputDialog(self._window)
        dialog.setObjectName("goToSample")
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setWindowTitle("Sample")
        dialog.setLabelText(f"Which sample (0 to {count - 1})?")
        dialog.setIntRange(0, count - 1)
        dialog.setIntValue(self._session.sample)
        dialog.intValueSelected.connect(self._show_sample)
        dialog.open()

    def sum_samples(self) -> None:
        """Show the sum of all samples, or one sample again."""
        samples = self._session.lens.samples
        if not self._session.sample_count:
            self._say("There are no samples to add up: bind data first, with Train ▸ Data.")
        samples.show_sum(not samples.is_summed and self._session.sample_count > 0)

    def _show_sample(self, sample: int) -> None:
        self._session.lens.samples.show_sum(False)
        self._session.show_sample(sample)
