"""Documents of every version stay readable, and what version 2 holds more is checked."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradviz.core.types import Role
from gradviz.errors import DocumentError
from gradviz.project.format import VERSION, decode, encode
from gradviz.project.placing import Comment, Direction, Point
from gradviz.project.stops import BreakPhase

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(GOLDEN.glob("version-*/*.gradviz"))
WITH_BLOCK: dict[str, Any] = {
    "format": "gradviz",
    "version": 2,
    "formula": ["f(x) = tanh(2 x)", "f(x)^2"],
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_file_of_every_version_is_read_and_written_as_the_newest(file: Path) -> None:
    project = decode(file.read_bytes())
    assert project.graph is not None
    written = encode(project)
    assert json.loads(written)["version"] == VERSION
    assert encode(decode(written)) == written


def test_there_are_files_of_every_version() -> None:
    assert {file.parent.name for file in FILES} == {f"version-{n}" for n in range(1, VERSION + 1)}


def test_all_that_version_1_said_is_there() -> None:
    project = decode((GOLDEN / "version-1" / "everything.gradviz").read_bytes())
    assert project.title == "Everything in version 1"
    assert project.formula == "u = exp(z)\nh = tanh(Wx + b)\n(y - h)^2"
    assert project.values["W"] == 1 / 3
    assert np.isinf(project.values["b"])
    assert project.roles["b"] is Role.CONSTANT
    assert (project.training.rate, project.training.optimizer, project.training.batch) == (1e-3, "adam", 7)
    assert project.bound == {"x": ("x",), "y": ("y",)}
    assert (project.position, project.sample, project.stops_at_non_finite) == (5, 1, False)


def test_breakpoints_of_version_1_stay_at_their_nodes_beside_lines_that_were_no_nodes_then() -> None:
    project = decode((GOLDEN / "version-1" / "everything.gradviz").read_bytes())
    graph = project.graph
    assert graph is not None
    assert "z" in graph.leaves()  # a loose part now
    stops = {(point.node, point.phase) for point in project.breakpoints}
    assert stops == {(graph.find("h"), BreakPhase.BACKWARD), (graph.output, BreakPhase.FORWARD)}


def test_a_half_typed_formula_of_version_1_keeps_its_last_graph() -> None:
    project = decode((GOLDEN / "version-1" / "half-typed.gradviz").read_bytes())
    assert project.formula == "(x^2)^2 +"
    assert project.error is not None
    assert project.graph is not None


def test_all_that_version_2_said_is_there() -> None:
    project = decode((GOLDEN / "version-2" / "everything.gradviz").read_bytes())
    graph = project.graph
    assert graph is not None
    h = graph.find("h")
    assert project.direction is Direction.BT
    assert project.pins == {h: Point(120.5, -40), graph.output: Point(0, 0)}
    assert project.colours == {h: "blue"}
    assert project.unfolded == {use for block in graph.blocks if (use := block.use).output == h}
    assert project.comments == (Comment("A neuron", 10, 20, None, h), Comment("two\nlines", -300, 0, 180))
    assert project.trained is not None
    assert project.trained.iteration == 29
    assert project.trained.parameters == {"W": 0.25}
    assert list(project.trained.history.iteration) == list(range(30))
    assert project.watches == ("h + 1",)


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ({"canvas": {"direction": "UP"}}, "canvas.direction"),
        ({"canvas": {"pins": [{"node": 99, "x": 0, "y": 0}]}}, "no node 99"),
        ({"canvas": {"pins": [{"node": -1, "x": 0, "y": 0}]}}, "canvas.pins"),
        ({"canvas": {"pins": [{"node": 0, "x": 1e300, "y": 0}]}}, "canvas.pins"),
        ({"canvas": {"pins": [{"node": 0, "x": "nan", "y": 0}]}}, "canvas.pins"),
        ({"canvas": {"pins": [{"node": 0, "x": 0, "y": 0, "z": 0}]}}, "canvas.pins"),
        ({"canvas": {"colours": [{"node": 0, "colour": "#ff0000"}]}}, "no colour #ff0000"),
        ({"canvas": {"colours": [{"node": 0, "colour": "url(http://x)"}]}}, "no colour"),
        ({"canvas": {"colours": [{"node": 40, "colour": "red"}]}}, "no node 40"),
        ({"canvas": {"unfolded": [0]}}, "node 0 is no block"),
        ({"canvas": {"unfolded": [10**9]}}, "is no block"),
        ({"canvas": {"comments": [{"text": "x" * 20_000, "x": 0, "y": 0}]}}, "canvas.comments"),
        ({"canvas": {"comments": [{"text": "x", "x": 0, "y": 0, "width": -1}]}}, "canvas.comments"),
        ({"canvas": {"comments": [{"text": "x", "x": 0, "y": 0, "node": 77}]}}, "no node 77"),
        ({"canvas": {"comments": [{"text": "x", "x": 0, "y": 0}] * 1_001}}, "canvas.comments"),
        ({"trained": {"iteration": 0}}, "trained.iteration"),
        ({"trained": {"iteration": 5, "shown": 50}}, "trained.shown"),
        ({"trained": {"iteration": 5, "parameters": {"q": 1}}}, "trained.parameters.q"),
        ({"trained": {"iteration": 5, "parameters": {"x": [1, 2]}}}, "trained.parameters.x"),
        ({"trained": {"iteration": 5, "parameters": {"x": "import os"}}}, "trained.parameters.x"),
        ({"trained": {"iteration": 5, "history": {"iteration": [1, 1], "loss": [1, 2]}}}, "trained.history"),
        ({"trained": {"iteration": 5, "history": {"iteration": [1, 9], "loss": [1, 2]}}}, "trained.history"),
        ({"trained": {"iteration": 5, "history": {"iteration": [1, 2], "loss": [1]}}}, "trained.history.loss"),
        ({"trained": {"iteration": 10**6, "history": {"iteration": list(range(5000))}}}, "trained.history"),
        ({"view": {"position": 10**12}}, "view.position"),
        ({"view": {"sample": 10**6}}, "view.sample"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(keys: dict[str, Any], what: str) -> None:
    with pytest.raises(DocumentError) as raised:
        decode(json.dumps({**WITH_BLOCK, **keys}))
    assert what in raised.value.message
    assert len(raised.value.message) < 300


@pytest.mark.parametrize("rate", ["nan", "inf", "-inf", -0.1])
def test_a_learning_rate_is_a_finite_number_from_zero(rate: object) -> None:
    training = {"rate": rate, "steps": 10, "optimizer": "sgd", "batch": None, "reduce": "mean", "seed": 0}
    with pytest.raises(DocumentError, match="learning rate"):
        decode(json.dumps({**WITH_BLOCK, "training": training}))


def test_a_block_is_unfolded_by_its_output() -> None:
    project = decode(json.dumps({**WITH_BLOCK, "canvas": {"unfolded": [3]}}))
    assert {use.output for use in project.unfolded} == {3}


def test_a_canvas_reads_well_in_a_comparison() -> None:
    text = (GOLDEN / "version-2" / "everything.gradviz").read_text()
    assert '    "colours": [{"node": 7, "colour": "blue"}],\n' in text
    assert '      {"text": "A neuron", "x": 10, "y": 20, "node": 7},\n' in text
