"""What a session decides: frames and ticks in, effects out. No socket, no loop, no clock."""

import msgspec
import pytest

from contracts.auth import LogIn
from contracts.callers import Account, Guest
from contracts.chat import PostMessage
from contracts.closing import Closing
from contracts.contract import Via
from contracts.errors import Code, Refusal
from contracts.frames import MAX_FOLLOWED, Follow, FollowedRoom, Ping, Place, Unfollow
from contracts.ids import ClientId, DeviceId
from contracts.notices import RoomRemoved, SignedOut
from contracts.registry import BY_TAG
from contracts.rooms import Leaving, ListMyRooms
from gateway.effects import Ask, Claim, FollowRooms, LeaveRooms, Shut
from runtime.codec import encode
from runtime.ids import new_id
from tests.unit.gateway.sessions import (
    CLAIMS,
    NOW,
    RULES,
    SESSION,
    WALL,
    closes,
    frame,
    fresh,
    greeted,
    hello,
    replies,
    request,
    room,
    sent,
)

pytestmark = [pytest.mark.unit, pytest.mark.gateway]


# ---- hello -------------------------------------------------------------------------------------


def test_a_good_hello_claims_a_seat_and_is_welcomed_with_what_the_server_allows():
    session = fresh()
    assert session.received(hello(session=SESSION), NOW, WALL) == [
        Claim(request("1"), SESSION, CLAIMS)
    ]
    (welcome,) = sent(session.seated(request("1"), SESSION, True, WALL))
    assert welcome["id"] == "1"
    reply = welcome["reply"]
    assert (reply["session"], reply["resumed"], reply["user"]) == (SESSION, True, CLAIMS.sub)
    assert reply["limits"]["frame_bytes"] == 65_536
    assert reply["limits"]["call_participants"] == 9
    assert reply["limits"]["call_listeners"] == 4
    assert reply["heartbeat_ms"] == RULES.heartbeat_ms
    assert session.caller == Account(
        user=CLAIMS.sub, device=CLAIMS.dev, session=SESSION, address="192.0.2.1", agent="test"
    )


@pytest.mark.parametrize(
    ("token", "code", "closing"),
    [
        ("forged", "auth.token_invalid", Closing.HELLO_REFUSED),
        ("expired", "auth.token_expired", Closing.TOKEN_EXPIRED),
        ("revoked", "auth.revoked", Closing.REVOKED),
    ],
)
def test_a_token_that_does_not_hold_is_answered_and_ends_the_connection(token, code, closing):
    effects = fresh().received(hello(token), NOW, WALL)
    assert replies(effects) == [("1", code)]
    assert closes(effects, closing)


def test_a_client_of_another_age_is_told_to_reload():
    effects = fresh().received(hello(versions=[7, 8]), NOW, WALL)
    assert replies(effects) == [("1", "session.version_unsupported")]
    assert closes(effects, Closing.VERSION_UNSUPPORTED)


def test_nothing_but_hello_is_heard_before_hello():
    session = fresh()
    effects = session.received(frame(ListMyRooms(), "9"), NOW, WALL)
    assert replies(effects) == [("9", "request.not_greeted")]
    assert isinstance(session.received(hello(), NOW, WALL)[0], Claim)


def test_a_second_hello_is_refused_and_changes_nothing():
    session = greeted()
    assert replies(session.received(hello("forged"), NOW, WALL)) == [("1", "request.invalid")]
    assert session.claims == CLAIMS
    claiming = fresh()
    claiming.received(hello(), NOW, WALL)
    assert replies(claiming.received(hello(), NOW, WALL)) == [("1", "request.invalid")]


def test_hello_is_due_within_its_time_but_a_slow_broker_is_not_the_clients_fault():
    late = fresh()
    assert late.ticked(NOW + 4_999, WALL) == []
    assert closes(late.ticked(NOW + 5_000, WALL), Closing.HELLO_LATE)
    claiming = fresh()
    claiming.received(hello(), NOW + 4_000, WALL)
    assert claiming.ticked(NOW + 6_000, WALL) == []


def test_a_claim_that_fails_is_answered_before_the_end():
    session = fresh()
    session.received(hello(), NOW, WALL)
    effects = session.unseated(request("1"), Refusal(Code.UNAVAILABLE), Closing.BUS_LOST)
    assert replies(effects) == [("1", "request.unavailable")]
    assert closes(effects, Closing.BUS_LOST)


def test_a_guest_speaks_as_a_guest_of_one_room():
    only = room()
    session = greeted(msgspec.structs.replace(CLAIMS, room=only))
    caller = session.caller
    assert isinstance(caller, Guest)
    assert caller.room == only


# ---- requests ----------------------------------------------------------------------------------


def post(text: str = "Hello") -> PostMessage:
    return PostMessage(room=room(), client_id=ClientId("abcdefgh"), text=text)


def test_a_command_goes_to_its_service_as_the_bytes_it_came_in():
    body = encode(post()).replace(b'"text":', b'"text" : ')
    assert greeted().received(frame(body, "a-7"), NOW, WALL) == [
        Ask(request("a-7"), "chat.post", body)
    ]


def test_an_answer_is_passed_on_as_it_came():
    session = greeted()
    session.received(frame(post(), "a-7"), NOW, WALL)
    (answer,) = session.answered(request("a-7"), b'{"t":"chat.appended","unknown":1}')
    assert answer.data == b'{"id":"a-7","reply":{"t":"chat.appended","unknown":1}}'


def test_only_so_many_requests_are_under_way():
    session = greeted()
    for number in range(RULES.requests):
        (ask,) = session.received(frame(post(), str(number)), NOW, WALL)
        assert isinstance(ask, Ask)
    refused = session.received(frame(post(), "x"), NOW, WALL)
    assert replies(refused) == [("x", "request.rate_limited")]
    assert sent(refused)[0]["reply"]["retry_after"] > 0
    session.answered(request("0"), b"{}")
    assert isinstance(session.received(frame(post(), "y"), NOW, WALL)[0], Ask)


def test_each_kind_of_frame_has_its_own_pace():
    session = greeted(requests=10_000)
    answers = [session.received(frame(post(), "p"), NOW, WALL)[0] for _ in range(61)]
    assert [isinstance(answer, Ask) for answer in answers] == [True] * 60 + [False]
    assert isinstance(session.received(frame(ListMyRooms()), NOW, WALL)[0], Ask)
    assert isinstance(session.received(frame(post()), NOW + 51, WALL)[0], Ask)


def test_no_pace_is_kept_where_the_operator_says_so():
    session = greeted(requests=10_000, rate_factor=0)
    assert all(isinstance(session.received(frame(post()), NOW, WALL)[0], Ask) for _ in range(500))


def test_what_is_for_http_alone_is_unknown_here():
    effects = greeted().received(frame(LogIn(name="a", password="b")), NOW, WALL)
    assert replies(effects) == [("1", "request.unknown")]


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"garbage", ("", "request.malformed")),
        (b"", ("", "request.malformed")),
        (b"\xff\xfe", ("", "request.malformed")),
        (b"[]", ("", "request.invalid")),
        (b'{"id":"4","request":' + b"[" * 60_000, ("4", "request.malformed")),
        (b'{"id":"4"}', ("4", "request.invalid")),
        (b'{"id":"no spaces","request":{}}', ("", "request.invalid")),
        (b'{"id":"4","request":{},"more":1}', ("4", "request.invalid")),
        (b'{"id":"4","request":{}}', ("4", "request.invalid")),
        (b'{"id":"4","request":[]}', ("4", "request.invalid")),
        (b'{"id":"4","request":{"t":"nope"}}', ("4", "request.unknown")),
        (b'{"id":"4","request":{"t":"session.ping","x":1}}', ("4", "request.invalid")),
        (frame(post("")), ("1", "chat.empty")),
        (frame(post("x" * 4_001)), ("1", "chat.too_long")),
        (frame(encode(post()).replace(b"Hello", b"\xc3\x28")), ("1", "request.malformed")),
        (frame(encode(post()).replace(b"Hello", rb"\ud800")), ("1", "request.malformed")),
    ],
)
def test_bad_frames_get_a_named_refusal_and_the_connection_lives_on(data, answer):
    session = greeted()
    assert replies(session.received(data, NOW, WALL)) == [answer]
    assert replies(session.received(frame(Ping(), "5"), NOW, WALL)) == [("5", "session.pong")]


def test_too_many_refused_frames_end_the_connection():
    session = greeted()
    for _ in range(100):
        assert replies(session.received(b"garbage", NOW, WALL)) == [("", "request.malformed")]
    effects = session.received(b"garbage", NOW, WALL)
    assert closes(effects, Closing.FLOODING)
    assert session.received(b"garbage", NOW, WALL) == []


def test_too_many_pings_and_parts_end_the_connection_before_anybody_says_hello():
    for session in (fresh(), greeted()):
        for _ in range(500):
            assert session.alive(NOW) == []
            assert session.part(NOW) == []
        assert closes(session.part(NOW), Closing.FLOODING)
        assert session.alive(NOW) == []


def test_who_pings_every_second_or_sends_large_messages_in_parts_is_never_ended():
    session = greeted()
    for second in range(400):
        assert session.alive(NOW + second * 1_000) == []
    for message in range(20):
        at = NOW + 400_000 + message * 10_000
        for _ in range(500):
            assert session.part(at) == []


@pytest.mark.parametrize("contract", list(BY_TAG.values()), ids=list(BY_TAG))
def test_every_command_is_known_here_exactly_if_it_may_come_by_the_socket(contract):
    answers = replies(
        greeted(rate_factor=0).received(frame({"t": contract.tag, "?": 1}), NOW, WALL)
    )
    expected = "request.invalid" if Via.SOCKET in contract.via else "request.unknown"
    assert answers == [("1", expected)]


def test_asking_too_fast_is_forgiven_longer_than_nonsense_but_not_for_ever():
    session = greeted(requests=0)
    for _ in range(400):
        refused = session.received(frame(post(), "p"), NOW, WALL)
        assert replies(refused) == [("p", "request.rate_limited")]
    assert closes(session.received(frame(post(), "p"), NOW, WALL), Closing.FLOODING)


# ---- following ---------------------------------------------------------------------------------


def test_following_asks_once_for_each_room_and_is_answered_once():
    session = greeted()
    here, there = room(), room()
    places = [Place(room=here, after=3), Place(room=there, after=0), Place(room=here, after=5)]
    (effect,) = session.received(frame(Follow(places=places)), NOW, WALL)
    assert effect == FollowRooms(request("1"), (Place(room=here, after=5), places[1]))
    assert session.followed == {here, there}
    gone = FollowedRoom(room=there, error="rooms.not_member")
    effects = session.followed_rooms(request("1"), [FollowedRoom(room=here, recovered=True), gone])
    assert effects[0] == LeaveRooms((there,))
    assert replies(effects) == [("1", "session.followed")]
    assert session.followed == {here}


def test_unfollowing_names_only_what_was_followed():
    session = greeted()
    here = room()
    session.received(frame(Follow(places=[Place(room=here, after=0)])), NOW, WALL)
    effects = session.received(frame(Unfollow(rooms=[room(), here, here]), "2"), NOW, WALL)
    assert effects[0] == LeaveRooms((here,))
    assert replies(effects) == [("2", "done")]
    assert session.followed == set()


def test_a_connection_follows_only_so_many_rooms():
    session = greeted(requests=1_000, rate_factor=0)
    for _ in range(MAX_FOLLOWED // 64):
        places = [Place(room=room(), after=0) for _ in range(64)]
        session.received(frame(Follow(places=places)), NOW, WALL)
    one_more = frame(Follow(places=[Place(room=room(), after=0)]), "9")
    assert replies(session.received(one_more, NOW, WALL)) == [("9", "session.too_many_followed")]
    assert len(session.followed) == MAX_FOLLOWED


# ---- what is told ------------------------------------------------------------------------------


def test_whoever_is_removed_from_a_room_hears_it_no_more():
    session = greeted()
    here = room()
    session.received(frame(Follow(places=[Place(room=here, after=0)])), NOW, WALL)
    assert session.told(RoomRemoved(room=here, why=Leaving.KICKED)) == [LeaveRooms((here,))]
    assert session.told(RoomRemoved(room=here, why=Leaving.KICKED)) == []


def signed_out(
    device: DeviceId | None, kept: DeviceId | None = None, before: int | None = None
) -> SignedOut:
    return SignedOut(
        user=CLAIMS.sub, device=device, except_device=kept, before=before, why="revoked"
    )


@pytest.mark.parametrize(
    ("notice", "ends"),
    [
        (signed_out(CLAIMS.dev), True),
        (signed_out(DeviceId(new_id())), False),
        (signed_out(None), True),
        (signed_out(None, CLAIMS.dev), False),
        (signed_out(None, DeviceId(new_id())), True),
        # Told late: of a sign-in since then it says nothing.
        (signed_out(None, before=CLAIMS.iat), True),
        (signed_out(None, before=CLAIMS.iat - 1), False),
        (signed_out(None, DeviceId(new_id()), before=CLAIMS.iat - 1), False),
    ],
)
def test_a_sign_out_ends_the_connections_it_names(notice, ends):
    assert closes(greeted().told(notice), Closing.REVOKED) is ends


def test_a_revocation_ends_what_stands_on_older_tokens():
    assert greeted().revoked(CLAIMS.iat - 1) == []
    assert closes(greeted().revoked(CLAIMS.iat), Closing.REVOKED)


# ---- the end -----------------------------------------------------------------------------------


def test_only_the_first_end_counts_and_nothing_follows_it():
    session = greeted()
    session.received(frame(post(), "7"), NOW, WALL)
    assert session.ended(Closing.SLOW_READER) == [Shut(Closing.SLOW_READER)]
    assert session.ended(Closing.REVOKED) == []
    assert session.answered(request("7"), b"{}") == []
    assert session.ticked(NOW + 10**9, WALL + 10**9) == []
    assert session.going_away(100) == []


def test_a_stopping_gateway_says_so():
    assert sent(greeted().going_away(1234)) == [{"t": "session.going_away", "delay_ms": 1234}]
