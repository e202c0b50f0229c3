"""Settings and files that can't be meant: none is dropped in silence, each is refused or remarked on in one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.conftest import Run

LOSS = "(y-(Wx+b))^2"


@pytest.fixture
def kinds_csv(tmp_path: Path) -> str:
    path = tmp_path / "kinds.csv"
    path.write_text("x,y\n" + "".join(f"{x},{'yes' if x > 1 else 'no'}\n" for x in range(4)))
    return str(path)


def test_noise_beyond_all_numbers_is_refused_without_a_warning(gradviz: Run) -> None:
    answer = gradviz("train", LOSS, "--data", "line:noise=1e308")
    assert (answer.code, answer.err) == (2, "gradviz: error: noise is a number from 0 to 1e+100; 1e+308 is not\n")


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ("n", "n of circles has no number, as in circles:n=200,noise=0.1,seed=3"),
        ("n=", "n of circles has no number, as in circles:n=200,noise=0.1,seed=3"),
        ("n=1.5", "n of circles is a whole number, as in circles:n=200,noise=0.1,seed=3; 1.5 is not"),
        ("n=1_0", "n of circles is a whole number, as in circles:n=200,noise=0.1,seed=3; 1_0 is not"),
        ("n=5,n=6", "circles is given n twice"),
        ("n=5,", "circles takes n, noise and seed, as in circles:n=200,noise=0.1,seed=3; not an empty part"),
    ],
)
def test_settings_of_data_made_to_order_are_checked(gradviz: Run, settings: str, error: str) -> None:
    answer = gradviz("train", LOSS, "--data", f"circles:{settings}")
    assert (answer.code, answer.error) == (2, error)


def test_data_made_to_order_without_settings_are_the_usual_ones(gradviz: Run) -> None:
    assert gradviz("train", LOSS, "--data", "sine:", "--json").code == 0


def test_unknown_column_in_how_to_read_is_refused(gradviz: Run, kinds_csv: str) -> None:
    answer = gradviz("train", LOSS, "--data", kinds_csv, "--one-hot", "yy")
    assert (answer.code, answer.error) == (2, "--one-hot: kinds.csv has no column yy, did you mean y?")


def test_column_of_two_kinds_is_refused(gradviz: Run, kinds_csv: str) -> None:
    answer = gradviz("train", LOSS, "--data", kinds_csv, "--one-hot", "y", "--categories", "y")
    assert (answer.code, answer.error) == (2, "y is given to --categories and to --one-hot; choose one")


@pytest.mark.parametrize("option", [("--one-hot", "y"), ("--header", "no"), ("--separator", "tab")])
def test_how_to_read_a_file_is_refused_without_a_file(gradviz: Run, option: tuple[str, str]) -> None:
    answer = gradviz("train", LOSS, "--data", "line", *option)
    told = f"{option[0]} says how a CSV file is read; line is no file"
    assert (answer.code, answer.error) == (2, told)
    assert gradviz("train", "x^2", "x=1", *option).error == f"{option[0]} needs --data"


def test_one_hot_column_feeds_the_leaf_of_its_name_as_a_vector(gradviz: Run, kinds_csv: str) -> None:
    given = ("--data", kinds_csv, "--one-hot", "y", "W=[1,1]", "b=[0,0]", "--steps", "3")
    answer = gradviz("train", "sum((y-(Wx+b))^2)", *given)
    assert answer.code == 0, answer.err
    assert "y is bound to y=no, y=yes, by its name" in answer.err
    assert "\ny  " not in answer.out  # no parameter


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (("--steps", "-1"), "the number of steps is a whole number from 0; -1 is not"),
        (("--workers", "0"), "--workers: write a number of processes from 1 to 256, not 0; see gradviz sweep --help"),
        (("--workers", "-1"), "--workers: write a number of processes from 1 to 256, not -1; see gradviz sweep --help"),
        (("--workers", "100000"),
         "--workers: write a number of processes from 1 to 256, not 100000; see gradviz sweep --help"),
        (("--rates", "nan"), "--rates: nan is no learning rate; see gradviz sweep --help"),
        (("--rates", ".1,inf"), "--rates: inf is no learning rate; see gradviz sweep --help"),
        (("--validation", "2"), "the part kept for validation lies between 0 and 1, such as 0.2; 2.0 does not"),
    ],
)  # fmt: skip
def test_sweep_with_settings_that_cannot_be_is_refused(gradviz: Run, given: tuple[str, ...], error: str) -> None:
    answer = gradviz("sweep", "x^2", "x=1", *given)
    assert (answer.code, answer.error, answer.out) == (2, error, "")


def test_sweep_over_a_formula_without_values_is_refused_with_the_place(gradviz: Run) -> None:
    answer = gradviz("sweep", "x ? + 1", "x=1")
    assert (answer.code, answer.out) == (2, "")
    assert "open port" in answer.error


def test_sweep_says_at_once_that_it_waits_for_a_scheduler_and_gives_up_soon() -> None:
    pytest.importorskip("distributed")
    command = [sys.executable, "-m", "gradviz", "sweep", "x^2", "x=10", "--scheduler", "tcp://127.0.0.1:1"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # Dask leaves a thread
    assert (answer.returncode, answer.stdout) == (2, "")
    first, second = answer.stderr.splitlines()
    assert first == "gradviz: waiting up to 3 s for the scheduler tcp://127.0.0.1:1"
    assert second.startswith("gradviz: error: the scheduler tcp://127.0.0.1:1 does not answer")


@pytest.mark.parametrize("text", ["x>1;x>2", "x>1\nx>2", "a=1"])
def test_condition_is_one_line_without_names(gradviz: Run, text: str) -> None:
    answer = gradviz("debug", "x^2", "x=2", "--break", text)
    assert answer.code == 2
    assert answer.error.startswith("--break: ")


@pytest.mark.parametrize("command", ["trace", "debug"])
def test_unfinished_formula_is_called_unfinished(gradviz: Run, command: str) -> None:
    answer = gradviz(command, "sub(x, ?)", "x=1")
    assert answer.err == (
        "gradviz: the formula is unfinished: sub has an open port: give it a second operand; what depends on it "
        "stays blank\n"
    )


def test_data_for_an_unfinished_formula_are_refused_for_its_open_port(gradviz: Run) -> None:
    answer = gradviz("check", "?", "--data", "line")
    assert answer.code == 2
    assert answer.error == "there is nothing but an open port: put a number, a name or an operation there"


def test_data_for_a_formula_of_numbers_are_refused(gradviz: Run) -> None:
    answer = gradviz("train", "2 + 3", "--data", "line")
    assert (answer.code, answer.error) == (2, "the formula has no names that data could feed")


def test_number_of_steps_that_is_too_long_is_called_too_long(gradviz: Run) -> None:
    answer = gradviz("train", "x^2", "x=1", "--steps", "99999999999999999999")
    told = "--steps: write a whole number of at most 18 digits, such as 10, not 99999999999999999999"
    assert (answer.code, answer.error) == (2, f"{told}; see gradviz train --help")


def test_functions_that_call_each_other_are_called_so(gradviz: Run) -> None:
    answer = gradviz("eval", "f(a)=g(a)\ng(a)=f(a)\nf(1)")
    assert answer.code == 2
    assert answer.error.startswith("f and g call each other at line 1, column 6")


def test_line_named_with_brackets_says_how_it_would_be_called(gradviz: Run) -> None:
    answer = gradviz("eval", "f(a)=a^2; f")
    assert answer.code == 2
    assert "`f(…) = …` only names its line, since f is used without brackets" in answer.error


def test_one_iteration_is_not_called_iterations(gradviz: Run) -> None:
    answer = gradviz("rates", "x^2", "x=1", "--rates", ".1", "--steps", "1")
    assert "after 1 iteration " in answer.out


def test_values_that_are_wrong_from_the_start_are_not_blamed_on_the_rate(gradviz: Run) -> None:
    answer = gradviz("train", "log(x)", "x=-1")
    assert answer.code == 1
    assert "not the rate" in answer.err
    assert "try" not in answer.err
    assert "start from other values" in answer.err


def test_bad_breakpoints_and_watches_of_a_document_are_remarked_on(gradviz: Run, tmp_path: Path) -> None:
    document = {
        "format": "gradviz",
        "version": 2,
        "formula": "x^2",
        "leaves": {"x": {"role": "parameter", "value": 2}},
        "breakpoints": {
            "nodes": [
                {"node": None, "phase": "forward", "condition": "zz > 1"},
                {"node": None, "phase": "forward", "condition": "value > 3"},
            ],
            "watches": ["q + 1"],
            "advice": {"gremlins": {"enabled": True}, "vanishing": {"thresholds": {"rattio": 1}}},
        },
    }
    path = tmp_path / "bad.gradviz"
    path.write_text(json.dumps(document))
    answer = gradviz("debug", str(path))
    assert answer.code == 1  # the sound breakpoint stops it
    remarks = answer.err.splitlines()
    assert len(remarks) == 4, answer.err
    assert remarks[0].startswith("gradviz: breakpoint 1 of the document is left out: there is nothing called `zz`")
    assert remarks[1].startswith("gradviz: the watch `q + 1` of the document is left out: there is nothing called `q`")
    assert remarks[2].startswith("gradviz: the document sets a ready-made watch that there is not: gremlins")
    assert remarks[3].startswith("gradviz: the document sets a threshold of vanishing that there is not: rattio")


def test_file_of_another_kind_is_not_taken_for_a_formula(gradviz: Run, tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"\x80\x04 never read")
    answer = gradviz("render", "model.pt", "-o", "a.svg")
    assert (answer.code, answer.error) == (
        2,
        "model.pt is a file but no gradviz document, whose name ends in .gradviz; a table of data is given with --data",
    )
