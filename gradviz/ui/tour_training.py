"""Stations of the tour: a descent that is watched, paused and reopened, and the plots beside it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from gradviz.project.commands import set_training
from gradviz.session.training import TrainingState
from gradviz.ui.driver import CTRL, SHIFT, Driver
from gradviz.ui.panels.surface import SurfacePanel
from gradviz.ui.panels.sweep import SweepPanel


def training(driver: Driver) -> None:
    """Training runs, is paused, and an iteration is reopened and stepped through."""
    training = driver.session.training
    driver.session.document.apply(set_training(rate=1e-5, steps=300_000), "Train longer")
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: training.iteration > 20_000 or not training.is_running)
    driver.look("training-running")
    driver.press(Qt.Key.Key_F6)
    driver.wait_until(lambda: training.state is not TrainingState.RUNNING)
    driver.settle()
    driver.look("training-paused")
    field = driver.window.transport.iteration
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    driver.window.canvas.setFocus()
    driver.settle()
    driver.press(Qt.Key.Key_F5, CTRL | SHIFT)
    driver.into(12)
    driver.look("iteration-reopened")
    driver.press(Qt.Key.Key_F11, SHIFT)
    driver.step(1)
    driver.look("update-step")


def plots(driver: Driver) -> None:
    """The learning-rate lab and the loss surface."""
    driver.session.document.apply(set_training(rate=0.1, steps=100), "Train shorter")
    driver.click(driver.window.transport.train)
    driver.wait_until(lambda: not driver.session.training.is_running)
    driver.choose_tab("Learning-rate lab")
    for field in driver.window.docks["rates"].findChildren(QLineEdit, "rates"):
        field.setText("0.001, 0.2, 1.1")
    for button in driver.window.docks["rates"].findChildren(QWidget, "compare"):
        driver.click(button)
    dock = driver.window.docks["rates"]
    height = dock.height()
    driver.window.resizeDocks([dock], [height + 150], Qt.Orientation.Vertical)  # room for all of its rates
    driver.settle()
    driver.look("learning-rate-lab")
    driver.window.resizeDocks([dock], [height], Qt.Orientation.Vertical)
    driver.choose_tab("Loss surface")
    driver.settle()
    driver.look("loss-surface")
    surface = driver.window.findChild(SurfacePanel)
    assert surface is not None
    surface.view.setCurrentIndex(1)
    driver.look("loss-relief")
    surface.view.setCurrentIndex(0)
    driver.choose_tab("Sweep")
    sweep = driver.window.findChild(SweepPanel)
    assert sweep is not None
    driver.click(sweep.run_button)
    driver.wait_until(lambda: sweep.run_button.text() == "Run")
    driver.look("sweep")
    driver.choose_tab("Loss")
