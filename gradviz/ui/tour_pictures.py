"""The stations of the tour at which pictures are taken along: the export dialog in its states, and the clipboard."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from gradviz.ui.driver import CTRL, Driver
from gradviz.ui.panels.export_choices import ALL
from gradviz.ui.panels.export_dialog import ExportDialog


def export(driver: Driver) -> None:
    """The export dialog: one picture; all steps in black and white with their words; a film; a part; the clipboard."""
    driver.write_formula("(y - (Wx + b))^2")
    driver.press(Qt.Key.Key_F5, CTRL | Qt.KeyboardModifier.ShiftModifier)
    driver.into(11)
    dialog = _opened(driver)
    driver.look("export-dialog")
    for name in ("legend", "explanation"):
        driver.click(dialog.choices.checks[name])
    _choose(driver, dialog.theme, "print")
    _choose(driver, dialog.choices.moments, ALL)
    _choose(driver, dialog.format, ".pdf")
    dialog.walk.setValue(12)
    driver.look("export-all-steps")
    _choose(driver, dialog.format, ".gif")
    driver.look("export-film")
    dialog.reject()
    graph = driver.session.graph
    assert graph is not None
    driver.session.selection.select(*list(graph.node_ids())[1:6])
    driver.settle()
    dialog = _opened(driver)
    driver.click(dialog.choices.checks["part"])
    driver.click(dialog.copy)
    driver.look("export-part-copied")
    dialog.reject()
    driver.settle()


def _opened(driver: Driver) -> ExportDialog:
    driver.press(Qt.Key.Key_E, CTRL)
    driver.settle()
    return driver.window.findChildren(ExportDialog)[-1]


def _choose(driver: Driver, menu: QComboBox, key: str) -> None:
    menu.setCurrentIndex(menu.findData(key))
    driver.settle()
