"""What every op must keep, read from its declaration; a new op needs no new test."""

import itertools

import numpy as np
import pytest

from conformance.cases import Case, all_cases, every_case, uneven
from gradviz.core.batching import vectorised
from gradviz.core.compile import compile, compile_loss, compile_tape
from gradviz.core.expr import Tape
from gradviz.core.gradcheck import check
from gradviz.core.graph import GraphBuilder
from gradviz.core.op import OPS, Op
from gradviz.core.record import record
from gradviz.core.symbolic import gradient_graphs

CASES = all_cases()
each_case = every_case(CASES)


@each_case
def test_shape_rule_gives_the_shape_of_the_value(case: Case) -> None:
    shapes = [operand.shape for operand in case.operands]
    with np.errstate(all="ignore"):
        value = case.op.evaluate(*case.operands, **dict(case.attrs))
    assert case.op.shape(*shapes, **dict(case.attrs)) == value.shape


@each_case
def test_backward_agrees_with_differences_of_the_value(case: Case) -> None:
    for name, found in check(case.weighted_loss(), case.values, wrt=case.differentiable()).items():
        assert found.has_passed, f"{name}: {found.verdict}, relative error {found.relative_error}"


@each_case
def test_compiled_code_agrees_with_the_recorded_run(case: Case) -> None:
    trace = record(case.graph(), case.values)
    value, gradients = compile(case.graph(), **case.values)(case.values)
    np.testing.assert_allclose(value, trace.result, rtol=1e-12)
    for name, gradient in trace.gradients.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-12, atol=1e-300)


@each_case
def test_symbolic_derivative_agrees_with_the_recorded_run(case: Case) -> None:
    shapes = {name: value.shape for name, value in case.values.items()}
    trace = record(case.graph(), case.values)
    for name, graph in gradient_graphs(case.graph(), shapes).items():
        given = {leaf: case.values[leaf] for leaf in graph.leaves()}
        np.testing.assert_allclose(record(graph, given).result, trace.gradients[name], rtol=1e-12, atol=1e-300)


@each_case
def test_batched_op_is_the_loop_over_samples(case: Case) -> None:
    for pattern in range(1, 2 ** len(case.operands)):
        _check_batched(case, pattern)


def _check_batched(case: Case, pattern: int) -> None:
    """pattern: a bit for each operand that has a sample axis."""
    data = {name for i, name in enumerate(case.names) if pattern >> i & 1}
    samples = {name: _varied(case, name) if name in data else value for name, value in case.values.items()}
    tape = Tape()
    shapes = {name: value.shape for name, value in case.values.items()}
    output = vectorised(tape, case.graph(), shapes, data, 3)
    batched = compile_tape(output, {}, {name: value.shape for name, value in samples.items()})(samples)[0]
    for i in range(3):
        one = {name: value[i] if name in data else value for name, value in samples.items()}
        np.testing.assert_allclose(np.asarray(batched)[i], record(case.graph(), one).result, rtol=1e-12, atol=1e-15)


@every_case([case for case in CASES if len(case.operands) > 1])
def test_gradient_of_the_batch_is_the_sum_of_the_gradients_of_the_samples(case: Case) -> None:
    """One operand has a sample axis, the others are shared: by these the gradients of all samples are added up."""
    for place in (0, -1):
        _check_summed(case, place)


def _check_summed(case: Case, place: int) -> None:
    data = case.names[place]
    samples = {**case.values, data: _varied(case, data)}
    wanted = [name for name in case.differentiable() if name != data]
    shapes = {name: value.shape for name, value in case.values.items()}
    function = compile_loss(case.weighted_loss(), shapes, wrt=wanted, data=[data], samples=3, reduce="sum")
    value, gradients = function(samples)
    runs = [record(case.weighted_loss(), {**case.values, data: sample}, wrt=wanted) for sample in samples[data]]
    np.testing.assert_allclose(value, sum(float(run.result) for run in runs), rtol=1e-12, atol=1e-14)
    for name in wanted:
        expected = np.sum([run.gradients[name] for run in runs], axis=0)
        np.testing.assert_allclose(gradients[name], expected, rtol=1e-11, atol=1e-13)


ANALYTIC_GROUPS = {"arithmetic", "powers", "exponential", "trigonometric"}
NO_COMPLEX_FORM = {"cbrt", "atan2"}


@every_case([case for case in CASES if case.op.group in ANALYTIC_GROUPS and case.op.name not in NO_COMPLEX_FORM])
def test_backward_agrees_with_the_complex_step(case: Case) -> None:
    """∂f/∂x = Im f(x + ih)/h to rounding (Squire & Trapp, "Using complex variables to estimate derivatives", 1998)."""
    trace = record(case.graph(), case.values)
    for position, name in enumerate(case.names):
        operands: list[np.ndarray] = list(case.operands)
        operands[position] = operands[position] + 1e-200j
        slope = np.imag(case.op.evaluate(*operands)) / 1e-200
        expected = np.reshape(slope, trace.result.shape)
        extra = expected.ndim - np.ndim(case.operands[position])
        expected = expected.sum(axis=tuple(range(extra)))
        kept = tuple(i for i, n in enumerate(case.operands[position].shape) if n == 1)
        expected = expected.sum(axis=kept, keepdims=True)
        np.testing.assert_allclose(trace.gradients[name], expected, rtol=1e-12, atol=1e-14)


@each_case
def test_strided_operands_give_the_same_as_contiguous_ones(case: Case) -> None:
    strided = {name: strided_copy(value) for name, value in case.values.items()}
    one, other = record(case.graph(), case.values), record(case.graph(), strided)
    np.testing.assert_allclose(other.result, one.result, rtol=1e-13)
    value, gradients = compile(case.graph(), **strided)(strided)
    np.testing.assert_allclose(value, one.result, rtol=1e-12)
    for name, gradient in one.gradients.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-12, atol=1e-300)


def strided_copy(value: np.ndarray) -> np.ndarray:
    """The same numbers in an array with negative strides and gaps."""
    array = np.asarray(value)
    if array.ndim == 0:
        return value
    wide = np.full((2 * array.shape[0], *array.shape[1:]), np.nan)
    wide[::-2] = array
    return wide[::-2]


POINTS = [-1e308, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, 1e308, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.scalar_code], ids=lambda op: op.name)
def test_scalar_code_is_the_op_at_every_awkward_number(op: Op) -> None:
    builder = GraphBuilder()
    names = [f"x{i}" for i in range(op.arity)]
    graph = builder.graph(builder.apply(op, *(builder.leaf(name) for name in names)))
    function = compile(graph, wrt=[], **dict.fromkeys(names, 1.0))
    with np.errstate(all="ignore"):
        for point in itertools.product(POINTS, repeat=op.arity):
            if op.name == "pow" and point == (-np.inf, 0.5):
                continue  # IEEE 754 has ∞, NumPy takes a root and has NaN
            expected = op.evaluate(*map(np.float64, point))
            found = function(dict(zip(names, point, strict=True)))[0]
            np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=str(point))


def _varied(case: Case, name: str) -> np.ndarray:
    value = case.values[name]
    position = case.names.index(name)
    if case.op.domain and case.op.domain[position] == (0.0, 0.0):
        return np.stack([value] * 3)  # an index: the same whole number for each sample
    return np.stack([value, value * 0.9, value * 0.8])


@pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
def test_every_op_has_an_example_and_a_summary(op) -> None:
    assert op.examples
    assert op.help.summary
    assert op.help.derivative


ANALYTIC = {
    "matmul", "dot", "outer", "transpose", "trace", "inverse", "det", "solve", "sum", "mean", "prod", "mse",
    "index", "reshape", "stack", "concat",
}  # fmt: skip


@every_case([case for case in CASES if case.op.name in ANALYTIC])
def test_backward_agrees_with_the_complex_step_along_a_direction(case: Case) -> None:
    """⟨∇ Σ w·f, d⟩ = Im Σ w·f(x + ihd)/h, also for ops that are not elementwise."""
    trace = record(case.weighted_loss(), case.values)
    directions = {name: uneven(value.shape[::-1]).reshape(value.shape) for name, value in case.values.items()}
    moved = [value + 1e-200j * directions[name] for name, value in case.values.items()]
    result = case.op.evaluate(*moved, **dict(case.attrs))
    expected = np.imag(np.sum(result * uneven(result.shape))) / 1e-200
    found = sum(float(np.sum(trace.gradients[name] * directions[name])) for name in case.names)
    assert found == pytest.approx(expected, rel=1e-11, abs=1e-13)
