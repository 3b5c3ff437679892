"""What the passing of time means for a session, and what a clock that is set does not."""

import pytest

from contracts.closing import Closing
from contracts.frames import Ping, Renew
from contracts.ids import UserId
from contracts.rooms import ListMyRooms
from gateway.effects import Probe, Renewed
from runtime.ids import new_id
from tests.unit.gateway.sessions import (
    CLAIMS,
    NOW,
    TOKENS,
    WALL,
    closes,
    frame,
    fresh,
    greeted,
    renewed_claims,
    replies,
    sent,
)

pytestmark = [pytest.mark.unit, pytest.mark.gateway]


def test_a_silent_client_is_probed_once_and_ended_when_it_stays_silent():
    session = greeted()
    assert session.ticked(NOW + 24_999, WALL) == []
    assert session.ticked(NOW + 25_000, WALL) == [Probe()]
    assert session.ticked(NOW + 30_000, WALL) == []
    assert closes(session.ticked(NOW + 62_500, WALL), Closing.HEARTBEAT_MISSED)


def test_any_sign_of_life_counts():
    session = greeted()
    session.ticked(NOW + 25_000, WALL)
    session.alive(NOW + 26_000)
    assert session.ticked(NOW + 50_999, WALL) == []
    assert session.ticked(NOW + 51_000, WALL) == [Probe()]


def test_a_session_ends_with_its_token_unless_it_is_renewed():
    ended = greeted()
    ended.alive(NOW + 629_999)
    assert ended.ticked(NOW + 629_999, WALL + 629_999) == []
    assert closes(ended.ticked(NOW + 630_000, WALL + 630_000), Closing.TOKEN_EXPIRED)

    renewed = greeted()
    TOKENS["fresh"] = renewed_claims(500)
    effects = renewed.received(frame(Renew(token="fresh")), NOW + 500_000, WALL)
    assert effects[0] == Renewed()
    assert replies(effects) == [("1", "done")]
    renewed.alive(NOW + 629_999)
    assert renewed.ticked(NOW + 630_000, WALL + 630_000) == []


def test_setting_the_clock_of_the_day_neither_ends_nor_keeps_a_connection():
    hour = 3_600_000
    for wall in (WALL - hour, WALL + 9 * 60_000):
        session = greeted()
        assert session.ticked(NOW + 1_000, wall) == []
        assert session.received(frame(ListMyRooms()), NOW + 1_500, wall)
        assert session.ticked(NOW + 2_000, WALL) == []
        assert session.ticked(NOW + 27_000, wall) == [Probe()]
        assert closes(session.ticked(NOW + 64_000, wall), Closing.HEARTBEAT_MISSED)
        late = fresh()
        assert late.ticked(NOW + 4_999, wall) == []
        assert closes(late.ticked(NOW + 5_000, wall), Closing.HELLO_LATE)


def test_a_token_ends_and_clients_are_told_by_the_time_of_day():
    session = greeted()
    (answer,) = sent(session.received(frame(Ping()), NOW + 10, WALL + 4_000))
    assert answer["reply"]["now"] == WALL + 4_000
    assert closes(session.ticked(NOW + 20, WALL + 630_000), Closing.TOKEN_EXPIRED)


def test_only_the_same_person_on_the_same_device_renews():
    session = greeted()
    TOKENS["other"] = renewed_claims(500, sub=UserId(new_id()))
    assert replies(session.received(frame(Renew(token="other")), NOW, WALL)) == [
        ("1", "auth.token_invalid")
    ]
    assert replies(session.received(frame(Renew(token="expired"), "2"), NOW, WALL)) == [
        ("2", "auth.token_expired")
    ]
    assert session.claims == CLAIMS
