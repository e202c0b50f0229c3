"""A layout program that is missing, hangs, lies or floods must never hold gradviz up."""

import os
import stat
import sys
from pathlib import Path

import pytest

from gradviz.errors import LayoutError
from gradviz.export.cards import boxes_and_slots
from gradviz.layout import dot, engine
from gradviz.layout.engine import Engine, LayoutCancelledError, find_engine, run
from gradviz.layout.types import Placement
from pictured import least_squares

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the fake programs are shell scripts")


def _program(folder: Path, text: str) -> Engine:
    path = folder / "dot"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return Engine(path, "settings")


def _place(program: Engine) -> tuple[Placement, list[str]]:
    graph = least_squares()
    reasons: list[LayoutError] = []
    placement = dot.place(*boxes_and_slots(graph, {}), graph.output, engine=program, notice=reasons.append)
    return placement, [reason.message for reason in reasons]


def test_the_bundled_engine_is_found_first():
    assert find_engine().origin == "graphviz-pure"


def test_configured_path_that_is_no_program_is_refused(tmp_path: Path):
    with pytest.raises(LayoutError, match="not a program"):
        find_engine(tmp_path / "missing")


def test_relative_configured_path_is_refused():
    with pytest.raises(LayoutError, match="full path"):
        find_engine("dot")


def test_relative_places_on_the_path_are_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _program(tmp_path, "exit 0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}")
    assert engine._on_path("dot") is None


@posix_only
def test_engine_that_fails_is_replaced_by_our_own_layout(tmp_path: Path):
    placement, reasons = _place(_program(tmp_path, "exit 139"))
    assert len(placement.boxes) == 8
    assert reasons == ["dot failed with code 139"]


@posix_only
@pytest.mark.parametrize("answer", ["junk", "{}", "[]", "null", '{"objects": [{"_gvid": 0}], "edges": []}', ""])
def test_engine_that_answers_nonsense_is_replaced_by_our_own_layout(tmp_path: Path, answer: str):
    placement, reasons = _place(_program(tmp_path, f"echo '{answer}'"))
    assert len(placement.boxes) == 8
    assert reasons == ["dot gave no sound layout"]


@posix_only
def test_missing_engine_is_replaced_by_our_own_layout(tmp_path: Path):
    placement, reasons = _place(Engine(tmp_path / "gone", "settings"))
    assert len(placement.boxes) == 8
    assert "can't be started" in reasons[0]


@posix_only
def test_engine_that_hangs_is_killed_in_time(tmp_path: Path):
    pid = tmp_path / "pid"
    with pytest.raises(LayoutError, match="too long"):
        run(_program(tmp_path, f"echo $$ > {pid}; exec sleep 600"), "digraph {}", seconds=1.0)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


@posix_only
def test_nothing_that_the_engine_started_lives_on(tmp_path: Path):
    pids = tmp_path / "pids"
    program = _program(tmp_path, f"sleep 60 & echo $! > {pids}; wait")
    with pytest.raises(LayoutCancelledError):
        run(program, "digraph {}", seconds=30, cancelled=lambda: pids.exists() and bool(pids.read_text().strip()))
    assert not _is_running(int(pids.read_text()))


@posix_only
def test_flood_of_output_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "OUTPUT_LIMIT", 100_000)
    with pytest.raises(LayoutError):
        run(_program(tmp_path, "yes"), "digraph {}", seconds=10)


@posix_only
def test_cancelled_layout_says_so(tmp_path: Path):
    graph = least_squares()
    with pytest.raises(LayoutCancelledError):
        dot.place(
            *boxes_and_slots(graph, {}),
            graph.output,
            engine=_program(tmp_path, "sleep 60"),
            cancelled=lambda: True,
        )


def _is_running(pid: int) -> bool:
    """True for a live process; one that is dead but not yet collected by its parent doesn't count."""
    for _ in range(1000):
        status = Path(f"/proc/{pid}/stat")
        try:
            os.kill(pid, 0)
            if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
                return False
        except (ProcessLookupError, FileNotFoundError):
            return False
    return True
