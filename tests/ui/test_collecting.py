"""Garbage is collected in the window's thread, thoroughly only in a quiet moment."""

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gradviz.ui.collecting import Collecting


class Loop:
    """Something that only a collector can take away."""

    def __init__(self, gone: list[int]) -> None:
        self.me = self
        self.gone = gone

    def __del__(self) -> None:
        self.gone.append(threading.get_ident())


@pytest.fixture
def collecting() -> Iterator[list[bool]]:
    busy = [False]
    collector = Collecting(lambda: busy[0])
    yield busy
    collector.close()


def test_garbage_goes_in_the_thread_of_the_window(qtbot: QtBot, collecting: list[bool]) -> None:
    gone: list[int] = []

    maker = threading.Thread(target=lambda: [Loop(gone) for _ in range(20_000)])
    maker.start()
    maker.join()
    qtbot.waitUntil(lambda: len(gone) == 20_000, timeout=10_000)

    assert set(gone) == {threading.get_ident()}


def test_thorough_collection_waits_while_something_runs(
    qtbot: QtBot, collecting: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradviz.ui.collecting.gc.get_count", lambda: (0, 0, 10**6))
    thoroughly: list[str] = []
    gc.callbacks.append(lambda phase, info: thoroughly.append(phase) if info["generation"] == 2 else None)
    collecting[0] = True
    seen: list[str] = []
    gc.callbacks.append(lambda phase, info: seen.append(phase))

    qtbot.waitUntil(lambda: len(seen) >= 4, timeout=10_000)
    del gc.callbacks[-2:]

    assert thoroughly == []


def test_python_collects_by_itself_again_afterwards() -> None:
    collector = Collecting(lambda: False)
    assert not gc.isenabled()

    collector.close()

    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
