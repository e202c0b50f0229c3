"""The stations of the tour at which gradviz teaches: the pages about operations."""

from PySide6.QtCore import Qt

from gradviz.ui.driver import ALT, CTRL, Driver
from gradviz.ui.panels.teacher_bar import TeacherDialog


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


def quiz(driver: Driver) -> None:
    """Numbers to work out: fields on the graph, a mistake that is named, the score."""
    driver.write_formula("h = a b\nh^2 + 3 h")
    driver.press(Qt.Key.Key_Q, CTRL | ALT)
    quizzing = driver.window.learning.quizzing
    quizzing.panel.setup.choice.setCurrentIndex(2)
    driver.click(quizzing.panel.setup.start)
    driver.settle()
    driver.look("quiz")
    driver.type("1")
    driver.press(Qt.Key.Key_Tab)
    driver.type("1")
    driver.press(Qt.Key.Key_Return)
    driver.type("1")
    driver.press(Qt.Key.Key_Return)
    driver.look("quiz-mistake")
    driver.click(quizzing.panel.hint)
    driver.look("quiz-hint")
    driver.click(quizzing.panel.end)
    driver.window.docks["quiz"].close()
    driver.settle()


def lecture(driver: Driver) -> None:
    """Three stops of the lecture, in the window of their own."""
    driver.press(Qt.Key.Key_L, CTRL | ALT)
    other = driver.window.windows.all[-1]
    mine, driver.window = driver.window, other
    driver.window.resize(mine.size())
    driver.settle()
    lecturing = other.learning.lecturing
    driver.look("lecture-begins")
    for index, name in ((5, "lecture-backward"), (10, "lecture-descent")):
        lecturing.panel.chosen.emit(index)
        driver.settle()
        driver.look(name)
    driver.window = mine
    driver.click(lecturing.panel.leave)


def presentation(driver: Driver) -> None:
    """The same graph on the wall."""
    driver.write_formula("(y - (Wx + b))^2")
    size = driver.window.size()
    driver.press(Qt.Key.Key_F11, CTRL)
    driver.settle()
    driver.press(Qt.Key.Key_Home)
    for _ in range(10):
        driver.press(Qt.Key.Key_Right)
    driver.settle()
    driver.look("presentation")
    driver.press(Qt.Key.Key_Escape)
    driver.window.resize(size)
    driver.settle()
    driver.look("presentation-left")


def teacher(driver: Driver) -> None:
    """A document that hides its derivatives, with the bar that says so."""
    driver.write_formula("(y - (Wx + b))^2")
    teaching = driver.window.learning.teaching
    driver.window.actions_by_key["teach"].trigger()
    dialog = driver.window.findChild(TeacherDialog)
    assert dialog is not None
    dialog.boxes["derivatives"].click()
    dialog.boxes["train"].click()
    driver.settle()
    driver.look("teacher-mode-dialog")
    dialog.accept()
    driver.settle()
    driver.look("teacher-mode")
    driver.click(teaching.bar.lift)
    driver.look("teacher-mode-lifted")
    driver.press(Qt.Key.Key_Z, CTRL)


def learning(driver: Driver) -> None:
    """All of it."""
    op_pages(driver)
    quiz(driver)
    lecture(driver)
    presentation(driver)
    teacher(driver)
