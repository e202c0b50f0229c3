"""The collector comes back as it was, however stretches overlap."""

import gc
import threading

import pytest

from gradviz.core.stillness import collector_at_rest


def test_thresholds_are_as_before_after_nested_stretches() -> None:
    before = gc.get_threshold()
    with collector_at_rest():
        with collector_at_rest():
            pass
        assert gc.get_threshold()[0] == 0
    assert gc.get_threshold() == before


def test_thresholds_come_back_after_an_error() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="no"), collector_at_rest():
        raise ValueError("no")
    assert gc.get_threshold() == before


def test_a_collector_that_is_off_stays_off() -> None:
    was_on = gc.isenabled()
    gc.disable()
    try:
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    finally:
        if was_on:
            gc.enable()


def test_the_last_of_two_threads_puts_the_thresholds_back() -> None:
    before = gc.get_threshold()
    is_inside, may_leave = threading.Event(), threading.Event()

    def stay() -> None:
        with collector_at_rest():
            is_inside.set()
            may_leave.wait(10)

    other = threading.Thread(target=stay)
    with collector_at_rest():
        other.start()
        assert is_inside.wait(10)
    assert gc.get_threshold()[0] == 0
    may_leave.set()
    other.join()
    assert gc.get_threshold() == before
