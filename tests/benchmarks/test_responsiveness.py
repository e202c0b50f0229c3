"""How smooth the window is while a descent runs at full speed: pytest -m slow tests/benchmarks -s

A timer of two milliseconds ticks in the window's event loop. The longest gaps between its ticks are how long a person
would have waited; the iterations done meanwhile, against those of a descent without a window, are what it costs.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer

from gradviz.project.commands import set_training
from gradviz.train.descent import Descent
from gradviz.ui.app import make_application
from gradviz.ui.collecting import Collecting
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.preferences import Preferences

pytestmark = pytest.mark.slow

TICK_MS = 2
SECONDS = 4.0
MOST_STEPS = 100_000_000
EXAMPLES = ("rate-good", "least-squares", "softmax-iris", "softmax-digits", "xor")


@dataclass(frozen=True, slots=True)
class Smoothness:
    """Gaps between the ticks of the event loop in milliseconds, and iterations a second."""

    gaps: np.ndarray
    rate: float

    def gap(self, percent: float) -> float:
        return float(np.percentile(self.gaps, percent))


def spin(seconds: float) -> None:
    """Let the window live for a while: a real event loop, in which timers wait without holding the interpreter."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


@pytest.fixture(params=EXAMPLES)
def window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MainWindow]:
    make_application()
    window = MainWindow(QtRunner(), Preferences(is_animated=False), recovery_folder=tmp_path)
    window.resize(1400, 900)
    window.show()
    window.session.open_example(request.param)
    window.session.document.apply(set_training(steps=MOST_STEPS), "Train for long")
    spin(1.5)
    collecting = Collecting(lambda: window.session.training.is_running)
    yield window
    collecting.close()
    window.session.training.reset()
    window.session.document.replace(window.session.document.project)
    window.close()
    window.deleteLater()
    spin(0.2)


def watched(window: MainWindow, seconds: float) -> Smoothness:
    """The window's own ticks over some seconds."""
    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(TICK_MS)
    began, before = time.perf_counter(), window.session.training.iteration
    spin(seconds)
    done = window.session.training.iteration - before
    timer.stop()
    return Smoothness(np.diff(ticks) * 1000, done / (time.perf_counter() - began))


def rate_without_window(window: MainWindow) -> float:
    """Iterations a second of the same descent, with nothing beside it."""
    descent = Descent(window.session.recipe()())
    began = time.perf_counter()
    descent.run(MOST_STEPS, lambda: time.perf_counter() - began > 2.0)
    return descent.state.iteration / (time.perf_counter() - began)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="a window and a descent need a core each")
def test_window_stays_smooth_and_descent_stays_fast_together(
    window: MainWindow, request: pytest.FixtureRequest
) -> None:
    idle = watched(window, 1.0)
    window.actions_by_key["train"].trigger()
    spin(2.0)  # the process of its own has started by then
    busy = watched(window, SECONDS)
    window.session.training.pause()
    spin(0.5)
    alone = rate_without_window(window)

    print(
        f"\n{request.node.callspec.id:16s} gaps idle {idle.gap(50):4.1f} ms; training p50 {busy.gap(50):4.1f}, "
        f"p99 {busy.gap(99):5.1f}, worst {busy.gap(100):5.1f} ms; "
        f"{busy.rate:,.0f} iterations a second, {busy.rate / alone:.0%} of {alone:,.0f} without a window"
    )
    assert busy.rate > 0.8 * alone
    assert busy.gap(50) < 4 * idle.gap(50)
