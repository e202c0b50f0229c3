"""The command as a process: exit codes, streams, signals, and no Qt where none is needed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.conftest import Run
from gradviz.cli import commands

COMMAND = [sys.executable, "-m", "gradviz"]


def test_version_needs_no_display(gradviz: Run) -> None:
    answer = gradviz("--version")
    assert answer.code == 0
    assert answer.out.startswith("gradviz 0.")


def test_help_lists_every_command(gradviz: Run) -> None:
    out = gradviz("--help").out
    for name in ("eval", "trace", "derive", "check", "render", "train", "debug", "rates", "sweep", "examples", "tour"):
        assert f"  {name} " in out


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_each_command_has_help(gradviz: Run, name: str) -> None:
    answer = gradviz(name, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"usage: gradviz {name}")


def test_mistyped_command_is_guessed(gradviz: Run) -> None:
    answer = gradviz("evl")
    assert answer.code == 2
    assert "gradviz eval" in answer.error


def test_fault_of_gradviz_itself_is_one_line_too(gradviz: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(commands, "run", broken)
    answer = gradviz("eval", "x")
    assert answer.code == 70
    assert answer.error.startswith("a fault inside gradviz, ZeroDivisionError: division by zero")


def _loaded(*arguments: str) -> list[str]:
    """The modules that a command loads in a process of its own."""
    code = f"import sys; from gradviz.cli import main; main({arguments!r}); print(); print(*sys.modules)"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return finished.stdout.splitlines()[-1].split()


def test_evaluating_loads_no_qt() -> None:
    loaded = _loaded("eval", "x^2", "x=2", "--json")
    assert [m for m in loaded if m.startswith(("PySide6", "shiboken6", "pyqtgraph"))] == []


def test_evaluating_a_formula_loads_nothing_that_files_training_and_pictures_need() -> None:
    heavy = ("gradviz.project", "gradviz.train", "gradviz.data", "gradviz.layout", "gradviz.ui", "msgspec", "scipy")
    elsewhere = ("sympy", "PIL", "ziamath", "importlib.metadata", "importlib_metadata", "subprocess", "socket")
    loaded = _loaded("eval", "(x^2)^2", "x=2")
    assert [m for m in loaded if any(f"{m}.".startswith(f"{unwanted}.") for unwanted in heavy + elsewhere)] == []


def test_process_exits_with_the_code_of_the_command(tmp_path: Path) -> None:
    finished = subprocess.run(
        [*COMMAND, "eval", "(x"], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
    )
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.startswith("gradviz: error: ")


@pytest.mark.skipif(os.name != "posix", reason="pipes end in another way there")
def test_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    values = "x=[" + ",".join(["1"] * 20_000) + "]"
    with subprocess.Popen(
        [*COMMAND, "eval", "x^2", values, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(timeout=60)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent in another way there")
def test_ctrl_c_ends_quietly_with_130(tmp_path: Path) -> None:
    code = (
        "import signal, sys; from gradviz.cli import main, commands\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs begin without it
        "print('ready', flush=True)\n"
        "sys.exit(main(['train', 'x^2', 'x=10', '--rate', '1e-9', '--steps', '1000000000']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):  # it is at work
            process.wait(timeout=3)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr.read() == b""


def test_terminal_without_unicode_gets_an_answer(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    finished = subprocess.run(
        [*COMMAND, "derive", "(x^2)^2", "--wrt", "x"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=environment,
        timeout=60,
    )
    assert (finished.returncode, finished.stderr) == (0, b"")
