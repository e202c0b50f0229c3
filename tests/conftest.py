"""What every test runs under: no display, the same random numbers each time, and nothing left behind."""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", parent=settings.get_profile("ci"), derandomize=False, max_examples=5000)
settings.load_profile(os.environ.get("GRADVIZ_HYPOTHESIS", "ci"))


@pytest.fixture(scope="session", autouse=True)
def application_that_can_have_windows() -> Iterator[None]:
    """Make the application before a test of pictures makes one that can't have windows: a process has one only."""
    try:
        from gradviz.ui.app import make_application
    except ImportError:
        yield
        return
    application = make_application()
    yield
    # WORKAROUND: offscreen, Qt destroys what was copied after Python has ended, and the process dies of that
    application.clipboard().clear()


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    """Fail a test after which a thread runs that did not run before."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not _ends_soon(thread)]
    assert not left, f"threads left running: {', '.join(thread.name for thread in left)}"


@pytest.fixture(autouse=True)
def no_widget_or_timer_is_left_behind(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail a test that leaves an open window or a running timer; qtbot closes the widgets that it was given first."""
    started = _watch_timers(monkeypatch) if "qtbot" in request.fixturenames else []
    before = {id(widget) for widget in _top_level_widgets()}
    with _collector_at_rest("qtbot" in request.fixturenames):
        yield
        _delete_what_is_due()
    left = [widget for widget in _top_level_widgets() if id(widget) not in before and widget.isVisible()]
    names = [f"{type(widget).__name__} {widget.objectName()}" for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    _delete_what_is_due()
    timers = [_stopped(timer) for timer in started if _is_running(timer)]
    assert not names, f"windows left open: {', '.join(names)}"
    assert not timers, f"timers left running: {', '.join(timers)}"


@pytest.fixture(autouse=True)
def user_folders_are_temporary(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings, recovery files and caches of the person who runs the tests out of them."""
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))


def _ends_soon(thread: threading.Thread) -> bool:
    thread.join(timeout=2.0)
    return not thread.is_alive()


@contextmanager
def _collector_at_rest(is_wanted: bool) -> Iterator[None]:
    # WORKAROUND: a collection in the midst of painting, or in a worker, deletes what is left of a window there and
    # then, and Qt crashes; in the program ui/collecting.py sees to that
    if not is_wanted:
        yield
        return
    gc.disable()
    yield
    gc.collect(1)
    gc.enable()


def _application() -> Any:
    """The application when there is one that can have windows."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    found = widgets.QApplication.instance() if widgets is not None else None
    return found if widgets is not None and isinstance(found, widgets.QApplication) else None


def _top_level_widgets() -> list[Any]:
    application = _application()
    return application.topLevelWidgets() if application is not None else []


def _delete_what_is_due() -> None:
    application = _application()
    if application is not None:
        event = sys.modules["PySide6.QtCore"].QEvent
        application.sendPostedEvents(None, event.Type.DeferredDelete)


def _watch_timers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    from PySide6.QtCore import QTimer

    started: list[Any] = []
    start = QTimer.start

    def watched(timer: QTimer, *args: Any) -> None:
        if timer not in started:
            started.append(timer)
        start(timer, *args)

    monkeypatch.setattr(QTimer, "start", watched)
    return started


def _is_running(timer: Any) -> bool:
    import shiboken6

    return bool(shiboken6.isValid(timer) and timer.isActive() and not timer.isSingleShot())


def _stopped(timer: Any) -> str:
    timer.stop()
    return f"{timer.objectName() or 'a timer'} of {type(timer.parent()).__name__}"
