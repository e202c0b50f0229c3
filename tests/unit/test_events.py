"""Signals: who is called, when, and for how long."""

from collections.abc import Callable

from gradviz.events import Signal


class Listener:
    def __init__(self) -> None:
        self.heard: list[int] = []

    def hear(self, number: int) -> None:
        self.heard.append(number)


def test_every_listener_is_called_in_order() -> None:
    signal: Signal[[int]] = Signal()
    heard: list[tuple[str, int]] = []
    signal.connect(lambda number: heard.append(("a", number)))
    signal.connect(lambda number: heard.append(("b", number)))

    signal.emit(3)

    assert heard == [("a", 3), ("b", 3)]


def test_listener_that_has_gone_is_not_called() -> None:
    signal: Signal[[int]] = Signal()
    listener = Listener()
    heard = listener.heard
    signal.connect(listener.hear)
    del listener

    signal.emit(3)

    assert heard == []


def test_turns_are_one_call_for_each_listener() -> None:
    signal: Signal[[int]] = Signal()
    heard: list[str] = []
    signal.connect(lambda _: heard.append("a"))
    signal.connect(lambda _: heard.append("b"))
    posted: list[Callable[[], None]] = []

    signal.emit_in_turns(posted.append, 3)

    assert heard == []
    posted[0]()
    assert heard == ["a"]
    posted[1]()
    assert heard == ["a", "b"]


def test_listener_that_goes_before_its_turn_is_not_called() -> None:
    signal: Signal[[int]] = Signal()
    listener = Listener()
    heard = listener.heard
    signal.connect(listener.hear)
    posted: list[Callable[[], None]] = []
    signal.emit_in_turns(posted.append, 3)

    del listener
    posted[0]()

    assert heard == []
