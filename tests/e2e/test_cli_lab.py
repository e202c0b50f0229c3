"""`gradviz lab`: the laboratories on the command line."""

import json

import pytest

from gradviz.cli import main

SHARED = "a = x^2\nb = a + a\nb*a"


def answer(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, object]:
    assert main([*argv, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_order_counts_calls_and_names_the_wrong_ways(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "lab", "order", SHARED, "x=2")
    ways = {way["way"]: way for way in found["ways"]}  # type: ignore[index,attr-defined]
    assert ways["topological"]["calls"] == 4
    assert ways["every_path"]["calls"] == 8
    assert ways["every_path"]["gradients"] == {"x": 64.0}
    assert ways["topological"]["wrong"] == ways["every_path"]["wrong"] == []
    assert ways["too_early"]["wrong"]
    assert ways["again"]["wrong"]


def test_order_says_where_the_number_goes_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "order", SHARED, "x=2"]) == 0
    text = capsys.readouterr().out
    assert "a sends 4 on while 2 receipts are still to come" in text
    assert "∂L/∂x comes out as 16 instead of 64." in text


def test_zeroing_counts_again_what_was_kept(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "lab", "zeroing", "(x^2)^2", "x=2", "--calls", "3", "--rate", "0.001", "--steps", "2")
    assert found["calls"] == {"x": {"at_leaves": [32.0, 64.0, 96.0], "at_all": [32.0, 96.0, 192.0]}}
    losses = found["losses"]
    assert losses["zeroed"][:2] == losses["forgotten"][:2]  # type: ignore[index]
    assert losses["zeroed"][2] > losses["forgotten"][2]  # type: ignore[index]


def test_modes_count_one_pass_for_each_input_or_output(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "lab", "modes", "exp(t * [1, 2, 3])", "t=0")
    assert (found["inputs"], found["outputs"]) == (1, 3)
    assert found["forward"]["passes"] == 1  # type: ignore[index]
    assert found["reverse"]["passes"] == 3  # type: ignore[index]
    assert found["jacobian"] == [[1.0], [2.0], [3.0]]


def test_an_unknown_leaf_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "modes", "x^2", "x=1", "--by", "z"]) == 2
    assert "there is no leaf z" in capsys.readouterr().err


def test_a_formula_that_fails_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "order", "x[5]", "x=[1]"]) == 2
    assert capsys.readouterr().err.startswith("gradviz: error:")
