"""`gradviz sweep` and `examples`: many runs at once, and documents on standard output."""

import sys
from pathlib import Path

import pytest

from e2e.conftest import Run

KEYS = ["square", "squared-error", "least-squares", "softmax-iris", "rate-too-small", "rate-good", "rate-too-large"]


def test_sweep_runs_every_combination_and_names_the_best(gradviz: Run) -> None:
    given = ("x^2", "x=10", "--rates", ".05,.2", "--optimizers", "sgd,adam", "--seeds", "0..2", "--steps", "10")
    answer = gradviz("sweep", *given, "--json")
    runs = answer.data["runs"]
    assert answer.code == 0
    assert len({(run["rate"], run["optimizer"], run["seed"]) for run in runs}) == 12
    assert answer.data["best"]["parameters"]["x"] == pytest.approx(0.060466, rel=1e-5)


def test_sweep_is_the_run_that_train_does(gradviz: Run) -> None:
    given = ("(y-(Wx+b))^2", "--data", "line", "--steps", "7", "--batch", "8", "--json")
    trained = gradviz("train", *given, "--rate", ".05", "--optimizer", "adam", "--seed", "4").data
    swept = gradviz("sweep", *given, "--rates", ".05", "--optimizers", "adam", "--seeds", "4").data["best"]
    assert (swept["parameters"], swept["loss"]) == (trained["parameters"], trained["loss"])


def test_sweep_that_diverges_everywhere_is_exit_1(gradviz: Run) -> None:
    answer = gradviz("sweep", "x^4", "x=10", "--rates", "1,2", "--steps", "50", "--json")
    assert (answer.code, answer.data["best"]) == (1, None)


def test_sweep_shows_the_best_first(gradviz: Run) -> None:
    out = gradviz("sweep", "x^2", "x=10", "--rates", "1.1,.2", "--steps", "10").out
    assert [line.split()[0] for line in out.splitlines()] == ["rate", "0.2", "1.1"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--rates", "a"], "--rates"),
        (["--seeds", "1..b"], "--seeds"),
        (["--optimizers", "adm"], "adam"),
        (["--seeds", "0..20000"], "10,000"),
    ],
)
def test_bad_grid_is_one_line(gradviz: Run, arguments: list[str], word: str) -> None:
    answer = gradviz("sweep", "x^2", "x=10", *arguments)
    assert answer.code == 2
    assert word in answer.error


def test_cluster_without_dask_says_what_to_install(gradviz: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    answer = gradviz("sweep", "x^2", "x=10", "--scheduler", "tcp://127.0.0.1:1")
    assert answer.code == 2
    assert "gradviz[cluster]" in answer.error


def test_sweep_goes_over_initialisers_too(gradviz: Run) -> None:
    data = gradviz(
        "sweep", "(y-(Wx+b))^2", "--data", "line", "--initialisers", "xavier,zeros", "--curves", "--json"
    ).data
    assert [run["initialiser"] for run in data["runs"]] == ["glorot", "zeros"]
    assert data["runs"][0]["history"]["loss"][-1] == pytest.approx(data["runs"][0]["loss"])


def test_seeds_draw_the_start_of_a_document_anew(gradviz: Run, tmp_path: Path) -> None:
    (tmp_path / "xor.gradviz").write_text(gradviz("examples", "xor").out)
    runs = gradviz("sweep", "xor.gradviz", "--seeds", "0..2", "--steps", "5", "--json").data["runs"]
    assert len({run["loss"] for run in runs}) == 3
    fixed = gradviz("sweep", "xor.gradviz", "--rates", "0.1", "--steps", "5", "--json").data["runs"][0]
    assert fixed["loss"] == gradviz("train", "xor.gradviz", "--steps", "5", "--json").data["loss"]


def test_examples_of_the_lecture_are_listed(gradviz: Run) -> None:
    listed = [line.split()[0] for line in gradviz("examples").out.splitlines()]
    assert set(KEYS) <= set(listed)


@pytest.mark.parametrize("key", KEYS)
def test_example_is_a_document_that_other_commands_take(gradviz: Run, key: str) -> None:
    Path("example.gradviz").write_text(gradviz("examples", key).out, "utf-8")
    assert gradviz("render", "example.gradviz", "-o", "example.svg").code == 0
    assert gradviz("train", "example.gradviz", "--steps", "2", "--json").data["iterations"] == 2


def test_example_of_the_rate_lab_is_that_of_the_textbook(gradviz: Run) -> None:
    Path("example.gradviz").write_text(gradviz("examples", "rate-too-large").out, "utf-8")
    assert gradviz("train", "example.gradviz", "--json").data["parameters"]["x"] == pytest.approx(61.917364)


def test_unknown_example_is_guessed(gradviz: Run) -> None:
    answer = gradviz("examples", "squar")
    assert answer.code == 2
    assert "square" in answer.error


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"\xff\x00", b'{"format": "gradviz", "version": 999}'])
def test_file_that_is_no_document_is_one_line(gradviz: Run, content: bytes) -> None:
    Path("bad.gradviz").write_bytes(content)
    answer = gradviz("train", "bad.gradviz")
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 1
