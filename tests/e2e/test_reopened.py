"""A window is filled by hand, saved and closed; another process opens the file: everything is as it was."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

STATE = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from gradviz.core.graph import Edge
from gradviz.ui.app import make_application
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.preferences import Preferences

folder = Path(sys.argv[1])
app = make_application()
window = MainWindow(QtRunner(), Preferences(is_animated=False), recovery_folder=folder)
window.show()
session = window.session

def rest(is_so=lambda: True):
    quiet, end = 0, time.monotonic() + 20
    while quiet < 20 and time.monotonic() < end:
        app.processEvents()
        is_busy = window.canvas.mirror.is_laying_out or window.runner.is_busy or session.training.is_running
        quiet = 0 if is_busy or not is_so() else quiet + 1
        time.sleep(0.005)
    assert quiet >= 20, "still busy"

def state():
    project, training = session.document.project, session.training
    history = training.history
    return {
        "formula": project.formula, "notes": project.notes, "title": project.title,
        "values": {name: value.tolist() for name, value in session.values().items()},
        "roles": {name: role.value for name, role in project.roles.items()},
        "data": {name: column.tolist() for name, column in project.table.columns.items()},
        "bound": {name: list(columns) for name, columns in project.bound.items()},
        "sample": session.sample,
        "settings": [project.training.rate, project.training.steps, project.training.optimizer],
        "history": [history.iteration.tolist(), [float(f"{x:.6g}") for x in history.loss]],
        "iteration": [training.iteration, session.iteration],
        "breakpoints": [[p.node, p.phase.value, p.is_enabled, p.condition] for p in project.breakpoints],
        "watches": list(project.watches),
        "step": [session.debugger.is_overview, session.debugger.position],
        "value of the step": float(session.debugger.current.value),
        "pins": sorted([node, at.x, at.y] for node, at in project.pins.items()),
        "cards": sorted([c.node, round(c.rect.x, 3), round(c.rect.y, 3)] for c in window.canvas.picture.cards),
        "frames": [frame.name for frame in window.canvas.picture.frames],
        "colours": sorted([card.node, card.colour] for card in window.canvas.picture.cards if card.colour),
        "comments": [[c.text, c.x, c.y, c.target] for c in project.comments],
        "unfolded": sorted(project.unfolded), "direction": project.direction.name,
        "kept in view": [list(map(int, (s.target, s.operand))) if isinstance(s, Edge) else int(s)
                         for s in session.pins.subjects],
        "kept runs": [[run.name, run.settings.rate, len(run.history), float(f"{run.loss:.6g}")]
                      for run in session.kept.runs],
    }
"""

FILL = """
from gradviz.data import builtin
from gradviz.project import commands
from gradviz.project.placing import Comment, Direction, Point
from gradviz.project.placing_commands import add_comment, paint, pin, set_direction, set_unfolded
from gradviz.project.stop_commands import add_breakpoint, add_watch
from gradviz.project.stops import BreakPhase, Breakpoint

session.new("model(u, k, m) = k u + m\\n(y - model(x, w, b))^2")
apply = session.document.apply
apply(commands.bind_table(builtin.load("line"), data_set="line"), "Data")
apply(commands.set_training(rate=0.05, steps=12, optimizer="momentum"), "Settings")
apply(commands.set_notes("first line\\nsecond line"), "Notes")
block = session.graph.blocks[0]
leaf = session.graph.leaves()["w"]
apply(set_unfolded(block.use, True), "Unfold")
apply(set_direction(Direction.TB), "Direction")
rest()
apply(pin(leaf, Point(-60.0, 12.5)), "Pin")
apply(paint((leaf,), "green"), "Colour")
apply(add_comment(Comment("look here", 10.0, 20.0)), "Comment")
apply(add_breakpoint(Breakpoint(session.graph.output, BreakPhase.BACKWARD, condition="value > 1e9")), "Breakpoint")
apply(add_watch("sum(w)"), "Watch")
session.pins.toggle(leaf)
session.pins.toggle(Edge(session.graph.nodes[session.graph.output].operands[0], session.graph.output, 0))
session.training.start()
rest(lambda: session.training.iteration == 12)
session.kept.keep(session.training.history)
session.training.reopen(7)
rest()
session.show_sample(3)
rest()
session.debugger.go(5)
rest()
session.save(folder / "work.gradviz")
before = state()
QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
rest()
assert not session.document.is_modified
print(json.dumps(before))
window.close()
"""

OPEN = """
window.files.open(folder / "work.gradviz")
rest(lambda: session.iteration == 7)
print(json.dumps(state()))
window.close()
"""


def run(source: str, folder: Path) -> dict[str, Any]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", STATE + source, str(folder)],
        capture_output=True, text=True, env=environment, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("reopened")
    return run(FILL, folder), run(OPEN, folder)


PARTS = (
    "formula", "notes", "title", "values", "roles", "data", "bound", "sample", "settings", "history", "iteration",
    "breakpoints", "watches", "step", "value of the step", "pins", "frames", "colours", "comments", "unfolded",
    "direction", "kept in view", "kept runs", "cards",
)  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_reopened_document_is_as_it_was_saved(states: tuple[dict[str, Any], dict[str, Any]], part: str) -> None:
    before, after = states
    assert part in before
    assert after[part] == before[part]
