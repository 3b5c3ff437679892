"""Who is online, as rooms and other services hear of it."""

import itertools

import pytest

from contracts import subjects
from contracts.errors import Code
from contracts.presence import (
    GetPresence,
    PresenceChanged,
    QueryPresence,
    UserCameOnline,
    UserWentOffline,
)
from contracts.rooms import BrowseRooms, CreateRoom, GetRoom, JoinRoom, LeaveRoom, ListMyRooms
from runtime.ids import now_ms
from runtime.process import Process
from tests.integration.rooms.conftest import Replica
from tests.support.asking import Asker, Heard, account, guest
from tests.support.gateways import LeasedGateway
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob, cid = account(), account(), account()


@pytest.fixture
async def gateway(asker: Asker) -> LeasedGateway:
    opened = LeasedGateway(asker.bus)
    await opened.open()
    # These tests do not renew it, and are over before.
    await opened.beat(120)
    return opened


@pytest.fixture
async def kitchen(asker: Asker, rooms: Process) -> str:
    """A room with ann and bob in it."""
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await asker.ask(bob, JoinRoom(room=room))
    return room


async def online(asker: Asker, room: str) -> set[str]:
    return set((await asker.ask(ann, GetPresence(room=room))).users)


async def facts(asker: Asker) -> Heard:
    return await asker.hear(subjects.event(UserCameOnline), subjects.event(UserWentOffline))


async def test_rooms_hear_who_comes_and_goes(
    asker: Asker, gateway: LeasedGateway, kitchen: str
) -> None:
    assert await online(asker, kitchen) == set(), "somebody speaks from now on"
    told, recorded = await asker.hear_room(kitchen), await facts(asker)
    phone = await gateway.seat(ann.user)
    laptop = await gateway.seat(ann.user)
    await gateway.seat(bob.user)
    await wait_until(lambda: len(recorded.of(UserCameOnline)) == 2)
    assert await online(asker, kitchen) == {ann.user, bob.user}

    await gateway.end(phone)
    await gateway.end(laptop)
    await wait_until(lambda: recorded.of(UserWentOffline))
    assert await online(asker, kitchen) == {bob.user}
    changes = told.of(PresenceChanged)
    assert [u for change in changes for u in change.left] == [ann.user]
    assert {u for change in changes for u in change.joined} == {ann.user, bob.user}
    assert changes[-1].online == 1
    for one, following in itertools.pairwise(changes):
        assert following.after == one.revision < following.revision
    snapshot = await asker.ask(bob, GetPresence(room=kitchen))
    assert (snapshot.revision, snapshot.complete) == (changes[-1].revision, True)


async def test_counts_stand_beside_rooms(
    asker: Asker, gateway: LeasedGateway, kitchen: str
) -> None:
    await gateway.seat(ann.user)
    await gateway.seat(cid.user)

    async def counted() -> bool:
        return (await asker.ask(bob, GetRoom(room=kitchen))).online == 1

    await wait_until(counted)
    assert [card.online for card in (await asker.ask(cid, BrowseRooms())).rooms] == [1]
    assert [mine.online for mine in (await asker.ask(ann, ListMyRooms())).rooms] == [1]


async def test_whoever_joins_or_leaves_while_online_is_told_of(
    asker: Asker, gateway: LeasedGateway, kitchen: str
) -> None:
    assert await online(asker, kitchen) == set()
    told, recorded = await asker.hear_room(kitchen), await facts(asker)
    await gateway.seat(cid.user)
    await wait_until(lambda: recorded.of(UserCameOnline))
    await asker.ask(cid, JoinRoom(room=kitchen))
    await wait_until(lambda: [cid.user] in [c.joined for c in told.of(PresenceChanged)])
    assert await online(asker, kitchen) == {cid.user}
    await asker.ask(cid, LeaveRoom(room=kitchen))
    await wait_until(lambda: [cid.user] in [c.left for c in told.of(PresenceChanged)])
    assert await online(asker, kitchen) == set()


async def test_presence_heals_after_a_gateway_dies(
    asker: Asker, gateway: LeasedGateway, kitchen: str
) -> None:
    """Its lease runs out unrenewed; whoever came back elsewhere has never been gone."""
    dying = LeasedGateway(asker.bus)
    await dying.open()
    # Alive for as long as it takes to find everybody there.
    await dying.beat(120)
    recorded = await facts(asker)
    await dying.seat(ann.user)
    session = await dying.seat(bob.user)
    await wait_until(lambda: len(recorded.of(UserCameOnline)) == 2)
    await gateway.seat(bob.user, session)
    # Its last word, after Bob's: the lease, what the broker takes to end it, and the speaker's look
    # are seven to nine seconds.
    await dying.beat()
    await wait_until(lambda: [f.user for f in recorded.of(UserWentOffline)] == [ann.user], 30)
    assert await online(asker, kitchen) == {bob.user}


async def test_whereabouts_tell_when_someone_was_last_there(
    asker: Asker, gateway: LeasedGateway, kitchen: str
) -> None:
    session = await gateway.seat(ann.user)
    await gateway.seat(bob.user)
    query = QueryPresence(users=[ann.user, bob.user, cid.user])

    async def connected(*expected: bool) -> bool:
        found = (await asker.ask(cid, query)).people
        assert [person.user for person in found] == query.users
        return [person.is_connected for person in found] == list(expected)

    await wait_until(lambda: connected(True, True, False))
    before = now_ms()
    await gateway.end(session)
    await wait_until(lambda: connected(False, True, False))

    async def noted() -> bool:
        seen = (await asker.ask(cid, query)).people[0].last_online
        return seen is not None and before <= seen <= now_ms()

    await wait_until(noted)
    assert (await asker.ask(cid, query)).people[2].last_online is None


async def test_presence_is_for_members(asker: Asker, kitchen: str) -> None:
    secret = (await asker.ask(ann, CreateRoom(name="Secret", private=True))).info.room
    assert await asker.refused(cid, GetPresence(room=kitchen)) is Code.NOT_MEMBER
    assert await asker.refused(cid, GetPresence(room=secret)) is Code.ROOM_UNKNOWN
    assert await asker.refused(guest(secret), GetPresence(room=kitchen)) is Code.GUEST_FORBIDDEN


async def test_a_guest_learns_nothing_of_people_elsewhere(
    asker: Asker, gateway: LeasedGateway, kitchen: str
) -> None:
    recorded = await facts(asker)
    await gateway.seat(ann.user)
    await wait_until(lambda: recorded.of(UserCameOnline))
    stranger = guest((await asker.ask(cid, CreateRoom(name="Other"))).info.room)
    (seen,) = (await asker.ask(stranger, QueryPresence(users=[ann.user]))).people
    assert (seen.is_connected, seen.last_online) == (False, None)
    (seen,) = (await asker.ask(guest(kitchen), QueryPresence(users=[ann.user]))).people
    assert seen.is_connected


async def test_any_replica_answers_and_another_one_takes_over(
    asker: Asker, gateway: LeasedGateway, replica: Replica
) -> None:
    """One replica numbers the events; when it goes, clients are told to ask again."""
    first = await replica()
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await gateway.seat(ann.user)
    await wait_until(lambda: _is(asker, room, {ann.user}))
    await replica()
    for _ in range(8):
        assert await online(asker, room) == {ann.user}
    told, recorded = await asker.hear_room(room), await facts(asker)
    held = (await asker.ask(ann, GetPresence(room=room))).revision
    await first.__aexit__()
    await wait_until(lambda: told.of(PresenceChanged))
    (event,) = told.of(PresenceChanged)
    assert held < event.after < event.revision
    assert await online(asker, room) == {ann.user}
    assert recorded.told == [], "nobody came or went"


async def _is(asker: Asker, room: str, people: set[str]) -> bool:
    return await online(asker, room) == people


async def test_who_went_while_nobody_looked_is_caught_up_with(
    asker: Asker, gateway: LeasedGateway, replica: Replica
) -> None:
    first = await replica()
    recorded = await facts(asker)
    sessions = {user: await gateway.seat(user) for user in (ann.user, bob.user)}
    await wait_until(lambda: len(recorded.of(UserCameOnline)) == 2)
    await wait_until(lambda: _noted(asker, ann.user))
    await first.__aexit__()
    await gateway.end(sessions[ann.user])
    await gateway.seat(cid.user)
    await replica()
    await wait_until(lambda: recorded.of(UserWentOffline))
    assert [fact.user for fact in recorded.of(UserWentOffline)] == [ann.user]
    await wait_until(lambda: [f.user for f in recorded.of(UserCameOnline)][2:] == [cid.user])


async def _noted(asker: Asker, user: str) -> bool:
    people = (await asker.ask(cid, QueryPresence(users=[user]))).people
    return people[0].last_online is not None
