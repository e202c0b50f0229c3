"""The pieces of work whose speed is promised, ours beside those of the peers that are installed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from benchmarks import by_hand, formulas
from benchmarks.by_hand import Result
from benchmarks.formulas import Problem
from gradviz.core.compile import compile
from gradviz.train.descent import Descent, plan_of
from gradviz.train.settings import settings_of

Work = Callable[[int], object]
"""Does so many iterations."""

MANY = 1_000_000
"""The length of the run of which the measured iterations are the first."""


@dataclass(frozen=True)
class Contest:
    """One piece of work. fresh: makes it ready to run, by whom. targets: the largest ratio of our time to theirs.

    iterations: of ours and by hand; the other peers do as many as fit in the same time.
    """

    name: str
    iterations: int
    fresh: Mapping[str, Callable[[], Work]]
    targets: Mapping[str, float]


def descent(title: str, name: str, iterations: int, targets: Mapping[str, float]) -> Contest:
    """A descent: the problem and the hand-written program of that name."""
    problem: Problem = getattr(formulas, name)()
    fresh: dict[str, Callable[[], Work]] = {
        "gradviz": partial(started, problem),
        "hand": lambda: partial(getattr(by_hand, name), problem),
    }
    if hasattr(by_hand, f"{name}_in_blas"):
        fresh["hand, BLAS"] = lambda: partial(getattr(by_hand, f"{name}_in_blas"), problem)
    for peer, module in peers().items():
        fresh[peer] = partial(partial, module.descent, name, problem)
    return Contest(title, iterations, fresh, targets)


def started(problem: Problem) -> Work:
    """A descent that has begun, with its loop compiled."""
    running = begun(problem)
    running.run(100)
    return running.run


def begun(problem: Problem) -> Descent:
    """Our descent, at its start."""
    settings = settings_of({"rate": problem.rate, "reduce": problem.reduce, "steps": MANY})
    return Descent(plan_of(problem.graph, problem.start, settings, data=problem.data))


def ours(problem: Problem, iterations: int) -> Result:
    """Loss and parameters after so many iterations."""
    running = begun(problem)
    running.run(iterations)
    return running.measured.loss, dict(running.state.parameters)


def random_graph() -> Contest:
    """Forward and backward pass of a random scalar graph of 1,000 nodes."""
    graph, values = formulas.random_scalar_graph()
    function = compile(graph, **values)

    def calls(iterations: int) -> None:
        for _ in range(iterations):
            function(values)

    fresh: dict[str, Callable[[], Work]] = {"gradviz": lambda: calls}
    for peer, module in peers().items():
        fresh[peer] = partial(partial, module.calls, graph, values)
    return Contest("random scalar graph, 1,000 nodes: a call", 300, fresh, {"JAX jit": 1.0, "PyTorch": 1 / 50})


def peers() -> dict[str, ModuleType]:
    """The programs to compare with that are installed."""
    known = {"PyTorch": ("torch", "benchmarks.by_torch"), "JAX jit": ("jax", "benchmarks.by_jax")}
    return {name: import_module(ours) for name, (theirs, ours) in known.items() if find_spec(theirs) is not None}


def contests() -> list[Contest]:
    """All of them, in the order of the table of promises."""
    return [
        descent("(x²)², scalar: an iteration", "square_of_square", MANY, {"hand": 2.0, "PyTorch": 0.01}),
        descent("Σ(y−(Wx+b))², 100 samples: an iteration", "least_squares", 30_000, {"hand": 1.2, "PyTorch": 0.1}),
        descent(
            "softmax regression 1797×64→10: an iteration",
            "softmax_regression",
            300,
            {"hand": 1.0, "PyTorch": 1.0, "JAX jit": 1.0},
        ),
        descent("MLP 64–128–10, tanh: an iteration", "network", 50, {"hand": 1.0, "PyTorch": 1.0}),
        random_graph(),
    ]
