"""Rate schedules, against their formulas."""

import math

import pytest

from gradviz.errors import TrainingError
from gradviz.train.schedule import SCHEDULES, make_schedule


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("constant", [0.4, 0.4, 0.4, 0.4]),
        ("step", [0.4, 0.4, 0.2, 0.1]),
        ("exponential", [0.4, 0.4 * math.sqrt(0.5), 0.2, 0.1]),
        ("inverse", [0.4, 0.4 / 1.5, 0.2, 0.4 / 3]),
    ],
)
def test_a_schedule_follows_its_formula(name: str, rates: list[float]) -> None:
    schedule = make_schedule(name, period=2)
    assert [schedule.rate(0.4, k) for k in (0, 1, 2, 4)] == pytest.approx(rates)


def test_a_cosine_falls_from_the_rate_to_its_part_and_stays_there() -> None:
    schedule = make_schedule("cosine", factor=0.1, period=10)
    assert [schedule.rate(1.0, k) for k in (0, 5, 10, 99)] == pytest.approx([1.0, 0.55, 0.1, 0.1])


def test_a_warm_up_rises_evenly_to_the_rate() -> None:
    schedule = make_schedule("constant", warmup=4)
    assert [schedule.rate(0.8, k) for k in range(6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.8])


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_starts_at_the_rate_itself(name: str) -> None:
    assert make_schedule(name).rate(0.3, 0) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"name": "cosin"}, "did you mean cosine"),
        ({"name": "step", "factor": 2.0}, "between 0 and 1"),
        ({"name": "step", "period": 0}, "at least 1"),
        ({"name": "step", "warmup": -1}, "0 or more"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(settings: dict[str, object], says: str) -> None:
    with pytest.raises(TrainingError, match=says):
        make_schedule(**settings)  # type: ignore[arg-type]  # wrong on purpose
