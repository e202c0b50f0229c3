"""Workers typeset beforehand, and the window goes first."""

import threading

import pytest

pytest.importorskip("PySide6")

from gradviz.text.equation import Equation, Part
from gradviz.ui import mathline, mathview

LINE = Equation((Part(r"\frac{x^{2}}{y + 1}", r"\frac{x^{2}}{y + 1}"),))


@pytest.fixture
def busy_window(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A window that has just wanted a formula, until the number is set back."""
    wanted = [float("inf")]
    monkeypatch.setattr(mathview, "_wanted_by_window", wanted)
    return wanted


@pytest.fixture
def set_formulas(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(mathline, "svg_of", lambda latex, _size, _ink: found.append(latex))
    return found


def test_a_worker_waits_until_the_window_wants_no_formulas(busy_window: list[float], set_formulas: list[str]) -> None:
    worker = threading.Thread(target=mathline.prepare, args=([LINE], 16.0, "light"))
    worker.start()
    worker.join(0.05)
    assert (worker.is_alive(), set_formulas) == (True, [])
    busy_window[0] = float("-inf")
    worker.join(10)
    assert set_formulas == [LINE.parts[0].latex]


def test_a_cancelled_worker_waits_no_longer_and_sets_the_rest_no_more(
    busy_window: list[float], set_formulas: list[str]
) -> None:
    gone = threading.Event()
    worker = threading.Thread(
        target=mathline.prepare, args=([LINE, LINE], 16.0, "light"), kwargs={"cancelled": gone.is_set}
    )
    worker.start()
    gone.set()
    worker.join(10)
    assert not worker.is_alive()
    assert len(set_formulas) <= 1


def test_the_window_itself_never_waits(busy_window: list[float], set_formulas: list[str]) -> None:
    mathline.prepare([LINE], 16.0, "light")
    assert set_formulas == [LINE.parts[0].latex]
