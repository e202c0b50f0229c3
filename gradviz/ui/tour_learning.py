"""The stations of the tour at which gradviz teaches: the pages about operations."""

from PySide6.QtCore import Qt

from gradviz.ui.driver import Driver


def op_pages(driver: Driver) -> None:
    """The page of the selected operation."""
    driver.write_formula("h = sigmoid(w x)\n(y - h)^2")
    graph = driver.session.graph
    assert graph is not None
    driver.click_node(graph.find("h"))
    driver.press(Qt.Key.Key_F1)
    pages = driver.window.learning.pages
    assert pages is not None
    driver.wait_until(lambda: pages.view.graph.height() > 20)
    driver.look("page-of-an-operation")
    pages.close()
    driver.settle()


def learning(driver: Driver) -> None:
    """All of it."""
    op_pages(driver)
