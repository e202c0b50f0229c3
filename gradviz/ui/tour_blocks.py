"""The stations of the tour about blocks: one card, its frame when unfolded, and one step for all of it."""

from PySide6.QtCore import Qt

from gradviz.core.graph import Block
from gradviz.ui.driver import CTRL, Driver

NESTED = "sig(z) = 1/(1+exp(-z))\nneuron(w, x, b) = sig(w x + b)\n(neuron(w, x, b) - y)^2"


def blocks(driver: Driver) -> None:
    """A neuron as one card with its derivatives, then from inside, and as one step."""
    driver.write_formula(NESTED)
    block = _block(driver)
    driver.click_node(block.output)
    driver.window.inspector.sections["Formula"].set_open(True)
    driver.settle()
    driver.look("block-folded")
    driver.press(Qt.Key.Key_U, CTRL)
    driver.settle()
    driver.window.canvas.fit()
    driver.look("block-unfolded")
    driver.press(Qt.Key.Key_U, CTRL)
    driver.settle()
    driver.session.selection.clear()
    driver.session.debugger.run_to(block.output)
    driver.settle()
    driver.look("block-in-one-step")
    driver.window.inspector.sections["Formula"].set_open(False)


def _block(driver: Driver) -> Block:
    """The outermost block."""
    graph = driver.session.graph
    assert graph is not None
    return graph.blocks[-1]
