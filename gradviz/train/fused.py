"""Many iterations of a plain descent at once, by one generated loop (`gradviz.core.loop`).

The same arithmetic in the same order as iteration by iteration, so the same numbers to the last bit; what is left out
is the work between iterations. A stretch is run blind. When its end is not finite, or Python raised on the way, it
counts for nothing, and the ordinary path goes through it step by step and finds where and what.
"""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradviz.core.compile import derived_loss
from gradviz.core.expr import Expr
from gradviz.core.loop import Row, compile_loop
from gradviz.errors import GradvizError
from gradviz.train.history import Point
from gradviz.train.judging import UNJUDGED
from gradviz.train.optimizer import Optimizer
from gradviz.train.planning import Measurement, Plan, State, is_finite, norm

_BRIEF, _LONG = 0.004, 0.016
"""Seconds: a stretch is made longer below the one and shorter above the other, so that a descent can be cancelled."""

_LONGEST_REST = 4096


class Leap:
    """What a stretch passed through: one row at the end of each round.

    points: what a history writes down of each row; nothing is judged.
    """

    def __init__(self, names: Sequence[str], iterations: Sequence[int], rows: Sequence[Row]) -> None:
        self._names = names
        self._rows = rows
        self.iterations = iterations
        lengths = map(self._length, rows)
        self.points: list[Point] = [
            (k, row[0], length, *UNJUDGED) for k, row, length in zip(iterations, rows, lengths, strict=True)
        ]

    def has_finite_gradients(self) -> bool:
        """True when no gradient at the end has a NaN or an infinity; their length mostly says it."""
        return math.isfinite(self.points[-1][2]) or all(map(is_finite, self._gradients(self._rows[-1]).values()))

    def state(self, place: int) -> State:
        """The state of one row."""
        row, names = self._rows[place], self._names
        count = len(names)
        kept = row[2 + 2 * count :]
        each = len(kept) // count if count else 0
        memory = {name: tuple(kept[i * each : (i + 1) * each]) for i, name in enumerate(names)}
        return State(self.iterations[place], dict(zip(names, row[2 : 2 + count], strict=True)), memory)

    def measurement(self) -> Measurement:
        """Loss and gradient at the end."""
        _, loss, length, *_ = self.points[-1]
        return Measurement(loss, self._gradients(self._rows[-1]), length)

    def _length(self, row: Row) -> float:
        squares = row[1]
        if squares is not None and squares < math.inf:
            return math.sqrt(squares)  # what `norm` says then, without its checks
        return norm(self._gradients(row))

    def _gradients(self, row: Row) -> dict[str, Any]:
        count = len(self._names)
        return dict(zip(self._names, row[2 + count : 2 + 2 * count], strict=True))


def can_leap(plan: Plan) -> bool:
    """True when each iteration is the same plain step over all samples, and only the last one ends the run."""
    is_same_rule = plan.schedule.is_constant and not plan.optimizer.rule.searches
    is_untouched = is_same_rule and plan.treatment.is_none and plan.stopping.is_none
    return is_untouched and plan.samples_at(0) is None and bool(plan.objective.parameters)


class FusedLoop:
    """The compiled loop of a plan for which `can_leap` is true; for one descent, in one thread at a time."""

    def __init__(self, plan: Plan) -> None:
        objective = plan.objective
        derived = derived_loss(
            objective.graph,
            objective.leaf_shapes,
            wrt=objective.parameters,
            data=tuple(objective.data),
            samples=max(objective.samples, 1),
            reduce=objective.reduce,
        )
        self._names = tuple(derived.gradients)
        self._has_arrays = any(derived.leaf_shapes[name] for name in self._names)
        self._loop = compile_loop(derived, _rule(plan.optimizer), len(plan.optimizer.rule.remembers))
        self._fixed = objective.fixed_elements()
        self._prepared: tuple[Any, ...] | None = None
        # a guess at what takes a few milliseconds; the clock corrects it
        self._longest = 8 if self._has_arrays else max(1, 20_000 // self.source.count("\n"))
        self._rest = self._last_rest = 0

    @property
    def source(self) -> str:
        """The generated text."""
        return self._loop.source

    def leap(self, state: State, measured: Measurement, most: int, stride_at: Callable[[int], int]) -> Leap | None:
        """Pass through at most so many iterations; None when that is to be done iteration by iteration, for now.

        stride_at(k): one iteration in so many, a power of two, is wanted of a stretch that ends at iteration k.
        """
        if self._rest:
            self._rest -= 1
            return None
        rounds, each = self._stretch(state.iteration, min(most, self._longest), stride_at)
        began = time.perf_counter()
        leap = self._run(state, measured, rounds, each)
        took = time.perf_counter() - began
        if leap is None:
            self._rest = self._last_rest = min(_LONGEST_REST, max(rounds * each, 2 * self._last_rest))
        elif took < _BRIEF and rounds * each * 2 > self._longest:
            self._longest *= 2
        elif took > _LONG:
            self._longest = max(1, self._longest // 2)
        return leap

    def _stretch(self, iteration: int, most: int, stride_at: Callable[[int], int]) -> tuple[int, int]:
        """Rounds, and the iterations of each, so that what is wanted stands at the end of a round."""
        stride = stride_at(iteration + most)
        while True:
            each = min(most, stride - iteration % stride)
            # an array is moved on in place, so only its last state is there to be kept
            rounds = most // stride if each == stride and not self._has_arrays else 1
            if each == 1 or stride_at(iteration + rounds * each) >= stride:
                return rounds, each
            stride //= 2

    def _run(self, state: State, measured: Measurement, rounds: int, each: int) -> Leap | None:
        names = self._names
        parameters = [_own(state.parameters[name]) for name in names]
        memory = [_own(kept) for name in names for kept in state.memory[name]]
        gradients = [measured.gradients[name] for name in names]
        try:
            with np.errstate(all="ignore"):
                if self._prepared is None:
                    self._prepared = self._loop.once(*self._fixed)
                moving = (*parameters, *gradients, *memory)
                t = float(state.iteration + 1)
                rows, total = self._loop.run(rounds, each, t, *moving, *self._fixed, *self._prepared)
        except (ArithmeticError, ValueError, GradvizError):
            return None  # NumPy's scalars or a message are wanted here: the ordinary path has them
        end = rows[-1]
        if not (math.isfinite(total) and all(is_finite(value) for value in end[2 : 2 + len(names)])):
            return None
        if self._has_arrays:
            count = len(names)
            rows = [(*end[: 2 + count], *map(_own, end[2 + count : 2 + 2 * count]), *end[2 + 2 * count :])]
        begun = state.iteration
        leap = Leap(names, range(begun + each, begun + rounds * each + 1, each), rows)
        return leap if leap.has_finite_gradients() else None


def _rule(optimizer: Optimizer) -> Any:
    update, rate, settings = optimizer.rule.update, optimizer.rate, optimizer.settings

    def rule(theta: Expr, g: Expr, memory: tuple[Expr, ...], t: Expr) -> tuple[Expr, tuple[Expr, ...]]:
        new, kept = update(theta, g, memory, t, rate, settings)
        return new, kept

    return rule


def _own(value: Any) -> Any:
    return value if isinstance(value, float) else value.copy()
