import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chat.domain.limits import Buckets

pytestmark = pytest.mark.chat


def test_a_burst_passes_and_the_rest_waits_its_time() -> None:
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("ann", 0) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("ann", 0) == 0.5
    assert buckets.take("ann", 400) == pytest.approx(0.1)
    assert buckets.take("ann", 500) == 0
    assert buckets.take("bob", 500) == 0
    # Nothing is saved up past the burst.
    assert [buckets.take("ann", 60_000) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("ann", 60_000) > 0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 400)), max_size=100))
def test_no_more_pass_than_burst_and_rate_allow(steps: list[tuple[int, int]]) -> None:
    rate, burst = 5, 4
    buckets = Buckets(rate, burst)
    now = latest = 0
    passed: dict[int, list[int]] = {}
    for key, step in steps:
        now = max(0, now + step)
        latest = max(latest, now)
        wait = buckets.take(str(key), now)
        if wait == 0:
            passed.setdefault(key, []).append(latest)
        else:
            assert 0 < wait <= 1 / rate
    for times in passed.values():
        # A clock that goes back and forth can give each stretch twice, and no more.
        assert len(times) <= burst + 2 * rate * latest / 1000 + 1


@given(st.lists(st.integers(0, 300), max_size=50))
def test_who_waits_as_told_passes(gaps: list[int]) -> None:
    buckets = Buckets(rate=3, burst=2)
    now = 0
    for gap in gaps:
        now += gap
        wait = buckets.take("ann", now)
        if wait:
            now += int(wait * 1000) + 1
            assert buckets.take("ann", now) == 0


def test_the_number_of_buckets_is_bounded_and_the_oldest_go_first() -> None:
    buckets = Buckets(rate=0.001, burst=1, size=3)
    for key in "abc":
        assert buckets.take(key, 0) == 0
    assert buckets.take("d", 0) == 0
    assert len(buckets) == 3
    assert buckets.take("b", 0) > 0
    # "a" was forgotten, and so begins anew.
    assert buckets.take("a", 0) == 0
