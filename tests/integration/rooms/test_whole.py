"""The service as a whole: its snapshots and events agree, its read models can be made anew, it says
so when what it stands on is away."""

import asyncio
import random

import pytest

from contracts.auth import Profile, ProfileUpdated
from contracts.errors import Code, Refusal
from contracts.rooms import (
    BanMember,
    CreateRoom,
    GetRoom,
    JoinRoom,
    KickMember,
    LeaveRoom,
    ListMembers,
    MemberProfileChanged,
    MuteMember,
    RoomView,
    SetRole,
    TransferRoom,
    UnbanMember,
    UpdateRoom,
)
from contracts.streams import EVENTS, MEMBERS, ROOMS
from runtime.codec import encode
from runtime.ids import new_id, now_ms
from runtime.process import Process
from runtime.watch import keys
from services.rooms.app import start
from services.rooms.rebuild import Rebuilt, rebuild
from services.rooms.settings import Settings
from tests.integration.rooms.conftest import Replica
from tests.support.asking import Asker, account
from tests.support.room_client import RoomCopy
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob, cid = account(), account(), account()


async def snapshot(asker: Asker, by: object, room: str) -> RoomCopy:
    """What a client asks for when it opens a room."""
    found = await asker.ask(by, GetRoom(room=room))
    page = await asker.ask(by, ListMembers(room=room, limit=100))
    assert page.next is None
    return RoomCopy(found.info, {member.user: member for member in page.members})


async def test_an_old_snapshot_and_the_events_since_are_a_fresh_one(
    asker: Asker, replica: Replica
) -> None:
    """Through two replicas, while eight people do whatever comes to their minds."""
    await asyncio.gather(replica(), replica())
    room = (await asker.ask(ann, CreateRoom(name="Kitchen", capacity=6))).info.room
    told = await asker.hear_room(room)
    old = await snapshot(asker, ann, room)
    people = [account() for _ in range(8)]
    chance = random.Random(7)

    async def live(person: object) -> None:
        for _ in range(25):
            other = chance.choice(people).user
            command = chance.choice(
                [
                    JoinRoom(room=room),
                    JoinRoom(room=room),
                    LeaveRoom(room=room),
                    KickMember(room=room, user=other),
                    BanMember(room=room, user=other),
                    UnbanMember(room=room, user=other),
                    MuteMember(room=room, user=other, seconds=chance.randrange(60)),
                    UpdateRoom(room=room, slow_mode=chance.randrange(60)),
                ]
            )
            await asker.together((person, command))

    async def reign() -> None:
        for number in range(25):
            role = chance.choice(["moderator", "member"])
            raised = SetRole(room=room, user=chance.choice(people).user, role=role)
            renamed = UpdateRoom(room=room, name=f"Kitchen {number}")
            await asker.together((ann, raised), (ann, renamed))

    await asyncio.gather(reign(), *(live(person) for person in people))
    fresh = await snapshot(asker, ann, room)
    await wait_until(lambda: told.told and told.told[-1].revision >= fresh.info.revision)
    for event in told.told:
        old.apply(event)
    assert old == fresh
    assert fresh.info.revision > 50


async def test_a_transfer_told_as_events(asker: Asker, rooms: Process) -> None:
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    told, old = await asker.hear_room(room), await snapshot(asker, ann, room)
    await asker.ask(bob, JoinRoom(room=room))
    await asker.ask(ann, TransferRoom(room=room, to=bob.user))
    await asker.ask(ann, LeaveRoom(room=room))
    await wait_until(lambda: len(told.told) == 5)
    for event in told.told:
        old.apply(event)
    assert old == await snapshot(asker, bob, room)


async def shown(asker: Asker) -> dict[str, bytes]:
    """Everything in both read models."""
    found: dict[str, bytes] = {}
    for bucket in (ROOMS, MEMBERS):
        opened = await asker.bus.bucket(bucket)
        for key in await keys(asker.bus, bucket):
            found[key] = (await opened.get(key)).value or b""
    return found


async def test_read_models_are_made_anew_from_the_documents(asker: Asker, rooms: Process) -> None:
    settings = rooms.settings
    kept = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await asker.ask(bob, JoinRoom(room=kept))
    await asker.ask(ann, BanMember(room=kept, user=cid.user))
    await asker.ask(ann, CreateRoom(name="Cellar"))
    right = await shown(asker)
    assert len(right) == 6
    assert await rebuild(settings) == Rebuilt(rooms=0, memberships=0)

    members = await asker.bus.bucket(MEMBERS)
    await members.delete(f"{kept}.{bob.user}")
    await members.put(f"{kept}.{new_id()}", (await members.get(f"{kept}.{ann.user}")).value)
    wrong = RoomView(
        name="Wrong", private=True, slow_mode=9, owner=cid.user, members=9, revision=900
    )
    await (await asker.bus.bucket(ROOMS)).put(kept, encode(wrong))
    assert await rebuild(settings) == Rebuilt(rooms=1, memberships=2)
    assert await shown(asker) == right

    await asker.bus.js.delete_stream("KV_MEMBERS")
    assert await rebuild(settings) == Rebuilt(rooms=0, memberships=4)
    assert await shown(asker) == right


async def test_a_profile_that_changed_is_told_to_the_persons_rooms(
    asker: Asker, rooms: Process
) -> None:
    here = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    there = (await asker.ask(bob, CreateRoom(name="Cellar"))).info.room
    await asker.ask(bob, JoinRoom(room=here))
    told = await asker.hear("room.*.state")
    profile = Profile(user=bob.user, name="bob", display_name="Bob")
    await asker.bus.record(ProfileUpdated(profile=profile, at=now_ms()), new_id())
    await wait_until(lambda: len(told.of(MemberProfileChanged)) == 2)
    assert {(e.room, e.user) for e in told.of(MemberProfileChanged)} == {
        (here, bob.user),
        (there, bob.user),
    }


async def test_nobody_is_in_more_rooms_than_allowed(
    asker: Asker, nats_url: str, mongodb_url: str, mongodb_database: str
) -> None:
    settings = Settings(
        NATS_URL=nats_url,
        MONGODB_URL=mongodb_url,
        MONGODB_DATABASE=mongodb_database,
        max_rooms=2,
    )
    async with Process("rooms", settings) as process:
        await start(process)
        other = (await asker.ask(bob, CreateRoom(name="Other"))).info.room
        first = (await asker.ask(ann, CreateRoom(name="One"))).info.room
        await asker.ask(ann, CreateRoom(name="Two"))

        async def full() -> bool:
            return await asker.refused(ann, CreateRoom(name="Three")) is Code.TOO_MANY_ROOMS

        await wait_until(full)
        assert await asker.refused(ann, JoinRoom(room=other)) is Code.TOO_MANY_ROOMS
        assert (await asker.ask(ann, JoinRoom(room=first))).me is not None


async def test_a_store_that_is_away_is_a_refusal_and_comes_back(
    asker: Asker, nats_url: str, fresh_store
) -> None:
    store = await fresh_store()
    await asker.bus.ensure_stream(EVENTS)
    settings = Settings(NATS_URL=nats_url, MONGODB_URL=store.url, MONGODB_DATABASE="away")
    async with Process("rooms", settings) as process:
        await start(process)
        room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
        await store.kill()
        # The service itself waits for three seconds until it says so.
        refused = await asker.refused(bob, JoinRoom(room=room), timeout=20)
        assert refused is Code.UNAVAILABLE
        await store.start()

        async def joined() -> bool:
            try:
                return (await asker.ask(bob, JoinRoom(room=room))).info.members == 2
            except Refusal:
                return False

        await wait_until(joined, 20)
