"""Ratios of our time to a peer's, measured in turns in one run: `pytest -m slow tests/benchmarks -s` prints them.

Nothing fails by a clock: the default run checks that both sides compute the same, the slow run prints the ratios.
"""

import statistics
import time

import numpy as np
import pytest

from benchmarks.work import CONTESTS, Contest, Work, scalar_graph


@pytest.mark.parametrize(
    "make", [make for make in CONTESTS if make is not scalar_graph], ids=lambda make: make.__name__
)
def test_work_by_hand_gives_the_same_loss(make) -> None:
    contest = make()
    ours = contest.ours()
    theirs = next(iter(contest.peers.values()))()
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("make", CONTESTS, ids=lambda make: make.__name__)
def test_print_ratios(make) -> None:
    contest: Contest = make()
    for peer, work in contest.peers.items():
        ratio, ours, theirs = measured(contest.ours, work)
        promise = f" (promised ≤ {contest.promised[peer]})" if peer in contest.promised else ""
        print(f"\n{contest.name}: {ours * 1e6:.1f} µs, {peer} {theirs * 1e6:.1f} µs, ratio {ratio:.2f}{promise}")
        assert ratio > 0


def measured(ours: Work, theirs: Work, rounds: int = 15) -> tuple[float, float, float]:
    """Median ratio and the two median times in seconds; the two work in turns, so that drift hits both."""
    count = max(1, int(0.02 / max(_seconds(theirs, 1), 1e-7)))
    pairs = [(_seconds(ours, count) / count, _seconds(theirs, count) / count) for _ in range(rounds)]
    return (
        statistics.median(a / b for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def _seconds(work: Work, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        work()
    return time.perf_counter() - start
