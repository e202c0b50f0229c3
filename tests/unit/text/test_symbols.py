"""Names of nodes, and how names are typeset."""

import pytest

import gradviz.core.ops  # noqa: F401  (fills the table)
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS
from gradviz.text import symbols


def test_leaves_keep_their_names_and_other_nodes_get_letters() -> None:
    build = GraphBuilder()
    difference = build.apply(OPS["sub"], build.leaf("y"), build.leaf("x"))
    square = build.apply(OPS["sq"], difference)
    graph = build.graph(build.apply(OPS["sq"], square))
    assert symbols.symbols(graph) == ("y", "x", "v1", "v2", "L")


def test_given_names_come_before_numbers() -> None:
    build = GraphBuilder()
    hidden = build.apply(OPS["tanh"], build.leaf("x"))
    graph = build.graph(build.apply(OPS["sq"], hidden), names={hidden: "h"})
    assert symbols.symbols(graph) == ("x", "h", "L")


def test_names_that_the_formula_uses_are_not_given_twice() -> None:
    build = GraphBuilder()
    total = build.apply(OPS["add"], build.leaf("L"), build.leaf("v1"))
    graph = build.graph(build.apply(OPS["sq"], build.apply(OPS["sq"], total)))
    assert symbols.symbols(graph) == ("L", "v1", "v2", "v3", "J")


def test_literal_is_called_by_its_number() -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["mul"], build.literal(-2), build.leaf("x")))
    assert symbols.symbols(graph) == ("−2", "x", "L")


@pytest.mark.parametrize(
    ("name", "plain", "latex"),
    [
        ("x", "x", "x"),
        ("v12", "v₁₂", "v_{12}"),
        ("w_0", "w₀", "w_{0}"),
        ("x₁", "x₁", "x_{1}"),
        ("theta", "θ", r"\theta"),
        ("sigma2", "σ₂", r"\sigma_{2}"),
        ("θ", "θ", r"\theta"),
        ("w_in", "w_in", r"w_{\mathrm{in}}"),
        ("loss", "loss", r"\mathrm{loss}"),
        ("my_long_name", "my_long_name", r"\text{my\_long\_name}"),
    ],
)
def test_names_are_typeset_as_in_a_book(name: str, plain: str, latex: str) -> None:
    assert symbols.display(name) == plain
    assert symbols.latex(name) == latex


def test_special_characters_of_a_name_are_escaped_in_latex() -> None:
    assert symbols.latex("a%b") == r"\text{a\%b}"
