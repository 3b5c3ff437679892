"""Token buckets: never more than the burst, never more than the pace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.contract import Rate
from gateway.buckets import PACES, Bucket, Buckets, Pace

pytestmark = [pytest.mark.unit, pytest.mark.gateway]

PACE = Pace(per_second=10, burst=20)


def test_a_rested_bucket_gives_its_burst_and_then_its_pace():
    bucket = Bucket(PACE, 0)
    assert [bucket.take(0) for _ in range(20)] == [0.0] * 20
    assert bucket.take(0) == pytest.approx(0.1)
    assert bucket.take(100) == 0.0
    assert bucket.take(100) > 0


def test_the_wait_it_names_is_enough():
    bucket = Bucket(PACE, 0)
    bucket.take(0, 20)
    wait = bucket.take(0, 5)
    assert bucket.take(int(wait * 1000), 5) == 0.0


def test_more_than_a_burst_at_once_costs_a_whole_burst():
    bucket = Bucket(PACE, 0)
    assert bucket.take(0, 1_000) == 0.0
    assert bucket.take(0, 1_000) == pytest.approx(2.0)


def test_it_is_rested_when_forgetting_it_changes_nothing():
    bucket = Bucket(PACE, 0)
    assert bucket.rested(0)
    bucket.take(0, 10)
    assert not bucket.rested(999)
    assert bucket.rested(1_000)


@given(st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 5)), max_size=60))
def test_what_is_given_stays_within_burst_and_pace(asked):
    bucket = Bucket(PACE, 0)
    now = given_out = 0
    for pause, cost in asked:
        now += pause
        if bucket.take(now, cost) == 0.0:
            given_out += cost
    assert given_out <= PACE.burst + PACE.per_second * now / 1000 + 1e-6


def test_a_clock_that_goes_back_gives_nothing_away():
    bucket = Bucket(PACE, 10_000)
    bucket.take(10_000, 20)
    assert bucket.take(0) > 0


def test_kinds_do_not_drink_from_each_other_and_the_factor_widens_all():
    buckets = Buckets(2.0)
    typing = PACES[Rate.TYPING]
    granted = sum(buckets.take(Rate.TYPING, 0) == 0.0 for _ in range(100))
    assert granted == typing.burst * 2
    assert buckets.take(Rate.READ, 0) == 0.0
