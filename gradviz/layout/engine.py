"""The layout program as a child process that can't hold us up: found by absolute path, limited, killable.

    find_engine()  the configured path → graphviz-pure from the package index → a `dot` of the system
    run(…)         no shell, an empty working directory, time and output limits, the whole group killed

It is a separate process because Graphviz loops or crashes on some graphs; a window may not.
"""

import contextlib
import importlib.metadata
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gradviz.errors import LayoutError

OUTPUT_LIMIT = 50_000_000
"""Bytes of answer that we are ready to read."""

_TICK = 0.02
_MEMORY_LIMIT = 2_000_000_000


class LayoutCancelledError(LayoutError):
    """Nobody waits for this layout any more."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that speaks Graphviz's command line."""

    path: Path
    origin: str
    """Where it was found: "settings", "graphviz-pure" or "system"."""


def never() -> bool:
    """Not cancelled."""
    return False


def find_engine(configured: str | Path | None = None) -> Engine:
    """The engine to use; raises LayoutError when there is none, or the configured one is not a program."""
    if configured:
        return _checked(Path(configured))
    bundled = _bundled()
    if bundled is not None:
        return Engine(bundled, "graphviz-pure")
    system = _on_path("dot")
    if system is not None:
        return Engine(system, "system")
    raise LayoutError("no Graphviz was found; `pip install graphviz-pure` brings one, or choose a dot in the settings")


def run(engine: Engine, source: str, *, seconds: float, cancelled: Callable[[], bool] = never) -> bytes:
    """The engine's answer to DOT text, in Graphviz's plain JSON.

    Raises LayoutError when it can't be started, fails, takes too long or answers too much, and
    LayoutCancelledError when `cancelled()` becomes true.
    """
    with (
        tempfile.TemporaryDirectory(prefix="gradviz-") as empty,
        tempfile.TemporaryFile() as question,
        tempfile.TemporaryFile() as answer,
    ):
        question.write(source.encode())
        question.seek(0)
        process = _start(engine, empty, question, answer)
        try:
            _wait(process, answer, time.monotonic() + seconds, cancelled)
        finally:
            _end(process)
        if process.returncode:
            raise LayoutError(f"{engine.path.name} failed with code {process.returncode}")
        answer.seek(0)
        return answer.read(OUTPUT_LIMIT)


def _checked(path: Path) -> Engine:
    if not path.is_absolute() or not path.is_file() or not os.access(path, os.X_OK):
        raise LayoutError(f"{path} is not a program; give the full path of Graphviz's dot in the settings")
    return Engine(path, "settings")


def _bundled() -> Path | None:
    """The program of the graphviz-pure package, wherever pip put it."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files("graphviz-pure") or ():
            if file.stem == "graphviz-pure" and file.suffix in ("", ".exe"):
                found = Path(str(file.locate())).resolve()
                if found.is_file():
                    return found
    return _on_path("graphviz-pure")


def _on_path(name: str) -> Path | None:
    # a relative PATH entry would let a folder that someone opens choose the program
    places = [place for place in os.environ.get("PATH", "").split(os.pathsep) if Path(place).is_absolute()]
    found = shutil.which(name, path=os.pathsep.join(places)) if places else None
    return Path(found).resolve() if found else None


def _start(engine: Engine, cwd: str, question: IO[bytes], answer: IO[bytes]) -> "subprocess.Popen[bytes]":
    command = [str(engine.path), "-Kdot", "-Tjson0"]
    environment = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        process = subprocess.Popen(
            command,
            stdin=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd=cwd,
            env=environment,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise LayoutError(f"{engine.path} can't be started: {error.strerror or error}") from error
    _limit(process.pid)
    return process


def _limit(pid: int) -> None:
    if sys.platform == "linux":
        import resource  # only there on POSIX, and prlimit only on Linux

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
            resource.prlimit(pid, resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))


def _wait(
    process: "subprocess.Popen[bytes]", answer: IO[bytes], deadline: float, cancelled: Callable[[], bool]
) -> None:
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TICK)
            return
        if cancelled():
            raise LayoutCancelledError("the layout was cancelled")
        if time.monotonic() > deadline:
            raise LayoutError("Graphviz took too long")
        if os.fstat(answer.fileno()).st_size > OUTPUT_LIMIT:
            raise LayoutError("Graphviz answered with more than 50 MB")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Leave no process behind, nor one that it may have started."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
