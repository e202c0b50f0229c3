"""What a window and its trainer process say to each other, pickled: written by this package, read by nobody else.

Order(recipe, guard, progress so far, goal) ▷        ◁ Ready(), once
Ask() ▷                                              ◁ Beat(), many a second, for the window to answer
Halt() ▷                                             ◁ Report(progress since the last report)
                                                     ◁ Ended(progress, outcome)
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from gradviz.session.advance import Guard, Outcome
from gradviz.train.descent import Plan, Progress


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Carry a descent on up to the goal. recipe: makes its plan. progress: all that was done so far."""

    recipe: Callable[[], Plan]
    guard: Guard | None
    progress: Progress
    goal: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Report how far you are."""


@dataclass(frozen=True, slots=True)
class Halt:
    """End after the present chunk."""


@dataclass(frozen=True, slots=True)
class Ready:
    """All is imported; orders are welcome."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Still at work."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What was done since the last report, and what the sentry has seen until now."""

    progress: Progress
    memory: object | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """The order is done, halted, diverged or stopped by its sentry, who says why."""

    progress: Progress
    outcome: Outcome


class UnsayableError(Exception):
    """A message holds something that can't leave its process, or what was read is no message."""


def send(sink: BinaryIO, message: Any) -> None:
    """Write one message; raises UnsayableError when it can't be put into bytes, OSError when nobody reads it."""
    try:
        text = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PickleError, AttributeError, TypeError) as error:
        raise UnsayableError(str(error)) from error
    sink.write(text)
    sink.flush()


def receive(source: BinaryIO) -> Any:
    """Read one message; raises EOFError when the other side has gone, UnsayableError for anything but a message."""
    try:
        return pickle.load(source)  # noqa: S301  # written by the other end of this package, see the module's head
    except (pickle.PickleError, AttributeError, TypeError, ImportError) as error:
        raise UnsayableError(str(error)) from error
