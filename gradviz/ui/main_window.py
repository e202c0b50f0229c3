"""The window: puts toolbar, formula bar, graph, timeline and docks around one session.

It holds no state of its own beyond what Qt needs. What actions do stands in `ui/commands`, what is shown in panels.
"""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from gradviz.errors import GradvizError, GraphError
from gradviz.project.changes import ChangeFlags
from gradviz.project.recovery import INTERVAL_SECONDS, Recovery
from gradviz.session.runner import Job, Runner
from gradviz.session.session import Session
from gradviz.session.trainer import Trainer
from gradviz.ui.actions import NEEDS_RUN, Actions
from gradviz.ui.canvas.view import GraphView
from gradviz.ui.commands.add import AddCommands
from gradviz.ui.commands.checks import CheckCommands
from gradviz.ui.commands.dialogs import DialogCommands
from gradviz.ui.commands.edit import EditCommands
from gradviz.ui.commands.files import FileCommands
from gradviz.ui.commands.motion import MotionCommands
from gradviz.ui.commands.panels import PanelCommands
from gradviz.ui.commands.remarks import Remarks
from gradviz.ui.commands.run import Handlers, RunCommands
from gradviz.ui.commands.view import ViewCommands
from gradviz.ui.docks import Docks
from gradviz.ui.iteration_track import IterationTrack
from gradviz.ui.jobs import QtRunner
from gradviz.ui.learning import Learning
from gradviz.ui.looking import Looking
from gradviz.ui.mathematics import Mathematics
from gradviz.ui.menus import Menus
from gradviz.ui.panels.explanation import ExplanationPanel
from gradviz.ui.panels.formula_bar import FormulaBar
from gradviz.ui.panels.history_list import HistoryList
from gradviz.ui.panels.inspector import ChainRule, Inspector
from gradviz.ui.panels.leaves import LeavesPanel
from gradviz.ui.panels.notice import Notice
from gradviz.ui.panels.palette import Palette
from gradviz.ui.panels.plots import plot_panels
from gradviz.ui.panels.start_page import StartPage
from gradviz.ui.panels.transport import Transport
from gradviz.ui.panels.watches import Watches
from gradviz.ui.panels.widgets import Column, header
from gradviz.ui.preferences import Preferences
from gradviz.ui.theme import theme
from gradviz.ui.timeline import Timeline
from gradviz.ui.windows import Windows


class MainWindow(QMainWindow):
    """One window on one session."""

    def __init__(
        self,
        runner: Runner,
        preferences: Preferences | None = None,
        *,
        recovery_folder: Path | None = None,
        windows: Windows | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.preferences = preferences if preferences is not None else Preferences()
        self._recovery_folder = recovery_folder
        self.windows = windows if windows is not None else Windows(self._make_another)
        self.windows.adopt(self)
        self.runner: Runner = runner
        self.session = Session(runner, trainer=Trainer())
        self.recovery = Recovery(self.session.document, recovery_folder)
        self._keeping: Job | None = None
        self._is_building = False
        self.notice = Notice()
        self._make_panels()
        self._make_commands()
        self._make_centre()
        self._make_bars()
        self._make_docks()
        self.menus = Menus(self, self.actions_by_key, self.files, self.windows)
        self.menus.add_panels(self.docks.toggles())
        self._connect()
        self._keep_timer = QTimer(self)
        self._keep_timer.setObjectName("recovery")
        self._keep_timer.setInterval(round(INTERVAL_SECONDS * 1000))
        self._keep_timer.timeout.connect(self._keep)
        self._keep_timer.start()
        self.setAcceptDrops(True)
        self.resize(1400, 900)
        self.setMinimumSize(860, 560)
        self._restore()
        self._document_changed(~ChangeFlags.NONE)

    # -- building -----------------------------------------------------------------------------------

    def _make_panels(self) -> None:
        session = self.session
        self.canvas = GraphView(session)
        self.timeline = Timeline(session)
        self.formula_bar = FormulaBar(session)
        self.palette_panel = Palette()
        self.leaves = LeavesPanel(session)
        self.watches = Watches(session)
        self.explanation = ExplanationPanel(session)
        self.inspector = Inspector(session)
        self.chain_rule = ChainRule(session)
        self.looking = Looking(session, self, self.canvas, lambda key: self.docks.reveal(key), self._say)
        self.mathematics = Mathematics(session, lambda key: self.docks.reveal(key), self._say)
        self.start_page = StartPage(self.preferences.recent)
        self.plots: dict[str, QWidget] = plot_panels(session)

    def _make_commands(self) -> None:
        self.dialogs = DialogCommands(self.session, self, self.canvas, self.preferences, self._say)
        self.files: FileCommands = FileCommands(
            self.session,
            self,
            self.preferences,
            self.notice.say,
            open_beside=self.open_beside,
            raised=partial(self.windows.raise_showing, self),
            offer_table=self.dialogs.open_data,
            keep=self.recovery.keep,
        )
        self.run = RunCommands(self.session, self._say)
        self.add = AddCommands(self.session, self, self.canvas, self.preferences, self._say, own_changed=self._show_own)
        self.edit = EditCommands(
            self.session, self, self.canvas, self._say, focus_formula=self._focus_formula, keep_own=self.add.keep
        )
        self.view = ViewCommands(self, self.preferences, lambda: self.actions_by_key, lambda: self.docks)
        self.checks = CheckCommands(self.inspector, self.plots["fit"], lambda: self.docks)
        self.motion = MotionCommands(self.canvas, self.preferences, lambda: self.actions_by_key)
        self.learning = Learning(self)
        self.actions_by_key: Actions = Actions(self, self._handlers())

    def _handlers(self) -> Handlers:
        return {
            **self.files.handlers(),
            **self.run.handlers(),
            **self.edit.handlers(),
            **self.add.handlers(),
            **self.view.handlers(),
            **self.looking.handlers(),
            **self.dialogs.handlers(),
            **self.motion.handlers(),
            **self.checks.handlers(),
            **self.learning.handlers(),
            **self.mathematics.handlers(),
            **PanelCommands(self, self.canvas, self.timeline).handlers(),
            "fit": self.canvas.fit,
            "zoom_in": self.canvas.zoom_in,
            "zoom_out": self.canvas.zoom_out,
            "history": self.show_history,
            "new_window": partial(self.windows.open, self),
            "next_window": partial(self.windows.raise_next, self),
            "quit": self.windows.close_all,
        }

    def _make_centre(self) -> None:
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.timeline)
        column.addWidget(IterationTrack(self.session))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(work)
        centre = QWidget()
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.notice)
        whole.addWidget(self.pages, 1)
        self.setCentralWidget(centre)

    def _make_bars(self) -> None:
        self.transport = Transport(self.session, self.actions_by_key)
        self.toolbar = self._bar("toolbar", "Toolbar", self.transport)
        self.addToolBarBreak()
        self.formula_toolbar = self._bar("formulaToolbar", "Formula", self.formula_bar)

    def _bar(self, name: str, title: str, content: QWidget) -> QToolBar:
        bar = QToolBar(title)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.addWidget(content)
        bar.toggleViewAction().setVisible(False)
        self.addToolBar(bar)
        return bar

    def _make_docks(self) -> None:
        build = Column("Build", 206)
        for widget in (self.palette_panel, header("Leaves"), self.leaves, self.watches):
            build.column.addWidget(widget)
        build.column.addStretch(1)
        build.column.setContentsMargins(12, 2, 12, 12)
        explain = Column("Explain", 318)
        for panel in (self.explanation, self.inspector, self.chain_rule):
            explain.column.addWidget(panel)
            explain.column.addSpacing(4)
        explain.column.addStretch(1)
        explain.column.setContentsMargins(14, 2, 14, 12)
        self.history = HistoryList(self.session)
        panels = {"build": build, "explain": explain, "history": self.history, **self.plots, **self.looking.docks}
        self.docks = Docks(self, {**panels, **self.learning.docks, **self.mathematics.docks})

    def _connect(self) -> None:
        session = self.session
        session.document.changed.connect(self._document_changed)
        session.reported.connect(self.report)
        self.inspector.said.connect(self._say)
        self.inspector.blocks.asked.connect(lambda key: self.actions_by_key[key].trigger())
        self.looking.follow(self.actions_by_key)
        self.learning.teaching.follow()
        self.remarks = Remarks(session, self.notice)
        session.training.progressed.connect(self._training_progressed)
        session.selection.changed.connect(self.notice.end_hint)
        theme().changed.connect(self._show_enabled)
        self.add.serve(self.palette_panel)
        self.canvas.quick_add_requested.connect(self.add.quick_add)
        self.canvas.found_dropped.connect(self.add.drop)
        self.canvas.wire_dropped.connect(self.add.add_at_wire)
        self.canvas.offer_quick_add(True)
        self.canvas.offer_edits({action.objectName(): action for action in self.actions_by_key})
        self.formula_bar.field.left.connect(self._show_page)
        self.formula_bar.taken.connect(self.canvas.setFocus)
        self.start_page.formula_entered.connect(self._begin_with)
        self.start_page.example_chosen.connect(self.files.open_example)
        self.start_page.file_chosen.connect(self._open_name)
        self.start_page.building.connect(self.begin_building)
        self.start_page.opening.connect(self.files.ask_open)

    # -- following the session ------------------------------------------------------------------------

    def _document_changed(self, flags: ChangeFlags) -> None:
        document = self.session.document
        self.notice.end_hint()
        if flags & ChangeFlags.REPLACED:
            self._is_building = False
        self.setWindowTitle(f"{document.name}[*] – gradviz")
        self.setWindowModified(document.is_modified)
        self.setWindowFilePath(str(document.path) if document.path is not None else "")
        self._show_page()
        self._show_enabled()

    def _show_page(self) -> None:
        is_empty = not self.session.document.project.formula.strip() and self.session.graph is None
        history = self.session.document.history
        is_new = not (self._is_building or history.can_undo or history.can_redo)  # else undo must stay in reach
        is_empty = is_empty and is_new and not self.formula_bar.field.hasFocus()
        if is_empty and self.pages.currentIndex() == 1:
            self.start_page.show_recent(self.preferences.recent)
            self.start_page.field.clear()
        if not is_empty and self.pages.currentIndex() == 0:
            self.canvas.setFocus()  # else the first button that Qt finds has it, and Space presses that
        self.pages.setCurrentIndex(0 if is_empty else 1)
        self.docks.show_all(not is_empty)
        self.formula_toolbar.setVisible(not is_empty)

    def begin_building(self) -> None:
        """Show an empty graph with the palette, to be built node by node."""
        self._is_building = True
        self._show_page()
        self.canvas.setFocus()

    def _show_enabled(self) -> None:
        has_run = self.session.graph is not None
        for key in NEEDS_RUN:
            self.actions_by_key[key].setEnabled(has_run)
        history = self.session.document.history
        for key, name, can in (
            ("undo", history.undo_name, history.can_undo),
            ("redo", history.redo_name, history.can_redo),
        ):
            action = self.actions_by_key[key]
            action.setEnabled(can)
            action.setText(f"&{key.capitalize()} {name[:1].lower() + name[1:]}".strip())
        self._training_progressed()
        project = self.session.document.project
        self.actions_by_key["stop_at_nan"].setChecked(project.stops_at_non_finite)
        self.actions_by_key["animate"].setChecked(self.canvas.is_animated)
        self.actions_by_key[f"theme_{theme().choice.value}"].setChecked(True)
        self.actions_by_key["data"].setEnabled(has_run)
        self.actions_by_key["history"].setEnabled(self.pages.currentIndex() == 1)

    def _training_progressed(self) -> None:
        session = self.session
        self.actions_by_key["pause"].setEnabled(session.training.is_running)
        self.actions_by_key["adopt"].setEnabled(bool(session.training.shown_parameters))
        has_samples = session.sample_count > 0
        for key in ("previous_sample", "next_sample"):
            self.actions_by_key[key].setEnabled(has_samples)

    def report(self, error: GradvizError) -> None:
        """Show what went wrong beside the window, without stopping anybody."""
        (self.notice.refuse if isinstance(error, GraphError) else self.notice.say)(error.message)

    def _say(self, text: str) -> None:
        self.notice.tell(text)

    # -- what needs the whole window --------------------------------------------------------------------

    def open_formula(self, text: str) -> None:
        """Show a formula as a new document."""
        self.session.new(text)

    def _open_name(self, name: str, _checked: bool = False) -> None:
        self.files.open(Path(name))

    def _begin_with(self, text: str) -> None:
        self.session.set_formula(text)
        self._focus_formula()
        cursor = self.formula_bar.field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.formula_bar.field.setTextCursor(cursor)

    def _focus_formula(self) -> None:
        self.formula_toolbar.show()
        self.formula_bar.field.setFocus()

    def _show_own(self) -> None:
        for window in self.windows.all:
            window.palette_panel.show_own(self.add.own)

    def show_history(self) -> None:
        """Show the list of all changes, or hide it again."""
        dock = self.docks["history"]
        dock.setVisible(dock.isHidden())
        if dock.isVisible():
            self.history.list.setFocus()

    def open_beside(self) -> "MainWindow":
        """One more window, on an empty document."""
        return self.windows.open(self)

    def _make_another(self, windows: Windows) -> "MainWindow":
        return MainWindow(QtRunner(), self.preferences, recovery_folder=self._recovery_folder, windows=windows)

    # -- recovery, restoring and closing ------------------------------------------------------------------

    def offer_lost_work(self) -> None:
        """Offer what a crash left behind."""
        self.files.offer_lost_work(self.recovery)

    def _keep(self) -> None:
        if self._keeping is not None and not self._keeping.is_finished:
            return
        task = self.recovery.task()
        if task is not None:
            self._keeping = self.runner.submit(lambda _token: task(), lambda _done: None, lambda _error: None)

    def _restore(self) -> None:
        self.motion.restore()
        if self.preferences.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.preferences.geometry.encode()))
        if self.preferences.docks:
            self.docks.restore(self.preferences.docks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.docks.fit_window()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:  # in a field that has nothing to take back
            self.canvas.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files.open_all([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_leave():
            event.ignore()
            return
        self.learning.close()
        self.windows.forget(self)
        self._keep_timer.stop()
        self.preferences.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.preferences.docks = self.docks.state()
        self.preferences.save()
        self.session.close()
        close = getattr(self.runner, "close", None)
        if close is not None:
            close()
        self.recovery.close()
        event.accept()
        if self.windows.all:  # the last one is deleted by whoever runs the program
            self.deleteLater()
