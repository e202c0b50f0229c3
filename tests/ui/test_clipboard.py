"""Notes travel with the nodes that they are about: cut, copied, pasted and duplicated by keys, in one entry each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Apply, Graph
from gradviz.core.types import NodeId
from gradviz.project.placing import Comment
from gradviz.project.placing_commands import add_comment, set_unfolded
from gradviz.text.symbols import symbol
from gradviz.ui.commands.clipboard import NOTES
from gradviz.ui.main_window import MainWindow
from ui.windows import at_rest, shown_window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path) as made:
        made.session.new("y - tanh(w x)")
        made.canvas.setFocus()
        yield made


def graph(window: MainWindow) -> Graph:
    assert window.session.graph is not None
    return window.session.graph


def node(window: MainWindow, called: str) -> NodeId:
    return next(n for n in graph(window).node_ids() if name(graph(window), n) == called)


def name(graph: Graph, node: NodeId) -> str:
    """The name of a leaf or of an operation."""
    match graph.nodes[node]:
        case Apply(op=op):
            return op.name
        case _:
            return symbol(graph, node)


def noted(window: MainWindow, called: str | None, text: str, colour: str | None = None) -> None:
    about = node(window, called) if called is not None else None
    window.session.document.apply(add_comment(Comment(text, 10.0, 70.0, None, about, colour)), "Add a note")


def select(window: MainWindow, *called: str) -> None:
    window.session.selection.select(*(node(window, one) for one in called))


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    qtbot.keyClick(window.canvas, key, CTRL)


def notes(window: MainWindow) -> dict[str, list[str | None]]:
    """Text → what each note of it is about."""
    found: dict[str, list[str | None]] = {}
    for one in window.session.document.project.comments:
        about = str(graph(window).nodes[one.target]) if one.target is not None else None
        found.setdefault(one.text, []).append(about)
    return found


def undo_name(window: MainWindow) -> str:
    return window.session.document.history.undo_name or ""


def test_a_copied_node_brings_its_note_into_another_window(window: MainWindow, qtbot: QtBot) -> None:
    noted(window, "tanh", "squashes", "blue")
    noted(window, "y", "the truth")
    select(window, "tanh")
    press(qtbot, window, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == "tanh(w x)"
    other = window.open_beside()
    other.begin_building()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    press(qtbot, other, Qt.Key.Key_V)
    (note,) = other.session.document.project.comments
    assert (note.text, note.colour, note.x, note.y) == ("squashes", "blue", 10.0, 70.0)
    assert note.target == graph(other).output
    press(qtbot, other, Qt.Key.Key_Z)
    assert other.session.graph is None
    assert other.session.document.project.comments == ()


def test_cut_takes_the_notes_along_and_undo_brings_both_back_at_once(window: MainWindow, qtbot: QtBot) -> None:
    noted(window, "tanh", "squashes")
    noted(window, None, "a title")
    before = window.session.document.project
    select(window, "tanh")
    press(qtbot, window, Qt.Key.Key_X)
    assert list(notes(window)) == ["a title"]
    assert undo_name(window) == "Cut v₂"
    press(qtbot, window, Qt.Key.Key_Z)
    assert window.session.document.project.comments == before.comments
    assert graph(window).same_as(before.graph)  # type: ignore[arg-type]


def test_a_deleted_node_leaves_its_note_where_it_stood(window: MainWindow, qtbot: QtBot) -> None:
    noted(window, "tanh", "squashes")
    place = window.canvas.notes.rect(0)
    assert place is not None
    select(window, "tanh")
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)
    (note,) = window.session.document.project.comments
    assert note.target is None
    assert (note.x, note.y) == (place.x, place.y)


def test_a_duplicate_has_a_note_of_its_own_in_one_entry(window: MainWindow, qtbot: QtBot) -> None:
    noted(window, "tanh", "squashes")
    select(window, "tanh")
    press(qtbot, window, Qt.Key.Key_D)
    targets = [one.target for one in window.session.document.project.comments]
    assert len(targets) == len(set(targets)) == 2
    assert all(target is not None and name(graph(window), target) == "tanh" for target in targets)
    press(qtbot, window, Qt.Key.Key_Z)
    assert len(window.session.document.project.comments) == 1


def test_a_copy_inside_an_open_block_is_refused_in_words(window: MainWindow, qtbot: QtBot) -> None:
    window.session.new("neuron(w, x) = tanh(w x)\nneuron(a, b)^2")
    (block,) = graph(window).blocks
    window.session.document.apply(set_unfolded(block.use, True), "Open a block")
    select(window, "tanh")
    press(qtbot, window, Qt.Key.Key_D)
    assert undo_name(window) == "Open a block"
    assert "inside a block" in window.notice.text


def test_a_note_alone_is_copied_beside_itself_and_as_text(window: MainWindow, qtbot: QtBot) -> None:
    noted(window, None, "a title", "green")
    window.canvas.notes.select(0)
    press(qtbot, window, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == "a title"
    press(qtbot, window, Qt.Key.Key_V)
    first, second = window.session.document.project.comments
    assert (first.text, second.text, second.colour, second.target) == ("a title", "a title", "green", None)
    ours = [window.canvas.notes.rect(number) for number in (0, 1)]
    assert ours[0] is not None
    assert ours[1] is not None
    assert not ours[0].overlaps(ours[1])


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[",
        b"7",
        b'{"a": 1}',
        b'[{"text": "t"}]',
        b'[{"text": "t", "x": "one", "y": 0, "width": null, "node": 0, "colour": null}]',
        b'[{"text": "t", "x": NaN, "y": 1e999, "width": -5, "node": 0, "colour": "octarine"}]',
        b'[{"text": "t", "x": 0, "y": 0, "width": null, "node": 99999999999999999999, "colour": null}]',
        b'[{"text": "t", "x": 0, "y": 0, "width": null, "node": -1, "colour": []}]',
        b"[" * 50_000,
        b"\xff\xfe",
    ],
)
def test_what_a_stranger_put_beside_the_text_does_no_harm(window: MainWindow, qtbot: QtBot, said: bytes) -> None:
    data = QMimeData()
    data.setText("exp(q)")
    data.setData(NOTES, said)
    QGuiApplication.clipboard().setMimeData(data)
    window.session.selection.clear()
    press(qtbot, window, Qt.Key.Key_V)
    assert graph(window).find("q") is not None
    for one in window.session.document.project.comments:
        assert one.target is None or one.target in graph(window).node_ids()
        assert one.x == one.x
        assert abs(one.x) < 1e6
        assert abs(one.y) < 1e6
    at_rest(qtbot, window)
    assert window.canvas.picture is not None
