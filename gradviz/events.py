"""Signals without Qt: what sessions and documents use to tell that something changed.

A listener is held weakly when it is a bound method, so that a widget which goes away needs no farewell.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, ParamSpec
from weakref import WeakMethod

P = ParamSpec("P")


class Signal(Generic[P]):
    """A list of listeners, called in the order in which they connected."""

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: list[Callable[[], Callable[P, Any] | None]] = []

    def connect(self, listener: Callable[P, Any]) -> None:
        """Add a listener; bound methods are held weakly, other callables strongly."""
        if hasattr(listener, "__self__") and hasattr(listener, "__func__"):
            self._listeners.append(WeakMethod(listener))
        else:
            self._listeners.append(lambda: listener)

    def disconnect(self, listener: Callable[P, Any]) -> None:
        """Remove a listener; one that is not connected is no error."""
        self._listeners = [held for held in self._listeners if held() not in (None, listener)]

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every listener that is still alive."""
        for held in tuple(self._listeners):
            listener = held()
            if listener is not None:
                listener(*args, **kwargs)
        self._listeners = [held for held in self._listeners if held() is not None]

    def emit_in_turns(self, post: Callable[[Callable[[], None]], None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Let every listener be called by a call of its own, which `post` makes now or soon.

        Between two of them a window can answer somebody.
        """
        for held in tuple(self._listeners):
            post(partial(_call, held, *args, **kwargs))


def _call(held: Callable[[], Callable[P, Any] | None], *args: P.args, **kwargs: P.kwargs) -> None:
    listener = held()
    if listener is not None:
        listener(*args, **kwargs)
