"""What is kept of the past: the same whether it came one by one or many at once."""

import pytest

from gradviz.train.history import Thinned


def one_by_one(last: int, capacity: int) -> Thinned[int]:
    thinned: Thinned[int] = Thinned(capacity)
    for k in range(last + 1):
        thinned.add(k, -k)
    return thinned


@pytest.mark.parametrize("capacity", [2, 5, 8])
@pytest.mark.parametrize("ends", [[3, 4, 9], [7, 8, 63], [1, 2, 3, 4, 5], [100], [4, 8, 16, 17]])
def test_many_added_at_once_are_kept_as_one_by_one(capacity: int, ends: list[int]) -> None:
    thinned: Thinned[int] = Thinned(capacity)
    thinned.add(0, 0)
    begin = 0
    for end in ends:
        stride = thinned.stride_at(end)
        thinned.extend([(k, -k) for k in range(begin + 1, end + 1) if k % stride == 0 or k == end])
        begin = end
        alone = one_by_one(end, capacity)
        assert (list(thinned), thinned.stride) == (list(alone), alone.stride)
