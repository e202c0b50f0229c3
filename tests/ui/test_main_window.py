"""The window as a whole, driven by keys and clicks."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gradviz.core.trace import Phase
from gradviz.errors import GradvizError
from gradviz.session.training import TrainingState
from gradviz.ui.app import make_application
from gradviz.ui.docks import Title
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.command_palette import Chooser
from gradviz.ui.panels.start_page import StartPage
from ui.windows import CTRL, SHIFT, after, at_rest, process, shown_window

SQUARE = "(x^2)^2"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path) as shown:
        yield shown


@pytest.fixture
def square(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, SQUARE) as shown:
        yield shown


def test_an_empty_window_greets_with_examples_and_a_formula_field(window: MainWindow) -> None:
    assert window.start_page.isVisible()
    assert window.start_page.field.isVisible()
    assert len(window.start_page.cards) >= 5
    assert not any(dock.isVisible() for dock in window.docks)


FIRST_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from gradviz.ui.app import make_application
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.preferences import Preferences

application = make_application()
window = MainWindow(QtRunner(), Preferences(), recovery_folder=Path(sys.argv[1]))
window.resize(1400, 900)
window.show()
QTest.qWaitForWindowExposed(window)
for _ in range(5):
    QTest.qWait(20)
for card in window.start_page.cards:
    for part in card.findChildren(QWidget):
        needed = part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.sizeHint().height()
        if part.height() < needed:
            print(card.example.title, type(part).__name__, part.height(), needed)
print(len(window.start_page.cards), "cards")
window.close()
"""


def test_the_first_window_of_a_process_squeezes_no_example(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_WINDOW, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "20 cards\n"


def test_examples_are_read_when_the_start_page_is_first_seen(qtbot: QtBot) -> None:
    make_application()
    page = StartPage()
    qtbot.addWidget(page)
    assert page.cards == ()
    page.show()
    shown = page.cards
    qtbot.waitUntil(lambda: bool(shown) and all(card.isVisible() for card in shown))
    page.hide()
    page.show()
    assert page.cards is shown


def test_a_formula_typed_on_the_start_page_becomes_a_graph_and_typing_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.start_page.field.hasFocus)  # without a click
    for character in SQUARE:
        qtbot.keyClicks(QApplication.focusWidget() or window.start_page.field, character)
    qtbot.waitUntil(lambda: window.session.document.project.formula == SQUARE)
    assert window.canvas.isVisible()
    assert window.docks["explain"].isVisible()
    assert float(window.session.debugger.trace.adjoint("x")) == 32.0  # type: ignore[union-attr]  # 4x³ at 2


def test_a_click_on_an_example_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    card = window.start_page.cards[0]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert window.session.document.project.formula == card.example.formula
    assert window.windowTitle() == f"{card.example.title}[*] – gradviz"


def test_a_window_that_opens_with_a_graph_lets_keys_go_to_the_graph(square: MainWindow, qtbot: QtBot) -> None:
    square.notice.say("work was lost", [("Restore", lambda: None)])
    qtbot.waitUntil(square.canvas.hasFocus)  # and not the button that Qt would take: Space would press it


def test_the_keys_of_a_debugger_move_in_both_directions(square: MainWindow, qtbot: QtBot) -> None:
    debugger = square.session.debugger
    seen = []
    for key, modifiers in (
        (Qt.Key.Key_F5, CTRL | SHIFT),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F11, SHIFT),
        (Qt.Key.Key_F11, CTRL | SHIFT),
        (Qt.Key.Key_F10, CTRL | SHIFT),
        (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F6, CTRL | SHIFT),
    ):
        qtbot.keyClick(square, key, modifiers)
        seen.append(debugger.position)
    assert seen == [0, 1, 2, 3, 2, 1, debugger.last_position, 0]


def test_step_in_the_toolbar_explains_the_step_in_amber(square: MainWindow, qtbot: QtBot) -> None:
    square.session.debugger.restart()
    for _ in range(2):
        qtbot.mouseClick(square.transport.step, Qt.MouseButton.LeftButton)
    assert square.explanation.card.property("look") == "current"
    assert "4" in square.explanation.equations.equations[0].plain  # x² = 2² = 4
    assert square.inspector.heading.text().startswith("SQ ·")


def test_breakpoint_key_stops_a_continued_run_at_the_selected_node(square: MainWindow, qtbot: QtBot) -> None:
    graph = square.session.graph
    assert graph is not None
    square.session.selection.select(graph.output)
    qtbot.keyClick(square, Qt.Key.Key_F9)
    square.session.debugger.restart()
    qtbot.keyClick(square, Qt.Key.Key_F5)
    assert square.session.debugger.phase is Phase.FORWARD
    assert square.session.debugger.current is not None
    assert square.session.debugger.current.node == graph.output


def test_undo_and_redo_keys_work_from_within_the_formula_field(square: MainWindow, qtbot: QtBot) -> None:
    field = square.formula_bar.field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "x + 1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert square.session.document.project.formula == "x + 1"
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (square.session.document.project.formula, field.text) == (SQUARE, SQUARE)
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL | SHIFT)
    assert square.session.document.project.formula == "x + 1"


def test_undo_takes_back_a_value_that_was_typed_into_its_field(square: MainWindow, qtbot: QtBot) -> None:
    field = square.leaves.rows[0].field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "7")
    assert (float(square.session.values()["x"]), field.text()) == (5.0, "75")
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (float(square.session.values()["x"]), field.text()) == (5.0, "5")  # first what is being typed
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (float(square.session.values()["x"]), field.text()) == (2.0, "2")
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL | SHIFT)
    assert (float(square.session.values()["x"]), field.text()) == (5.0, "5")


def test_after_enter_in_the_formula_field_the_keys_step_through_the_graph(square: MainWindow, qtbot: QtBot) -> None:
    field = square.formula_bar.field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "(x^2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.hasFocus()  # there is something to mend
    qtbot.keyClicks(field, ")^3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert square.canvas.hasFocus()
    qtbot.keyClick(square.canvas, Qt.Key.Key_Home)
    qtbot.keyClick(square.canvas, Qt.Key.Key_Period)
    assert (square.session.debugger.position, field.text) == (1, "(x^2)^3")


def test_undo_in_the_menu_names_what_it_takes_back(square: MainWindow) -> None:
    square.session.set_value("x", 3.0)
    assert square.actions_by_key["undo"].text() == "&Undo set x to 3"
    assert square.actions_by_key["undo"].isEnabled()


def test_the_title_marks_unsaved_work_and_saving_clears_it(square: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    square.session.set_value("x", 3.0)
    assert square.isWindowModified()
    assert square.files.save_to(tmp_path / "cube.gradviz")
    assert not square.isWindowModified()
    assert square.windowTitle() == "cube.gradviz[*] – gradviz"


def test_a_saved_document_opens_again_as_it_was(square: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    square.session.set_value("x", 3.0)
    square.files.save_to(tmp_path / "cube.gradviz")
    square.session.new("y + 1")
    square.files.open(tmp_path / "cube.gradviz")
    assert float(square.session.values()["x"]) == 3.0
    assert square.preferences.recent[0] == str((tmp_path / "cube.gradviz").resolve())


def test_a_file_that_is_no_document_gives_a_message_and_changes_nothing(square: MainWindow, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gradviz"
    bad.write_text("{")
    square.files.open(bad)
    assert square.notice.isVisible()
    assert square.session.document.project.formula == SQUARE


@pytest.mark.parametrize(
    ("answer", "is_closed"),
    [(QMessageBox.StandardButton.Cancel, False), (QMessageBox.StandardButton.Discard, True)],
)
def test_closing_asks_once_about_unsaved_work(
    square: MainWindow, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton, is_closed: bool
) -> None:
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: (asked.append(1), answer)[1])
    square.session.set_value("x", 3.0)
    assert square.close() is is_closed
    assert asked == [1]
    assert square.isVisible() is not is_closed


def test_training_from_the_toolbar_ends_near_the_minimum(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        qtbot.mouseClick(window.transport.train, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.session.training.state is TrainingState.FINISHED, timeout=10_000)
        at_rest(qtbot, window)
        assert abs(float(window.session.values()["x"])) < 1e-6  # 2·0.8¹⁰⁰
        assert window.transport.iteration.value == 100


def test_an_iteration_typed_into_the_toolbar_is_reopened(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        after(qtbot, window.session.training.start, lambda: window.session.training.state is TrainingState.FINISHED)
        field = window.transport.iteration
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, "1")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.session.iteration == 1)
        assert float(window.session.values()["x"]) == pytest.approx(1.6)  # 2 − 0.1 · 4


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_ctrl_f_finds_a_node_by_its_operation(square: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(square, Qt.Key.Key_F, CTRL)
    chooser = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Chooser) and w.isVisible())
    qtbot.keyClicks(chooser.field, "leaf")
    assert chooser.titles == ("x",)
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert square.session.selection.node == square.session.graph.find("x")  # type: ignore[union-attr]
    assert square.inspector.heading.text() == "LEAF x"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_command_palette_runs_what_is_typed(square: MainWindow, qtbot: QtBot) -> None:
    square.session.debugger.overview()
    qtbot.keyClick(square, Qt.Key.Key_P, CTRL | SHIFT)
    chooser = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Chooser) and w.isVisible())
    qtbot.keyClicks(chooser.field, "restart")
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert not square.session.debugger.is_overview
    assert square.session.debugger.position == 0


def test_an_operation_from_the_palette_is_applied_to_the_selected_node(square: MainWindow, qtbot: QtBot) -> None:
    assert square.session.graph is not None
    square.session.selection.select(square.session.graph.output)
    button = next(b for b in square.palette_panel.buttons if b.op.name == "exp")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert square.session.document.project.formula == "exp((x^2)^2)"


def test_delete_takes_the_selected_operation_out(square: MainWindow, qtbot: QtBot) -> None:
    graph = square.session.graph
    assert graph is not None
    square.session.selection.select(graph.output)
    qtbot.keyClick(square.canvas, Qt.Key.Key_Delete)
    assert square.session.document.project.formula == "x^2"


def test_a_failure_beside_the_window_is_a_message_that_stops_nobody(square: MainWindow) -> None:
    square.session.reported.emit(GradvizError("the disk is full"))
    assert square.notice.isVisible()
    assert square.notice.text == "the disk is full"
    assert QApplication.activeModalWidget() is None


def test_docks_come_back_as_they_were(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, SQUARE) as window:
        window.docks["build"].close()
        state = window.docks.state()
    with shown_window(qtbot, tmp_path, SQUARE) as window:
        window.docks.restore(state)
        assert not window.docks["build"].isVisible()
        window.docks.reset()
        assert window.docks["build"].isVisible()


@pytest.mark.parametrize("size", [(1400, 900), (1000, 700)])
def test_nothing_in_toolbar_and_panels_is_clipped(qtbot: QtBot, tmp_path: Path, size: tuple[int, int]) -> None:
    with shown_window(qtbot, tmp_path, "(y - (Wx + b))^2") as window:
        window.resize(*size)
        process()
        at_rest(qtbot, window)
        clipped = [
            f"{type(child).__name__} {child.objectName()}"
            for area in (window.transport, window.leaves, window.palette_panel, window.watches, window.inspector)
            for child in area.findChildren(QWidget)
            if child.isVisible() and _is_cut(child, area)
        ]
        assert clipped == []


def test_every_control_has_a_name_for_those_who_cannot_see(square: MainWindow) -> None:
    unnamed = [
        f"{type(child).__name__} {child.objectName()}"
        for area in (square.transport, square.formula_bar, square.leaves, square.palette_panel, square.watches)
        for child in [*area.findChildren(QAbstractButton), *area.findChildren(QLineEdit)]
        if not (child.accessibleName() or (isinstance(child, QAbstractButton) and child.text())) or not child.toolTip()
    ]
    assert unnamed == []


def _is_cut(child: QWidget, area: QWidget) -> bool:
    place = child.mapTo(area, QPoint(0, 0))
    sticks_out = place.x() < 0 or place.x() + child.width() > area.width() + 1
    is_narrow = isinstance(child, QLabel) and not child.wordWrap() and child.width() + 1 < child.sizeHint().width()
    return sticks_out or is_narrow


def test_an_empty_graph_can_be_begun_without_a_formula(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.start_page.build, Qt.MouseButton.LeftButton)
    assert window.canvas.isVisible()
    assert window.palette_panel.isVisible()
    button = next(b for b in window.palette_panel.buttons if b.op.name == "sq")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.graph is not None


def test_a_new_document_greets_again(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.start_page.build, Qt.MouseButton.LeftButton)
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.start_page.isVisible()


def test_tabs_have_no_second_title_after_a_new_document(square: MainWindow, qtbot: QtBot) -> None:
    square.session.document.replace(square.session.document.project)
    qtbot.keyClick(square, Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(square.start_page.isVisible)
    square.session.new(SQUARE)
    qtbot.waitUntil(square.docks["loss"].isVisible)
    qtbot.waitUntil(lambda: not isinstance(square.docks["loss"].titleBarWidget(), Title))
