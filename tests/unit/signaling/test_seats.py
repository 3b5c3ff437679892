"""A seat outlives its connection, and no longer than that."""

import pytest

from contracts.ids import DeviceId, GatewayId, SessionId, UserId
from contracts.presence import GatewayLease, SessionLease
from services.signaling.seats import ABSENCE_MS, GRACE_MS, Seats

pytestmark = [pytest.mark.unit, pytest.mark.calls]

ANNE = SessionId("anne")
ONE, TWO = GatewayId("one"), GatewayId("two")
ALIVE = GatewayLease(since=0, sessions=1)


def held_by(gateway: GatewayId, dropped_at: int | None = None) -> SessionLease:
    return SessionLease(
        user=UserId("u"), device=DeviceId("d"), gateway=gateway, since=0, dropped_at=dropped_at
    )


def seated() -> Seats:
    seats = Seats()
    seats.gateway(ONE, ALIVE)
    seats.session(ANNE, held_by(ONE))
    return seats


def test_a_session_whose_connection_is_lost_is_told_from_one_that_is_connected_or_unknown():
    seats = seated()
    assert not seats.dropped(ANNE)
    assert not seats.dropped(SessionId("nobody"))
    seats.session(ANNE, held_by(ONE, dropped_at=1000))
    assert seats.dropped(ANNE)
    seats.session(ANNE, held_by(TWO))
    assert not seats.dropped(ANNE)


def test_a_live_session_is_never_lost():
    assert not seated().lost(ANNE, 10**9)


def test_a_dead_gateways_people_leave_after_their_grace():
    seats = seated()
    seats.gateway(ONE, None)
    assert not seats.lost(ANNE, 1000)
    assert not seats.lost(ANNE, 1000 + GRACE_MS - 1)
    assert seats.lost(ANNE, 1000 + GRACE_MS)


def test_who_is_taken_over_by_another_gateway_stays():
    seats = seated()
    seats.gateway(ONE, None)
    assert not seats.lost(ANNE, 1000)
    seats.gateway(TWO, ALIVE)
    seats.session(ANNE, held_by(TWO))
    assert not seats.lost(ANNE, 1000 + GRACE_MS)


def test_a_gateway_that_comes_back_keeps_its_people():
    seats = seated()
    seats.gateway(ONE, None)
    assert not seats.lost(ANNE, 1000)
    seats.gateway(ONE, ALIVE)
    assert not seats.lost(ANNE, 1000 + GRACE_MS)


def test_a_lease_that_is_gone_is_believed_after_a_moment():
    seats = seated()
    seats.session(ANNE, None)
    assert not seats.lost(ANNE, 1000)
    assert not seats.lost(ANNE, 1000 + ABSENCE_MS - 1)
    assert seats.lost(ANNE, 1000 + ABSENCE_MS)


def test_a_broker_that_forgot_and_was_told_again_costs_nobody_a_seat():
    seats = seated()
    seats.session(ANNE, None)
    assert not seats.lost(ANNE, 1000)
    seats.session(ANNE, held_by(ONE))
    assert not seats.lost(ANNE, 1000 + ABSENCE_MS)
    seats.session(ANNE, None)
    assert not seats.lost(ANNE, 9000 + ABSENCE_MS)


def test_a_dropped_session_whose_gateway_forgets_it_is_no_ghost():
    seats = seated()
    seats.session(ANNE, held_by(ONE, dropped_at=1000))
    assert not seats.lost(ANNE, 1000 + GRACE_MS)
    assert seats.lost(ANNE, 1000 + GRACE_MS + ABSENCE_MS)
