"""`gradviz debug`: where a number goes wrong, in one run or while training."""

import pytest

from e2e.conftest import Run

LOSS = "(y-(Wx+b))^2"


def test_hit_has_the_promised_keys(gradviz: Run) -> None:
    answer = gradviz("debug", "log(x)", "x=-1", "--break", "nan", "--json")
    assert answer.code == 1
    assert list(answer.data) == ["hit", "iteration", "step", "phase", "node", "cause", "path"]
    assert list(answer.data["node"]) == ["id", "op", "name"]


def test_nan_is_traced_to_the_op_that_made_it(gradviz: Run) -> None:
    data = gradviz("debug", "(log(x) + 1)^2", "x=-1", "--break", "isnan(value)", "--json").data
    assert (data["hit"], data["phase"], data["node"]["op"]) == (True, "forward", "log")
    assert data["path"][0] == 0
    assert "log(−1)" in data["cause"]


def test_condition_that_never_holds_is_no_hit_and_exit_0(gradviz: Run) -> None:
    answer = gradviz("debug", "x^2", "x=3", "--break", "loss > 10", "--json")
    assert (answer.code, answer.data["hit"], answer.data["node"], answer.data["path"]) == (0, False, None, [])


def test_training_stops_in_the_iteration_in_which_the_condition_holds(gradviz: Run) -> None:
    # x ← x − 0.25 · 2x halves x: 8, 4, 2, 1
    given = ("x^2", "x=8", "--rate", ".25", "--steps", "10")
    data = gradviz("debug", *given, "--break", "loss < 2", "--json").data
    assert (data["hit"], data["iteration"]) == (True, 3)


def test_explosion_is_found_while_training_on_data(gradviz: Run) -> None:
    given = (LOSS, "--data", "line", "--rate", "5", "--steps", "1000")
    answer = gradviz("debug", *given, "--break", "nonfinite", "--json")
    assert answer.code == 1
    assert answer.data["hit"]
    assert "sample 0" in answer.data["cause"]


def test_divergence_before_the_condition_holds_is_exit_1_too(gradviz: Run) -> None:
    answer = gradviz("debug", "x^4", "x=10", "--rate", "1", "--steps", "99", "--break", "x == 0.5", "--json")
    assert (answer.code, answer.data["hit"]) == (1, False)
    assert "not finite" in answer.err


def test_people_read_where_it_stopped_and_why(gradviz: Run) -> None:
    out = gradviz("debug", "h = log(x); h^2", "x=0", "--break", "abs(h) > 1e6").out
    assert [line.split()[0] for line in out.splitlines()] == ["stopped", "node", "cause", "path"]


@pytest.mark.parametrize("text", ["zz > 1", "", "x >", "isnan("])
def test_condition_that_makes_no_sense_is_one_line(gradviz: Run, text: str) -> None:
    answer = gradviz("debug", "x^2", "x=1", "--break", text)
    assert answer.code == 2
    assert "--break" in answer.error
