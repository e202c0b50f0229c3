"""The stations of the tour at which a run is looked at: inspector, flow, what if, comparison, samples, laboratories."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from gradviz.core.graph import Graph
from gradviz.ui.driver import ALT, CTRL, SHIFT, Driver
from gradviz.ui.laboratories.page import LabPage


def looking(driver: Driver) -> None:
    """The inspector's sections, pins, the gradient's flow, a what-if and two iterations compared."""
    window, session = driver.window, driver.session
    driver.session.document.replace(driver.session.document.project)
    window.files.open_example("xor")
    driver.settle()
    for _ in range(3):
        driver.press(Qt.Key.Key_I, CTRL)
        driver.settle()
    driver.click_node(_graph(driver).find("h"))
    _open_sections(driver, "Formula", "Over the iterations")
    driver.look("inspector-sections")
    driver.press(Qt.Key.Key_P, CTRL)
    driver.click_node(_graph(driver).find("W1"))
    driver.press(Qt.Key.Key_P, CTRL)
    driver.look("pinned")
    driver.press(Qt.Key.Key_F, CTRL | SHIFT)
    driver.wait_until(lambda: window.looking.flow.flow is not None and not window.looking.flow.is_waiting)
    driver.look("gradient-flow")
    driver.press(Qt.Key.Key_F, CTRL | SHIFT)
    _open_sections(driver)
    driver.write_formula("h = a b\nh^2 + 3 h")
    driver.click_node(_graph(driver).find("h"))
    _what_if(driver, window.inspector.what_if.fields["value"], "5")
    driver.look("what-if")
    session.lens.what_if.discard()
    driver.press(Qt.Key.Key_K, CTRL)
    driver.write_value("a", "2.5")
    driver.look("compared")
    session.lens.comparing.forget()
    session.selection.clear()


def samples(driver: Driver) -> None:
    """The sample with the largest loss, and the sum of all samples."""
    window, session = driver.window, driver.session
    session.document.replace(session.document.project)
    window.files.open_example("least-squares")
    driver.settle()
    window.actions_by_key["worst_sample"].trigger()
    driver.wait_until(lambda: session.lens.samples.survey is not None)
    driver.look("worst-sample")
    driver.press(Qt.Key.Key_S, CTRL | ALT)
    driver.wait_until(lambda: session.lens.samples.total is not None)
    driver.look("sum-of-samples")
    session.lens.samples.show_sum(False)


def laboratories(driver: Driver) -> None:
    """Each laboratory with a formula that shows its matter."""
    window = driver.window
    driver.session.document.replace(driver.session.document.project)
    for key, formula in (
        ("order", "a = x^2; b = a + a; b*a"),
        ("zeroing", "x = 1; (x - 3)^2"),
        ("modes", "t = 0.5; exp(t * [1, 2, 3, 4])"),
    ):
        window.actions_by_key[f"lab_{key}"].trigger()
        dialog = window.looking.laboratories
        assert dialog is not None
        page = dialog.pages[key]
        QTest.keyClicks(page.field, formula)
        driver.wait_until(partial(_has_answered, page))
        driver.look(f"laboratory-{key}")
    if window.looking.laboratories is not None:
        window.looking.laboratories.close()
    driver.settle()


def _has_answered(page: LabPage[Any]) -> bool:
    return page.subject is not None and not page.subject.is_document and not page.is_waiting


def _graph(driver: Driver) -> Graph:
    graph = driver.session.graph
    assert graph is not None
    return graph


def _open_sections(driver: Driver, *titles: str) -> None:
    for title, section in driver.window.inspector.sections.items():
        section.set_open(title in titles or title == "Elements")
    driver.settle()


def _what_if(driver: Driver, field: QLineEdit, text: str) -> None:
    _open_sections(driver, "What if")
    driver.window.docks["explain"].widget().ensureWidgetVisible(field)  # type: ignore[attr-defined]  # a scroll area
    driver.type(text, field)
    driver.press(Qt.Key.Key_Return)
    driver.settle()
