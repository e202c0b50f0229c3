"""Teacher mode in the window: hides what the document says, tells so, and shows everything when it is lifted."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout

from gradviz.project.changes import ChangeFlags
from gradviz.project.lesson import said, set_lesson
from gradviz.session.veil import DERIVATIVE, VALUE
from gradviz.ui.actions import SPECS
from gradviz.ui.panels.teacher_bar import TeacherBar, TeacherDialog
from gradviz.ui.stage import Bar, Taken

if TYPE_CHECKING:
    from gradviz.ui.main_window import MainWindow

TELLING_DOCKS = ("explain", "flow", "compare", "pinned", "debug", "formula", "derivation", "quiz")
SILENT_MENUS = ("edit", "choose", "align", "run", "window", "help")
SILENT = (
    "new", "open", "save", "save_as", "close", "quit", "train", "pause", "single", "stop", "adopt", "previous_sample",
    "next_sample", "go_to_sample", "data", "training_settings", "fit", "zoom_in", "zoom_out", "tidy", "flow_right",
    "flow_up", "flow_down", "commands", "theme_system", "theme_light", "theme_dark", "animate", "message_usual",
    "message_slow", "message_off", "reset_docks", "full_screen", "op_page", "op_pages", "lecture", "present",
    "present_choice", "teach",
)  # fmt: skip
"""What tells no number of the run; of the other menus all else is hidden with the numbers."""
TELLING = ("check_gradients",)
EXPORTS = (
    "export", "export_report", "export_replay", "copy_plain", "copy_functions", "copy_latex", "copy_numpy",
    "copy_torch", "copy_jax",
)  # fmt: skip


class Teaching:
    """Teacher mode of one window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._is_lifted = False
        self.bar = TeacherBar()
        self.bar.lifted.connect(self.toggle)
        self.bar.changing.connect(self.choose)

    @property
    def is_lifted(self) -> bool:
        """True while everything is shown although the document hides something."""
        return self._is_lifted

    def follow(self) -> None:
        """Begin: the window is complete."""
        central = self._window.centralWidget()
        layout = central.layout() if central is not None else None
        assert isinstance(layout, QBoxLayout)
        layout.insertWidget(0, self.bar)
        self._window.session.document.changed.connect(self._changed)
        self.refresh()

    def choose(self) -> None:
        """Ask what the document is to hide."""
        dialog = TeacherDialog(self._window.session.document.project.lesson, self._window)
        dialog.accepted.connect(lambda: self._hide(dialog.hidden))
        dialog.open()

    def toggle(self) -> None:
        """Lift it in this window, or hide it again; the document stays as it is."""
        self._is_lifted = not self._is_lifted
        self.refresh()

    def refresh(self) -> None:
        """Hide and show as the document says."""
        project = self._window.session.document.project
        words = said(project)
        hidden = frozenset() if self._is_lifted else project.lesson
        marks = {"values": VALUE, "derivatives": DERIVATIVE}
        self._window.session.veil.cover_kinds(mark for key, mark in marks.items() if key in hidden)
        self._window.watches.setVisible(not hidden & marks.keys())
        self._window.learning.stage.take(taken(hidden, self._window.docks.names()))
        self._window.learning.stage.refresh()
        self.bar.say(words, is_lifted=self._is_lifted)
        self.bar.setVisible(bool(words) and self._window.learning.stage.act is None)

    def _hide(self, hidden: frozenset[str]) -> None:
        self._is_lifted = False
        self._window.session.document.apply(set_lesson(hidden), "Teacher mode")
        self.refresh()

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & ChangeFlags.REPLACED:
            self._is_lifted = False
        if flags & (ChangeFlags.REPLACED | ChangeFlags.LESSON):
            self.refresh()


def telling() -> tuple[str, ...]:
    """The actions by which hidden numbers would be told."""
    return tuple(
        spec.key for spec in SPECS if spec.key in TELLING or not (spec.menu in SILENT_MENUS or spec.key in SILENT)
    )


def taken(hidden: Collection[str], docks: Collection[str]) -> Taken:
    """What a document's hidden parts take from the window. docks: those that the window has."""
    if not hidden:
        return Taken()
    tells = bool({"values", "derivatives"} & set(hidden))
    bars = {"toolbar": Bar.TOOLBAR, "formula": Bar.FORMULA, "timeline": Bar.TIMELINE}
    own_docks = {"build", "explain", "loss", "fit", "rates", "surface", "sweep", "debug"} & set(hidden)
    if "train" in hidden:
        own_docks |= {"loss", "rates", "sweep"}
    return Taken(
        docks=frozenset((own_docks | (set(TELLING_DOCKS) if tells else set())) & set(docks)),
        bars=frozenset(bar for key, bar in bars.items() if key in hidden),
        actions=frozenset((*(EXPORTS if "export" in hidden else ()), *(telling() if tells else ()))),
        menus=frozenset(
            menu for menu, is_off in (("train", "train" in hidden), ("labs", "labs" in hidden or tells)) if is_off
        ),
    )
