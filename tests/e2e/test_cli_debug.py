"""`gradviz debug`: where a number goes wrong, in one run or while training."""

from pathlib import Path

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


def test_bad_condition_is_pointed_at(gradviz: Run) -> None:
    answer = gradviz("debug", "x^2", "x=1", "--break", "x > 0 and los > 3")
    assert answer.code == 2
    lines = answer.err.splitlines()
    assert "did you mean `loss`" in lines[0]
    assert lines[1:] == ["x > 0 and los > 3", "          ^^^"]


def test_all_conditions_count_and_the_first_to_hold_stops(gradviz: Run) -> None:
    given = ("x^2", "x=8", "--rate", ".25", "--steps", "10", "--break", "loss < 0.1", "--break", "iteration == 2")
    data = gradviz("debug", *given, "--json").data
    assert (data["iteration"], "iteration == 2 holds" in data["cause"]) == (2, True)


def test_previous_compares_with_the_iteration_before(gradviz: Run) -> None:
    given = ("x^2", "x=1", "--rate", "1.5", "--steps", "9")  # x ← −2x
    data = gradviz("debug", *given, "--break", "loss > 3 previous(loss)", "--json").data
    assert (data["hit"], data["iteration"]) == (True, 1)


def test_without_a_condition_all_ready_made_watches_look(gradviz: Run) -> None:
    answer = gradviz("debug", "-log(softmax(z))[1]", "z=[800,0,0]", "--json")
    assert answer.code == 1
    assert "because softmax saturated" in answer.data["cause"]
    assert "What would help: write log_softmax(z)" in answer.data["cause"]
    assert answer.data["node"]["op"] == "log"


def test_one_ready_made_watch_is_chosen_by_name(gradviz: Run) -> None:
    given = ("x^2", "x=10", "--rate", "1.1", "--steps", "20", "--watch", "loss_rising", "--json")
    data = gradviz("debug", *given).data
    assert (data["hit"], data["iteration"]) == (True, 5)
    assert "smaller learning rate" in data["cause"]


def test_unknown_watch_is_refused(gradviz: Run) -> None:
    answer = gradviz("debug", "x^2", "x=1", "--watch", "everything")
    assert answer.code == 2
    assert "everything is no ready-made watch" in answer.error


def test_healthy_run_is_exit_0(gradviz: Run) -> None:
    answer = gradviz("debug", LOSS, "--data", "line", "--rate", ".05", "--steps", "200", "--json")
    assert (answer.code, answer.data["hit"]) == (0, False)


def test_sample_that_is_bad_is_named(gradviz: Run, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("x\n1\n2\n0\n3\n")
    data = gradviz("debug", "log(x) w", "--data", str(table), "w=1", "--json").data
    assert "at sample 2" in data["cause"]


def test_trace_marks_the_step_that_is_not_finite(gradviz: Run) -> None:
    out = gradviz("trace", "log(x) + 1", "x=0").out
    assert "! the value of" in out
    assert "What would help" in out
