"""Generated code is run, and its numbers are those of the recorded run."""

import ast
import json
import keyword
import os
import runpy
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradviz.core.graph import Graph, GraphBuilder
from gradviz.core.op import OPS, Example, Op, public_ops
from gradviz.core.record import record
from gradviz.core.types import Array
from gradviz.errors import GraphError, LimitError
from gradviz.lang.lower import read
from gradviz.text.code import DIALECTS, code
from gradviz.text.code.identifiers import Names, identifier

EXAMPLES = {f"{op.name}-{i}": (op, example) for op in public_ops() for i, example in enumerate(op.examples)}
"""Every op that people can use, with each of its examples."""

_KINKS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("relu", (0.0,), {}),
    ("abs", (0.0,), {}),
    ("leaky_relu", (0.0,), {}),
    ("elu", (0.0,), {}),
    ("hinge", (1.0,), {}),
    ("huber", (1.0,), {}),
    ("huber", (0.0,), {}),
    ("sign", (0.0,), {}),
    ("clip", ([-1.0, 1.0, 0.0, 3.0], -1.0, 1.0), {}),
    ("clip", (0.0, 2.0, 1.0), {}),
    ("maximum", (2.0, 2.0), {}),
    ("minimum", (2.0, 2.0), {}),
    ("max", ([1.0, 3.0, 3.0],), {}),
    ("min", ([[1.0, 1.0], [2.0, 1.0]],), {"axis": 1, "keepdims": True}),
    ("norm", ([0.0, 0.0],), {}),
    ("norm", ([[0.0, 3.0], [0.0, 4.0]],), {"axis": 0}),
    ("std", ([2.0, 2.0],), {}),
    ("prod", ([0.0, 0.0, 3.0],), {"keepdims": True}),
    ("pow", (3.0, 0.0), {}),
    ("pow", (0.0, 2.0), {}),
    ("sigmoid", ([-800.0, 800.0],), {}),
    ("softplus", ([-800.0, 30.0, 800.0],), {}),
    ("logsumexp", ([[1e3, 1.0]],), {"keepdims": True}),
    ("softmax", ([1e3, -1e3],), {}),
    ("max_pool1d", ([1.0, 1.0, 2.0, 3.0],), {}),
]
KINKS = {f"{name}-kink{i}": (OPS[name], Example(operands, attrs)) for i, (name, operands, attrs) in enumerate(_KINKS)}
"""Places where a convention decides the slope, or a careless formula overflows."""

PEERS = os.environ.get("GRADVIZ_PEERS", "")
"""The Python that has torch and jax."""


def _application(op: Op, example: Example) -> tuple[Graph, dict[str, Array]]:
    builder = GraphBuilder()
    names = [f"a{i}" for i in range(len(example.operands))]
    node = builder.apply(op, *[builder.leaf(name) for name in names], **dict(example.attrs))
    values = {name: np.asarray(value, dtype=np.float64) for name, value in zip(names, example.operands, strict=True)}
    return builder.graph(node), values


def _run(text: str, folder: Path) -> tuple[Any, dict[str, Any]]:
    path = folder / "written.py"
    path.write_text(text)
    found = runpy.run_path(str(path))
    return found["loss"](), found["gradient"]()


def _assert_same(text: str, graph: Graph, values: dict[str, Array], folder: Path) -> None:
    trace = record(graph, values)
    value, gradients = _run(text, folder)
    np.testing.assert_allclose(np.asarray(value), trace.value(graph.output), rtol=1e-10, atol=1e-12)
    assert len(gradients) == len(trace.gradients)
    for given, expected in zip(gradients.values(), trace.gradients.values(), strict=True):
        assert np.shape(given) == np.shape(expected)
        np.testing.assert_allclose(np.asarray(given), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("op", "example"), [*EXAMPLES.values(), *KINKS.values()], ids=[*EXAMPLES, *KINKS])
def test_numpy_code_of_every_op_gives_the_value_and_gradients_of_the_run(
    op: Op, example: Example, tmp_path: Path
) -> None:
    graph, values = _application(op, example)
    _assert_same(code(graph, values, "numpy"), graph, values, tmp_path)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_public_op_has_an_equivalent_in_every_dialect(dialect: str) -> None:
    assert {op.name for op in public_ops()} <= DIALECTS[dialect].table.keys()


def test_numpy_writes_every_op_that_a_derivative_is_made_of() -> None:
    assert OPS.keys() <= DIALECTS["numpy"].table.keys()


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("(y - (W x + b))^2", {"y": 3.0, "W": 2.0, "x": 1.0, "b": 0.5}),
        ("h = tanh(W x + b); sum((y - h)^2)", {"W": np.eye(2), "x": [1.0, -0.5], "b": [0.1, 0.2], "y": [1.0, 2.0]}),
        ("x^2 + x*x + sin(x)/x", {"x": 1.5}),
        ("-2^x - -x", {"x": 3.0}),
        ("(-x)^2 + (2-x)^-2", {"x": 3.0}),
        ("a - (b - c) / (a / b)", {"a": 1.5, "b": 2.0, "c": 0.25}),
        ("-log(softmax(z))[y]", {"z": [1.0, 2.0, -1.0], "y": 2.0}),
        ("W x", {"W": [[1.0, 2.0], [3.0, 4.0]], "x": [1.0, 2.0]}),
        ("sum(x[::-1] * [1, 2, 3])", {"x": [1.0, 2.0, 3.0]}),
        ("a + b", {"a": [[1.0, 2.0]], "b": [[1.0], [2.0]]}),
    ],
)
def test_numpy_code_of_a_formula_gives_the_value_and_gradients_of_the_run(
    text: str, given: dict[str, object], tmp_path: Path
) -> None:
    graph = read(text, tuple(given)).graph
    values = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
    _assert_same(code(graph, values, "numpy"), graph, values, tmp_path)


def test_the_gradient_reads_as_the_chain_rule_by_hand() -> None:
    graph = read("h = tanh(w x); h^2 + h y").graph
    values = {name: np.asarray(1.0) for name in "wxy"}
    text = code(graph, values, "numpy")
    assert "h = np.tanh(w * x)" in text
    assert "d_h = " in text
    assert "# backward" in text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_that_python_reserves_become_names_that_it_takes(dialect: str) -> None:
    builder = GraphBuilder()
    hostile = ["lambda", "θ", "theta", "x_1", "print", "np", "torch", "jnp", "loss", "v1", "__name__", "d_x", "x"]
    total = builder.literal(1.0)
    for name in hostile:
        total = builder.apply(OPS["add"], total, builder.apply(OPS["sin"], builder.leaf(name)))
    values = {name: np.asarray(float(i)) for i, name in enumerate(hostile)}
    tree = ast.parse(code(builder.graph(total), values, dialect))
    loss = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "loss")
    names = [argument.arg for argument in loss.args.args]
    assert len(set(names)) == len(hostile)
    assert not {"np", "torch", "jnp", "loss", "print", "__name__"} & set(names)
    assert not any(map(keyword.iskeyword, names))


def test_code_with_hostile_names_gives_the_gradients_of_the_run(tmp_path: Path) -> None:
    builder = GraphBuilder()
    total = builder.literal(1.0)
    hostile = ["lambda", "θ", "theta", "d_theta", "d_x", "x", "v1", "v2", "sigmoid", "gradient"]
    for name in hostile:
        leaf = builder.leaf(name)
        total = builder.apply(OPS["mul"], builder.apply(OPS["sigmoid"], leaf), builder.apply(OPS["add"], total, leaf))
    graph = builder.graph(total)
    values = {name: np.asarray(0.1 * i) for i, name in enumerate(hostile)}
    _assert_same(code(graph, values, "numpy"), graph, values, tmp_path)


@pytest.mark.parametrize("name", ['x"; import os', "a\nb", "'''", "\\", "{0}", "数", "", "1x"])
def test_whatever_a_name_holds_an_identifier_comes_out(name: str) -> None:
    assert identifier(name).isidentifier()
    assert identifier(name).isascii()


def test_a_name_is_given_out_once() -> None:
    names = Names()
    given = [names.fresh(wish) for wish in ("θ", "theta", "theta_", "theta", "v1")] + [names.numbered("v")]
    assert len(set(given)) == len(given)


def test_numbers_come_back_to_the_last_bit(tmp_path: Path) -> None:
    values = {"x": np.array([0.1, 1e-308, -0.0, np.inf, -np.inf, np.nan, 1 / 3])}
    value, _ = _run(code(read("x", ("x",)).graph, values, "numpy"), tmp_path)
    assert np.asarray(value).tobytes() == values["x"].tobytes()


def test_division_of_numbers_by_zero_is_an_infinity_as_in_the_run(tmp_path: Path) -> None:
    with np.errstate(all="ignore"):
        value, _ = _run(code(read("1 / x").graph, {"x": np.asarray(0.0)}, "numpy"), tmp_path)
    assert value == np.inf


def test_a_graph_of_a_hundred_thousand_nodes_is_written() -> None:
    builder = GraphBuilder()
    node = builder.leaf("x")
    for _ in range(100_000):
        node = builder.apply(OPS["sin"], node)
    assert code(builder.graph(node), {"x": np.asarray(1.0)}, "torch").count("sin") == 100_000


def test_a_leaf_without_a_value_is_named() -> None:
    with pytest.raises(GraphError, match="x has no value"):
        code(read("x^2").graph, {}, "numpy")


def test_an_op_without_an_equivalent_is_named() -> None:
    values = {"x": np.arange(3.0)}
    with pytest.raises(GraphError, match="index with a negative step has no equivalent in PyTorch"):
        code(read("sum(x[::-1])", ("x",)).graph, values, "torch")


def test_an_array_too_large_for_a_file_is_refused() -> None:
    with pytest.raises(LimitError, match="too large"):
        code(read("sum(x)", ("x",)).graph, {"x": np.arange(200_000.0)}, "numpy")


_RUNNER = """
import json, runpy, sys, pathlib
import numpy as np
answers = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    try:
        found = runpy.run_path(str(path))
        gradient = found["gradient"]()
        answers[path.stem] = [np.asarray(found["loss"]()).tolist(), [np.asarray(g).tolist() for g in gradient.values()]]
    except Exception as error:
        answers[path.stem] = repr(error)
print(json.dumps(answers))
"""


@pytest.mark.oracle
@pytest.mark.parametrize("dialect", ["torch", "jax"])
def test_the_other_dialects_give_the_value_and_gradients_of_the_run(dialect: str, tmp_path: Path) -> None:
    if not PEERS:
        pytest.skip("GRADVIZ_PEERS names no Python with torch and jax")
    cases = {name: _application(op, example) for name, (op, example) in {**EXAMPLES, **KINKS}.items()}
    for name, (graph, values) in cases.items():
        (tmp_path / f"{name}.py").write_text(code(graph, values, dialect))
    done = subprocess.run([PEERS, "-c", _RUNNER, str(tmp_path)], capture_output=True, text=True, check=True)
    wrong = {}
    for name, answer in json.loads(done.stdout).items():
        trace = record(*cases[name])
        expected = [np.asarray(trace.value(cases[name][0].output)), *trace.gradients.values()]
        try:
            for given, wanted in zip([answer[0], *answer[1]], expected, strict=True):
                np.testing.assert_allclose(given, wanted, rtol=1e-10, atol=1e-10)
        except (AssertionError, TypeError, ValueError) as error:
            wrong[name] = f"{answer} {error}"
    assert not wrong
