"""`gradviz eval`: published numbers, the JSON that design.md §10 promises, and what goes wrong in one line."""

import pytest

from e2e.conftest import Run

PUBLISHED = [
    ("(x^2)^2", ["x=2"], 16, {"x": 32}),
    ("f=(x+y)z", ["x=-2", "y=5", "z=-4"], -12, {"x": -4, "y": -4, "z": 3}),
    (
        "1/(1+exp(-(w0 x0+w1 x1+w2)))",
        ["w0=2", "w1=-3", "w2=-3", "x0=-1", "x1=-2"],
        0.731058579,
        {"w0": -0.196612, "x0": 0.393224, "w1": -0.393224, "x1": -0.589836, "w2": 0.196612},
    ),
    ("2(xy+max(z,w))", ["x=3", "y=-4", "z=2", "w=-1"], -20, {"x": -8, "y": 6, "z": 2, "w": 0}),
    (
        "c=a+b; d=ab+b^3; c=c+c+1; c=c+1+c-a; d=d+2d+relu(b+a); d=d+3d+relu(b-a); e=c-d; f=e^2; g=f/2+10/f",
        ["a=-4", "b=2"],
        24.7041,
        {"a": 138.8338, "b": 645.5773},
    ),
    ("J=3(a+bc)", ["a=5", "b=3", "c=2"], 33, {"a": 3, "b": 6, "c": 9}),
    ("3a^3-b^2", ["a=[2,3]", "b=[6,4]"], [-12, 65], {"a": [36, 81], "b": [-12, -8]}),
]


@pytest.mark.parametrize(("formula", "values", "value", "gradients"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published_number_comes_out(
    gradviz: Run, formula: str, values: list[str], value: object, gradients: dict
) -> None:
    data = gradviz("eval", formula, *values, "--json").data
    assert data["value"] == pytest.approx(value, rel=1e-5)
    for name, gradient in gradients.items():
        assert data["gradients"][name] == pytest.approx(gradient, rel=2e-6, abs=1e-9), name


def test_json_has_the_promised_keys(gradviz: Run) -> None:
    data = gradviz("eval", "(x^2)^2", "x=2", "--json").data
    assert list(data) == ["formula", "functions", "value", "gradients", "nodes", "edges"]
    assert list(data["nodes"][0]) == ["id", "op", "name", "operands", "shape", "value", "adjoint"]
    assert list(data["edges"][0]) == ["from", "to", "operand", "value", "derivative"]


def test_nodes_and_edges_of_the_course_example(gradviz: Run) -> None:
    data = gradviz("eval", "(x^2)^2", "x=2", "--json").data
    leaf, inner, output = data["nodes"]
    assert leaf == {"id": 0, "op": "leaf", "name": "x", "operands": [], "shape": [], "value": 2, "adjoint": 32}
    assert (inner["op"], inner["operands"], inner["value"], inner["adjoint"]) == ("sq", [0], 4, 8)
    assert (output["value"], output["adjoint"], output["name"]) == (16, 1, None)
    assert data["edges"] == [
        {"from": 0, "to": 1, "operand": 0, "value": 2, "derivative": 32},
        {"from": 1, "to": 2, "operand": 0, "value": 4, "derivative": 8},
    ]


def test_square_as_product_has_two_edges_with_a_contribution_each(gradviz: Run) -> None:
    edges = gradviz("eval", "x*x", "x=3", "--json").data["edges"]
    assert [(edge["from"], edge["operand"], edge["derivative"]) for edge in edges] == [(0, 0, 3), (0, 1, 3)]


def test_number_in_the_formula_is_a_constant_without_derivative(gradviz: Run) -> None:
    data = gradviz("eval", "3x", "x=2", "--json").data
    constant = next(node for node in data["nodes"] if node["op"] == "constant")
    edge = next(edge for edge in data["edges"] if edge["from"] == constant["id"])
    assert (constant["name"], constant["value"], constant["adjoint"], edge["derivative"]) == (None, 3, None, None)


def test_named_inner_node_carries_its_name(gradviz: Run) -> None:
    nodes = gradviz("eval", "h = x^2; h^2", "x=2", "--json").data["nodes"]
    assert [node["name"] for node in nodes] == ["x", "h", None]


def test_wrt_chooses_the_gradients(gradviz: Run) -> None:
    data = gradviz("eval", "(y-(Wx+b))^2", "W=2", "x=3", "b=1", "y=1", "--wrt", "W,b", "--json").data
    assert data["gradients"] == {"W": 36, "b": 12}


def test_output_that_is_no_scalar_is_said_to_be_seeded_with_ones(gradviz: Run) -> None:
    assert gradviz("eval", "x^2", "x=[1,2]", "--json").data["seed"] == "ones"
    assert "ones" in gradviz("eval", "x^2", "x=[1,2]").out


def test_scalar_output_has_no_word_about_its_seed(gradviz: Run) -> None:
    assert "seed" not in gradviz("eval", "x^2", "x=1", "--json").data


def test_function_notation_is_printed(gradviz: Run) -> None:
    data = gradviz("eval", "(y-(Wx+b))^2", "W=2", "x=3", "b=1", "y=1", "--json").data
    assert data["functions"] == "sq(sub(y, add(matmul(W, x), b)))"


def test_formula_of_the_answer_gives_the_same_answer(gradviz: Run) -> None:
    values = ("W=[[1,2],[3,4]]", "x=[1,2]", "b=[0,1]")
    first = gradviz("eval", "sum((Wx+b)^2)", *values, "--json").data
    for key in ("formula", "functions"):
        assert gradviz("eval", first[key], *values, "--json").data["gradients"] == first["gradients"]


def test_non_finite_numbers_are_strings_in_json(gradviz: Run) -> None:
    assert gradviz("eval", "log(x)", "x=0", "--json").data["value"] == "-inf"
    assert gradviz("eval", "log(x)", "x=-1", "--json").data["value"] == "nan"
    assert gradviz("eval", "9^9^9^9", "--json").data["value"] == "inf"


def test_formula_comes_from_standard_input(gradviz: Run) -> None:
    answer = gradviz("eval", "-", "x=2", "--json", stdin="h = x²\nh²\n".encode())
    assert answer.data["value"] == 16


def test_formula_that_begins_with_a_minus_is_a_formula(gradviz: Run) -> None:
    assert gradviz("eval", "-x^2", "x=3", "--json").data["value"] == -9


def test_options_stand_anywhere_between_the_values(gradviz: Run) -> None:
    data = gradviz("eval", "x*y", "x=2", "--json", "y=3").data
    assert data["value"] == 6


def test_human_answer_shows_value_gradient_nodes_and_edges(gradviz: Run) -> None:
    answer = gradviz("eval", "(x^2)^2", "x=2")
    words = [line.split() for line in answer.out.splitlines()]
    assert answer.code == 0
    assert ["value", "16"] in words
    assert ["∂/∂x", "32"] in words
    assert ["v₁", "L", "0", "4", "8"] in words


def test_finding_is_told(gradviz: Run) -> None:
    assert "division by zero at L" in gradviz("eval", "1/x", "x=0").out


BAD = [
    (["(x^2"], "never closed"),
    ([""], ""),
    (["sofmax(x)", "x=[1,2]"], "softmax"),
    (["x^2"], "x has no value"),
    (["x^2", "y=3"], "no y"),
    (["x^2", "x=abc"], "x"),
    (["x^2", "x=[1,[2]]"], "x"),
    (["x^2", "x=1_000"], "x"),
    (["x^2", "2"], "2 is no value"),
    (["x^2", "x=1", "x=2"], "given twice"),
    (["x^2", "x=1", "--wrt", "z"], "no leaf z"),
    (["x^2", "x=1", "--wrt", ","], "--wrt"),
    (["x^2", "x=1", "--nonsense"], "--nonsense"),
    (["W x", "W=[[1,2],[3,4]]", "x=[1,2,3]"], "matmul"),
    (["__import__('os').system('x')"], ""),
    (["x.__class__"], ""),
    (["(" * 4000 + "1" + ")" * 4000], "nested"),
    (["x+" * 8000 + "x"], "10,000"),
    (["x = x + 1"], "itself"),
    ([], "EXPR"),
]


@pytest.mark.parametrize(("arguments", "word"), BAD, ids=[" ".join(row[0])[:40] for row in BAD])
def test_bad_input_is_one_error_line_and_exit_2(gradviz: Run, arguments: list[str], word: str) -> None:
    answer = gradviz("eval", *arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert word in answer.error
    assert len(answer.err.splitlines()) in (1, 3)  # with a caret under the place, or without


def test_error_in_a_formula_shows_the_place(gradviz: Run) -> None:
    assert gradviz("eval", "2 + sofmax(x)", "x=1").err.splitlines()[1:] == ["2 + sofmax(x)", "    ^^^^^^"]


def test_operands_that_do_not_fit_are_shown_in_the_formula(gradviz: Run) -> None:
    _, formula, marks = gradviz("eval", "1 + W x", "W=[[1,2],[3,4]]", "x=[1,2,3]").err.splitlines()
    assert (formula, marks) == ("1 + W x", "    ^^^")


def test_control_characters_of_the_input_do_not_reach_the_terminal(gradviz: Run) -> None:
    answer = gradviz("eval", "x\x1b[31m + \x07", "x=1")
    assert answer.code == 2
    assert "\x1b" not in answer.err
    assert "\x07" not in answer.err


def test_standard_input_that_is_no_text_is_refused(gradviz: Run) -> None:
    answer = gradviz("eval", "-", stdin=b"\xff\xfe\x00")
    assert answer.code == 2
    assert "UTF-8" in answer.error
