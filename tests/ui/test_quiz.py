"""The quiz in the window: fields in place of the numbers, keys, and nothing that tells what is hidden."""

import gc
from pathlib import Path
from weakref import ref

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import SIGNAL, QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gradviz.session.quiz import Selected, State
from gradviz.ui.canvas.answers import AnswerField
from gradviz.ui.main_window import MainWindow
from gradviz.ui.quizzing import Quizzing
from tests.ui.windows import CTRL, at_rest, shown_window

ALT = Qt.KeyboardModifier.AltModifier


def begin(qtbot: QtBot, window: MainWindow, selected: Selected) -> Quizzing:
    """Start a quiz by keys and clicks."""
    qtbot.keyClick(window.canvas, Qt.Key.Key_Q, CTRL | ALT)
    quizzing = window.learning.quizzing
    quizzing.panel.setup.choice.setCurrentIndex(list(Selected).index(selected))
    qtbot.mouseClick(quizzing.panel.setup.start, Qt.MouseButton.LeftButton)
    assert quizzing.quiz is not None
    at_rest(qtbot, window)
    return quizzing


def fields(quizzing: Quizzing) -> list[AnswerField]:
    assert quizzing.answers is not None
    return [quizzing.answers.fields[index] for index in sorted(quizzing.answers.fields)]


def shown_texts(window: MainWindow) -> list[str]:
    """Every text that can be seen: pills, labels, tooltips of the graph."""
    picture = window.canvas.picture
    assert picture is not None
    texts = [pill.text or "" for pill in picture.pills]
    texts += [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    for card in picture.cards:
        middle = window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.center.y))
        texts.append(window.canvas.tip_at(QPointF(middle)))
    return texts


def test_fields_stand_where_the_numbers_were(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        picture = window.canvas.picture
        assert picture is not None
        asked = fields(quizzing)
        assert len(asked) == 2
        for field in asked:
            (place,) = field.question.places
            pill = next(p for p in picture.pills if (p.kind.value, p.edge) == place)
            centre = window.canvas.mapFromScene(QPointF(pill.rect.center.x, pill.rect.center.y))
            assert (field.geometry().center() - centre).manhattanLength() < 12
            assert pill.text == "?"


def test_tab_checks_and_goes_on_until_the_score(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        quiz = quizzing.quiz
        assert quiz is not None
        first, second = fields(quizzing)
        assert QApplication.focusWidget() is first
        qtbot.keyClicks(first, "8")
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        assert quiz.states == [State.RIGHT, State.OPEN]
        assert QApplication.focusWidget() is second
        qtbot.keyClicks(second, "8")
        qtbot.keyClick(second, Qt.Key.Key_Return)
        assert "local derivative" in quizzing.panel.words.text()
        assert second.property("look") == "bad"
        second.clear()
        qtbot.keyClicks(second, "32")
        qtbot.keyClick(second, Qt.Key.Key_Return)
        assert quiz.is_over
        assert "Score 1½ of 2" in quizzing.panel.words.text()
        assert "32" in [pill.text for pill in window.canvas.picture.pills]  # type: ignore[union-attr]


def test_tab_stays_at_a_wrong_answer_whose_mistake_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        first, _second = fields(quizzing)
        qtbot.keyClicks(first, "1")
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is first
        assert "local derivative" in quizzing.panel.words.text()
        qtbot.keyClick(first, Qt.Key.Key_Delete)
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is _second


def test_tooltips_tell_the_arrays_that_are_given_and_no_other(qtbot: QtBot, tmp_path: Path) -> None:
    lines = "W = [[1, 2, 3, 4], [5, 6, 7, 8]]\nx = [1, 0, 0, 2]\nh = W x\nsum(h^2)"
    with shown_window(qtbot, tmp_path, lines) as window:
        begin(qtbot, window, Selected.VALUES)
        graph = window.session.graph
        assert graph is not None

        def tip(name: str) -> str:
            card = window.canvas.graph_scene.card(graph.find(name))
            assert card is not None
            return window.canvas.tip_at(QPointF(window.canvas.mapFromScene(QPointF(card.rect.x + 12, card.rect.y + 8))))

        assert "[5., 6., 7., 8.]" in tip("W")
        assert "[ 9, 21]" not in tip("h").replace(".", "")
        assert "value" not in tip("h")


def test_shift_tab_goes_back_and_tab_goes_round(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        first, second = fields(quizzing)
        qtbot.keyClick(first, Qt.Key.Key_Backtab)
        assert QApplication.focusWidget() is second
        qtbot.keyClick(second, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is first


def test_nothing_tells_a_hidden_number(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 1.7\nw = 1.3\ntanh(w x)^2") as window:
        trace = window.session.debugger.trace
        assert trace is not None
        hidden = [f"{abs(float(v)):.4g}"[:5] for v in trace.contributions.values() if float(v) != 1]
        begin(qtbot, window, Selected.DERIVATIVES)
        told = [text for text in shown_texts(window) if any(number in text for number in hidden)]
        assert told == []
        for name in ("explain", "loss", "flow", "debug", "build"):
            assert not window.docks[name].isVisible()
        assert not window.toolbar.isVisible()
        assert not window.menuBar().isVisible()
        assert not window.timeline.isVisible()


def test_commands_that_would_tell_are_gone_and_come_back(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        was_shown = {key for key in window.docks.names() if window.docks[key].isVisible()}
        quizzing = begin(qtbot, window, Selected.VALUES)
        for key in ("export", "copy_numpy", "step", "lab_modes", "commands", "keep_run", "check_gradients", "train"):
            assert not window.actions_by_key[key].isVisible()
            assert not window.actions_by_key[key].isEnabled()
        position = window.session.debugger.position
        qtbot.keyClick(window.canvas, Qt.Key.Key_F10)
        qtbot.keyClick(window.canvas, Qt.Key.Key_Comma)
        assert window.session.debugger.position == position
        qtbot.mouseClick(quizzing.panel.end, Qt.MouseButton.LeftButton)
        assert quizzing.quiz is None
        assert window.actions_by_key["export"].isEnabled()
        assert window.toolbar.isVisible()
        assert window.menuBar().isVisible()
        assert window.timeline.isVisible()
        assert was_shown <= {key for key in window.docks.names() if window.docks[key].isVisible()}
        assert "?" not in [pill.text for pill in window.canvas.picture.pills]  # type: ignore[union-attr]
        assert not window.canvas.viewport().findChildren(AnswerField) or all(
            not field.isVisible() for field in window.canvas.viewport().findChildren(AnswerField)
        )


def test_fields_follow_the_zoom(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        field = fields(quizzing)[1]
        before = field.pos()
        qtbot.keyClick(window.canvas, Qt.Key.Key_Minus, CTRL)
        assert field.pos() != before
        assert isinstance(field.pos(), QPoint)


def test_fields_never_lie_over_each_other_in_a_network(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path) as window:
        window.files.open_example("xor")
        at_rest(qtbot, window)
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        for _ in range(4):
            places = [field.geometry() for field in fields(quizzing)]
            pairs = [(a, b) for i, a in enumerate(places) for b in places[:i] if a.intersects(b)]
            assert pairs == []
            qtbot.keyClick(window.canvas, Qt.Key.Key_Minus, CTRL)


def test_large_graph_asks_no_more_than_one_can_answer(qtbot: QtBot, tmp_path: Path) -> None:
    lines = "\n".join(["h0 = x"] + [f"h{i} = tanh(w{i} h{i - 1} + b{i})" for i in range(1, 20)] + ["h19^2"])
    with shown_window(qtbot, tmp_path, lines) as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        assert quizzing.quiz is not None
        assert len(quizzing.quiz.questions) == 60
        assert "first 60 of" in quizzing.panel.words.text()
        field = fields(quizzing)[0]
        assert window.canvas.viewport().rect().contains(field.geometry())


def test_list_has_room_while_it_is_typed(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = [1, 2, 3]\nsum(x^2)") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        usual, last = (field.width() for field in fields(quizzing))
        assert usual == 2 * last  # the first has the focus
        fields(quizzing)[1].setFocus()
        assert [field.width() for field in fields(quizzing)] == [last, usual]
        qtbot.keyClicks(fields(quizzing)[1], "[2, 4, 6]")
        qtbot.keyClick(fields(quizzing)[1], Qt.Key.Key_Return)
        assert quizzing.panel.words.text() == "Right."


def test_space_adds_nothing_during_a_quiz(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        begin(qtbot, window, Selected.DERIVATIVES)
        qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
        assert QApplication.activePopupWidget() is None
        assert window.learning.quizzing.quiz is not None


def test_hint_and_show_by_their_buttons(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        qtbot.mouseClick(quizzing.panel.hint, Qt.MouseButton.LeftButton)
        assert quizzing.panel.words.text().startswith("Chain rule")
        qtbot.mouseClick(quizzing.panel.show_it, Qt.MouseButton.LeftButton)
        assert quizzing.quiz is not None
        assert quizzing.quiz.states[0] is State.SHOWN
        assert "is 8." in quizzing.panel.words.text()


def test_sum_at_a_fan_out_is_asked_below_its_card(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "a = 2\nb = 1\nh = a b\nh^2 + 3 h") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        field = fields(quizzing)[-1]
        graph = window.session.graph
        assert graph is not None
        card = window.canvas.graph_scene.card(graph.find("h"))
        assert card is not None
        below = window.canvas.mapFromScene(QPointF(card.rect.center.x, card.rect.y + card.rect.height))
        assert field.y() >= below.y()
        qtbot.keyClicks(field, "7")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert quizzing.panel.words.text() == "Right."


def test_another_value_ends_the_quiz(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        window.session.set_value("x", 3.0)
        at_rest(qtbot, window)
        assert quizzing.quiz is None
        assert window.toolbar.isVisible()
        assert "has changed" in quizzing.panel.setup.words.text()


def test_closing_the_panel_ends_the_quiz(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        quizzing = begin(qtbot, window, Selected.DERIVATIVES)
        window.docks["quiz"].close()
        assert quizzing.quiz is None
        assert window.docks["explain"].isVisible()


def test_a_quiz_that_is_over_listens_to_the_scene_no_longer(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        scene, signal = window.canvas.graph_scene, SIGNAL("changed(QList<QRectF>)")
        before = scene.receivers(signal)
        quizzing = begin(qtbot, window, Selected.VALUES)
        assert scene.receivers(signal) == before + 1
        quiz = ref(quizzing.quiz)
        qtbot.mouseClick(quizzing.panel.end, Qt.MouseButton.LeftButton)
        assert scene.receivers(signal) == before
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        assert quiz() is None


def test_nothing_selected_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        qtbot.keyClick(window.canvas, Qt.Key.Key_Q, CTRL | ALT)
        setup = window.learning.quizzing.panel.setup
        setup.choice.setCurrentIndex(list(Selected).index(Selected.PATH))
        qtbot.mouseClick(setup.start, Qt.MouseButton.LeftButton)
        assert window.learning.quizzing.quiz is None
        assert "select" in setup.words.text()


def test_window_that_closes_during_a_quiz_keeps_its_docks(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x = 2\n(x^2)^2") as window:
        begin(qtbot, window, Selected.DERIVATIVES)
        window.learning.close()
        assert window.docks["explain"].isVisible()
        assert window.learning.quizzing.quiz is None
