"""The formula bar: live reading, errors in place, one change in the history for one go of typing."""

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QFontMetricsF, QTextCursor
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Apply, Graph, Leaf
from gradviz.core.op import OPS
from gradviz.core.types import NodeId
from gradviz.project.editing import apply_op
from gradviz.session.session import Session
from gradviz.ui.app import make_application
from gradviz.ui.panels.formula_bar import PAUSE_MS, FormulaBar
from ui.canvas_session import session_of


def bar_of(qtbot: QtBot, session: Session) -> FormulaBar:
    make_application()
    bar = FormulaBar(session)
    qtbot.addWidget(bar)
    bar.resize(1200, 60)
    bar.show()
    bar.activateWindow()
    bar.field.setFocus()
    return bar


def retype(qtbot: QtBot, bar: FormulaBar, text: str) -> None:
    bar.field.selectAll()
    qtbot.keyClicks(bar.field, text)


def test_typing_is_read_at_once_and_applied_after_a_pause(qtbot: QtBot) -> None:
    session = session_of("x")
    bar = bar_of(qtbot, session)
    retype(qtbot, bar, "Wx + b")
    assert bar.math.plain == "L = W·x + b"
    assert "Wx is read as W·x" in bar.note.whole
    assert session.document.project.formula == "x"
    qtbot.waitUntil(lambda: session.document.project.formula == "Wx + b")


def test_enter_applies_at_once(qtbot: QtBot) -> None:
    session = session_of("x")
    bar = bar_of(qtbot, session)
    retype(qtbot, bar, "x^3")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert session.document.project.formula == "x^3"


def test_shift_enter_begins_another_line(qtbot: QtBot) -> None:
    session = session_of("x")
    bar = bar_of(qtbot, session)
    retype(qtbot, bar, "h = tanh(x)")
    height = bar.field.height()
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(bar.field, "h^2")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert session.document.project.formula == "h = tanh(x)\nh^2"
    qtbot.waitUntil(lambda: bar.field.height() > height)


def test_carets_stand_under_the_wrong_word(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, session_of("x"))
    retype(qtbot, bar, "2 sofmax(x)")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.strip.isVisible()
    assert "softmax" in bar.strip.message
    area = bar.strip.caret_area
    assert area is not None
    letter = QFontMetricsF(bar.field.font()).horizontalAdvance("m")
    start = bar.field.cursorRect(bar.field.cursorForPosition(bar.field.viewport().rect().topLeft())).left()
    offset = bar.field.x() - bar.strip.x() + bar.field.viewport().x()
    assert area.left() == pytest.approx(offset + start + 2 * letter, abs=2.0)
    assert area.width() == pytest.approx(6 * letter, abs=2.0)


def test_the_graph_stays_while_a_formula_is_half_typed(qtbot: QtBot) -> None:
    session = session_of("x^2")
    bar = bar_of(qtbot, session)
    graph = session.graph
    retype(qtbot, bar, "x^2 + (")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert session.graph is graph
    assert session.document.project.error is not None


def test_one_go_of_typing_is_one_change(qtbot: QtBot) -> None:
    session = session_of("x")
    bar = bar_of(qtbot, session)
    for text in (" + 1", " + y"):
        qtbot.keyClicks(bar.field, text)
        qtbot.waitUntil(lambda: session.document.project.formula == bar.field.text)
    session.document.undo()
    assert bar.field.text == "x"
    assert not session.document.history.can_undo


def test_a_shape_error_is_marked_in_the_formula(qtbot: QtBot) -> None:
    session = session_of("W x", W=[[1.0, 2.0], [3.0, 4.0]], x=[1.0, 2.0, 3.0])
    bar = bar_of(qtbot, session)
    assert bar.strip.isVisible()
    assert "(2, 2)" in bar.strip.message
    assert bar.strip.caret_area is not None


def place_of(bar: FormulaBar, position: int) -> QPoint:
    cursor = QTextCursor(bar.field.document())
    cursor.setPosition(position)
    return bar.field.cursorRect(cursor).center() + QPoint(2, 0)


@pytest.mark.parametrize(("position", "selected"), [(0, "y"), (2, "sub"), (5, "W"), (6, "x"), (8, "add"), (10, "b")])
def test_a_click_on_a_term_selects_its_node(qtbot: QtBot, position: int, selected: str) -> None:
    session = session_of("y - (Wx + b)")
    bar = bar_of(qtbot, session)
    qtbot.mouseClick(bar.field.viewport(), Qt.MouseButton.LeftButton, pos=place_of(bar, position))
    assert session.graph is not None
    assert session.selection.node is not None
    assert shown_as(session.graph, session.selection.node) == selected


def test_a_click_beside_the_text_only_sets_the_cursor(qtbot: QtBot) -> None:
    session = session_of("y - (Wx + b)")
    bar = bar_of(qtbot, session)
    beside = place_of(bar, len("y - (Wx + b)")) + QPoint(60, 0)
    qtbot.mouseClick(bar.field.viewport(), Qt.MouseButton.LeftButton, pos=beside)
    assert bar.field.textCursor().atEnd()
    assert session.selection.nodes == ()


def test_marking_a_term_with_the_keyboard_selects_its_node(qtbot: QtBot) -> None:
    session = session_of("y - (Wx + b)")
    bar = bar_of(qtbot, session)
    bar.field.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(bar.field, Qt.Key.Key_Left)
    for _ in range(4):
        qtbot.keyClick(bar.field, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert session.graph is not None
    assert session.selection.node is not None
    assert shown_as(session.graph, session.selection.node) == "add"  # x + b is marked


def test_selected_nodes_are_tinted_in_the_text(qtbot: QtBot) -> None:
    session = session_of("y - (Wx + b)")
    bar = bar_of(qtbot, session)
    graph = session.graph
    assert graph is not None
    session.selection.select(graph.find("y"), graph.find("b"))
    tinted = {selection.cursor.selectedText() for selection in bar.field.extraSelections()}
    assert tinted == {"y", "b"}


def test_a_half_typed_formula_selects_nothing_wrong(qtbot: QtBot) -> None:
    session = session_of("y - b")
    bar = bar_of(qtbot, session)
    bar.field.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClicks(bar.field, "((")
    qtbot.mouseClick(bar.field.viewport(), Qt.MouseButton.LeftButton, pos=place_of(bar, 3))
    assert session.selection.nodes == ()


def test_a_long_line_is_wrapped_and_the_bar_grows(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, session_of("x"))
    low = bar.field.height()
    retype(qtbot, bar, " + ".join(f"a_{number} x^{number}" for number in range(1, 16)))
    assert bar.field.height() > low
    assert bar.field.horizontalScrollBar().maximum() == 0


def test_a_line_too_long_to_be_typeset_beside_the_field_is_shown_as_plain_text(qtbot: QtBot) -> None:
    short, long = bar_of(qtbot, session_of("x^2 + x")), bar_of(qtbot, session_of(" + ".join(["tanh(x)"] * 60)))
    assert short.math.setting() is not None
    assert long.math.setting() is None
    assert long.math.plain.startswith("L = tanh(x) + tanh(x)")


def test_the_bar_is_as_tall_as_the_lines_of_a_document_that_is_opened(qtbot: QtBot) -> None:
    one, three = bar_of(qtbot, session_of("x")), bar_of(qtbot, session_of("h = x\ng = h^2\ng + h"))
    assert three.field.height() - one.field.height() == 2 * round(three.field.fontMetrics().lineSpacing())


def test_an_edit_on_the_canvas_is_not_undone_by_what_was_being_typed(qtbot: QtBot) -> None:
    session = session_of("exp(x)")
    bar = bar_of(qtbot, session)
    qtbot.keyClick(bar.field, Qt.Key.Key_End)
    qtbot.keyClicks(bar.field, " + (")
    session.edit(lambda graph: apply_op(graph, graph.output, OPS["tanh"]), "Add tanh")
    assert bar.field.text == "tanh(exp(x))"
    qtbot.wait(2 * PAUSE_MS)
    assert session.document.project.formula == "tanh(exp(x))"
    assert session.document.history.names == ("Add tanh",)


def test_a_formula_typed_half_gives_way_to_an_edit_on_the_canvas_and_comes_back_by_undo(qtbot: QtBot) -> None:
    session = session_of("exp(x)")
    bar = bar_of(qtbot, session)
    retype(qtbot, bar, "exp(x) + (")
    qtbot.waitUntil(lambda: session.document.project.formula == "exp(x) + (")
    session.edit(lambda graph: apply_op(graph, graph.output, OPS["tanh"]), "Add tanh")
    assert bar.field.text == "tanh(exp(x))"
    session.document.undo()
    assert bar.field.text == "exp(x) + ("


def test_a_file_is_not_written_into_the_formula(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, session_of("x"))
    data = QMimeData()
    data.setUrls([QUrl("file:///tmp/a.gradviz")])
    assert not bar.field.canInsertFromMimeData(data)


def shown_as(graph: Graph, node: NodeId) -> str:
    match graph.nodes[node]:
        case Leaf(name):
            return name
        case Apply(op, _, _):
            return op.name
        case _:
            return "number"
