"""`gradviz code`: the graph as a Python file, on the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from gradviz.cli import main


def test_the_file_runs_by_itself_and_prints_value_and_gradients(tmp_path: Path) -> None:
    path = tmp_path / "loss.py"
    assert main(["code", "(x^2)^2", "x=2", "--dialect", "numpy", "-o", str(path)]) == 0
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["loss = 16.0", "gradient by x = 32.0"]


@pytest.mark.parametrize(("dialect", "sign"), [("numpy", "d_W"), ("torch", ".backward()"), ("jax", "jax.grad(")])
def test_without_a_file_the_code_is_printed(capsys: pytest.CaptureFixture[str], dialect: str, sign: str) -> None:
    assert main(["code", "tanh(W x)^2", "W=2", "x=1", "--dialect", dialect]) == 0
    text = capsys.readouterr().out
    compile(text, "printed", "exec")
    assert sign in text


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["x^2"], "x has no value"),
        (["x - ?", "x=1"], "open port"),
        (["sum(x[::-1])", "x=[1,2]", "--dialect", "torch"], "index with a negative step has no equivalent in PyTorch"),
        (["W x", "W=[[1,2]]", "x=[1,2,3]"], "don't fit"),
    ],
)
def test_what_can_not_be_written_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], argv: list[str], words: str
) -> None:
    assert main(["code", *argv]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("gradviz: error:")
    assert words in captured.err
