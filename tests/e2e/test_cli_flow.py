"""`gradviz flow`: where the gradient goes, on the command line."""

import json

import pytest

from gradviz.cli import main


def test_the_gradient_is_the_sum_of_its_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flow", "h = a b\nh^2 + 3h", "a=2", "b=1", "--to", "b", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    paths = found["paths"]
    assert (paths["count"], paths["sum"], paths["rest"]) == (2, 14.0, 0.0)
    assert [path["product"] for path in paths["listed"]] == [8.0, 6.0]
    assert [path["factors"] for path in paths["listed"]] == [[1.0, 4.0, 2.0], [1.0, 3.0, 2.0]]
    assert found["nodes"][0]["name"] == "b"


def test_what_is_not_listed_comes_as_one_sum(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["v0 = x + 0", *(f"v{i + 1} = 0.5 v{i} + 0.25 v{i}" for i in range(30)), "v30 + 0"]
    assert main(["flow", "\n".join(lines), "x=1", "--paths", "3", "--json"]) == 0
    paths = json.loads(capsys.readouterr().out)["paths"]
    assert paths["count"] == 2**30
    assert len(paths["listed"]) == 3
    assert paths["sum"] == pytest.approx(0.75**30, rel=1e-12)


def test_the_lecture_example_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flow", "(x^2)^2", "x=2"]) == 0
    text = capsys.readouterr().out
    assert "∂L/∂x = 32, the sum over 1 path" in text
    assert "8 · 4" in text


@pytest.mark.parametrize("argv", [["x^2", "x=1", "--to", "z"], ["x^2", "x=1", "--paths", "0"], ["x - ?", "x=1"]])
def test_what_can_not_be_is_refused_in_one_line(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    assert main(["flow", *argv]) == 2
    assert capsys.readouterr().err.startswith("gradviz: error:")
