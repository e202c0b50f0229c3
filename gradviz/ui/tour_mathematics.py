"""The stations of the tour at which the mathematics is shown: a formula in every dress, and derivations."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradviz.ui.driver import CTRL, SHIFT, Driver
from gradviz.ui.panels.derivation import DerivationPanel
from gradviz.ui.panels.dress_views import TextDress


def mathematics(driver: Driver) -> None:
    """Dresses with a part hovered; then a small graph, a softmax and matrices derived."""
    session = driver.session
    session.document.replace(session.document.project)
    driver.window.files.open_example("squared-error")  # what an earlier station bound to data stays out
    driver.write_formula("(y - (W x + b))^2")
    driver.press(Qt.Key.Key_E, CTRL | SHIFT)
    dock = driver.window.docks["formula"]
    height = dock.height()
    driver.window.resizeDocks([dock], [height + 130], Qt.Orientation.Vertical)  # room for most of the dresses
    driver.settle()
    view = driver.window.mathematics.formula.cards["functions"].view
    assert isinstance(view, TextDress)
    driver.wait_until(lambda: bool(view.toPlainText()))
    driver.window.mathematics.formula.ensureWidgetVisible(view)
    driver.settle()
    QTest.mouseMove(view.viewport(), view.place_of(view.toPlainText().index("matmul")).toPoint())
    driver.look("formula-in-every-dress")
    _small(driver)
    _softmax(driver)
    _matrices(driver)
    driver.window.resizeDocks([dock], [height], Qt.Orientation.Vertical)
    for key in ("formula", "derivation"):
        driver.window.docks[key].hide()
    session.selection.clear()
    driver.settle()


def _small(driver: Driver) -> None:
    """The chain rule, one factor a line, and its end."""
    driver.write_formula("h = a b\nh^2 + 3 h")
    driver.press(Qt.Key.Key_J, CTRL | SHIFT)
    _select(driver, "a")
    for _ in range(2):
        driver.press(Qt.Key.Key_Right)
    driver.look("derivation-sum-over-paths")
    driver.press(Qt.Key.Key_End)
    driver.look("derivation-three-answers")


def _softmax(driver: Driver) -> None:
    """Down to softmax(Wx + b)_j − [y = j]."""
    driver.write_formula("-log(softmax(W x + b)[y])")
    for name, text in (
        ("W", "[[0.4, -1], [0.2, 0.5], [-0.3, 0.1]]"),
        ("x", "[1, 2]"),
        ("b", "[0, 0.5, 0.2]"),
        ("y", "1"),
    ):
        driver.write_value(name, text)
    _select(driver, "b")
    panel = driver.window.mathematics.derivation
    driver.press(Qt.Key.Key_End)
    driver.look("derivation-softmax")
    assert panel.rows


def _matrices(driver: Driver) -> None:
    """Shapes, and why there is a transpose."""
    driver.write_formula("sum((y - (W x + b))^2)")
    for name, text in (("W", "[[1, 2, -1], [0.5, -2, 3]]"), ("x", "[1, -1, 2]"), ("b", "[0.1, -0.2]"), ("y", "[1, 2]")):
        driver.write_value(name, text)
    _select(driver, "x")
    panel = driver.window.mathematics.derivation
    assert panel.derivation is not None
    number = next(i for i, line in enumerate(panel.derivation.all_lines) if "transposed" in line.words)
    while panel.current < number:
        driver.press(Qt.Key.Key_Right)
    driver.look("derivation-matrices")


def _select(driver: Driver, name: str) -> DerivationPanel:
    """Click a leaf in the graph and wait for its derivation."""
    graph = driver.session.graph
    assert graph is not None
    panel = driver.window.mathematics.derivation
    driver.click_node(graph.leaves()[name])
    driver.wait_until(lambda: not panel.is_waiting and bool(panel.rows))
    panel.setFocus()
    return panel
