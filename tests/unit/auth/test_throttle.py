"""How waiting grows, and for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain import throttle
from services.auth.domain.throttle import FRESH, Policy, Record, attempted, network_of, released

pytestmark = pytest.mark.auth

POLICY = Policy(free=3, first=1_000, longest=60_000, memory=3_600_000)
POLICIES = st.builds(
    Policy,
    free=st.integers(0, 20),
    first=st.integers(1, 5_000),
    longest=st.integers(5_000, 600_000),
    memory=st.integers(600_000, 10_000_000),
)


def patient_guesser(policy: Policy, tries: int) -> list[int]:
    """The waits of somebody who fails again as soon as that is allowed."""
    record, now, waits = FRESH, 1_000_000, []
    for _ in range(tries):
        record = attempted(record, now, policy)
        waits.append(throttle.waiting(record, now))
        now = max(now, record.until)
    return waits


def test_waits_double_up_to_the_longest() -> None:
    seconds = [wait // 1_000 for wait in patient_guesser(POLICY, 12)]
    assert seconds == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(POLICIES, st.integers(1, 80))
def test_waits_never_shrink_and_are_bounded(policy: Policy, tries: int) -> None:
    waits = patient_guesser(policy, tries)
    assert waits == sorted(waits)
    assert all(wait == 0 for wait in waits[: policy.free])
    assert all(policy.first <= wait or wait == policy.longest for wait in waits[policy.free :])
    assert max(waits) <= policy.longest


@given(POLICIES, st.integers(1, 40))
def test_all_is_forgotten_in_time(policy: Policy, tries: int) -> None:
    record, now = FRESH, 1_000_000
    for _ in range(tries):
        record = attempted(record, now, policy)
        now = max(now, record.until)
    later = throttle.forgotten_at(record, policy)
    assert attempted(record, later, policy).failures == 1
    assert attempted(record, later - 1, policy).failures == tries + 1


@given(POLICIES, st.lists(st.booleans(), max_size=60))
def test_what_went_well_leaves_as_many_failures_as_there_were(
    policy: Policy, outcomes: list[bool]
) -> None:
    record, now, failures = FRESH, 1_000_000, 0
    for well in outcomes:
        now = max(now, record.until)
        record = attempted(record, now, policy)
        if well:
            record = released(record, now)
            assert throttle.waiting(record, now) == 0
        else:
            failures += 1
        assert record.failures == failures


def test_a_release_is_no_credit() -> None:
    assert released(FRESH, 5).failures == 0
    assert released(Record(failures=1, last=5, until=9), 5) == Record(failures=0, last=5, until=5)


@given(POLICIES.filter(lambda policy: policy.free > 0), st.lists(st.integers(0, 50), min_size=1))
def test_attempts_at_one_moment_are_free_in_whatever_order_they_are_counted(
    policy: Policy, moments: list[int]
) -> None:
    record = FRESH
    for moment in moments[: policy.free]:
        assert throttle.waiting(record, 1_000_000 + moment) == 0
        record = attempted(record, 1_000_000 + moment, policy)
    assert record.failures == len(moments[: policy.free])


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_who_shares_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_key_tells_nothing_without_the_secret() -> None:
    key = throttle.key_of("address", "192.0.2.7", b"secret")
    assert "192" not in key
    assert key == throttle.key_of("address", "192.0.2.7", b"secret")
    assert key != throttle.key_of("address", "192.0.2.7", b"another")
    assert key != throttle.key_of("account", "192.0.2.7", b"secret")
