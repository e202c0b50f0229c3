"""Tallies: how often, and for how long on end."""

from gradviz.session.tally import MAX_STRETCHES, Tally


def tally(*iterations: int) -> Tally:
    found = Tally()
    for iteration in iterations:
        found.add(iteration)
    return found


def test_hits_before_an_iteration_are_counted() -> None:
    found = tally(1, 2, 3, 7, 9)
    assert [found.before(k) for k in (0, 1, 2, 4, 7, 8, 100)] == [0, 0, 1, 3, 3, 4, 5]


def test_streak_is_the_number_of_iterations_on_end_just_before() -> None:
    found = tally(1, 2, 3, 7)
    assert [found.streak(k) for k in (1, 2, 4, 5, 8)] == [0, 1, 3, 0, 1]


def test_an_iteration_counts_once() -> None:
    assert tally(4, 4, 4).count == 1


def test_a_million_hits_on_end_are_one_stretch() -> None:
    found = tally(*range(100_000))
    assert found.count == 100_000
    assert len(found._starts) == 1


def test_count_survives_when_the_oldest_stretches_are_forgotten() -> None:
    found = tally(*range(0, 4 * MAX_STRETCHES, 2))
    assert found.count == 2 * MAX_STRETCHES
    assert found.before(4 * MAX_STRETCHES) == 2 * MAX_STRETCHES
    assert len(found._starts) <= MAX_STRETCHES
