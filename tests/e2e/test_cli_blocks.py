"""`gradviz render` and notebooks draw what the window would: blocks folded, and a document's places and colours."""

from pathlib import Path

from e2e.conftest import Run
from gradviz import parse
from gradviz.export.notebook import show
from gradviz.export.theme import LIGHT, Token
from gradviz.layout.types import Direction, Point
from gradviz.project.files import save
from gradviz.project.placing_commands import paint, pin, set_direction, set_unfolded
from gradviz.project.project import Command, project_from_formula

NEURON = "neuron(w, x, b) = tanh(w x + b)\n(neuron(w, x, b) - y)^2"
VALUES = ("w=1", "x=2", "b=0.5", "y=1")


def drawn(gradviz: Run, *arguments: str) -> str:
    answer = gradviz("render", *arguments, "-o", "picture.svg")
    assert answer.code == 0, answer.err
    return Path("picture.svg").read_text("utf-8")


def document(*commands: Command) -> str:
    project = project_from_formula(NEURON)
    for command in commands:
        project = command(project)
    save(project, Path("work.gradviz"))
    return "work.gradviz"


def test_blocks_of_a_formula_are_folded_unless_they_are_to_be_seen(gradviz: Run) -> None:
    assert ">block · 3 ops<" in drawn(gradviz, NEURON, *VALUES)
    unfolded = drawn(gradviz, NEURON, *VALUES, "--unfold", "neuron")
    assert ">neuron</text>" in unfolded
    assert ">tanh · v₃<" in unfolded
    assert "block ·" not in unfolded


def test_an_unknown_function_to_unfold_is_refused(gradviz: Run) -> None:
    answer = gradviz("render", NEURON, *VALUES, "--unfold", "nerve", "-o", "a.svg")
    assert answer.code == 2
    assert answer.error == "there is no function nerve to unfold; the formula defines neuron"


def test_a_document_is_drawn_with_its_folding_colours_pins_and_direction(gradviz: Run) -> None:
    assert ">block · 3 ops<" in drawn(gradviz, document())
    graph = project_from_formula(NEURON).graph
    assert graph is not None
    block, leaf = graph.blocks[0], graph.leaves()["b"]
    file = document(
        set_unfolded(block.use, True), paint((leaf,), "green"), set_direction(Direction.TB),
        pin(leaf, Point(-700.0, 40.0)),
    )  # fmt: skip
    changed = drawn(gradviz, file)
    assert ">tanh · v₃<" in changed
    assert LIGHT[Token("green_card")] in changed
    left, _top, width, height = map(float, changed.split('viewBox="')[1].split('"')[0].split())
    assert left < -700  # the pin
    assert width > 700
    assert height > 600  # values flow downwards


def test_notebooks_fold_blocks_and_unfold_those_that_are_asked_for() -> None:
    graph = parse(NEURON)
    values = {"w": 1, "x": 2, "b": 0.5, "y": 1}
    assert "block · 3 ops" in show(graph)._repr_svg_()
    assert "block · 3 ops" in show(graph, values)._repr_svg_()
    assert "block ·" not in show(graph, values, unfold=("all",))._repr_svg_()
