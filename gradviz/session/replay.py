"""The runs behind the iterations of a descent: each is recorded anew from the parameters before its update.

Nothing is drawn here: states come from the descent bit for bit, samples from the plan, so the same iteration gives
the same trace however often it is opened.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gradviz.core.graph import Graph
from gradviz.core.op import as_value
from gradviz.core.record import record
from gradviz.core.trace import Trace
from gradviz.core.types import Array, NodeId
from gradviz.project.stops import Breakpoint
from gradviz.session.batch import BatchRun, BatchScene, run_batch
from gradviz.session.breakpoints import Context
from gradviz.session.scene import Found, Key, Moment, Scene
from gradviz.train.descent import Descent, Plan
from gradviz.train.objective import Samples
from gradviz.train.planning import Measurement, State

MAX_NUMBERS = 2_000_000
"""So many numbers of one batch of runs are held at a time; more samples are run in turns."""
_REMEMBERED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """One iteration: its state, its loss and gradient, and the state after its update."""

    state: State
    measured: Measurement
    following: State


class Replay:
    """The iterations of one descent, opened again.

    graph: what is run, where that is more than what is trained: a document's graph has loose parts too. loose: values
    of the leaves that only these have.
    """

    def __init__(self, descent: Descent, graph: Graph | None = None, loose: Mapping[str, Array] | None = None) -> None:
        self.descent = descent
        self.plan: Plan = descent.plan
        self.graph = descent.plan.objective.graph if graph is None else graph
        self._loose = dict(loose or {})
        self._recent: OrderedDict[int, Moved] = OrderedDict()
        self._losses: OrderedDict[int, float] = OrderedDict()

    def recorded_before(self, iteration: int, row: int | None, depth: int) -> Callable[[], Scene | None]:
        """So many iterations before one, recorded now, so that nothing is left to do when they are asked for."""
        if not depth or not iteration:
            return lambda: None
        earlier = self.recorded_before(iteration - 1, row, depth - 1)
        loss = self.at(iteration - 1).measured.loss if self.has_data else None
        scene = Context(iteration - 1, loss, earlier, is_sample=self.has_data).scene(self.trace(iteration - 1, row))
        return lambda: scene

    def at(self, iteration: int) -> Moved:
        """An iteration by its number; the last few are remembered. Raises TrainingError for one never reached."""
        found = self._recent.get(iteration)
        if found is None:
            newest, measured = self.descent.state, self.descent.measured
            before = self._recent.get(iteration - 1)
            is_newest = newest.iteration == iteration
            if is_newest or before is None:
                state = newest if is_newest else self.descent.state_at(iteration)
            else:
                state = before.following  # a pure function of the state before, so it is the same
            measured = measured if is_newest else self.plan.measure(state)
            found = self._recent[iteration] = Moved(state, measured, self.plan.following(state, measured))
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return found

    def loss(self, iteration: int) -> float:
        """The loss of an iteration over its samples, without its update."""
        found = self._losses.get(iteration)
        if found is None:
            is_newest = self.descent.state.iteration == iteration
            found = self.descent.measured.loss if is_newest else self.at(iteration).measured.loss
            self._losses[iteration] = found
            while len(self._losses) > _REMEMBERED:
                self._losses.popitem(last=False)
        return found

    @property
    def has_data(self) -> bool:
        """True when a run is that of one sample."""
        return bool(self.plan.objective.data)

    def rows(self, iteration: int) -> Samples:
        """The rows of the objective that an iteration uses, ascending; empty without data."""
        chosen = self.plan.samples_at(iteration)
        return np.arange(self.plan.objective.samples) if chosen is None else np.sort(chosen)

    def sample(self, row: int | None) -> int | None:
        """Where a row of the objective stands in the data; None without data."""
        if row is None or not self.has_data:
            return None
        return int(row if self.plan.rows is None else self.plan.rows[row])

    def row_of(self, iteration: int, sample: int | None) -> int | None:
        """The objective's row of a sample of the data; without one the first row of the iteration."""
        if not self.has_data:
            return None
        rows = self.rows(iteration)
        return next((int(row) for row in rows if self.sample(int(row)) == sample), int(rows[0]))

    def trace(self, iteration: int, row: int | None) -> Trace:
        """The run of one row, with the updates of its iteration."""
        moved = self.at(iteration)
        values = self.plan.objective.sample_values(moved.state.parameters, row or 0)
        trace = record(self.graph, {**self._loose, **values})
        return trace.with_updates(moved.following.parameters) if trace.failure is None else trace

    def context(self, iteration: int, row: int | None) -> Context:
        """What that run is one of."""
        loss = self.at(iteration).measured.loss if self.has_data else None
        return Context(
            iteration, loss, lambda: self.scene(iteration - 1, row) if iteration > 0 else None, is_sample=self.has_data
        )

    def loss_scene(self, iteration: int) -> Scene:
        """What can be said of an iteration without recording a run."""
        return LossScene(iteration, self)

    def scene(self, iteration: int, row: int | None) -> Scene:
        """That run as conditions see it."""
        return self.context(iteration, row).scene(self.trace(iteration, row))

    def batches(
        self, iteration: int, *, is_backward: bool, is_spread: bool, depth: int = 0
    ) -> Iterator[tuple[Samples, BatchScene]]:
        """The runs of all samples of an iteration, some at a time, each with so many iterations before it.

        is_spread: parameters get a sample axis, so that their adjoints stay one a sample.
        """
        rows = self.rows(iteration)
        size = self._size_of_one(is_spread)
        count = max(1, MAX_NUMBERS // max(size, 1))
        for start in range(0, len(rows), count):
            chosen = rows[start : start + count]
            yield chosen, self._batch_scene(iteration, chosen, is_backward, is_spread, depth)

    def _batch_scene(self, iteration: int, rows: Samples, is_backward: bool, is_spread: bool, depth: int) -> BatchScene:
        earlier = None
        if depth and iteration:
            earlier = self._batch_scene(iteration - 1, rows, is_backward, is_spread, depth - 1)
        moved = self.at(iteration)
        run = self.batch(moved.state, rows, is_backward=is_backward, is_spread=is_spread)
        updates = {self.graph.find(name): as_value(value) for name, value in moved.following.parameters.items()}
        return BatchScene(run, iteration, moved.measured.loss, earlier, updates)

    def batch(self, state: State, rows: Samples, *, is_backward: bool, is_spread: bool = False) -> BatchRun:
        """The runs of some rows at a state."""
        objective = self.plan.objective
        leaves: dict[str, Array] = {**self._loose, **objective.constants}
        leaves |= {name: as_value(value) for name, value in state.parameters.items()}
        data = set(objective.data)
        if is_spread:
            leaves |= {n: np.broadcast_to(leaves[n], (len(rows), *np.shape(leaves[n]))) for n in state.parameters}
            data |= set(state.parameters)
        is_whole = len(rows) == objective.samples
        leaves |= {name: values if is_whole else values[rows] for name, values in objective.data.items()}
        return run_batch(self.graph, leaves, data, len(rows), is_backward=is_backward)

    def _size_of_one(self, is_spread: bool) -> int:
        """About how many numbers the run of one sample holds."""
        objective = self.plan.objective
        leaves = sum(int(np.prod(shape)) for shape in _shapes(objective.leaf_shapes, objective.data))
        parameters = sum(int(np.size(value)) for value in self.plan.start.values())
        return 2 * len(self.graph) * max(1, int(np.sqrt(leaves))) + (2 * parameters if is_spread else 0)


def _shapes(shapes: Mapping[str, tuple[int, ...]], names: Mapping[str, object]) -> Iterator[tuple[int, ...]]:
    return (shape for name, shape in shapes.items() if name in names)


class LossScene:
    """What can be said of an iteration without recording a run."""

    def __init__(self, iteration: int, replay: Replay) -> None:
        self.iteration = iteration
        self._replay = replay

    @property
    def previous(self) -> "LossScene | None":
        """The iteration before."""
        return LossScene(self.iteration - 1, self._replay) if self.iteration else None

    @property
    def loss(self) -> Found | None:
        """The loss over the samples of the iteration."""
        return Found(np.float64(self._replay.loss(self.iteration)))

    def value(self, node: NodeId) -> Found | None:
        """Nothing: no run is recorded."""
        return None

    adjoint = value

    def moments(self) -> Iterator[Moment]:
        """None."""
        return iter(())

    def moment(self, key: Key) -> Moment | None:
        """None."""
        return None

    def place(self, point: Breakpoint) -> Moment | None:
        """None."""
        return None
