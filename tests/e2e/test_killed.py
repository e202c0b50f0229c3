"""A process that edits and saves is killed at random moments: no file is ever broken, and little is lost.

The child writes the number of each edit into the notes of its document and onto its standard output, with the time.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradviz.project.document import Document
from gradviz.project.files import load
from gradviz.project.project import Project
from gradviz.project.recovery import Recovery

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
QUICK = 0.2
"""How often the quick child keeps its work, in seconds; a window does every four."""

CHILD = """
import sys, time
from pathlib import Path
from gradviz.core.op import OPS
from gradviz.layout.types import Point
from gradviz.project import editing
from gradviz.project.commands import set_notes
from gradviz.project.placing_commands import pin
from gradviz.project.project import project_from_formula
from gradviz.session.session import Session

folder, interval = Path(sys.argv[1]), float(sys.argv[2])
session = Session(None, project_from_formula("(y - (W x + b))^2"), folder / "recovery")
kept = time.monotonic()
number = 0
while True:
    number += 1
    if len(session.graph) > 40:
        session.new("(y - (W x + b))^2")
    session.edit(lambda graph: editing.apply_op(graph, graph.output, OPS["tanh"]), "Edit")
    session.document.apply(pin(session.graph.output, Point(number, 0)), "Pin")
    session.document.apply(set_notes(str(number)), "Note")
    print(number, time.monotonic(), flush=True)
    if number % 7 == 0:
        session.save(folder / "work.gradviz")
    if time.monotonic() - kept > interval:
        session.protect()
        kept = time.monotonic()
"""

WINDOW = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from gradviz.core.op import OPS
from gradviz.project import editing
from gradviz.project.commands import set_notes
from gradviz.ui.app import make_application
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.preferences import Preferences

folder = Path(sys.argv[1])
application = make_application()
window = MainWindow(QtRunner(), Preferences(is_animated=False), recovery_folder=folder / "recovery")
window.session.new("(y - (W x + b))^2")
window.show()
number = 0

def edit():
    global number
    number += 1
    window.session.document.apply(set_notes(str(number)), "Note")
    print(number, time.monotonic(), flush=True)

timer = QTimer(interval=50)
timer.timeout.connect(edit)
timer.start()
application.exec()
"""


def killed_after(source: str, seconds: float, *arguments: str) -> list[tuple[int, float]]:
    """The edits that a process had made when it was killed so long after its first edit, with their times."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-c", source, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines = [first, *process.stdout.read().splitlines()]
    whole = [line.split() for line in lines if len(line.split()) == 2]
    return [(int(number), float(at)) for number, at in whole]


def survivors(folder: Path) -> list[Project]:
    """Every document that is found afterwards; each must be whole."""
    file = folder / "work.gradviz"
    found = [load(file)] if file.exists() else []
    recovery = Recovery(Document(), folder / "recovery")
    return found + [recovery.restore(work) for work in recovery.lost()]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_no_file_is_broken_and_little_is_lost_whenever_it_is_killed(tmp_path: Path, seed: int) -> None:
    edits = killed_after(CHILD, random.Random(seed).uniform(0, 1.5), str(tmp_path), str(QUICK))
    last = edits[-1][1]
    found = survivors(tmp_path)
    newest = max((int(project.notes) for project in found), default=0)
    due = [number for number, at in edits if at < last - QUICK - 1]
    assert newest >= max(due, default=0)
    for project in found:
        assert project.graph is not None
        assert all(0 <= node < len(project.graph) for node in project.pins)


@pytest.mark.slow  # a window keeps its work every four seconds
def test_at_most_five_seconds_of_edits_are_lost_with_a_window(tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    edits = killed_after(WINDOW, random.Random(1).uniform(6, 9), str(tmp_path))
    last = edits[-1][1]
    newest = max(int(project.notes) for project in survivors(tmp_path))
    lost = last - next(at for number, at in edits if number == newest)
    assert lost <= 5
