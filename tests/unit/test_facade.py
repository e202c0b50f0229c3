"""What `import gradviz` offers to Python, as design.md §10 promises."""

from pathlib import Path

import pytest

import gradviz


def test_course_example_by_its_python_names() -> None:
    graph = gradviz.parse("(x^2)^2")
    trace = gradviz.record(graph, {"x": 2})
    assert (trace.value(graph.output), trace.adjoint("x"), trace.gradients) == (16, 32, {"x": 32})


def test_compiled_function_gives_value_and_gradients() -> None:
    function = gradviz.compile(gradviz.parse("(y-(Wx+b))^2"), wrt=["W", "b"], y=1.0, W=2.0, x=3.0, b=1.0)
    value, gradients = function({"y": 1.0, "W": 2.0, "x": 3.0, "b": 1.0})
    assert (value, gradients) == (36, {"W": 36, "b": 12})


def test_descent_finds_the_minimum() -> None:
    run = gradviz.descend(gradviz.parse("(x-3)^2"), {"x": 0.0}, rate=0.25, steps=60)
    assert run.parameters["x"] == pytest.approx(3)


def test_declared_names_are_read_as_one() -> None:
    assert set(gradviz.parse("rate xs", rate=None, xs=None).leaves()) == {"rate", "xs"}


def test_declared_values_are_what_a_run_uses() -> None:
    graph = gradviz.parse("W x", W=[1, 2], x=[3, 4])
    assert gradviz.record(graph).result == 11
    assert gradviz.record(graph, {"x": [1, 1]}).result == 3


def test_error_in_a_formula_is_one_of_ours() -> None:
    with pytest.raises(gradviz.GradvizError, match="column"):
        gradviz.parse("2 + sofmax(x)")


def test_graph_and_run_draw_themselves_in_notebooks() -> None:
    graph = gradviz.parse("(x^2)^2")
    structure, run = graph._repr_svg_(), gradviz.record(graph, {"x": 2})._repr_svg_()
    assert structure.startswith("<svg")
    assert ">32<" in run
    assert ">32<" not in structure


def test_shown_graph_can_be_saved(tmp_path: Path) -> None:
    gradviz.show(gradviz.parse("x^2"), {"x": 3}, theme="dark").save(tmp_path / "graph.svg")
    assert ">9<" in (tmp_path / "graph.svg").read_text("utf-8")


def test_shown_graph_is_not_saved_in_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(gradviz.GradvizError, match="xyz"):
        gradviz.show(gradviz.parse("x^2"), {"x": 3}).save(tmp_path / "graph.xyz")


def test_greek_names_can_be_given_as_they_are_typed() -> None:
    graph = gradviz.parse("θ^2", θ=3)
    assert gradviz.record(graph).gradients == {"theta": 6}


@pytest.mark.parametrize(
    "value", [None, "2", [1, None], [1, [2]], 1j, pytest.param(10**400, id="10^400"), object(), {"a": 1}]
)
def test_value_that_holds_no_numbers_is_refused_with_its_name(value: object) -> None:
    with pytest.raises(gradviz.GradvizError, match=r"x is given .*; a value is a number or an array of numbers"):
        gradviz.record(gradviz.parse("x^2"), {"x": value})


def test_whole_numbers_beyond_64_bits_are_numbers() -> None:
    assert gradviz.record(gradviz.parse("2x"), {"x": 10**30}).result == 2e30


@pytest.mark.parametrize("node", [99, -1])
def test_node_that_is_not_there_is_named(node: int) -> None:
    trace = gradviz.record(gradviz.parse("x^2"), {"x": 2})
    with pytest.raises(gradviz.GradvizError, match=f"the graph has no node {node}; they go from 0 to 1"):
        trace.value(node)  # type: ignore[arg-type]  # a person's number
