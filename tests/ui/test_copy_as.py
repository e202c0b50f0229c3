"""Edit > Copy as: what lands on the clipboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gradviz.core.graph import Apply
from gradviz.ui.main_window import MainWindow
from ui.windows import shown_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with shown_window(qtbot, tmp_path, "(y - (W x + b))^2") as window:
        yield window


def _copied(window: MainWindow, key: str) -> str:
    QGuiApplication.clipboard().setText("before")
    action = next(action for action in window.menus["copy_as"].actions() if action.objectName() == key)
    action.trigger()
    return QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("copy_plain", "(y − (W·x + b))²"),
        ("copy_functions", "sq(sub(y, add(matmul(W, x), b)))"),
        ("copy_latex", r"\left(y - \left(W x + b\right)\right)^{2}"),
    ],
)
def test_the_formula_is_copied_in_each_notation(window: MainWindow, key: str, expected: str) -> None:
    assert expected.replace(" ", "") in _copied(window, key).replace(" ", "")


@pytest.mark.parametrize(
    ("key", "sign"), [("copy_numpy", "d_b = -d_y"), ("copy_torch", ".backward()"), ("copy_jax", "jax.grad(")]
)
def test_code_that_compiles_is_copied(window: MainWindow, key: str, sign: str) -> None:
    text = _copied(window, key)
    compile(text, "copied", "exec")
    assert sign in text


def test_of_a_selected_node_its_part_is_copied(window: MainWindow) -> None:
    graph = window.session.graph
    assert graph is not None
    nodes = {node.op.name: i for i, node in zip(graph.node_ids(), graph.nodes, strict=True) if isinstance(node, Apply)}
    window.session.selection.select(nodes["matmul"])
    assert _copied(window, "copy_functions") == "matmul(W, x)"


def test_of_an_unfinished_formula_no_code_is_copied_and_the_reason_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    with shown_window(qtbot, tmp_path, "y - ?") as window:
        assert _copied(window, "copy_numpy") == "before"
        assert window.notice.isVisible()


def test_the_menu_stands_below_copy(window: MainWindow) -> None:
    entries = window.menus["edit"].actions()
    copy = entries.index(window.actions_by_key["copy"])
    assert entries[copy + 1].menu() is window.menus["copy_as"]
