"""The export dialog by mouse and keys: rows of pictures, films, what is shown, the clipboard, remembered choices."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("PySide6")

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QFileDialog, QSpinBox
from pytestqt.qtbot import QtBot

from gradviz.core.types import NodeId
from gradviz.export.picture import PillKind
from gradviz.ui.main_window import MainWindow
from gradviz.ui.panels.export_dialog import ExportDialog
from ui.windows import CTRL, at_rest, shown_window

LINE = "(y-(Wx+b))^2"


@contextmanager
def opened(qtbot: QtBot, folder: Path, formula: str = LINE) -> Iterator[tuple[MainWindow, ExportDialog]]:
    """The dialog over a window, opened by its shortcut."""
    with shown_window(qtbot, folder, formula) as window:
        window.canvas.setFocus()
        yield window, open_dialog(qtbot, window)


def open_dialog(qtbot: QtBot, window: MainWindow) -> ExportDialog:
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    dialog = window.findChildren(ExportDialog)[-1]
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def choose(qtbot: QtBot, menu: QComboBox, data: str) -> None:
    """Choose an entry by keys."""
    menu.setFocus()
    qtbot.keyClick(menu, Qt.Key.Key_Home)
    for _ in range(menu.count()):
        if menu.currentData() == data:
            return
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    raise AssertionError(f"{data} can't be chosen")


def tick(qtbot: QtBot, dialog: ExportDialog, name: str) -> None:
    box = dialog.findChild(QCheckBox, name)
    assert box.isEnabled()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center().__class__(8, box.height() // 2))


def save(qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Save by the button, and wait until the dialog has closed."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    with qtbot.waitSignal(dialog.finished, timeout=20_000):
        qtbot.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton)


def test_all_steps_become_pages(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(qtbot, tmp_path) as (_window, dialog):
        choose(qtbot, dialog.format, ".pdf")
        choose(qtbot, dialog.choices.moments, "all")
        assert dialog.size_note.text().startswith("19 pages")
        save(qtbot, dialog, monkeypatch, tmp_path / "run.pdf")
    pages = re.search(rb"/Count (\d+)", (tmp_path / "run.pdf").read_bytes())
    assert pages is not None
    assert int(pages[1]) == 1 + 8 + 1 + 7 + 2  # the start; 8 nodes; the seed; 7 edges; 2 parameters


def test_a_range_becomes_numbered_files(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(qtbot, tmp_path) as (_window, dialog):
        choose(qtbot, dialog.choices.moments, "range")
        for name, value in (("first", "3"), ("last", "5")):
            field = dialog.findChild(QSpinBox, name)
            field.selectAll()
            qtbot.keyClicks(field, value)
        tick(qtbot, dialog, "explanation")
        save(qtbot, dialog, monkeypatch, tmp_path / "run.svg")
    files = sorted(tmp_path.glob("run*.svg"))
    assert [file.name for file in files] == ["run-1.svg", "run-2.svg", "run-3.svg"]
    assert len({ElementTree.parse(file).getroot().get("viewBox") for file in files}) == 1


def test_a_film_is_of_all_steps(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(qtbot, tmp_path, "x^2") as (_window, dialog):
        choose(qtbot, dialog.format, ".gif")
        assert dialog.choices.shown == "all"
        save(qtbot, dialog, monkeypatch, tmp_path / "run.gif")
    with Image.open(tmp_path / "run.gif") as film:
        assert film.n_frames == 1 + 2 + 1 + 1 + 1  # the start; x, x^2; the seed; one edge; one parameter


def test_without_an_encoder_mp4_can_not_be_chosen_and_says_what_would_do(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with opened(qtbot, tmp_path) as (_window, dialog):
        place = dialog.format.findData(".mp4")
        assert "needs ffmpeg" in dialog.format.itemText(place)
        with pytest.raises(AssertionError):
            choose(qtbot, dialog.format, ".mp4")
        dialog.close()


def test_with_an_encoder_mp4_can_be_chosen(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with opened(qtbot, tmp_path) as (_window, dialog):
        choose(qtbot, dialog.format, ".mp4")
        assert dialog.choices.is_row
        dialog.close()


def test_the_preview_shows_what_will_be_written(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (_window, dialog):
        tick(qtbot, dialog, "derivatives")
        tick(qtbot, dialog, "legend")
        shown = dialog.preview.picture
        assert shown is not None
        assert {pill.kind for pill in shown.pills} == {PillKind.VALUE}
        assert "value, forward" in {label.text for label in shown.labels}
        dialog.write(tmp_path / "a.svg")
        texts = {"".join(e.itertext()) for e in ElementTree.parse(tmp_path / "a.svg").iter() if e.tag.endswith("}text")}
        assert {card.title for card in shown.cards} | {label.text for label in shown.labels} <= texts
        dialog.close()


def test_the_slider_shows_another_step(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (_window, dialog):
        choose(qtbot, dialog.choices.moments, "all")
        before = dialog.preview.picture
        dialog.walk.setFocus()
        qtbot.keyClick(dialog.walk, Qt.Key.Key_End)
        assert dialog.preview.picture != before
        assert dialog.size_note.text().endswith("step 18")
        dialog.close()


def test_the_selected_part_alone(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, LINE) as window:
        window.session.selection.select(NodeId(1), NodeId(2), NodeId(3))
        dialog = open_dialog(qtbot, window)
        tick(qtbot, dialog, "part")
        shown = dialog.preview.picture
        assert shown is not None
        assert {card.node for card in shown.cards} == {1, 2, 3}
        dialog.close()


def test_without_a_selection_there_is_no_part(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (_window, dialog):
        assert not dialog.findChild(QCheckBox, "part").isEnabled()
        dialog.close()


def test_the_explanation_is_that_of_the_step_on_the_canvas(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        window.session.debugger.go(2)
        at_rest(qtbot, window)
        dialog = open_dialog(qtbot, window)
        tick(qtbot, dialog, "explanation")
        shown = dialog.preview.picture
        assert shown is not None
        assert shown.labels[0].text == "Evaluate L"
        dialog.close()


def test_an_update_is_explained_by_its_rule(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path, "x^2") as (_window, dialog):
        tick(qtbot, dialog, "explanation")
        choose(qtbot, dialog.choices.moments, "all")
        dialog.walk.setFocus()
        qtbot.keyClick(dialog.walk, Qt.Key.Key_End)
        shown = dialog.preview.picture
        assert shown is not None
        assert any("learning rate" in label.text for label in shown.labels)
        dialog.close()


def test_a_copied_picture_can_be_pasted_as_image_and_as_drawing(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (_window, dialog):
        qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
        found = QGuiApplication.clipboard().mimeData()
        assert {"image/png", "image/svg+xml"} <= set(found.formats())
        assert found.hasImage()
        drawing = ElementTree.fromstring(bytes(found.data("image/svg+xml").data()).decode())
        assert drawing.tag.endswith("svg")
        QGuiApplication.clipboard().clear()
        dialog.close()


def test_a_picture_can_be_dragged_out(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (_window, dialog):
        drag = dialog.preview.drag()
        assert drag is not None
        assert drag.mimeData().hasImage()
        assert drag.mimeData().hasFormat("image/svg+xml")
        drag.deleteLater()
        dialog.close()


def test_the_choices_come_back(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (window, dialog):
        choose(qtbot, dialog.theme, "print")
        choose(qtbot, dialog.choices.moments, "whole")
        tick(qtbot, dialog, "legend")
        assert dialog.write(tmp_path / "a.svg")
        dialog.close()
        again = open_dialog(qtbot, window)
        assert again.options.theme.name == "print"
        assert again.choices.shown == "whole"
        assert again.findChild(QCheckBox, "legend").isChecked()
        again.close()


def test_a_row_that_can_not_be_written_says_why(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(qtbot, tmp_path, "x^2") as (_window, dialog):
        choose(qtbot, dialog.choices.moments, "all")
        target = tmp_path / "no such folder" / "run.svg"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
        qtbot.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "can't be written" in dialog.trouble.text(), timeout=10_000)
        assert dialog.choices.isEnabled()
        dialog.close()
