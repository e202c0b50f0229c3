"""Unsaved work outlives a killed process, and only that."""

import subprocess
import sys
from pathlib import Path

import pytest

from gradviz.errors import DocumentError
from gradviz.project import commands
from gradviz.project.document import Document
from gradviz.project.project import project_from_formula
from gradviz.project.recovery import Recovery

WINDOW = """
import os, sys
from pathlib import Path
from gradviz.project import commands
from gradviz.project.document import Document
from gradviz.project.project import project_from_formula
from gradviz.project.recovery import Recovery

document = Document(project_from_formula("(x^2)^2"))
recovery = Recovery(document, Path(sys.argv[1]))
document.apply(commands.set_value("x", 3), "Set x")
recovery.keep()
print("kept", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def document() -> Document:
    document = Document(project_from_formula("(x^2)^2"))
    document.apply(commands.set_value("x", 3), "Set x")
    return document


@pytest.fixture
def window(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A process that has kept unsaved work in tmp_path and lives until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"kept\n"
    yield process
    process.kill()
    process.communicate()


def test_work_of_a_killed_window_is_offered(window: subprocess.Popen[bytes], tmp_path: Path) -> None:
    window.kill()
    window.wait()
    recovery = Recovery(Document(), tmp_path)
    (work,) = recovery.lost()
    assert recovery.restore(work).values["x"] == 3


def test_work_of_a_window_that_runs_is_not_offered(window: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert Recovery(Document(), tmp_path).lost() == ()


def test_discarded_work_is_not_offered_again(window: subprocess.Popen[bytes], tmp_path: Path) -> None:
    window.kill()
    window.wait()
    recovery = Recovery(Document(), tmp_path)
    recovery.discard(recovery.lost()[0])
    assert recovery.lost() == ()
    assert list(tmp_path.iterdir()) == []


def test_unmodified_document_keeps_nothing(tmp_path: Path) -> None:
    Recovery(Document(project_from_formula("x^2")), tmp_path).keep()
    assert list(tmp_path.iterdir()) == []


def test_saving_takes_the_recovery_file_away(document: Document, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    recovery = Recovery(document, folder)
    recovery.keep()
    assert any(folder.iterdir())
    document.save(tmp_path / "a.gradviz")
    recovery.keep()
    assert list(folder.iterdir()) == []


def test_closing_takes_the_recovery_file_away(document: Document, tmp_path: Path) -> None:
    recovery = Recovery(document, tmp_path)
    recovery.keep()
    recovery.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_recovery_files_are_private(document: Document, tmp_path: Path) -> None:
    recovery = Recovery(document, tmp_path / "state")
    recovery.keep()
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "state").iterdir()} == {0}
    recovery.close()


def test_a_disk_that_can_not_be_written_disturbs_nobody(document: Document, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recovery = Recovery(document, tmp_path / "file" / "state")
    recovery.keep()
    assert isinstance(recovery.failure, DocumentError)
