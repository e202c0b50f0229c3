"""Pinned nodes, kept runs and what-ifs are written with a document and read back; what can't be is refused in words."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId
from gradviz.errors import DocumentError
from gradviz.project.changes import ChangeFlags
from gradviz.project.desk import Desk
from gradviz.project.document import Document
from gradviz.project.format import decode, encode
from gradviz.project.project import Project, TrainingSettings, project_from_formula
from gradviz.project.recovery import Recovery
from gradviz.session.session import Session
from gradviz.train.history import History
from gradviz.train.kept import KeptRun


def with_desk() -> Project:
    history = History(np.arange(1000), 1 / (1 + np.arange(1000.0)), np.ones(1000))
    run = KeptRun("adam, ε 0.05", TrainingSettings(rate=0.05, steps=1000, optimizer="adam"), history)
    project = project_from_formula("(y - x)^2")
    return replace(project, desk=Desk((NodeId(0), Edge(NodeId(0), NodeId(2), 0)), (run,)))


def test_pinned_nodes_and_kept_runs_are_read_back() -> None:
    desk = decode(encode(with_desk())).desk
    assert desk.pinned == (0, Edge(NodeId(0), NodeId(2), 0))
    (run,) = desk.runs
    assert (run.name, run.settings.optimizer, run.settings.rate) == ("adam, ε 0.05", "adam", 0.05)
    assert run.loss == 1 / 1000


def test_a_kept_run_is_written_thinned_with_its_ends() -> None:
    (run,) = decode(encode(with_desk())).desk.runs
    assert len(run.history) <= 200
    assert (run.history.iteration[0], run.history.iteration[-1]) == (0, 999)


def test_an_empty_desk_is_not_written() -> None:
    assert "desk" not in json.loads(encode(project_from_formula("x^2")))


@pytest.mark.parametrize(
    ("desk", "words"),
    [
        ({"pinned": [{"node": 99}]}, "no node 99"),
        ({"pinned": [{"node": 2, "operand": 7}]}, "node 2 has no operand 7"),
        ({"what_if": [{"node": 99, "value": 1}]}, "no node 99"),
        ({"what_if": [{"node": 0, "value": "seven"}]}, "no number"),
        ({"what_if": [{"node": 0, "adjoint": [[1], [2, 3]]}]}, "different lengths"),
        ({"what_if": [{"value": 1}]}, "node"),
        ({"runs": [{"name": "a", "training": None, "history": {}}]}, "desk.runs"),
    ],
)
def test_a_desk_that_does_not_fit_is_refused(desk: dict[str, Any], words: str) -> None:
    tree = json.loads(encode(project_from_formula("(y - x)^2")))
    with pytest.raises(DocumentError, match=words):
        decode(json.dumps(tree | {"desk": desk}))


def test_another_document_brings_its_own_pinned_nodes_and_runs() -> None:
    session = Session(project=with_desk())
    assert len(session.pins.subjects) == 2
    assert [run.name for run in session.kept.runs] == ["adam, ε 0.05"]
    session.new("x^2")
    assert session.pins.subjects == ()
    assert session.kept.runs == ()


def test_pinning_a_node_is_unsaved_work_until_it_is_taken_back_or_saved(tmp_path: Path) -> None:
    session = Session(project=with_desk())
    flags: list[ChangeFlags] = []
    session.document.changed.connect(flags.append)
    session.pins.toggle(NodeId(1))
    assert session.document.is_modified
    assert flags == [ChangeFlags.FILE]
    session.pins.toggle(NodeId(1))
    assert not session.document.is_modified
    session.pins.toggle(NodeId(1))
    session.save(tmp_path / "pinned.gradviz")
    assert not session.document.is_modified
    assert not session.document.history.can_undo


def test_forgetting_a_kept_run_is_unsaved_work() -> None:
    session = Session(project=with_desk())
    session.kept.forget()
    assert session.document.is_modified


def test_pinned_nodes_outlive_a_crash(tmp_path: Path) -> None:
    document = Document(with_desk())
    document.set_desk(Desk((NodeId(2),), document.desk.runs))
    Recovery(document, tmp_path).keep()
    (file,) = tmp_path.glob("*.gradviz")
    assert decode(file.read_text()).desk.pinned == (2,)


def test_a_document_opens_with_its_what_ifs(tmp_path: Path) -> None:
    session = Session(project=project_from_formula("h = a b; h^2 + 3 h"))
    graph = session.graph
    assert graph is not None
    what_if = session.lens.what_if
    what_if.set_value(graph.find("h"), np.asarray(5.0))  # type: ignore[arg-type]
    what_if.set_adjoint(graph.output, np.asarray(-np.inf))
    assert session.document.is_modified
    session.save(tmp_path / "what.gradviz")
    assert not session.document.is_modified
    shown = what_if.trace
    session.new("x^2")
    assert not what_if.is_active
    assert session.document.desk.changes == ()
    session.open(tmp_path / "what.gradviz")
    assert not session.document.is_modified
    assert what_if.changes.keys() == {graph.find("h"), graph.output}
    assert what_if.trace is not None
    assert shown is not None
    assert [float(v) for v in what_if.trace.values if v is not None] == [
        float(v) for v in shown.values if v is not None
    ]
    what_if.discard()
    assert session.document.is_modified
    session.save(tmp_path / "what.gradviz")
    assert "desk" not in json.loads((tmp_path / "what.gradviz").read_text())


def test_what_ifs_of_another_graph_are_taken_off_the_desk() -> None:
    session = Session(project=project_from_formula("(x^2)^2"))
    session.lens.what_if.set_value(NodeId(1), np.asarray(9.0))
    session.set_formula("sin(x)")
    assert session.document.desk.changes == ()


def test_what_ifs_that_fit_no_more_are_let_go(tmp_path: Path) -> None:
    tree = json.loads(encode(project_from_formula("(x^2)^2")))
    tree["desk"] = {"what_if": [{"node": 1, "value": [1, 2, 3]}]}
    file = tmp_path / "misfit.gradviz"
    file.write_text(json.dumps(tree))
    session = Session()
    session.open(file)
    assert not session.lens.what_if.is_active
    assert session.debugger.trace is not None
