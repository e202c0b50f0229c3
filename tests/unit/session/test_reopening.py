"""One file carries everything, and opens at the step where it was saved."""

from pathlib import Path

import numpy as np

from gradviz.core.types import NodeId
from gradviz.data.tables import Table
from gradviz.project.commands import bind_table, set_notes, set_training, toggle_breakpoint
from gradviz.project.format import encode
from gradviz.project.project import project_from_formula
from gradviz.session.session import Session
from gradviz.session.training import TrainingState


def trained_session() -> Session:
    session = Session(project=project_from_formula("(y - (w x + b))^2"))
    table = Table("points", {"x": np.array([0.0, 1.0, 2.0]), "y": np.array([1.0, 3.0, 5.0])})
    for command in (bind_table(table), set_training(rate=0.1, steps=40), set_notes("n")):
        session.document.apply(command, "Prepare")
    session.training.start()
    return session


def test_a_file_opens_at_the_iteration_the_sample_and_the_step_at_which_it_was_saved(tmp_path: Path) -> None:
    session = trained_session()
    session.document.apply(toggle_breakpoint(NodeId(2)), "Stop")
    session.training.reopen(7)
    session.show_sample(2)
    session.debugger.go(6)
    session.save(tmp_path / "work.gradviz")
    again = Session()
    again.open(tmp_path / "work.gradviz")
    assert again.iteration == 7
    assert again.sample == 2
    assert again.debugger.position == 6
    assert again.training.iteration == 40
    assert {n: v.tobytes() for n, v in again.values().items()} == {n: v.tobytes() for n, v in session.values().items()}
    assert np.array_equal(again.training.losses, session.training.losses)
    assert again.document.project.notes == "n"
    assert len(again.document.project.breakpoints) == 1


def test_a_training_that_was_saved_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    session = trained_session()
    session.save(tmp_path / "work.gradviz")
    again = Session()
    again.open(tmp_path / "work.gradviz")
    for each in (session, again):
        each.training.start()
        assert each.training.iteration == 80
    assert {n: v.tobytes() for n, v in again.values().items()} == {n: v.tobytes() for n, v in session.values().items()}


def test_nothing_is_remembered_where_nothing_was_trained(tmp_path: Path) -> None:
    session = Session(project=project_from_formula("(x^2)^2"))
    session.save(tmp_path / "work.gradviz")
    assert "trained" not in (tmp_path / "work.gradviz").read_text()


def test_a_long_training_adds_little_to_a_file(tmp_path: Path) -> None:
    session = trained_session()
    before = len(encode(session.document.project))
    session.document.apply(set_training(steps=5_000), "Longer")
    session.training.start()
    session.save(tmp_path / "work.gradviz")
    assert len((tmp_path / "work.gradviz").read_text()) < before + 10_000
    again = Session()
    again.open(tmp_path / "work.gradviz")
    assert again.training.state in (TrainingState.PAUSED, TrainingState.FINISHED)
    assert again.iteration == 5_000


def test_saving_again_without_training_forgets_what_no_longer_holds(tmp_path: Path) -> None:
    session = trained_session()
    session.save(tmp_path / "work.gradviz")
    again = Session()
    again.open(tmp_path / "work.gradviz")
    again.set_value("w", 5)
    again.save()
    assert "trained" not in (tmp_path / "work.gradviz").read_text()
