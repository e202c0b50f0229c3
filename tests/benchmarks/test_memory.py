"""A long descent needs no more memory than a short one: `pytest -m slow tests/benchmarks`."""

import gc
import tracemalloc

import pytest

from benchmarks.contests import begun
from benchmarks.formulas import least_squares, softmax_regression, square_of_square
from gradviz.train.descent import Descent

SLACK = 100_000
"""Bytes: a handful of lists that have just grown, next to 32 MB that the kept states may take."""


def bytes_in_use(descent: Descent, iterations: int) -> int:
    descent.run(iterations)
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("problem", "short", "long"),
    [
        (square_of_square(), 16_000, 1_000_000),
        (least_squares(), 16_000, 100_000),
        (softmax_regression(samples=200), 8_200, 20_000),
    ],
    ids=["scalar, a million iterations", "100 samples", "softmax regression"],
)
def test_memory_stays_flat(problem, short: int, long: int) -> None:
    tracemalloc.start()
    try:
        descent = begun(problem)
        early = bytes_in_use(descent, short)
        late = bytes_in_use(descent, long - short)
        print(f"\n{early / 1e6:.2f} MB after {short:,} iterations, {late / 1e6:.2f} MB after {long:,}")
        # histories hold between half and all of their capacity
        assert late < 2 * early + SLACK
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_short_descent_has_already_what_a_long_one_keeps() -> None:
    descent = begun(square_of_square())
    descent.run(1_000_000)
    assert len(descent.history) <= 4097
    assert len(descent._kept) <= 512
