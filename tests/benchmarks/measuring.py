"""Times and ratios, measured in turns in one run, and the table of them.

The peers work in turns, so that a machine that slows down or is shared hits all alike; medians of several rounds.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.contests import Contest, Work, contests
from benchmarks.formulas import chain, random_scalar_graph
from gradviz.core.compile import compile
from gradviz.core.record import record

_SECONDS = 0.1
"""What a peer's round takes about."""

_SHORT, _LONG = 25_000, 100_000
"""The lengths of two chains."""


@dataclass(frozen=True)
class Timing:
    """Seconds an iteration by peer, and the ratios of ours to theirs: medians over the rounds."""

    seconds: Mapping[str, float]
    ratios: Mapping[str, float]


def timed(contest: Contest, rounds: int = 7) -> Timing:
    """All who take part, in turns."""
    counts = {peer: _count(contest, peer) for peer in contest.fresh}
    laps: dict[str, list[float]] = {peer: [] for peer in contest.fresh}
    for _ in range(rounds):
        for peer, fresh in contest.fresh.items():
            work = fresh()
            laps[peer].append(_seconds(work, counts[peer]) / counts[peer])
    ratios = {
        peer: statistics.median(a / b for a, b in zip(laps["gradviz"], laps[peer], strict=True))
        for peer in laps
        if peer != "gradviz"
    }
    return Timing({peer: statistics.median(each) for peer, each in laps.items()}, ratios)


def table(rounds: int = 7) -> Iterator[str]:
    """The lines of the table of promises, each as soon as it is measured."""
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "not set: set it to 1")
    yield f"OPENBLAS_NUM_THREADS {threads}; medians of {rounds} rounds; ratios are our time by theirs"
    for contest in contests():
        timing = timed(contest, rounds)
        yield f"\n{contest.name}: {_time(timing.seconds['gradviz'])}"
        for peer, ratio in timing.ratios.items():
            theirs, verdict = _time(timing.seconds[peer]), _verdict(contest, peer, ratio)
            yield f"    {peer:12}{theirs:>10}   ratio {ratio:8.3g}   {verdict}"
    yield "\n" + "\n".join(figures())


def figures() -> Iterator[str]:
    """What is promised without a peer."""
    graph, values = random_scalar_graph()
    yield _figure("random scalar graph, 1,000 nodes: compile", lambda: compile(graph, **values), 0.05)
    yield _figure("random scalar graph, 1,000 nodes: record", lambda: record(graph, values), 0.01)
    short, long = chain(_SHORT), chain(_LONG)
    yield _growth("build", chain, _SHORT, _LONG)
    yield _growth("record", lambda graph: record(graph, {"x": 0.3}), short, long)
    yield _growth("compile", lambda graph: compile(graph, x=0.3), short, long)


def _growth(name: str, work: Callable[[Any], object], short: object, long: object) -> str:
    few, many = _once(lambda: work(short)), _once(lambda: work(long))
    return f"chain of {_LONG:,} nodes: {name} {_time(many)}, {many / few:.1f} times that of {_SHORT:,} (4 is linear)"


def _figure(name: str, work: Callable[[], object], target: float) -> str:
    took = statistics.median(_once(work) for _ in range(15))
    return f"{name}: {_time(took)}, promised ≤ {_time(target)}: {'met' if took <= target else 'NOT MET'}"


def _verdict(contest: Contest, peer: str, ratio: float) -> str:
    if peer not in contest.targets:
        return ""
    target = contest.targets[peer]
    return f"promised ≤ {target:.3g}: {'met' if ratio <= target else 'NOT MET'}"


def _count(contest: Contest, peer: str) -> int:
    if peer == "gradviz" or peer.startswith("hand"):
        return contest.iterations
    work = contest.fresh[peer]()
    work(2)  # compiles where there is something to compile
    return max(1, min(contest.iterations, int(_SECONDS / (_seconds(work, 3) / 3))))


def _seconds(work: Work, count: int) -> float:
    start = time.perf_counter()
    work(count)
    return time.perf_counter() - start


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
