"""`gradviz report`: pages to hand in and to walk through, and what can't be written."""

import json
from pathlib import Path

import pytest

from e2e.conftest import Run

PAGE = "<!DOCTYPE html>"


def test_a_formula_becomes_a_page(gradviz: Run) -> None:
    answer = gradviz("report", "(x^2)^2", "x=2", "-o", "run.html")
    assert answer.code == 0
    assert "kB" in answer.err
    written = Path("run.html").read_text(encoding="utf-8")
    assert written.startswith(PAGE)
    assert '<span class="derivative">32</span>' in written


def test_a_document_becomes_a_page_with_its_notes_and_its_training(gradviz: Run) -> None:
    Path("a.gradviz").write_text(gradviz("examples", "least-squares").out, encoding="utf-8")
    assert gradviz("report", "a.gradviz", "-o", "a.html", "--title", "Homework <1>").code == 0
    assert "<h1>Homework &lt;1&gt;</h1>" in Path("a.html").read_text(encoding="utf-8")


def test_a_document_without_a_title_is_called_as_its_file(gradviz: Run) -> None:
    document = json.loads(gradviz("examples", "neuron").out)
    for title, wanted in (("", "homework"), ("One neuron", "One neuron")):
        Path("homework.gradviz").write_text(json.dumps(document | {"title": title}), encoding="utf-8")
        gradviz("report", "homework.gradviz", "-o", "a.html")
        assert f"<h1>{wanted}</h1>" in Path("a.html").read_text(encoding="utf-8")


def test_a_replay_has_its_steps(gradviz: Run) -> None:
    assert gradviz("report", "(x^2)^2", "x=2", "--replay", "-o", "run.html").code == 0
    written = Path("run.html").read_text(encoding="utf-8")
    assert written.count('"phase":"forward"') == 3
    assert written.count('"phase":"backward"') == 2


def test_a_formula_without_values_is_reported_without_numbers(gradviz: Run) -> None:
    assert gradviz("report", "(y-(Wx+b))^2", "-o", "graph.html").code == 0
    assert "nothing was computed" in Path("graph.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["x^2", "x=2", "-o", "run.pdf"], ".html"),
        (["x^2", "x=2", "-o", "nowhere/run.html"], "nowhere"),
        (["x^2", "--replay", "-o", "run.html"], "values"),
        (["missing.gradviz", "-o", "run.html"], "missing.gradviz"),
        (["x^", "-o", "run.html"], "x^"),
    ],
)
def test_what_can_not_be_reported_is_said_in_one_line(gradviz: Run, arguments: list[str], word: str) -> None:
    answer = gradviz("report", *arguments)
    assert answer.code == 2
    assert word in answer.err
    assert not Path("run.html").exists()
