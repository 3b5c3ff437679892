"""Two replicas of signaling, real NATS: joining, relaying, and nobody left behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import msgspec
import pytest
import pytest_asyncio
from nats.errors import TimeoutError as NatsTimeout
from nats.js.kv import KeyValue

from contracts import subjects
from contracts.callers import Account
from contracts.errors import Code, Refusal
from contracts.ids import GatewayId, RoomId, SessionId
from contracts.presence import GatewayLease, SessionLease
from contracts.rooms import MemberView, Role
from contracts.signaling import (
    CallEnded,
    CandidateReceived,
    DeclineCall,
    EndCandidates,
    GetIceServers,
    GetRoster,
    GetRunning,
    JoinCall,
    LeaveCall,
    Media,
    OfferReceived,
    ParticipantJoined,
    ParticipantLeft,
    ReactedInCall,
    ReactInCall,
    Ring,
    Ringing,
    RingingStopped,
    Roster,
    SendCandidate,
    SendOffer,
    SetMedia,
)
from contracts.streams import LEASES, MEMBERS
from runtime.codec import encode
from runtime.ids import new_id, now_ms
from runtime.process import Process
from services.signaling.app import start
from services.signaling.settings import SignalingSettings
from services.signaling.switchboard import Switchboard
from tests.support.asking import Asker, account, anonymous, guest
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.calls]

SDP = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 00:11
a=setup:actpass
"""
CANDIDATE = "candidate:1 1 udp 2122252543 192.0.2.1 50000 typ host"


@dataclass
class World:
    """A room, its members, and the gateway that holds their sessions."""

    asker: Asker
    members: KeyValue
    leases: KeyValue
    room: RoomId
    gateway: GatewayId

    async def member(self) -> Account:
        """Someone in the room, connected at the gateway."""
        person = account(session=new_id())
        view = MemberView(role=Role.MEMBER, muted_until=0, banned=False, revision=1)
        await self.members.put(f"{self.room}.{person.user}", encode(view))
        await self.connect(person, self.gateway)
        return person

    async def connect(
        self, person: Account, gateway: GatewayId, *, dropped_at: int | None = None
    ) -> None:
        await self.leases.put(f"gateway.{gateway}", encode(GatewayLease(since=0, sessions=1)))
        lease = SessionLease(
            user=person.user,
            device=person.device,
            gateway=gateway,
            since=0,
            dropped_at=dropped_at,
        )
        await self.leases.put(f"session.{person.session}", encode(lease))

    async def roster(self, person: Account) -> Roster:
        return (await self.asker.ask(person, GetRoster(room=self.room))).roster

    async def sessions(self, person: Account) -> list[SessionId]:
        return [p.session for p in (await self.roster(person)).participants]


@pytest_asyncio.fixture
async def world(nats_url: str, asker: Asker) -> AsyncIterator[World]:
    settings = SignalingSettings(
        nats_url=nats_url,
        mesh_limit=3,
        listener_limit=2,
        turn_urls=("turn:a",),
        turn_secret="north",
        turn_relay_only=True,
    )
    members = await asker.bus.ensure_bucket(MEMBERS)
    leases = await asker.bus.ensure_bucket(LEASES)
    async with AsyncExitStack() as running:
        for _ in range(2):
            process = await running.enter_async_context(Process("signaling", settings))
            await start(process, settings)
        yield World(asker, members, leases, RoomId(new_id()), GatewayId(new_id()))


async def test_people_meet_and_the_room_hears_of_it(world: World):
    ann, bob = await world.member(), await world.member()
    heard = await world.asker.hear(subjects.state(world.room))
    first = (await world.asker.ask(ann, JoinCall(room=world.room))).roster
    second = (await world.asker.ask(bob, JoinCall(room=world.room))).roster
    assert [p.session for p in second.participants] == [ann.session, bob.session]
    assert first.call == second.call
    await world.asker.ask(ann, SetMedia(room=world.room, media=Media(microphone=True)))
    await world.asker.ask(ann, LeaveCall(room=world.room))
    await world.asker.ask(bob, LeaveCall(room=world.room))
    await wait_until(lambda: heard.of(CallEnded))
    assert [event.revision for event in heard.told] == list(range(1, 8))
    assert (await world.roster(ann)).call is None


async def test_a_joining_whose_storing_was_not_confirmed_in_time_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    ann, bob = await world.member(), await world.member()
    await world.asker.ask(ann, JoinCall(room=world.room))
    heard = await world.asker.hear(subjects.state(world.room))
    update = KeyValue.update
    late: list[str] = []

    async def slowly(store: KeyValue, key: str, *arguments: object, **options: object) -> int:
        revision = await update(store, key, *arguments, **options)
        if key == world.room and not late:
            late.append(key)
            raise NatsTimeout
        return revision

    monkeypatch.setattr(KeyValue, "update", slowly)
    await world.asker.ask(bob, JoinCall(room=world.room))
    assert late
    await wait_until(lambda: heard.of(ParticipantJoined))
    assert [e.participant.session for e in heard.of(ParticipantJoined)] == [bob.session]


async def test_a_joining_that_nobody_heard_of_shows_when_it_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """As where a replica dies between storing and telling."""
    ann, bob = await world.member(), await world.member()
    known = (await world.asker.ask(ann, JoinCall(room=world.room))).roster.revision
    heard = await world.asker.hear(subjects.state(world.room))

    async def dies(*_: object) -> None:
        raise NatsTimeout

    with monkeypatch.context() as dying:
        dying.setattr(Switchboard, "_tell", dies)
        await world.asker.refused(bob, JoinCall(room=world.room))
    assert await world.sessions(ann) == [ann.session, bob.session]
    await world.asker.ask(bob, JoinCall(room=world.room))
    await wait_until(lambda: heard.told)
    # A gap in the revisions: ann's page reads the roster anew.
    assert [e.revision - known for e in heard.told] == [2]


async def test_members_learn_which_of_their_rooms_have_a_call(world: World):
    ann, stranger = await world.member(), account(session=new_id())
    running = await world.asker.ask(ann, GetRunning())
    assert (running.rosters, running.limit, running.listener_limit) == ([], 3, 2)
    joined = (await world.asker.ask(ann, JoinCall(room=world.room))).roster

    async def found() -> bool:
        return (await world.asker.ask(ann, GetRunning())).rosters == [joined]

    await wait_until(found)
    assert (await world.asker.ask(stranger, GetRunning())).rosters == []


async def test_the_last_seat_goes_to_exactly_one(world: World):
    people = [await world.member() for _ in range(8)]
    outcomes = await world.asker.together(
        *((person, JoinCall(room=world.room)) for person in people)
    )
    assert outcomes.count(Code.CALL_FULL) == 5
    assert len(await world.sessions(people[0])) == 3


async def test_who_comes_back_from_a_crash_finds_the_seat_kept_in_a_full_call(world: World):
    people = [await world.member() for _ in range(3)]
    for person in people:
        await world.asker.ask(person, JoinCall(room=world.room))
    ann = people[0]
    again = msgspec.structs.replace(ann, session=new_id())
    await world.connect(again, world.gateway)
    # Two tabs of one device may both be in a call: the one that is connected keeps its place.
    back = JoinCall(room=world.room, former=ann.session)
    assert await world.asker.refused(again, back) is Code.CALL_FULL
    await world.connect(ann, world.gateway, dropped_at=now_ms())

    async def is_in() -> bool:
        try:
            await world.asker.ask(again, back)
        except Refusal:
            return False
        return True

    # Nor does a tab that says nothing of another one take its place, while that is on its way back.
    assert await world.asker.refused(again, JoinCall(room=world.room)) is Code.CALL_FULL
    await wait_until(is_in)
    assert await world.sessions(again) == [people[1].session, people[2].session, again.session]


async def test_an_emoji_is_shown_to_the_room_and_kept_nowhere(world: World):
    ann, bob = await world.member(), await world.member()
    for person in (ann, bob):
        await world.asker.ask(person, JoinCall(room=world.room))
    before = await world.roster(ann)
    heard = await world.asker.hear(subjects.state(world.room))
    family = "\U0001f469\u200d\U0001f467"
    for emoji in ("\U0001f44d", family):
        await world.asker.ask(bob, ReactInCall(room=world.room, emoji=emoji))
    await wait_until(lambda: len(heard.told) == 2)
    assert [(e.session, e.call, e.emoji) for e in heard.of(ReactedInCall)] == [
        (bob.session, before.call, "\U0001f44d"),
        (bob.session, before.call, family),
    ]
    assert await world.roster(ann) == before
    for words in ("hi", "\U0001f44d\U0001f44d"):
        command = ReactInCall(room=world.room, emoji=words)
        assert await world.asker.refused(bob, command) is Code.REACTION_INVALID
    outside = ReactInCall(room=world.room, emoji="\U0001f44d")
    assert await world.asker.refused(await world.member(), outside) is Code.NOT_IN_CALL


async def test_the_last_place_to_listen_and_the_last_to_speak_go_to_one_each(world: World):
    people = [await world.member() for _ in range(9)]
    speakers, others = people[:3], people[3:]
    for person in speakers:
        await world.asker.ask(person, JoinCall(room=world.room))
    outcomes = await world.asker.together(
        *((person, JoinCall(room=world.room, listen=True)) for person in others)
    )
    assert outcomes.count(Code.CALL_FULL) == 4
    roster = await world.roster(people[0])
    listeners = [p.session for p in roster.participants if p.listening]
    assert (len(listeners), len(roster.participants), roster.listener_limit) == (2, 5, 2)

    # One place to speak is free: both who listen want it, and the other one goes on listening.
    await world.asker.ask(speakers[0], LeaveCall(room=world.room))
    listening = [person for person in others if person.session in listeners]
    media = Media(microphone=True)
    for person in listening:
        await world.asker.ask(person, SetMedia(room=world.room, media=media))
    outcomes = await world.asker.together(
        *((person, JoinCall(room=world.room, media=media)) for person in listening)
    )
    assert outcomes.count(Code.CALL_FULL) == 1
    ends = (await world.roster(people[0])).participants[2:]
    assert sorted(p.listening for p in ends) == [False, True]
    assert all(p.media.microphone is not p.listening for p in ends)


async def test_strangers_and_the_unconnected_are_refused(world: World):
    stranger = account(session=new_id())
    for command in (JoinCall(room=world.room), GetRoster(room=world.room)):
        assert await world.asker.refused(stranger, command) is Code.NOT_MEMBER
    ann = await world.member()
    by_http = account(str(ann.user))
    assert await world.asker.refused(by_http, JoinCall(room=world.room)) is Code.SESSION_REQUIRED


async def test_members_get_turn_credentials_and_strangers_do_not(world: World):
    ann = await world.member()
    found = await world.asker.ask(ann, GetIceServers(room=world.room))
    assert found.relay_only
    assert found.servers[0].username == f"{found.expires_at // 1000}:{ann.user}"
    stranger = account()
    assert await world.asker.refused(stranger, GetIceServers(room=world.room)) is Code.NOT_MEMBER


async def test_who_is_signed_in_may_check_the_way_to_the_servers_before_any_call(world: World):
    stranger = account()
    found = await world.asker.ask(stranger, GetIceServers())
    assert found.servers[0].username == f"{found.expires_at // 1000}:{stranger.user}"
    assert await world.asker.refused(anonymous(), GetIceServers()) is Code.SIGN_IN_REQUIRED

    # A guest is let in by an invitation: once out of the room, nothing of ours is theirs.
    sent_away = guest(world.room)
    assert await world.asker.refused(sent_away, GetIceServers()) is Code.NOT_MEMBER
    view = MemberView(role=Role.MEMBER, muted_until=0, banned=False, revision=1)
    visitor = guest(world.room)
    await world.members.put(f"{world.room}.{visitor.user}", encode(view))
    credentials = (await world.asker.ask(visitor, GetIceServers())).servers[0]
    assert credentials.username is not None
    assert credentials.username.endswith(f":{visitor.user}")


async def test_an_offer_reaches_the_one_it_is_meant_for(world: World):
    ann, bob, eve = [await world.member() for _ in range(3)]
    for person in (ann, bob):
        await world.asker.ask(person, JoinCall(room=world.room))
    heard = await world.asker.hear(subjects.session(bob.session))
    await world.asker.ask(ann, SendOffer(room=world.room, to=bob.session, sdp=SDP))
    candidate = SendCandidate(room=world.room, to=bob.session, candidate=CANDIDATE, sdp_mid="0")
    await world.asker.ask(ann, candidate)
    await wait_until(lambda: heard.of(CandidateReceived))
    [offer] = heard.of(OfferReceived)
    assert (offer.sender, offer.sdp) == (ann.session, SDP)

    # Eve is a member of the room, but not in the call.
    spoof = SendOffer(room=world.room, to=bob.session, sdp=SDP)
    assert await world.asker.refused(eve, spoof) is Code.NOT_IN_CALL
    absent = EndCandidates(room=world.room, to=eve.session)
    assert await world.asker.refused(ann, absent) is Code.PEER_GONE
    garbage = SendOffer(room=world.room, to=bob.session, sdp="v=1")
    assert await world.asker.refused(ann, garbage) is Code.SDP_INVALID
    nothing = SendCandidate(room=world.room, to=bob.session, candidate="candidate:x")
    assert await world.asker.refused(ann, nothing) is Code.CANDIDATE_INVALID
    assert len(heard.told) == 2


async def test_ringing(world: World):
    ann, bob = await world.member(), await world.member()
    heard = await world.asker.hear(subjects.user(bob.user))
    found = await world.asker.ask(ann, JoinCall(room=world.room))
    await world.asker.ask(ann, Ring(room=world.room, users=[bob.user, account().user]))
    await wait_until(lambda: heard.of(Ringing))
    await world.asker.ask(bob, DeclineCall(room=world.room, call=found.roster.call))
    await wait_until(lambda: heard.of(RingingStopped))
    old = DeclineCall(room=world.room, call=new_id())
    assert await world.asker.refused(bob, old) is Code.CALL_OVER


async def test_who_connects_while_being_rung_hears_it(world: World):
    ann, bob = await world.member(), await world.member()
    call = (await world.asker.ask(ann, JoinCall(room=world.room))).roster.call
    await world.asker.ask(ann, Ring(room=world.room, users=[bob.user]))
    asked = msgspec.structs.replace(bob, session=new_id())
    heard = await world.asker.hear("session.*")

    async def rings() -> bool:
        await world.asker.ask(asked, GetRunning())
        return bool(heard.of(Ringing))

    # Either replica answers, and its copy of the call is a hop behind.
    await wait_until(rings)
    assert {(e.room, e.call, e.by) for e in heard.of(Ringing)} == {(world.room, call, ann.user)}
    await world.asker.ask(bob, DeclineCall(room=world.room, call=call))

    async def silent() -> bool:
        told = len(heard.told)
        await world.asker.together(*((asked, GetRunning()) for _ in range(8)))
        return len(heard.told) == told

    await wait_until(silent)


async def test_a_session_that_ended_leaves_no_ghost(world: World):
    ann, bob = await world.member(), await world.member()
    for person in (ann, bob):
        await world.asker.ask(person, JoinCall(room=world.room))
    heard = await world.asker.hear(subjects.state(world.room))
    # Bob's gateway says that his grace is over.
    await world.leases.delete(f"session.{bob.session}")
    await wait_until(lambda: heard.of(ParticipantLeft), 20)
    assert [(e.session, e.why) for e in heard.of(ParticipantLeft)] == [(bob.session, "lost")]
    assert await world.sessions(ann) == [ann.session]


async def test_a_dead_gateways_people_go_and_those_taken_over_stay(world: World):
    ann, bob = await world.member(), await world.member()
    for person in (ann, bob):
        await world.asker.ask(person, JoinCall(room=world.room))
    await world.leases.delete(f"gateway.{world.gateway}")
    await world.connect(ann, GatewayId(new_id()))

    async def only_ann() -> bool:
        return await world.sessions(ann) == [ann.session]

    # A dead gateway's people have the grace of a session, which is 15 seconds.
    await wait_until(only_ann, 60)


async def test_who_is_kicked_from_the_room_is_out_of_its_call(world: World):
    ann, bob = await world.member(), await world.member()
    for person in (ann, bob):
        await world.asker.ask(person, JoinCall(room=world.room))
    heard = await world.asker.hear(subjects.state(world.room))
    await world.members.delete(f"{world.room}.{bob.user}")
    await wait_until(lambda: heard.of(ParticipantLeft))
    assert heard.of(ParticipantLeft)[0].why == "removed"


async def test_many_come_and_go_at_once_and_every_listener_agrees(world: World):
    people = [await world.member() for _ in range(3)]
    heard = await world.asker.hear(subjects.state(world.room))
    for _ in range(5):
        await asyncio.gather(*(world.asker.ask(p, JoinCall(room=world.room)) for p in people))
        await asyncio.gather(*(world.asker.ask(p, LeaveCall(room=world.room)) for p in people))
    roster = await world.roster(people[0])
    await wait_until(lambda: len(heard.told) == roster.revision)
    assert roster.participants == []
    assert len(heard.of(ParticipantJoined)) == len(heard.of(ParticipantLeft)) == 15
    assert sorted(e.revision for e in heard.told) == list(range(1, roster.revision + 1))
