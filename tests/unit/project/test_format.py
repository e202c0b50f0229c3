"""Documents are read strictly and written so that people can compare them."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.core.types import NodeId, Role
from gradviz.data import builtin
from gradviz.data.tables import Table
from gradviz.errors import DocumentError
from gradviz.project import commands
from gradviz.project.examples import examples, load_example
from gradviz.project.format import decode, encode
from gradviz.project.project import BreakPhase, Project, project_from_formula
from gradviz.project.stop_commands import add_breakpoint, add_watch, set_advice
from gradviz.project.stops import Breakpoint

SMALL: dict[str, Any] = {"format": "gradviz", "version": 1, "formula": "x^2"}


def same(a: Project, b: Project) -> bool:
    """True when all that a document stores is equal."""
    return encode(a) == encode(b)


def full() -> Project:
    project = project_from_formula("h = tanh(Wx + b)\n(y - h)^2")
    for command in (
        commands.set_value("W", 1 / 3),
        commands.set_value("b", np.inf),
        commands.set_role("b", Role.CONSTANT),
        commands.set_training(rate=1e-3, batch=7, optimizer="adam", reduce="sum", seed=4),
        commands.bind_table(Table("t", {"x": np.array([1, 2.5]), "y": np.array([0, 1])}, labels={"y": ("no", "yes")})),
        commands.toggle_breakpoint(NodeId(3), BreakPhase.BACKWARD),
        commands.stop_at_non_finite(False),
        add_breakpoint(Breakpoint(None, condition="loss > 2 previous(loss)", ignore=3, lasts=5)),
        add_breakpoint(Breakpoint(NodeId(2), BreakPhase.BACKWARD, operand=0, is_enabled=False)),
        add_watch("norm(grad(W))"),
        set_advice("vanishing", is_enabled=False, stops=True, thresholds={"ratio": 1e-5}),
        commands.set_title("A “title” with \\ and 数"),
        commands.set_notes("two\nlines"),
    ):
        project = command(project)
    return replace(project, position=5, sample=1)


def test_what_is_written_is_read_back() -> None:
    project, again = full(), decode(encode(full()))
    assert same(project, again)
    assert again.training == project.training
    assert again.roles == project.roles
    assert again.breakpoints == project.breakpoints
    assert (again.watches, dict(again.advice)) == (project.watches, dict(project.advice))
    assert (again.position, again.sample, again.stops_at_non_finite) == (5, 1, False)
    assert all(np.array_equal(again.values[name], project.values[name]) for name in project.values)


@given(values=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=4))
def test_every_float_is_read_back_exactly(values: list[float]) -> None:
    project = commands.set_value("v", values)(project_from_formula("sum(v)"))
    read = decode(encode(project)).values["v"]
    assert read.tobytes() == np.array(values).tobytes() or np.array_equal(read, values, equal_nan=True)


@given(text=st.text(max_size=40))
def test_every_text_is_read_back(text: str) -> None:
    project = commands.set_notes(text)(commands.set_formula(text)(Project()))
    again = decode(encode(project))
    assert (again.formula, again.notes) == (text, text)


def test_half_typed_formula_comes_back_with_its_last_graph() -> None:
    project = commands.set_formula("(y-(Wx+")(commands.set_value("W", 9)(project_from_formula("(y-(Wx+b))^2")))
    again = decode(encode(project))
    assert again.formula == "(y-(Wx+"
    assert again.error is not None
    assert again.graph is not None
    assert float(again.leaves["W"].value) == 9


def test_data_set_is_stored_by_name_only() -> None:
    project = commands.bind_table(builtin.load("line"), data_set="line")(project_from_formula("(y-(Wx+b))^2"))
    stored = json.loads(encode(project))["data"]
    assert stored == {"data_set": "line", "bindings": {"y": ["y"], "x": ["x"]}}
    assert len(commands.bound_samples(decode(encode(project)))["x"]) == 40


def test_numbers_stand_on_one_line_and_keys_on_their_own() -> None:
    lines = encode(commands.set_value("W", [[1, 2], [3, 4]])(project_from_formula("sum(W)"))).splitlines()
    assert '    "W": {"role": "parameter", "value": [[1, 2], [3, 4]]}' in lines
    assert '  "version": 2,' in lines


def test_whole_numbers_are_written_without_a_point() -> None:
    assert '"value": 2}' in encode(project_from_formula("(x^2)^2"))


def test_short_document_is_enough() -> None:
    assert decode(json.dumps(SMALL)).graph is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("hello", "line 1, column 1"),
        ("[]", "not a gradviz file"),
        ("{}", "not a gradviz file"),
        ('{"format": "other", "version": 1}', "not a gradviz file"),
        ('{"format": "gradviz"}', "version"),
        ('{"format": "gradviz", "version": true, "formula": "x"}', "version"),
        ('{"format": "gradviz", "version": 0, "formula": "x"}', "version"),
        ('{"format": "gradviz", "version": 999, "formula": "x"}', "version 999.*update"),
        ('{"format": "gradviz", "version": 1}', "formula"),
        ('{"format": "gradviz", "version": 1, "formula": "x", "formula": "y"}', "twice"),
        ('{"format": "gradviz", "version": 1, "formula": "x", "eval": "1"}', "eval"),
        ('{"format": "gradviz", "version": 1, "formula": 3}', "formula"),
        ('{"format": "gradviz", "version": 1, "formula": "\\ud800"}', "surrogate"),
        ('{"format": "gradviz", "version": 1, "formula": "x", "view": {"position": 99999999999999999999}}', "2.53"),
        ('{"format": "gradviz", "version": 1, "formula": "x", "view": {"position": -1}}', "view.position"),
        ("[" * 100_000, "deep"),
        ('{"a":' * 100_000, "deep"),
    ],
)
def test_bad_documents_are_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        decode(text)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "[1, [2]]", '"x"', "null", "true", "{}"])
def test_bad_values_are_refused(value: str) -> None:
    text = f'{{"format":"gradviz","version":1,"formula":"x","leaves":{{"x":{{"role":"parameter","value":{value}}}}}}}'
    with pytest.raises(DocumentError):
        decode(text)


@pytest.mark.parametrize(
    "data",
    [
        {"bindings": {}},
        {"bindings": {}, "data_set": "no such"},
        {"bindings": {}, "columns": {"a": [1], "b": [1, 2]}},
        {"bindings": {"x": ["nowhere"]}, "columns": {"a": [1]}},
        {"bindings": {}, "columns": {"a": [[1], [2]]}},
    ],
)
def test_bad_data_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(DocumentError):
        decode(json.dumps({**SMALL, "data": data}))


def test_breakpoint_on_a_node_that_is_not_there_is_refused_with_its_place() -> None:
    points = {"stop_at_non_finite": True, "nodes": [{"node": 77, "phase": "forward"}]}
    with pytest.raises(DocumentError, match=r"breakpoints\.nodes\[0\]: the formula has no node 77"):
        decode(json.dumps({**SMALL, "breakpoints": points}))


@given(junk=st.binary(max_size=200))
def test_random_bytes_are_never_a_traceback(junk: bytes) -> None:
    with pytest.raises(DocumentError):
        decode(junk)


@given(position=st.integers(0, 400), junk=st.characters())
def test_damaged_document_is_read_or_refused(position: int, junk: str) -> None:
    text = encode(full())
    with suppress(DocumentError):
        decode(text[:position] + junk + text[position + 1 :])


def test_nothing_in_a_formula_is_executed(capsys: pytest.CaptureFixture[str]) -> None:
    project = decode(json.dumps({**SMALL, "formula": "__import__('os').system('echo hacked')"}))
    assert project.error is not None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("key", [example.key for example in examples()])
def test_every_example_is_a_sound_document(key: str) -> None:
    project = load_example(key)
    assert project.error is None
    assert same(project, decode(encode(project)))


def test_damaged_leaf_is_named() -> None:
    leaves = {"x": {"role": "parameter", "value": 1}, "theta": {"value": 2}}
    with pytest.raises(DocumentError, match=r"leaves\.theta: the key `role` is missing"):
        decode(json.dumps({**SMALL, "leaves": leaves}))


def test_document_with_too_many_numbers_is_refused_before_they_are_read() -> None:
    text = '{"format": "gradviz", "version": 1, "formula": [' + "1," * 10_000_001 + "1]}"
    with pytest.raises(DocumentError, match="more than 10,000,000 numbers and texts"):
        decode(text)
