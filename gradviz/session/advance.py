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
        """Why to stop after the newest iteration; None to go on. One that was looked at before needs no answer."""
        ...

    def rest(self) -> int:
        """So many iterations may go by before it has to be asked again; 0 to be asked after each."""
        ...

    def report(self) -> object:
        """What it has seen, for the sentry that follows it; it may go to another process."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a run ended. reason: of the sentry that stopped it, None where none did. memory: what the sentry has seen."""

    reason: object | None = None
    memory: object | None = None


class Guard(Protocol):
    """Posts a sentry; goes to another process, so it must be picklable, such as a frozen dataclass."""

    def __call__(self, plan: Plan) -> Sentry:
        """The sentry of a descent of that plan."""
        ...

    def with_memory(self, memory: object | None) -> "Guard":
        """A guard whose sentry goes on where another one ended."""
        ...


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
) -> Outcome:
    """Run up to an iteration, calling report after each chunk. Ends early when it is over, when the descent diverges
    or ends by itself, or when the sentry says why."""
    chunk = 1
    reason = sentry.after(descent) if sentry is not None else None
    while reason is None and descent.state.iteration < goal and not is_over():
        began, before = time.perf_counter(), descent.state.iteration
        reason = _chunk(descent, min(chunk, goal - before), sentry)
        if reason is not None or descent.state.iteration == before:
            break
        taken = time.perf_counter() - began
        chunk = max(1, min(MOST_AT_ONCE, 2 * chunk, int(chunk * pace.work / max(taken, 1e-9))))
        report(descent)
        if pace.rest:
            time.sleep(pace.rest)
    return Outcome(reason, sentry.report() if sentry is not None else None)


def _chunk(descent: Descent, count: int, sentry: Sentry | None) -> object | None:
    if sentry is None:
        descent.run(count)
        return None
    end = descent.state.iteration + count
    while descent.state.iteration < end:
        wanted = min(end, descent.state.iteration + max(1, sentry.rest()))
        descent.run(wanted - descent.state.iteration)
        reason = sentry.after(descent)
        if reason is not None or descent.state.iteration < wanted:
            return reason
    return None
