"""How a worker moves a descent on: in chunks of about a millisecond, between which it can be stopped and looked at."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gradviz.train.descent import Descent, Plan

MOST_AT_ONCE = 100_000
"""Iterations of one chunk at most, however quick they are."""


class Sentry(Protocol):
    """Watches a descent and says where it has to stop."""

    def after(self, descent: Descent) -> object | None:
        """Why to stop after the newest iteration; None to go on. Called after every iteration."""
        ...


Guard = Callable[[Plan], Sentry]
"""Posts a sentry; goes to another process, so it must be a function of a module, with frozen arguments."""


@dataclass(frozen=True, slots=True)
class Pace:
    """work: seconds of one chunk. rest: seconds of sleep after it, so that another thread gets its turn."""

    work: float
    rest: float = 0.0


ALONE = Pace(0.005)
"""Where nobody else waits for the interpreter: a process of its own, or the caller's own thread."""

BESIDE_A_WINDOW = Pace(0.001, 0.001)
"""In a thread of the window's process: measured to keep its wait for the interpreter at a millisecond or two."""


def advance(
    descent: Descent,
    goal: int,
    pace: Pace,
    *,
    is_over: Callable[[], bool],
    report: Callable[[Descent], None],
    sentry: Sentry | None = None,
) -> object | None:
    """Run up to an iteration, calling report after each chunk. Ends early when it is over, when the descent diverges
    or ends by itself, or when the sentry says why; gives the sentry's reason, None without one."""
    chunk = 1
    while descent.state.iteration < goal and not is_over():
        began, before = time.perf_counter(), descent.state.iteration
        reason = _chunk(descent, min(chunk, goal - before), sentry)
        if reason is not None or descent.state.iteration == before:
            return reason
        taken = time.perf_counter() - began
        chunk = max(1, min(MOST_AT_ONCE, 2 * chunk, int(chunk * pace.work / max(taken, 1e-9))))
        report(descent)
        if pace.rest:
            time.sleep(pace.rest)
    return None


def _chunk(descent: Descent, count: int, sentry: Sentry | None) -> object | None:
    if sentry is None:
        descent.run(count)
        return None
    for _ in range(count):
        if not descent.advance():
            return None
        reason = sentry.after(descent)
        if reason is not None:
            return reason
    return None
