"""Our time by that of others, measured in one run: `pytest -m slow tests/benchmarks -s` prints the table.

Nothing fails by a clock: the default run checks that our descents compute what the hand-written ones do, the slow one
prints. With PyTorch and JAX installed, they take part: `pytest -m oracle tests/benchmarks` checks them too.
"""

from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks import by_hand, formulas
from benchmarks.contests import ours, peers
from gradviz.core.compile import compile

DESCENTS = ["square_of_square", "least_squares", "softmax_regression", "network"]
ITERATIONS = 3


def assert_same_parameters(found: dict[str, object], expected: dict[str, object]) -> None:
    assert found.keys() == expected.keys()
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("program", [*DESCENTS, "least_squares_in_blas"])
def test_a_descent_by_hand_reaches_the_same_parameters(program: str) -> None:
    problem = getattr(formulas, program.removesuffix("_in_blas"))()
    assert_same_parameters(ours(problem, ITERATIONS)[1], getattr(by_hand, program)(problem, ITERATIONS)[1])


@pytest.mark.oracle
@pytest.mark.parametrize("name", DESCENTS)
def test_a_descent_of_another_program_reaches_the_same_parameters(name: str) -> None:
    if not peers():
        pytest.skip("neither PyTorch nor JAX is installed")
    problem = getattr(formulas, name)()
    for module in peers().values():
        assert_same_parameters(ours(problem, ITERATIONS)[1], module.descent(name, problem, ITERATIONS)[1])


@pytest.mark.oracle
@pytest.mark.parametrize("package", ["torch", "jax"])
def test_another_program_differentiates_the_random_graph_alike(package: str) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    module = peers()["PyTorch" if package == "torch" else "JAX jit"]
    graph, values = formulas.random_scalar_graph()
    value, gradients = compile(graph, **values)(values)
    their_value, their_gradients = module.calls(graph, values, 1)
    assert value == pytest.approx(their_value, rel=1e-9)
    assert gradients == pytest.approx(their_gradients, rel=1e-6, abs=1e-12)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_print_the_table() -> None:
    from benchmarks.measuring import table

    for line in table():
        print(line)
