"""`gradviz tour`: arguments that can't be, and the whole walk through the window."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from e2e.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "-o"),
        (["-o", "t", "--size", "big"], "1400x900"),
        (["-o", "t", "--size", "1x1"], "1400x900"),
        (["-o", "t", "--theme", "pink"], "pink"),
        (["-o", "a_file/t"], "a_file"),
    ],
)
def test_tour_that_can_not_be_made_is_said_in_one_line(gradviz: Run, arguments: list[str], word: str) -> None:
    Path("a_file").write_text("")
    answer = gradviz("tour", *arguments)
    assert answer.code == 2
    assert word in answer.error
    assert len(answer.err.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_tour_saves_numbered_screenshots_of_the_asked_size_without_a_display(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "gradviz", "tour", "-o", "tour", "--theme", "dark", "--size", "1200x800"]
    finished = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    files = sorted((tmp_path / "tour").glob("*.png"))
    assert [int(file.name[:2]) for file in files] == list(range(1, len(files) + 1))
    assert len(files) >= 15
    with Image.open(files[0]) as first:
        assert first.size == (1200, 800)
