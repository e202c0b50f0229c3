"""gradviz on a Linux desktop: the menu entry, the kind of its files, and taking both away again."""

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gradviz import cli, resources
from gradviz.cli.desktop import PLACES, _quoted

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="desktop entries are for Linux")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "share with blank"
    monkeypatch.setenv("XDG_DATA_HOME", str(place))
    return place


def test_installing_puts_entry_kind_and_icons_in_the_users_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--install-desktop"]) == 0
    assert all((folder / place).is_file() for place in PLACES.values())
    entry = (folder / "applications/gradviz.desktop").read_text()
    assert f"Exec={Path(sys.executable).parent}" in entry
    assert "MimeType=application/x-gradviz+json;" in entry
    assert str(folder) in capsys.readouterr().out


def test_removing_leaves_none_of_the_files(folder: Path) -> None:
    cli.main(["--install-desktop"])
    assert cli.main(["--remove-desktop"]) == 0
    assert not any((folder / place).exists() for place in PLACES.values())


def test_the_entry_is_valid(folder: Path) -> None:
    check = shutil.which("desktop-file-validate")
    if check is None:
        pytest.skip("desktop-file-validate is not installed")
    cli.main(["--install-desktop"])
    done = subprocess.run([check, str(folder / "applications/gradviz.desktop")], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_document_is_known_by_its_name_and_by_its_first_bytes(folder: Path) -> None:
    update = shutil.which("update-mime-database")
    if update is None:
        pytest.skip("update-mime-database is not installed")
    cli.main(["--install-desktop"])
    assert "application/x-gradviz+json:*.gradviz" in (folder / "mime/globs").read_text()
    magic = ElementTree.parse(resources.path("desktop/gradviz.xml")).find(".//{*}match")  # our own file
    assert magic is not None
    document = resources.path("examples/1-square.gradviz").read_text()
    assert 0 <= document.index(magic.attrib["value"]) <= 64


def test_a_folder_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    assert cli.main(["--install-desktop"]) == 2
    assert capsys.readouterr().err.startswith("gradviz: error: ")


@pytest.mark.parametrize(
    ("path", "written"),
    [("/usr/bin/gradviz", "/usr/bin/gradviz"), ("/my env/gradviz", '"/my env/gradviz"'), ("/a%b", "/a%%b")],
)
def test_a_path_is_written_so_that_the_desktop_reads_it_back(path: str, written: str) -> None:
    assert _quoted(path) == written
