"""What a student reads at each step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import gradviz.core.ops  # noqa: F401  (fills the table)
from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Role
from gradviz.text.equation import PartKind
from gradviz.text.explain import Explanation, UpdateRule, explain, explain_all


def nested_square() -> Graph:
    build = GraphBuilder()
    return build.graph(build.apply(OPS["sq"], build.apply(OPS["sq"], build.leaf("x"))))


def squared_error() -> Graph:
    build = GraphBuilder()
    product = build.apply(OPS["matmul"], build.leaf("W"), build.leaf("x"))
    model = build.apply(OPS["add"], product, build.leaf("b"))
    return build.graph(build.apply(OPS["sq"], build.apply(OPS["sub"], build.leaf("y"), model)))


def titled(trace: Trace, title: str, **settings: Any) -> Explanation:
    return next(e for e in explain_all(trace, **settings) if e.title == title)


def lines(explanation: Explanation) -> list[str]:
    return [line.plain for line in explanation.equations]


def of(graph: Graph, values: Mapping[str, Any], title: str) -> Explanation:
    return titled(record(graph, values), title)


def test_evaluation_shows_formula_numbers_and_value() -> None:
    assert lines(of(nested_square(), {"x": 2}, "Evaluate v₁")) == ["v₁ = x² = 2² = 4"]


def test_negative_number_stands_in_brackets_under_a_power() -> None:
    assert lines(of(nested_square(), {"x": -2}, "Evaluate v₁")) == ["v₁ = x² = (−2)² = 4"]


def test_leaf_is_introduced_with_its_role() -> None:
    trace = record(nested_square(), {"x": 2})
    assert titled(trace, "Read x", roles={"x": Role.PARAMETER}).sentence == "The parameter x has the value 2."


def test_seed_is_one() -> None:
    seed = of(nested_square(), {"x": 2}, "Seed L")
    assert lines(seed) == ["∂L/∂L = 1"]
    assert seed.sentence.startswith("The seed:")


def test_contribution_is_upstream_times_local_derivative() -> None:
    assert lines(of(nested_square(), {"x": 2}, "Back from v₁ to x")) == [
        "∂L/∂x = ∂L/∂v₁ · ∂v₁/∂x",
        "= 8 · 2x = 8 · 4 = 32",
    ]


def test_subtrahend_gets_its_sign() -> None:
    explanation = of(squared_error(), {"W": 2, "x": 3, "b": 1, "y": 1}, "Back from v₃ to v₂")
    assert "with the sign of a subtrahend" in explanation.sentence
    assert lines(explanation)[1] == "= −12 · (−1) = 12"


def test_summand_passes_its_adjoint_unchanged() -> None:
    explanation = of(squared_error(), {"W": 2, "x": 3, "b": 1, "y": 1}, "Back from v₂ to b")
    assert "unchanged" in explanation.sentence


def test_colours_tell_values_from_derivatives() -> None:
    line = of(nested_square(), {"x": 2}, "Back from v₁ to x").equations[1]
    kinds = {part.text: part.kind for part in line.parts}
    assert kinds["8"] is PartKind.DERIVATIVE
    assert kinds["4"] is PartKind.VALUE
    assert kinds["32"] is PartKind.DERIVATIVE


def test_latex_of_a_contribution_has_fractions() -> None:
    line = of(nested_square(), {"x": 2}, "Back from v₁ to x").equations[0]
    assert line.latex.startswith(r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial v_{1}} \cdot")


def test_fan_out_shows_the_running_sum() -> None:
    build = GraphBuilder()
    x = build.leaf("x")
    graph = build.graph(
        build.apply(OPS["add"], build.apply(OPS["sq"], x), build.apply(OPS["mul"], build.literal(3), x))
    )
    trace = record(graph, {"x": 2})  # x² + 3x: 2x + 3 = 7
    assert lines(titled(trace, "Back from v₂ to x"))[-1] == "∂L/∂x = 3 so far (1 of 2 contributions)"
    assert lines(titled(trace, "Back from v₁ to x"))[-1] == "∂L/∂x = 3 + 4 = 7 (2 of 2 contributions)"


def test_two_slots_of_one_op_are_told_apart() -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["mul"], build.leaf("x"), build.leaf("x")))
    firsts = [lines(e)[0] for e in explain_all(record(graph, {"x": 3})) if e.title == "Back from L to x"]
    assert firsts == [
        "∂L/∂x via L, operand 1 = ∂L/∂L · ∂L/∂(operand 1)",
        "∂L/∂x via L, operand 2 = ∂L/∂L · ∂L/∂(operand 2)",
    ]


def test_zero_local_derivative_is_said() -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["relu"], build.leaf("x")))
    assert "sends nothing back to x" in of(graph, {"x": -1}, "Back from L to x").sentence


def test_power_rule_is_written_without_the_guard_at_zero() -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["pow"], build.leaf("x"), build.literal(3)))
    assert "∂L/∂x = 3x²" in of(graph, {"x": 2}, "Back from L to x").sentence


def test_broadcast_operand_says_which_axis_is_summed_and_why() -> None:
    build = GraphBuilder()
    graph = build.graph(build.apply(OPS["add"], build.leaf("a"), build.leaf("b")))
    explanation = of(graph, {"a": np.ones((100, 3)), "b": np.zeros(3)}, "Back from L to b")
    assert "b, of shape (3,), was broadcast to (100, 3): it was used 100 times" in explanation.sentence
    assert lines(explanation)[-1] == "shapes (100, 3) ⊙ scalar → (100, 3), summed over axis 0 → (3,)"
    assert lines(explanation)[0].endswith("= [100, 100, 100]")


def test_output_sends_the_seed_on_without_going_round_in_a_circle() -> None:
    build = GraphBuilder()
    inner = build.apply(OPS["sq"], build.leaf("x"))
    graph = build.graph(build.apply(OPS["sq"], inner))
    assert lines(of(graph, {"x": 2}, "Back from L to v₁")) == ["∂L/∂v₁ = 1 · 2v₁ = 1 · 8 = 8"]
    assert lines(of(graph, {"x": 2}, "Back from v₁ to x"))[0] == "∂L/∂x = ∂L/∂v₁ · ∂v₁/∂x"


def test_matrix_product_shows_the_transpose_and_its_shapes() -> None:
    explanation = of(squared_error(), {"W": np.ones((3, 2)), "x": [1, 2], "b": 0, "y": 0}, "Back from v₁ to x")
    assert "Wᵀ" in lines(explanation)[0]
    assert lines(explanation)[-1] == "shapes (3, 2)ᵀ·(3,) → (2,)"


def test_update_goes_against_the_gradient() -> None:
    trace = record(squared_error(), {"W": 2, "x": 3, "b": 1, "y": 1}).with_updates({"W": 2 - 0.1 * 36})
    explanation = titled(trace, "Update W", rule=UpdateRule(0.1))
    assert lines(explanation) == ["W ← W − ε · ∂L/∂W", "= 2 − 0.1 · 36 = −1.6"]


def test_update_shows_the_gradient_that_was_used() -> None:
    trace = record(squared_error(), {"W": 2, "x": 3, "b": 1, "y": 1}).with_updates({"W": 3.0})
    explanation = titled(trace, "Update W", rule=UpdateRule(0.1, gradients={"W": np.array(-10.0)}, samples=100))
    assert lines(explanation)[1] == "= 2 − 0.1 · (−10) = 3"
    assert "100 samples" in explanation.sentence


def test_update_of_another_optimizer_names_it_and_shows_the_change() -> None:
    trace = record(nested_square(), {"x": 2}).with_updates({"x": 1.9})
    explanation = titled(trace, "Update x", rule=UpdateRule(0.1, "Adam"))
    assert "Adam" in explanation.sentence
    assert lines(explanation) == ["x ← x + Δx = 2 + (−0.1) = 1.9"]


def test_failure_gives_the_reason_and_the_shapes() -> None:
    explanation = of(squared_error(), {"W": np.ones((3, 2)), "x": [1, 2, 3], "b": 0, "y": 0}, "v₁ failed")
    assert "(3, 2) and (3,) don't fit" in explanation.sentence
    assert "transpose" in explanation.sentence
    assert "W is of shape (3, 2)" in explanation.note


def test_overflow_is_said_where_it_happens() -> None:
    build = GraphBuilder()
    explanation = of(build.graph(build.apply(OPS["exp"], build.leaf("x"))), {"x": 1000}, "Evaluate L")
    assert "overflow" in explanation.sentence
    assert lines(explanation)[0].endswith("= ∞")


def test_output_that_is_no_scalar_is_seeded_with_ones() -> None:
    seed = of(nested_square(), {"x": [1, 2]}, "Seed L")
    assert "sum of its elements" in seed.sentence


def test_explanation_reads_as_one_line_of_text() -> None:
    trace = record(nested_square(), {"x": 2})
    last = explain(trace, len(trace.steps) - 1)
    assert last.text.endswith("∂L/∂x = ∂L/∂v₁ · ∂v₁/∂x = 8 · 2x = 8 · 4 = 32")
    assert "\n" not in last.text


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.is_public], ids=lambda op: op.name)
def test_every_step_of_every_op_can_be_explained(op: Any) -> None:
    for example in op.examples:
        build = GraphBuilder()
        leaves = [build.leaf(f"x{i}") for i in range(len(example.operands))]
        graph = build.graph(build.apply(op, *leaves, **example.attrs))
        trace = record(graph, {f"x{i}": value for i, value in enumerate(example.operands)})
        assert trace.failure is None
        for explanation in explain_all(trace):
            assert explanation.sentence.endswith((".", "!", "?")), explanation
            assert explanation.equations
