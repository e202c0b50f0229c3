"""The tour: drives the real window through the main job with real clicks and keys, and saves what is seen.

    start page → type (x²)² → step → fan-out → squared error → matrices → errors → dark → data → training →
    learning-rate lab → export → a network → 200 nodes → undo → node by node → a table

Each station is a function that does what a person would do; its picture is numbered in order.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from gradviz.ui.app import make_application
from gradviz.ui.driver import CTRL, SHIFT, Driver
from gradviz.ui.panels.debugging import DebugPanel
from gradviz.ui.panels.per_sample import PerSample
from gradviz.ui.theme import Choice, theme
from gradviz.ui.tour_blocks import blocks
from gradviz.ui.tour_learning import learning
from gradviz.ui.tour_looking import laboratories, looking, samples
from gradviz.ui.tour_mathematics import mathematics
from gradviz.ui.tour_notes import notes
from gradviz.ui.tour_pictures import export
from gradviz.ui.tour_training import plots, training
from gradviz.ui.tour_wires import wires

Station = Callable[[Driver], None]

CONTENTS = "contents.json"
"""Beside the screenshots: the texts that each of them shows, by the station's name."""


def tour(
    out: Path, theme_name: str = "light", size: tuple[int, int] = (1400, 900), *, until: Collection[str] = ()
) -> list[Path]:
    """Save a numbered screenshot of each station, up to those called `until`; returns the files. Needs no display."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out.mkdir(parents=True, exist_ok=True)
    make_application()
    theme().choose(Choice(theme_name))
    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(out, Choice(theme_name), size, Path(folder))
        try:
            for station in STATIONS:
                station(driver)
                if until and driver.seen.keys() >= set(until):
                    break
        finally:
            driver.close()
    (out / CONTENTS).write_text(json.dumps(driver.seen, ensure_ascii=False, indent=1), "utf-8")
    return driver.files


# -- stations -----------------------------------------------------------------------------------------------


def start_page(driver: Driver) -> None:
    """What an empty window shows."""
    driver.look("start-page")


def square(driver: Driver) -> None:
    """Type (x^2)^2 and step through it: 32."""
    driver.type("(x^2)^2", driver.window.start_page.field)
    driver.press(Qt.Key.Key_Return)
    driver.look("square-typed")
    driver.window.canvas.setFocus()
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.step(2)
    driver.look("square-forward")
    driver.into(2)
    driver.look("square-seeded")
    driver.into(2)
    driver.look("square-why-32")
    driver.press(Qt.Key.Key_F10, CTRL | SHIFT)
    driver.look("square-one-step-back")


def fan_out(driver: Driver) -> None:
    """A value that is used twice: its adjoint is a sum."""
    driver.write_formula("h = a b\nh^2 + 3 h")
    driver.press(Qt.Key.Key_F5)
    graph = driver.session.graph
    if graph is not None:
        driver.click_node(graph.find("h"))
    driver.look("fan-out-sum")
    driver.session.selection.clear()
    for _ in ("b", "a", "the product by b", "the product by a"):
        driver.press(Qt.Key.Key_F11, CTRL | SHIFT)
    driver.look("fan-out-second-contribution")


def squared_error(driver: Driver) -> None:
    """The lecture's drawing, stepped to the contribution of the difference."""
    driver.write_formula("(y - (Wx + b))^2")
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(11)
    driver.look("squared-error-step")
    driver.click(driver.window.chain_rule.more)
    driver.look("chain-rule-unrolled")
    driver.click(driver.window.chain_rule.more)
    slider = driver.window.leaves.row("W").slider
    slider.setFocus()
    for _ in range(10):
        driver.press(Qt.Key.Key_Right)
    driver.look("slider-moved")
    driver.press(Qt.Key.Key_Z, CTRL)


def matrices(driver: Driver) -> None:
    """Matrices: shapes on the edges, heat map and table in the inspector."""
    driver.write_formula("sum((y - (W x + b))^2)")
    driver.write_value("W", "[[1, 2, -1], [0.5, -2, 3]]")
    driver.write_value("x", "[1, -1, 2]")
    driver.write_value("b", "[0.1, -0.2]")
    driver.write_value("y", "[1, 2]")
    graph = driver.session.graph
    if graph is not None:
        driver.click_node(graph.find("W"))
    driver.press(Qt.Key.Key_F5)
    driver.look("matrices")
    driver.session.selection.clear()


def errors(driver: Driver) -> None:
    """A shape error, as the tutorial makes it, and a formula that can't be read."""
    driver.write_formula("(y - (Wx + b))^2")
    driver.write_value("W", "[[1, 2], [3, 4]]")
    for name in ("b", "y"):
        driver.write_value(name, "[1, 2]")
    driver.write_value("x", "[1, 2, 3]")
    driver.look("shape-error")
    driver.write_value("x", "[1, 2]")
    driver.write_formula("-log(sofmax(W x + b)[1])")
    driver.look("formula-error")
    driver.press(Qt.Key.Key_Z, CTRL)


def other_theme(driver: Driver) -> None:
    """The other theme, chosen in the command palette."""
    wanted = "dark" if driver.choice is not Choice.DARK else "light"
    driver.write_formula("(y - (Wx + b))^2")
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(11)
    driver.press(Qt.Key.Key_P, CTRL | SHIFT)
    driver.type(f"{wanted} theme")
    driver.look("command-palette")
    driver.press(Qt.Key.Key_Return)
    driver.look(f"{wanted}-theme")
    theme().choose(driver.choice)
    driver.settle()


def data(driver: Driver) -> None:
    """Least squares on data: bound columns, another sample."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("least-squares")
    driver.settle()
    driver.look("data-bound")
    driver.press(Qt.Key.Key_D, CTRL | SHIFT)
    driver.look("data-dialog")
    _close_dialogs(driver)
    driver.press(Qt.Key.Key_T, CTRL | SHIFT)
    driver.look("training-settings")
    _close_dialogs(driver)


def decisions(driver: Driver) -> None:
    """A network that parts two circles: the plane of its decisions."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("two-circles")
    driver.settle()
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: not driver.session.training.is_running)
    driver.settle()
    driver.look("decisions")


def not_a_number(driver: Driver) -> None:
    """Where does NaN come from? Continue stops there."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("not-a-number")
    driver.settle()
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.press(Qt.Key.Key_F5)
    driver.look("not-a-number")
    driver.write_formula("-log(softmax(z))[1]")
    driver.write_value("z", "[800, 0, 0]")
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.press(Qt.Key.Key_F5)
    driver.look("poison-path")


def breakpoints(driver: Driver) -> None:
    """Breakpoints with conditions, watches with curves, and ready-made watches with advice."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("xor")
    driver.settle()
    driver.choose_tab("Breakpoints")
    panel = driver.window.findChild(DebugPanel)
    assert panel is not None
    driver.type("los < 0.2", panel.breakpoints.field)
    driver.look("condition-with-a-caret")
    panel.breakpoints.field.selectAll()
    driver.type("loss < 0.2", panel.breakpoints.field)
    driver.press(Qt.Key.Key_Return)
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: not driver.session.training.is_running)
    driver.settle()
    driver.look("training-stopped-at-a-breakpoint")
    panel.show_page(1)
    for text in ("norm(grad(W1))", "loss"):
        driver.type(text, panel.watches.field)
        driver.press(Qt.Key.Key_Return)
    driver.settle()
    driver.look("watches")
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("rate-too-large")
    driver.settle()
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: not driver.session.training.is_running)
    panel.show_page(2)
    driver.settle()
    driver.look("advice")
    driver.choose_tab("Loss")


def softmax(driver: Driver) -> None:
    """Softmax on irises, trained."""
    driver.window.files.open_example("softmax-iris")
    driver.settle()
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: not driver.session.training.is_running)
    driver.settle()
    driver.look("softmax-trained")


def gradients(driver: Driver) -> None:
    """Each sample's gradient beside their sum, and every gradient of a run against differences."""
    driver.press(Qt.Key.Key_R, CTRL | Qt.KeyboardModifier.AltModifier)
    samples = driver.window.findChild(PerSample)
    assert samples is not None
    driver.wait_until(lambda: not samples.is_waiting)
    driver.look("gradients-of-the-samples")
    driver.press(Qt.Key.Key_K, CTRL | SHIFT)
    driver.wait_until(lambda: not driver.window.inspector.is_waiting)
    driver.look("gradient-check")
    driver.window.inspector.sections["Gradient check"].set_open(False)


def network(driver: Driver) -> None:
    """A network of two layers, and adding an operation by name."""
    driver.session.document.replace(driver.session.document.project)
    driver.window.files.open_example("xor")
    driver.settle()
    driver.look("network")
    driver.window.canvas.setFocus()
    driver.press(Qt.Key.Key_Tab)
    driver.type("soft")
    driver.look("quick-add")
    driver.press(Qt.Key.Key_Escape)


def large(driver: Driver) -> None:
    """Two hundred nodes."""
    lines = ["h0 = x"]
    lines += [f"h{i} = tanh(w{i} h{i - 1} + b{i})" for i in range(1, 40)]
    driver.window.canvas.setFocus()
    driver.session.set_formula("\n".join([*lines, "(y - h39)^2"]))
    driver.settle()
    driver.look("two-hundred-nodes")


def undo(driver: Driver) -> None:
    """All of it is undone again."""
    driver.press(Qt.Key.Key_Z, CTRL)
    driver.look("undone")


def building(driver: Driver) -> None:
    """The same formula, built node by node without the mouse, and the history of it."""
    window = driver.window
    driver.session.document.replace(driver.session.document.project)  # nobody asks whether to save it
    window.files.new()
    driver.click(window.start_page.build)
    driver.look("empty-graph")
    for text in ("^2", "-", "y"):
        _add(driver, text)
    driver.press(Qt.Key.Key_Space)
    driver.type("plus")
    driver.look("build-open-port")
    driver.press(Qt.Key.Key_Return)
    for text in ("@", "W", "x", "b"):
        _add(driver, text)
    driver.look("built-node-by-node")
    driver.press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.AltModifier)
    driver.look("history")
    driver.press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.AltModifier)


def table(driver: Driver) -> None:
    """A leaf's value as a table."""
    driver.write_formula("sum((y - (W x + b))^2)")
    driver.write_value("W", "random 3x2")
    driver.window.leaves.row("W").edit_as_table()
    driver.settle()
    driver.look("array-table")
    _close_dialogs(driver)


def _add(driver: Driver, text: str) -> None:
    driver.window.canvas.setFocus()
    driver.press(Qt.Key.Key_Space)
    driver.type(text)
    driver.press(Qt.Key.Key_Return)


def small(driver: Driver) -> None:
    """A small window."""
    driver.write_formula("(y - (Wx + b))^2")
    driver.window.resize(1000, 700)
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(11)
    driver.look("small-window")


def _close_dialogs(driver: Driver) -> None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
    driver.settle()


STATIONS: tuple[Station, ...] = (
    start_page, square, fan_out, squared_error, matrices, errors, other_theme, data, training, plots, decisions,
    looking, samples, laboratories, learning, mathematics, export,
    not_a_number, breakpoints, softmax, gradients, network, large, undo, building, wires, notes, blocks, table, small,
)  # fmt: skip
