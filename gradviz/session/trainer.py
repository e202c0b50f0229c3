"""The window's side of training in a process of its own: it starts the process, and follows its descent in a thread.

A thread of the window's own process would fight with the window for the interpreter: both would be slow. A process
takes a moment to start, so short descents never need it: a run begins in a thread and moves out when it turns out long.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from gradviz.session.advance import Guard, Outcome
from gradviz.session.messages import Ask, Ended, Halt, Order, Ready, Report, UnsayableError, receive, send
from gradviz.train.descent import Descent, Plan

_MODULE = "gradviz.session.trainer_process"
_GRACE_SECONDS = 1.0


class TrainerLostError(Exception):
    """The process has died, or can't be told what to do; whoever asked carries on by itself."""


class Trainer:
    """A process for long descents, one descent at a time. `carry_on` is called in a worker, the rest anywhere."""

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = command if command is not None else (sys.executable, "-P", "-m", _MODULE)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = threading.Event()
        self.orders = 0
        """How many descents it was told to carry on."""
        self._is_lost = command is None and bool(getattr(sys, "frozen", False))

    @property
    def is_ready(self) -> bool:
        """True when the process takes orders."""
        return self._is_ready.is_set() and not self._is_lost

    def wait_until_ready(self, seconds: float) -> bool:
        """Wait for a process that was started; False when it takes longer or can't be used."""
        self._is_ready.wait(seconds)
        return self.is_ready

    @property
    def process_id(self) -> int | None:
        """Of the process, None before it was started."""
        return self._process.pid if self._process is not None else None

    def prepare(self) -> None:
        """Start the process, unless it was; returns at once."""
        with self._lock:
            if self._process is not None or self._is_lost:
                return
            try:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=_environment(),
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would show a console
                )
            except OSError:
                self._is_lost = True
                return
        threading.Thread(target=self._await_ready, name="gradviz trainer", daemon=True).start()

    def carry_on(
        self,
        descent: Descent,
        goal: int,
        recipe: Callable[[], Plan],
        guard: Guard | None,
        *,
        is_over: Callable[[], bool],
        report: Callable[[Descent, object | None], None],
        wants_report: Callable[[], bool],
    ) -> Outcome:
        """Let the process run a descent up to an iteration, and keep the descent here where that one is.

        Raises TrainerLostError, with the descent as far as
        it was last heard of, when the process has gone.
        """
        try:
            self.orders += 1
            self._send(Order(recipe, guard, descent.progress(-1), goal))
            return self._follow(descent, is_over, report, wants_report)
        except (OSError, EOFError, ValueError, UnsayableError) as error:
            self._is_lost = True
            self.close()
            raise TrainerLostError(str(error)) from error

    def close(self) -> None:
        """End the process."""
        with self._lock:
            process, self._process = self._process, None
            self._is_lost = True
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _follow(
        self,
        descent: Descent,
        is_over: Callable[[], bool],
        report: Callable[[Descent, object | None], None],
        wants_report: Callable[[], bool],
    ) -> Outcome:
        is_asked, is_halted = True, False
        while True:
            match self._receive():
                case Ended(progress, outcome):
                    descent.catch_up(progress)
                    return outcome
                case Report(progress, memory):
                    descent.catch_up(progress)
                    report(descent, memory)
                    is_asked = False
            if not is_halted and is_over():
                self._send(Halt())
                is_halted = True
            if not is_asked and wants_report():
                self._send(Ask())
                is_asked = True

    def _await_ready(self) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError, UnsayableError):
            if isinstance(self._receive(), Ready):
                self._is_ready.set()
                return
        self._is_lost = True

    def _send(self, message: Any) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise EOFError("the process has ended")
        send(process.stdin, message)  # type: ignore[arg-type]  # IO[bytes] writes bytes as BinaryIO does

    def _receive(self) -> Any:
        process = self._process
        if process is None or process.stdout is None:
            raise EOFError("the process has ended")
        return receive(process.stdout)  # type: ignore[arg-type]  # IO[bytes] reads bytes as BinaryIO does


def _environment() -> dict[str, str]:
    """The same modules as here, wherever they came from; -P keeps the working directory out."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
