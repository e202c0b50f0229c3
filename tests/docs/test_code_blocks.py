"""Every command and every Python example in the documentation works as it stands.

    ```console   lines that begin with "$ " are run, in one empty folder a page; what follows is what they print,
                 and … stands for the rest
    ```python    is run, with the names of the blocks above it on its page
    ```json      of a document is opened
    ```text      is looked at by people alone

A command may end with 0 or, where it finds what it looks for, with 1.
"""

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gradviz import cli
from gradviz.project.format import decode

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted(p for p in (TOP / "docs").rglob("*.md") if p.parent.name != "texts")]
NOT_RUN = {"text", "sh"}  # sh: what installs programs (see test_shell_blocks_only_install)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(gradviz (?:[^`\\]|\\.)+)`")
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n?", re.MULTILINE)
STOPPED_BY_A_PERSON = {"tour"}
"""Commands that have tests of their own, for they take long."""


def _blocks(kind: str) -> list[object]:
    found = []
    for page in PAGES:
        blocks = [text for name, text in FENCE.findall(page.read_text("utf-8")) if name == kind]
        if blocks:
            found.append(pytest.param(blocks, id=str(page.relative_to(TOP))))
    return found


def test_every_block_says_what_it_is() -> None:
    kinds = {"console", "python", "json", *NOT_RUN}
    wrong = [
        (page.name, name, text[:40])
        for page in PAGES
        for name, text in FENCE.findall(page.read_text("utf-8"))
        if name not in kinds
    ]
    assert not wrong, "write ```console, ```python, ```json or ```text"


def test_shell_blocks_only_install() -> None:
    for blocks in (param.values[0] for param in _blocks("sh")):
        for text in blocks:
            assert re.match(r"(pip install|apt-get install|mkdocs build)", text), text


@pytest.mark.parametrize("blocks", _blocks("console"))
def test_commands_work_as_they_stand(
    blocks: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    for block in blocks:
        pieces = COMMAND.split(block)
        for command, shown in zip(pieces[1::2], pieces[2::2], strict=True):
            printed = _printed(command.replace("\\\n", " "), capsys)
            first, dots, _ = shown.strip().partition("\n…")
            if first:
                assert printed.strip()[: len(first) if dots else None] == first, command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_commands_in_running_text_work(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = FENCE.sub("", page.read_text("utf-8"))
    for command in INLINE.findall(text):
        words = shlex.split(command.replace("\\|", "|"))
        is_whole = len(words) > 2 and all(re.fullmatch(r"[A-Z]{3,}", word) is None and word != "…" for word in words)
        if is_whole and words[1] in cli.commands.COMMANDS and words[1] not in STOPPED_BY_A_PERSON:
            _printed(command.replace("\\|", "|"), capsys)


@pytest.mark.parametrize("blocks", _blocks("python"))
def test_python_works_as_it_stands(blocks: list[str], tmp_path: Path) -> None:
    # in a process of its own, for a page may declare an op
    text = "\n".join(blocks)
    ended = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("blocks", _blocks("json"))
def test_documents_open(blocks: list[str]) -> None:
    for block in blocks:
        assert decode(block).reading is not None
        assert json.loads(block)["version"] == 2


def _printed(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints; one that fails is an error of the page."""
    program, *arguments = shlex.split(command)
    target = Path(arguments.pop()) if arguments[-2:-1] == [">"] else None
    if target is not None:
        arguments.pop()
    if program == "python":
        answer = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=True)
        return answer.stdout
    assert program == "gradviz", command
    code = cli.main(arguments)
    streams = capsys.readouterr()
    assert code in (0, 1), f"{command}\n{streams.err}"
    assert "Traceback" not in streams.err
    if target is not None:
        target.write_text(streams.out, "utf-8")
    return streams.out
