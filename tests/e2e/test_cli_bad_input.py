"""What people give by mistake: one line that says what, where and what would do; exit code 2; no traceback, no hang."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.conftest import Run

COMMAND = [sys.executable, "-m", "gradviz"]


def test_greek_letter_is_the_name_that_it_stands_for(gradviz: Run) -> None:
    answer = gradviz("eval", "θ^2 + x", "θ=3", "x=1", "--wrt", "θ", "--json")
    assert (answer.data["value"], answer.data["gradients"]) == (10.0, {"theta": 6.0})
    assert gradviz("derive", "θ^2", "--wrt", "θ", "θ=3", "--json").data["value"] == 6.0


def test_two_spellings_of_one_name_are_refused(gradviz: Run) -> None:
    answer = gradviz("eval", "θ", "θ=1", "theta=2")
    assert (answer.code, answer.error) == (2, "theta is given twice")


def test_greek_leaves_are_bound_and_fixed(gradviz: Run, line_csv: str) -> None:
    given = ("--data", line_csv, "--bind", "ξ=u", "--bind", "y=v", "--fix", "β", "β=1", "--rate", ".2", "--json")
    answer = gradviz("train", "(y - (α ξ + β))^2", *given)
    assert answer.data["parameters"] == pytest.approx({"alpha": 2.0})


def test_leaf_bound_twice_is_refused(gradviz: Run, line_csv: str) -> None:
    answer = gradviz("train", "(y-W x)^2", "--data", line_csv, "--bind", "x=u", "--bind", "x=v")
    assert (answer.code, answer.error) == (2, "x is bound twice; for a vector write --bind x=u,v")


@pytest.mark.parametrize("text", ["x", "", "1_0", "١", "1,5"])
def test_rate_that_is_no_number_is_refused(gradviz: Run, text: str) -> None:
    answer = gradviz("train", "x^2", "x=1", "--rate", text)
    assert answer.code == 2
    assert answer.error.startswith("--rate: write a number such as 0.1, not ")


@pytest.mark.parametrize("option", ["--steps", "--seed", "--batch"])
@pytest.mark.parametrize("text", ["1.5", "x", "1_0", "١", "1e9", "9" * 5000])
def test_count_that_is_no_whole_number_is_refused(gradviz: Run, option: str, text: str) -> None:
    answer = gradviz("train", "x^2", "x=1", option, text)
    assert answer.code == 2
    assert re.match(f"{option}: write a whole number( of at most 18 digits,)? such as 10, not ", answer.error)
    assert len(answer.error) < 200


@pytest.mark.parametrize("text", ["1_0,2", "١,٢", ".1,,.2"])
def test_rates_that_are_no_numbers_are_refused(gradviz: Run, text: str) -> None:
    assert gradviz("rates", "x^2", "x=1", "--rates", text).code == 2


def test_negative_number_of_steps_is_refused_by_debug_too(gradviz: Run) -> None:
    answer = gradviz("debug", "x^2", "x=2", "--break", "nan", "--steps", "-1")
    assert (answer.code, answer.error) == (2, "the number of steps is a whole number from 0; -1 is not")


def test_huge_range_of_seeds_is_refused_at_once(gradviz: Run) -> None:
    answer = gradviz("sweep", "x^2", "x=1", "--seeds", "0..1000000000000")
    assert answer.code == 2
    assert answer.error.startswith("1,000,000,000,001 combinations are more than 10,000")


def test_range_of_seeds_without_seeds_is_refused(gradviz: Run) -> None:
    answer = gradviz("sweep", "x^2", "x=1", "--seeds", "5..1")
    assert answer.code == 2
    assert "such as 0,1,2 or 0..9, not 5..1" in answer.error


def test_formula_of_many_minus_signs_follows_two_dashes(gradviz: Run) -> None:
    assert gradviz("eval", "--json", "--", "--x", "x=2").data["value"] == 2.0
    assert gradviz("eval", "--", "-" * 5000 + "x").code == 2


def test_mistyped_command_with_arguments_is_guessed(gradviz: Run) -> None:
    answer = gradviz("evl", "x^2", "x=2")
    assert answer.code == 2
    assert "did you mean gradviz eval?" in answer.error


def test_damaged_document_is_named(gradviz: Run, tmp_path: Path) -> None:
    (tmp_path / "a.gradviz").write_text('{"format": "gradviz", "version": 999}')
    answer = gradviz("render", "a.gradviz", "-o", "a.svg")
    assert answer.code == 2
    assert answer.error.startswith("a.gradviz: the file is of format version 999")


def test_wrong_formula_of_a_document_is_pointed_into(gradviz: Run, tmp_path: Path) -> None:
    (tmp_path / "a.gradviz").write_text('{"format": "gradviz", "version": 1, "formula": "x + * 2", "leaves": {}}')
    answer = gradviz("render", "a.gradviz", "-o", "a.svg")
    assert answer.code == 2
    assert answer.error.startswith("a.gradviz can't be run: expected an expression before `*`")
    assert answer.err.splitlines()[1:] == ["x + * 2", "    ^"]


def test_confusable_letter_is_told_with_the_error(gradviz: Run) -> None:
    answer = gradviz("eval", "х + x", "x=2")  # the first letter is Cyrillic
    assert answer.code == 2
    assert "(U+0445) looks like the Latin x" in answer.error


def test_message_about_a_huge_argument_stays_readable(gradviz: Run) -> None:
    answer = gradviz("examples", "x" * 5000)
    assert answer.code == 2
    assert len(answer.error) < 1100


def test_file_that_can_be_opened_and_not_read_is_named(gradviz: Run) -> None:
    if not Path("/proc/self/mem").exists():
        pytest.skip("only Linux has such a file")
    answer = gradviz("train", "x^2", "--data", "/proc/self/mem")
    assert answer.code == 2
    assert answer.error.startswith("mem can't be read")


def test_loss_that_is_never_finite_asks_for_other_values(gradviz: Run) -> None:
    answer = gradviz("train", "log(x)", "x=0")
    assert answer.code == 1
    assert "iteration 0: the loss is not finite; start from other values" in answer.err


@pytest.mark.skipif(os.name == "nt", reason="shells of Windows can't close a stream")
@pytest.mark.parametrize(("arguments", "closed", "code"), [("x^2 x=2", ">&-", 0), ("- x=2", "<&-", 2)])
def test_closed_stream_is_no_fault(arguments: str, closed: str, code: int) -> None:
    command = f'"{sys.executable}" -m gradviz eval {arguments} {closed}'
    finished = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert finished.returncode == code
    assert "fault" not in finished.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_full_disk_behind_the_output_is_named() -> None:
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(
            [*COMMAND, "eval", "x^2", "x=2"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert finished.returncode == 2
    assert finished.stderr == "gradviz: error: the answer can't be written: No space left on device\n"
