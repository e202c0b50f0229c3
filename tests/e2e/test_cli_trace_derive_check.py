"""`gradviz trace`, `derive` and `check`: steps, the chain rule, and the gradient against differences."""

import pytest

from e2e.conftest import Run

LOSS = "(y-(Wx+b))^2"
VALUES = ("W=2", "x=3", "b=1", "y=1")


def test_trace_has_the_promised_keys(gradviz: Run) -> None:
    steps = gradviz("trace", "(x^2)^2", "x=2", "--json").data["steps"]
    assert list(steps[0]) == ["index", "kind", "node", "operand", "value", "text"]
    assert [step["index"] for step in steps] == list(range(len(steps)))


def test_trace_goes_forward_is_seeded_and_comes_back(gradviz: Run) -> None:
    steps = gradviz("trace", "(x^2)^2", "x=2", "--json").data["steps"]
    assert [(step["kind"], step["node"], step["operand"], step["value"]) for step in steps] == [
        ("evaluate", 0, None, 2),
        ("evaluate", 1, None, 4),
        ("evaluate", 2, None, 16),
        ("seed", 2, None, 1),
        ("contribute", 2, 0, 8),
        ("contribute", 1, 0, 32),
    ]


def test_trace_says_why_a_number_is_32(gradviz: Run) -> None:
    last = gradviz("trace", "(x^2)^2", "x=2", "--json").data["steps"][-1]
    assert "8 · 2x = 8 · 4 = 32" in last["text"]
    assert "8 · 2x = 8 · 4 = 32" in gradviz("trace", "(x^2)^2", "x=2").out


def test_failing_run_shows_its_steps_and_ends_with_the_reason(gradviz: Run) -> None:
    answer = gradviz("trace", "W x + 1", "W=[[1,2],[3,4]]", "x=[1,2,3]", "--json")
    assert [step["kind"] for step in answer.data["steps"]] == ["evaluate", "evaluate", "fail"]
    assert answer.code == 2
    assert "matmul" in answer.error


def test_derive_unrolls_the_chain_rule_one_factor_a_line(gradviz: Run) -> None:
    lines = gradviz("derive", LOSS, "--wrt", "W", "--json").data["lines"]
    assert lines[:6] == [
        "∂/∂W sq(sub(y, add(matmul(W, x), b)))",
        "= sq′(sub(y, add(matmul(W, x), b))) · ∂/∂W sub(y, add(matmul(W, x), b))",
        "= sq′(…) · sub′(y, add(matmul(W, x), b)) · ∂/∂W add(matmul(W, x), b)",
        "= sq′(…) · sub′(…) · add′(matmul(W, x), b) · ∂/∂W matmul(W, x)",
        "= sq′(…) · sub′(…) · add′(…) · matmul′(W, x)",
        "= sq′ · sub′ · add′ · matmul′",
    ]


def test_derivative_by_symbols_is_the_number_of_back_propagation(gradviz: Run) -> None:
    data = gradviz("derive", "(x^2)^2", "--wrt", "x", "x=2", "--json").data
    assert list(data)[:4] == ["lines", "closed_form", "latex", "value"]
    assert data["closed_form"] == "4x³"
    assert data["latex"] == "4 x^{3}"
    assert data["value"] == 32


def test_derivative_without_values_has_no_value(gradviz: Run) -> None:
    assert gradviz("derive", "(x^2)^2", "--wrt", "x", "--json").data["value"] is None


def test_derive_needs_a_leaf_that_there_is(gradviz: Run) -> None:
    answer = gradviz("derive", "x^2", "--wrt", "z")
    assert answer.code == 2
    assert "no leaf z" in answer.error


def test_derive_goes_by_an_inner_node_of_that_name_too(gradviz: Run) -> None:
    data = gradviz("derive", "h = a b; h^2 + 3 h", "a=2", "b=1", "--wrt", "h", "--json").data
    assert data["value"] == 7
    assert data["closed_form"] == "2h + 3"


def test_derive_gives_each_line_with_its_edges_and_three_answers(gradviz: Run) -> None:
    data = gradviz("derive", "(x^2)^2", "--wrt", "x", "x=2", "--json").data
    assert [step["text"] for step in data["steps"]][: len(data["lines"])] == data["lines"]
    assert data["steps"][1]["edges"] == [{"from": 1, "to": 2, "operand": 0}]
    ways = [answer["way"] for answer in data["answers"]]
    assert ways == ["back-propagation", "differences", "derivative as a graph", "closed form"]
    assert all(answer["value"] == pytest.approx(32) for answer in data["answers"])


def test_check_passes_for_a_right_gradient(gradviz: Run) -> None:
    answer = gradviz("check", LOSS, *VALUES, "--json")
    leaf = answer.data["leaves"]["W"]
    assert (answer.code, answer.data["passed"]) == (0, True)
    assert list(leaf) == ["backward", "numeric", "relative_error", "verdict"]
    assert leaf["backward"] == 36
    assert leaf["numeric"] == pytest.approx(36, rel=1e-6)
    assert leaf["relative_error"] < 1e-6


def test_check_fails_with_exit_1_where_the_gradient_is_not_finite(gradviz: Run) -> None:
    answer = gradviz("check", "sqrt(x)", "x=0", "--json")
    assert (answer.code, answer.data["passed"]) == (1, False)
    assert answer.data["leaves"]["x"]["backward"] == "inf"


def test_check_tells_people_each_leaf(gradviz: Run) -> None:
    out = gradviz("check", LOSS, *VALUES).out
    assert out.splitlines()[-1] == "passed"
    assert [line.split()[0] for line in out.splitlines()[1:5]] == ["y", "W", "x", "b"]


def test_check_says_that_a_kink_is_one(gradviz: Run) -> None:
    answer = gradviz("check", "relu(x)", "x=0", "--json")
    assert answer.code == 0
    assert answer.data["leaves"]["x"]["verdict"] == (
        "a kink: the slope is 0 on one side and 1 on the other (relu: The slope at 0 is taken as 0.)"
    )


def test_check_shows_the_symbolic_derivative_beside_the_other_two(gradviz: Run) -> None:
    header, row, _ = gradviz("check", "x^4", "x=2").out.splitlines()
    assert header.split()[:4] == ["leaf", "backward", "numeric", "symbolic"]
    assert row.split()[:4] == ["x", "32", "32", "32"]


def test_check_goes_through_all_nodes_and_rules(gradviz: Run) -> None:
    found = gradviz("check", "(x^2)^2", "x=2", "--nodes", "--json").data
    assert [(node["id"], node["op"], node["backward"]) for node in found["nodes"]] == [(1, "sq", 8), (2, "sq", 1)]
    assert [(rule["node"], rule["op"], rule["backward"]) for rule in found["rules"]] == [(2, "sq", 8), (1, "sq", 32)]
    assert {entry["verdict"] for entry in found["nodes"] + found["rules"]} == {"right"}
    assert "rule of" in gradviz("check", "(x^2)^2", "x=2", "--nodes").out


def test_check_with_data_compares_the_sum_of_the_gradients_with_the_gradient_of_the_sum(
    gradviz: Run, line_csv: str
) -> None:
    # u = −1, 0, 1, 2 and v = 2u + 1 at W = b = 0: ∂W = −2 Σ v u = −2 (1 + 0 + 3 + 10), ∂b = −2 Σ v = −16
    arguments = ("check", "(v-(Wu+b))^2", "W=0", "b=0", "--data", line_csv)
    found = gradviz(*arguments, "--json").data
    assert found["passed"]
    assert found["leaves"]["W"]["backward"] == pytest.approx(-28)
    assert found["leaves"]["W"]["numeric"] == pytest.approx(-28)
    samples = found["samples"]
    assert (samples["count"], samples["agree"]) == (4, True)
    assert samples["leaves"]["b"] == {"sum": -16, "batch": -16, "relative_error": 0}
    assert "the sum of the gradients of 4 samples is the gradient of their sum" in gradviz(*arguments).out


def test_class_numbers_don_t_fail_the_check(gradviz: Run) -> None:
    assert gradviz("check", "nll(z, y)", "z=[1,2]", "y=1").code == 0
