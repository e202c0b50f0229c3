"""A document on disk is at every moment the old one or the new one, whole."""

import os
import stat
import sys
from pathlib import Path

import pytest

from gradviz.errors import DocumentError
from gradviz.project import commands, files
from gradviz.project.document import Document
from gradviz.project.project import project_from_formula

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


@pytest.fixture
def document() -> Document:
    return Document(project_from_formula("(x^2)^2"))


def test_saved_document_is_opened_again(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "a.gradviz"
    document.save(path)
    other = Document()
    other.open(path)
    assert other.project.formula == "(x^2)^2"
    assert (other.path, other.name, other.is_modified) == (path, "a.gradviz", False)


def test_saving_makes_it_unmodified(document: Document, tmp_path: Path) -> None:
    document.apply(commands.set_value("x", 3), "Set x")
    assert document.is_modified
    document.save(tmp_path / "a.gradviz")
    assert not document.is_modified
    document.undo()
    assert document.is_modified


def test_document_without_a_file_asks_for_a_name(document: Document) -> None:
    with pytest.raises(DocumentError, match="choose a name"):
        document.save()


@on_posix
def test_failed_save_leaves_the_old_file_whole(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gradviz"
    document.save(path)
    before = path.read_bytes()
    document.apply(commands.set_value("x", 3), "Set x")

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(DocumentError, match="no space left"):
        document.save()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.gradviz"]
    assert document.is_modified


@on_posix
def test_saving_keeps_the_files_mode(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "a.gradviz"
    document.save(path)
    path.chmod(0o640)
    document.save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@on_posix
def test_saving_through_a_link_replaces_its_target(document: Document, tmp_path: Path) -> None:
    target, link = tmp_path / "target.gradviz", tmp_path / "link.gradviz"
    document.save(target)
    link.symlink_to(target)
    document.apply(commands.set_value("x", 3), "Set x")
    document.save(link)
    assert link.is_symlink()
    assert files.load(target).values["x"] == 3


def test_folder_is_refused(document: Document, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="folder"):
        document.save(tmp_path)
    with pytest.raises(DocumentError):
        document.open(tmp_path)


@on_posix
def test_device_is_refused_both_ways(document: Document) -> None:
    with pytest.raises(DocumentError, match="not a regular file"):
        document.save(Path("/dev/null"))
    with pytest.raises(DocumentError, match="not a regular file"):
        document.open(Path("/dev/zero"))


@on_posix
def test_pipe_is_refused_without_waiting(document: Document, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gradviz")
    with pytest.raises(DocumentError, match="not a regular file"):
        document.open(tmp_path / "pipe.gradviz")


def test_missing_folder_is_named_as_the_reason(document: Document, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        document.save(tmp_path / "nowhere" / "a.gradviz")


def test_name_that_is_too_long_is_refused(document: Document, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"can't be saved"):
        document.save(tmp_path / ("a" * 300 + ".gradviz"))


def test_name_with_a_nul_is_refused(document: Document, tmp_path: Path) -> None:
    with pytest.raises(DocumentError):
        document.save(tmp_path / "a\0b.gradviz")
    with pytest.raises(DocumentError):
        document.open(tmp_path / "a\0b.gradviz")


def test_file_beyond_the_limit_is_refused(document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.gradviz"
    document.save(path)
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(DocumentError, match="too large"):
        document.open(path)


def test_document_that_can_not_be_opened_changes_nothing(document: Document, tmp_path: Path) -> None:
    (tmp_path / "bad.gradviz").write_text("{}")
    before = document.project
    with pytest.raises(DocumentError):
        document.open(tmp_path / "bad.gradviz")
    assert document.project is before
    assert document.path is None


def test_file_that_another_program_has_written_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "shared.gradviz"
    first, second = Document(project_from_formula("x^2")), Document()
    first.save(path)
    second.open(path)
    assert not first.is_changed_outside
    second.apply(commands.set_formula("x^3"), "Formula")
    second.save()
    assert first.is_changed_outside
    assert not second.is_changed_outside
    first.save()
    assert not first.is_changed_outside
    path.unlink()
    assert not first.is_changed_outside
