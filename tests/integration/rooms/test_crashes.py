"""What a process decided and did not carry out is carried out by another, in order and whole."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts import subjects
from contracts.auth import AccountDeleted
from contracts.base import Command
from contracts.callers import Account
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.notices import RoomAdded, RoomRemoved
from contracts.rooms import (
    CreateRoom,
    GetRoom,
    JoinRoom,
    LeaveRoom,
    ListMembers,
    ListMyRooms,
    MemberJoined,
    MemberLeft,
    MemberView,
    RoomDeleted,
    RoomEnded,
    RoomView,
)
from contracts.streams import EVENTS, MEMBERS, ROOMS
from runtime.codec import decode_as
from runtime.ids import new_id, now_ms
from runtime.watch import keys
from services.rooms.domain import coming, shape
from services.rooms.domain.state import Decision
from services.rooms.store import MembershipStore, RoomStore
from services.rooms.views import Views
from tests.integration.rooms.conftest import Replica
from tests.support.asking import Asker, account
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob, cid = account(), account(), account()


async def decided_join(room: RoomId, user: UserId) -> Decision:
    """Leaves the store as a process does that dies right after its compare-and-set."""
    before = (await RoomStore().get(room)).room
    decision = coming.join(before, None, user, now_ms())
    assert await RoomStore().compare_and_set(before, decision)
    return decision


async def test_the_next_who_changes_the_room_carries_it_out_first(
    asker: Asker, replica: Replica
) -> None:
    await replica()
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    told, notices = await asker.hear_room(room), await asker.hear_user(bob.user)
    await decided_join(room, bob.user)
    await asker.ask(cid, JoinRoom(room=room))
    await wait_until(lambda: len(told.of(MemberJoined)) == 2)
    assert [(e.member.user, e.revision) for e in told.of(MemberJoined)] == [
        (bob.user, 2),
        (cid.user, 3),
    ]
    assert notices.of(RoomAdded)
    page = await asker.ask(bob, ListMembers(room=room))
    assert [m.user for m in page.members] == [ann.user, bob.user, cid.user]
    assert page.revision == 3


async def test_a_reader_sees_what_is_decided_and_not_carried_out(
    asker: Asker, replica: Replica
) -> None:
    """The room, its members and its revision as they will be told."""
    await replica()
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await decided_join(room, bob.user)
    found = await asker.ask(bob, GetRoom(room=room))
    assert (found.me.user, found.info.members, found.info.revision) == (bob.user, 2, 2)
    page = await asker.ask(bob, ListMembers(room=room))
    assert [member.user for member in page.members] == [ann.user, bob.user]
    assert page.revision == 2
    first = await asker.ask(ann, ListMembers(room=room, limit=1))
    rest = await asker.ask(ann, ListMembers(room=room, limit=1, cursor=first.next))
    assert [m.user for m in (*first.members, *rest.members)] == [ann.user, bob.user]


async def test_someone_who_is_deleted_before_their_coming_is_carried_out_is_not_left_in(
    asker: Asker, replica: Replica
) -> None:
    await replica()
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    told = await asker.hear_room(room)
    await decided_join(room, bob.user)
    await asker.bus.record(AccountDeleted(user=bob.user, at=now_ms()), new_id())
    await wait_until(lambda: told.of(MemberLeft))
    assert [event.revision for event in told.of(MemberLeft)] == [3]
    page = await asker.ask(ann, ListMembers(room=room))
    assert [member.user for member in page.members] == [ann.user]


async def test_a_sweep_carries_out_what_was_left_behind(asker: Asker, replica: Replica) -> None:
    await replica()
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    told, notices = await asker.hear_room(room), await asker.hear_user(bob.user)
    await decided_join(room, bob.user)

    async def settled() -> bool:
        return (await RoomStore().get(room)).pending is None

    # The sweep comes every two seconds, and tells first; that it is done is written last.
    await wait_until(lambda: told.of(MemberJoined) and notices.of(RoomAdded), 30)
    await wait_until(settled, 30, missing="the end of what was pending")
    view = await (await asker.bus.bucket(MEMBERS)).get(f"{room}.{bob.user}")
    assert decode_as(MemberView, view.value).role is not None
    assert [mine.info.room for mine in (await asker.ask(bob, ListMyRooms())).rooms] == [room]


async def test_a_room_whose_end_was_only_decided_ends_at_the_next_start(
    asker: Asker, replica: Replica
) -> None:
    first = await replica()
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await asker.ask(bob, JoinRoom(room=room))
    await first.__aexit__()
    told, notices = await asker.hear_room(room), await asker.hear_user(bob.user)
    ended = await asker.hear(subjects.event(RoomEnded))
    await replica()
    before = (await RoomStore().get(room)).room
    me = (await MembershipStore().get(room, [ann.user]))[ann.user]
    assert await RoomStore().compare_and_set(before, shape.delete(before, me, now_ms()))
    assert await asker.refused(ann, GetRoom(room=room)) is Code.ROOM_UNKNOWN
    await wait_until(lambda: ended.of(RoomEnded))
    assert told.of(RoomDeleted)
    assert notices.of(RoomRemoved)
    assert await MembershipStore().keys() == []


async def test_a_slow_replica_does_not_bring_the_past_back(asker: Asker, replica: Replica) -> None:
    """It stood still between its compare-and-set and the carrying out, which others have done."""
    process = await replica()
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    late = await decided_join(room, bob.user)
    await asker.ask(bob, LeaveRoom(room=room))
    slow = Views(process.bus)
    await slow.put_room(late.room)
    for membership in late.change.memberships:
        await slow.put_membership(membership)
        await MembershipStore().put(membership, late.change.at)
    await RoomStore().settle(late.room)
    assert await keys(asker.bus, MEMBERS) == [f"{room}.{ann.user}"]
    shown = await (await asker.bus.bucket(ROOMS)).get(room)
    assert decode_as(RoomView, shown.value).members == 1
    assert (await asker.ask(bob, ListMyRooms())).rooms == []
    page = await asker.ask(ann, ListMembers(room=room))
    assert [member.user for member in page.members] == [ann.user]


class Replicas:
    """Replicas as processes of their own, which may be killed."""

    def __init__(self, nats_url: str, mongodb_url: str, mongodb_database: str) -> None:
        self._environment = {
            **os.environ,
            "NATS_URL": nats_url,
            "MONGODB_URL": mongodb_url,
            "MONGODB_DATABASE": mongodb_database,
            "PARLEY_LOG_LEVEL": "error",
        }
        self._running: list[asyncio.subprocess.Process] = []

    async def begin(self) -> None:
        """One more."""
        self._running.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.rooms", env=self._environment
            )
        )

    async def kill_oldest(self) -> None:
        """No warning, no goodbye."""
        process = self._running.pop(0)
        process.kill()
        await process.wait()

    async def end(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            await process.wait()


@pytest.fixture
async def replicas(
    asker: Asker, nats_url: str, mongodb_url: str, mongodb_database: str
) -> AsyncIterator[Replicas]:
    await asker.bus.ensure_stream(EVENTS)
    replicas = Replicas(nats_url, mongodb_url, mongodb_database)
    yield replicas
    await replicas.end()


async def insist(asker: Asker, caller: Account, command: Command) -> Any:
    """Asks until there is a reply, as a client does over an outage."""
    while True:
        try:
            return await asker.ask(caller, command, timeout=2)
        except Refusal:
            await asyncio.sleep(0.05)


async def test_processes_killed_in_the_midst_lose_and_skip_nothing(
    asker: Asker, replicas: Replicas
) -> None:
    """While people come: what was answered stands, and the room's events are contiguous."""
    await asyncio.gather(replicas.begin(), replicas.begin())
    made = await asyncio.wait_for(insist(asker, ann, CreateRoom(name="Kitchen")), 30)
    room = made.info.room
    told = await asker.hear_room(room)
    inside: list[str] = []

    async def come(person: Account) -> None:
        await insist(asker, person, JoinRoom(room=room))
        inside.append(person.user)

    coming_in = [asyncio.create_task(come(account())) for _ in range(60)]
    for number in (15, 30):
        await wait_until(lambda number=number: len(inside) >= number, 30)
        await replicas.kill_oldest()
        await replicas.begin()
    await asyncio.wait_for(asyncio.gather(*coming_in), 60)

    await wait_until(lambda: {e.revision for e in told.of(MemberJoined)} == set(range(2, 62)), 20)
    page = await asker.ask(ann, ListMembers(room=room, limit=100))
    assert {member.user for member in page.members} == {ann.user, *inside}
    assert (len(page.members), page.revision) == (61, 61)
