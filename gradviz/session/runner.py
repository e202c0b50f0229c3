"""Work beside the window: how a session hands work to a thread and gets the answer back in its own thread.

Qt-free. `InlineRunner` does all at once, for tests and the command line. `ThreadRunner` uses threads and hands the
answers over when its owner calls `pump()`; the window calls that from a timer, and needs no more than that.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

from gradviz.session.politeness import polite

T = TypeVar("T")


class CancelToken:
    """Tells work that nobody wants its answer any more; calling it gives the same answer as `is_cancelled`."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """True once the answer is no longer wanted."""
        return self._event.is_set()

    def __call__(self) -> bool:
        """True once the answer is no longer wanted."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Say that the answer is no longer wanted."""
        self._event.set()


class Job:
    """Work that was handed to a runner."""

    def __init__(self) -> None:
        self.token = CancelToken()
        self.is_finished = False

    def cancel(self) -> None:
        """Ask the work to stop; neither `done` nor `failed` is called afterwards."""
        self.token.cancel()


class Runner(Protocol):
    """Runs work elsewhere and reports in the thread that owns the session."""

    def submit(
        self,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        """Run work(token); then call done(answer) or failed(error) in the owner's thread, unless cancelled."""
        ...

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: let the owner's thread make this call soon."""
        ...


class InlineRunner:
    """Does the work at once, in the caller's thread."""

    def submit(
        self,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        """Run the work and report before returning."""
        job = Job()
        try:
            answer = work(job.token)
        except Exception as error:  # the edge: whatever goes wrong in a job is reported, not lost
            job.is_finished = True
            failed(error)
            return job
        job.is_finished = True
        if not job.token.is_cancelled:
            done(answer)
        return job

    def post(self, call: Callable[[], None]) -> None:
        """Make the call at once."""
        call()


class ThreadRunner:
    """Runs each job in a daemon thread; answers wait in a queue until the owner calls `pump()`."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._running: dict[Job, threading.Thread] = {}
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        """True while a job runs or an answer waits to be handed over."""
        return bool(self._running) or not self._calls.empty()

    def submit(
        self,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        """Start the work in a thread and return at once."""
        job = Job()
        if self._is_closed:
            job.cancel()
            return job
        thread = threading.Thread(target=self._work, args=(job, work, done, failed), name="gradviz job", daemon=True)
        self._running[job] = thread
        thread.start()
        return job

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: queue a call for the next `pump()`."""
        self._calls.put(call)

    def pump(self, seconds: float = 0.008) -> bool:
        """In the owner's thread: make the queued calls, for about that long; True when some are left."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                call = self._calls.get_nowait()
            except Empty:
                return False
            call()
        return not self._calls.empty()

    def wait(self, timeout: float = 30.0) -> bool:
        """In the owner's thread: pump until no job runs and nothing is queued; False when that takes too long."""
        end = time.monotonic() + timeout
        while self.is_busy:
            left = end - time.monotonic()
            if left <= 0:
                return False
            with suppress(Empty):
                self._calls.get(timeout=left)()
        return True

    def close(self, timeout: float = 5.0) -> None:
        """Cancel all jobs and wait for their threads; nothing is reported afterwards."""
        self._is_closed = True
        running = dict(self._running)
        for job in running:
            job.cancel()
        end = time.monotonic() + timeout
        for thread in running.values():
            thread.join(max(0.0, end - time.monotonic()))
        self._calls = SimpleQueue()
        self._running.clear()

    def _work(
        self,
        job: Job,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        try:
            with polite():  # the window waits a whole interval each time that it hands the interpreter over
                answer = work(job.token)
        except Exception as error:  # the edge: whatever goes wrong in a job is reported, not lost
            trouble = error
            self.post(lambda: self._report(job, lambda: failed(trouble)))
        else:
            self.post(lambda: self._report(job, lambda: done(answer)))

    def _report(self, job: Job, report: Callable[[], None]) -> None:
        self._running.pop(job, None)
        job.is_finished = True
        if not job.token.is_cancelled:
            report()
