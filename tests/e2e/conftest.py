"""The command line as a person has it: arguments in, exit code and two streams out."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gradviz import cli


@dataclass(frozen=True)
class Answer:
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one error line, without its beginning; the caret lines are in `err`."""
        first = self.err.splitlines()[0]
        assert first.startswith("gradviz: error: "), self.err
        return first.removeprefix("gradviz: error: ")


Run = Callable[..., Answer]


@pytest.fixture
def gradviz(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in an empty folder: gradviz("eval", "x^2", "x=2", stdin=b"…")."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        code = cli.main(list(arguments))
        streams = capsys.readouterr()
        assert "Traceback" not in streams.err
        return Answer(code, streams.out, streams.err)

    return run


@pytest.fixture
def line_csv(tmp_path: Path) -> str:
    """A file with y = 2x + 1 exactly."""
    path = tmp_path / "line.csv"
    path.write_text("u,v\n" + "".join(f"{x},{2 * x + 1}\n" for x in (-1, 0, 1, 2)))
    return str(path)
