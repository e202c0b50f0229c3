"""The learning-rate lab: several rates from one start, side by side, and the limit that theory gives.

Near a point the loss is a parabola in each direction, and one update of gradient descent multiplies the distance
along an eigenvector of the Hessian H by 1 − ελ. That shrinks while |1 − ελ| < 1, so for the steepest direction

    ε < 2 / λmax(H)

beyond which every update goes further away on the other side. λmax is found by power iteration, with Hessian-vector
products that are derived exactly (`core.symbolic`), so the Hessian itself is never made.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradviz.core.batching import batch_loss
from gradviz.core.compile import Compiled, compile_tape
from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Graph
from gradviz.core.symbolic import hessian_vector_product, replay
from gradviz.core.types import Array
from gradviz.errors import TrainingError
from gradviz.text.numbers import typeset
from gradviz.train.descent import Descent, Plan, Run, check_steps, never, norm, plan
from gradviz.train.objective import Element, Objective

MAX_RATES = 50

_EXPLODED = 4.0
_NEAR = 0.1
"""A slope below this part of the first one counts as arrived."""
_HARDLY = 1e-4
"""What is left below this part of the first slope is not told exactly."""
_COULD_BE_FASTER = 0.25
"""Below this part of the limit there is room for a larger rate."""
_POWER_ITERATIONS = 500
_POWER_TOLERANCE = 1e-10
_SAME_SIZE = 1e-3
"""Where vᵀHv falls short of |Hv| by more than this part, v is no eigenvector: eigenvalues of both signs share it."""


@dataclass(frozen=True, slots=True, eq=False)
class RateRun:
    """One rate: where it led, and what to think of it.

    verdict: "too small", "good" or "too large"; reason: why, in a sentence.
    """

    rate: float
    run: Run
    verdict: str
    reason: str

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The last finite parameters."""
        return self.run.parameters

    @property
    def loss(self) -> float:
        """Their loss."""
        return self.run.loss

    @property
    def losses(self) -> Array:
        """The loss by iteration, thinned when long."""
        return self.run.history.loss


@dataclass(frozen=True, slots=True, eq=False)
class RateComparison:
    """Runs with different rates from the same start.

    curvature: λmax of the Hessian there. limit: 2/λmax; None where the loss doesn't curve upwards in any direction.
    """

    curvature: float
    limit: float | None
    runs: tuple[RateRun, ...]

    @property
    def proposed(self) -> float | None:
        """1/λmax, half of the limit: the steepest direction arrives in one step; None without a limit."""
        return None if self.limit is None else self.limit / 2


@dataclass(frozen=True, slots=True, eq=False)
class RangeTest:
    """One run in which the rate grows from iteration to iteration, until the loss explodes.

    rates, losses: of each iteration. suggested: where the loss fell fastest; None when it never fell.
    """

    rates: Array
    losses: Array
    suggested: float | None


def compare(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    *,
    rates: Sequence[float],
    steps: int,
    data: Mapping[str, Any] | None = None,
    optimizer: str = "sgd",
    batch: int | None = None,
    reduce: str = "mean",
    seed: int = 0,
    fixed: Sequence[str] = (),
    cancelled: Callable[[], bool] = never,
) -> RateComparison:
    """Run every rate from the same start and judge it; see `train.descent.descend` for the settings.

    Raises TrainingError when there are no rates, or more than MAX_RATES. When cancelled, the runs so far are compared.
    """
    _check(rates)
    prepared = plan(
        graph,
        values,
        data=data,
        rate=rates[0],
        optimizer=optimizer,
        batch=batch,
        reduce=reduce,
        seed=seed,
        fixed=fixed,
    )
    return compare_plan(prepared, rates, steps, cancelled=cancelled)


def compare_plan(
    prepared: Plan, rates: Sequence[float], steps: int, *, cancelled: Callable[[], bool] = never
) -> RateComparison:
    """Run every rate in place of the plan's own and judge it; see `compare`."""
    _check(rates)
    check_steps(steps)
    objective = prepared.objective
    curvature = highest_curvature(objective, objective.elements(prepared.start), seed=prepared.seed)
    limit = 2 / curvature if curvature > 0 and math.isfinite(2 / curvature) else None
    runs = []
    for rate in rates:
        if cancelled():
            break
        optimizer = replace(prepared.optimizer, rate=float(rate))
        runs.append(_judged(replace(prepared, optimizer=optimizer), steps, limit, cancelled))
    return RateComparison(curvature, limit, tuple(runs))


def range_test(
    prepared: Plan, low: float, high: float, steps: int = 100, *, cancelled: Callable[[], bool] = never
) -> RangeTest:
    """Let the rate grow evenly on a logarithmic scale, one iteration each, and watch the loss.

    Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3. It ends when the loss is four
    times the lowest so far. Raises TrainingError for a range that is none, and for a rule without a rate.
    """
    if not (0 < low < high and math.isfinite(high)):
        raise TrainingError(
            f"a range of rates goes from a number above 0 to a larger one; {low:g} to {high:g} does not"
        )
    if steps < 2:
        raise TrainingError(f"a range test takes at least 2 iterations; {steps} is not enough")
    if prepared.optimizer.rule.searches:
        raise TrainingError(f"{prepared.optimizer.rule.title} has no learning rate to test; choose another optimizer")
    rates = np.geomspace(low, high, steps)
    state, losses, lowest = prepared.first(), [], math.inf
    for rate in rates:
        measured = prepared.measure(state)
        if cancelled() or not math.isfinite(measured.loss) or measured.loss > max(_EXPLODED * lowest, lowest + 1e-300):
            break
        lowest = min(lowest, measured.loss)
        losses.append(measured.loss)
        optimizer = replace(prepared.optimizer, rate=float(rate))
        state = replace(prepared, optimizer=optimizer).following(state, measured)
    return RangeTest(rates[: len(losses)], np.array(losses), _steepest(rates, np.array(losses)))


def _steepest(rates: Array, losses: Array) -> float | None:
    """The rate at which the loss falls fastest over the logarithm of the rate; None when it never falls."""
    if len(losses) < 3:
        return None
    slopes = np.gradient(losses, np.log(rates[: len(losses)]))
    return float(rates[int(np.argmin(slopes))]) if slopes.min() < 0 else None


def highest_curvature(objective: Objective, parameters: Mapping[str, Element], *, seed: int = 0) -> float:
    """λmax, the largest eigenvalue of the Hessian of the loss over all samples; NaN where it is not finite.

    Power iteration finds the largest size ρ of an eigenvalue. Where −ρ is one, or both ±ρ are (x·y has ±1), it runs
    once more on H + ρ, whose eigenvalue of the largest size belongs to λmax.
    """
    product = hessian_product(objective, parameters)
    dominant, size = _dominant_eigenvalue(product, parameters, 0.0, seed)
    if not dominant < (1 - _SAME_SIZE) * size:
        return dominant
    return _dominant_eigenvalue(product, parameters, -size, seed)[0] - size


def hessian_product(
    objective: Objective, parameters: Mapping[str, Element]
) -> Callable[[Mapping[str, Element]], dict[str, Element]]:
    """The function v ↦ H v at these parameters, for the loss over all samples."""
    compiled = _compiled_product(objective)
    values = {**objective.constants, **objective.data, **parameters}

    def product(vector: Mapping[str, Element]) -> dict[str, Element]:
        return compiled({**values, **{_direction(name): v for name, v in vector.items()}})[1]

    return product


def _compiled_product(objective: Objective) -> Compiled:
    tape = Tape()
    loss = _whole_loss(tape, objective)
    shapes = objective.leaf_shapes
    wanted = [tape.leaf(name, shapes[name]) for name in objective.parameters]
    vector = [tape.leaf(_direction(name), shapes[name]) for name in objective.parameters]
    products = dict(zip(objective.parameters, hessian_vector_product(loss, wanted, vector), strict=True))
    leaves = {name: (objective.samples, *shape) if name in objective.data else shape for name, shape in shapes.items()}
    leaves |= {_direction(name): shapes[name] for name in objective.parameters}
    return compile_tape(loss, products, leaves)


def _whole_loss(tape: Tape, objective: Objective) -> Expr:
    if not objective.data:
        return replay(tape, objective.graph, objective.leaf_shapes)[objective.graph.output]
    return batch_loss(
        tape,
        objective.graph,
        objective.leaf_shapes,
        data=tuple(objective.data),
        samples=objective.samples,
        reduce=objective.reduce,
    )


def _direction(name: str) -> str:
    return f"direction of {name}"  # with blanks, so that no leaf of a formula is called so


def _dominant_eigenvalue(
    product: Callable[[Mapping[str, Element]], Mapping[str, Element]],
    parameters: Mapping[str, Element],
    shift: float,
    seed: int,
) -> tuple[float, float]:
    """vᵀ(H − shift)v and |(H − shift)v| for the unit v of the last iteration; NaN when H is not finite.

    Both are the size of the eigenvalue of the largest size, but for a sign, unless −λ is an eigenvalue beside λ.
    """
    rng = np.random.default_rng(seed)
    v = _unit({name: rng.standard_normal(np.shape(value)) for name, value in parameters.items()})
    eigenvalue = length = math.nan
    for _ in range(_POWER_ITERATIONS):
        with np.errstate(all="ignore"):
            h = {name: hv - shift * v[name] for name, hv in product(v).items()}
            before, eigenvalue = eigenvalue, sum(float(np.sum(h[name] * v[name])) for name in v)
        length = _length(h)
        if not math.isfinite(length):
            return math.nan, math.nan
        if length == 0 or abs(eigenvalue - before) <= _POWER_TOLERANCE * abs(eigenvalue):
            break
        v = _unit(h)
    return eigenvalue, length


def _length(v: Mapping[str, Element]) -> float:
    return math.sqrt(sum(float(np.sum(np.square(element))) for element in v.values()))


def _unit(v: Mapping[str, Element]) -> dict[str, Element]:
    length = _length(v) or 1.0
    return {name: element / length if np.ndim(element) else float(element / length) for name, element in v.items()}


def _check(rates: Sequence[float]) -> None:
    if not 0 < len(rates) <= MAX_RATES:
        raise TrainingError(f"the learning-rate lab takes 1 to {MAX_RATES} rates; there are {len(rates)}")


def _judged(prepared: Plan, steps: int, limit: float | None, cancelled: Callable[[], bool]) -> RateRun:
    descent = Descent(prepared)
    descent.run(steps, cancelled)
    run = descent.result()
    plain_limit = limit if prepared.optimizer.rule.name == "sgd" and prepared.batch is None else None
    verdict, reason = _verdict(prepared.optimizer.rate, run, plain_limit)
    return RateRun(prepared.optimizer.rate, run, verdict, reason)


def _verdict(rate: float, run: Run, limit: float | None) -> tuple[str, str]:
    """What to think of a run. limit: 2/λmax where it applies: for plain gradient descent on all samples."""
    if run.descent.divergence is not None:
        return "too large", f"{run.descent.divergence.told} at iteration {run.descent.divergence.iteration}"
    (loss, slope), (last_loss, last_slope) = _ends(run)
    if last_loss > loss:
        return "too large", f"the loss rises, from {typeset(loss, 4)} to {typeset(last_loss, 4)}"
    left = last_slope / slope if slope > 0 else 0.0
    if left <= _NEAR:
        return "good", f"after {_iterations(run)} {_percent(left)} of the first slope is left"
    if _turns_round(run):
        return "too large", f"each update jumps over the minimum; {_percent(left)} of the first slope is left"
    if limit is not None and rate >= _COULD_BE_FASTER * limit:
        near = f"it is near the limit {typeset(limit, 4)}"
        return "good", f"{near}; {_percent(left)} of the first slope is left: run it longer"
    room = f", and the limit is {typeset(limit, 4)}" if limit is not None else ""
    return "too small", f"after {_iterations(run)} {_percent(left)} of the first slope is left{room}"


def _iterations(run: Run) -> str:
    return "1 iteration" if run.iterations == 1 else f"{run.iterations} iterations"


def _ends(run: Run) -> tuple[tuple[float, float], tuple[float, float]]:
    """Loss and slope before the first update and after the last, over all samples: two batches can't be compared."""
    objective = run.descent.plan.objective
    states = (run.descent.plan.first(), run.descent.state)
    first, last = (objective.loss_and_gradient(state.parameters, None) for state in states)
    return (first[0], norm(first[1])), (last[0], norm(last[1]))


def _turns_round(run: Run) -> bool:
    """True when the last two gradients point in opposite directions: the parameters go to and fro.

    Only gradients over the same samples say so.
    """
    if run.iterations < 2 or run.descent.plan.samples_at(0) is not None:
        return False
    measure, state_at = run.descent.plan.measure, run.descent.state_at
    a = measure(state_at(run.iterations - 1)).gradients
    b = run.descent.measured.gradients
    lengths = _length(a) * _length(b)
    return lengths > 0 and sum(float(np.sum(a[name] * b[name])) for name in a) < -0.5 * lengths


def _percent(part: float) -> str:
    return f"{'less than ' if part < _HARDLY else ''}{typeset(100 * max(part, _HARDLY), 2)} %"
