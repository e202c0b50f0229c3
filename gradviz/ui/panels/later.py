"""Figures of large arrays, worked out beside the window: what is quick is answered at once."""

from collections.abc import Callable
from typing import Generic, TypeVar

from gradviz.core.types import Array
from gradviz.session.runner import Job, Runner

AT_ONCE = 50_000
"""An array with more numbers is looked through in a worker."""

T = TypeVar("T")


class Later(Generic[T]):
    """Works something out of arrays and hands it over; only the answer to the newest question."""

    def __init__(self, runner: Runner, work: Callable[[tuple[Array, ...]], T], take: Callable[[T], None]) -> None:
        self._runner = runner
        self._work = work
        self._take = take
        self._job: Job | None = None

    def ask(self, arrays: tuple[Array, ...]) -> None:
        """Work it out of these arrays: at once when they are small."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if sum(array.size for array in arrays) <= AT_ONCE:
            self._take(self._work(arrays))
            return
        job = self._runner.submit(lambda _token: self._work(arrays), self._take, lambda _error: None)
        self._job = None if job.is_finished else job
