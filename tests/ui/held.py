"""A runner that keeps work until the test lets it go, so that an answer comes exactly when it is wanted."""

from collections.abc import Callable
from typing import Any

from gradviz.session.runner import CancelToken, InlineRunner, Job


class HeldRunner:
    """held: each job with what does its work and reports."""

    def __init__(self) -> None:
        self.held: list[tuple[Job, Callable[[], object]]] = []

    def submit(self, work: Any, done: Any, failed: Any) -> Job:
        job = Job()
        self.held.append((job, lambda: InlineRunner().submit(lambda _token: work(CancelToken()), done, failed)))
        return job

    def post(self, call: Callable[[], None]) -> None:
        call()

    def let_go(self) -> None:
        """Finish all work that is still wanted."""
        waiting, self.held = self.held, []
        for job, finish in waiting:
            if not job.token.is_cancelled:
                finish()
            job.is_finished = True
