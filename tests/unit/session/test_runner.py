"""Jobs report in the owner's thread, and never after they were cancelled."""

import sys
import threading

from gradviz.session.runner import InlineRunner, ThreadRunner


def test_inline_runner_reports_before_it_returns() -> None:
    answers: list[int] = []
    InlineRunner().submit(lambda token: 6 * 7, answers.append, lambda error: None)
    assert answers == [42]


def test_inline_runner_reports_a_failure() -> None:
    failures: list[Exception] = []
    InlineRunner().submit(lambda token: 1 // 0, lambda answer: None, failures.append)
    assert isinstance(failures[0], ZeroDivisionError)


def test_thread_runner_reports_in_the_thread_that_pumps() -> None:
    runner = ThreadRunner()
    threads: list[tuple[str, str]] = []
    runner.submit(
        lambda token: threading.current_thread().name,
        lambda worker: threads.append((worker, threading.current_thread().name)),
        lambda error: None,
    )
    assert runner.wait()
    assert threads == [("gradviz job", threading.current_thread().name)]


def test_cancelled_job_reports_nothing() -> None:
    runner = ThreadRunner()
    begun, may_end = threading.Event(), threading.Event()
    answers: list[bool] = []

    def work(token: object) -> bool:
        begun.set()
        return may_end.wait(10)

    job = runner.submit(work, answers.append, lambda error: None)
    assert begun.wait(10)
    job.cancel()
    may_end.set()
    assert runner.wait()
    assert answers == []


def test_post_from_a_worker_is_called_by_the_owner() -> None:
    runner = ThreadRunner()
    names: list[str] = []
    runner.submit(
        lambda token: runner.post(lambda: names.append(threading.current_thread().name)),
        lambda answer: None,
        lambda error: None,
    )
    assert runner.wait()
    assert names == [threading.current_thread().name]


def test_close_ends_every_thread() -> None:
    runner = ThreadRunner()
    ended = threading.Event()

    def work(token: object) -> None:
        while not token():  # type: ignore[operator]
            pass
        ended.set()

    runner.submit(work, lambda answer: None, lambda error: None)
    runner.close()
    assert ended.is_set()


def test_thread_runner_leaves_the_interpreter_to_the_window_sooner_than_usual() -> None:
    runner = ThreadRunner()
    intervals: list[float] = []
    usual = sys.getswitchinterval()
    runner.submit(lambda token: sys.getswitchinterval(), intervals.append, lambda error: None)
    assert runner.wait()
    assert intervals[0] < usual
    assert sys.getswitchinterval() == usual
