"""The end of a room, and of what guards its traces."""

import pytest

from contracts import subjects
from contracts.errors import Code
from contracts.notices import RoomRemoved
from contracts.rooms import (
    BanMember,
    CreateInvite,
    CreateRoom,
    DeleteRoom,
    GetRoom,
    JoinRoom,
    LeaveRoom,
    Leaving,
    LookUpInvite,
    MuteMember,
    RoomDeleted,
    RoomEnded,
)
from contracts.streams import MEMBERS, ROOMS
from runtime.ids import now_ms
from runtime.process import Process
from runtime.watch import keys
from services.rooms.ledger import Ledger
from services.rooms.outbox import ENDING_BATCH, Outbox
from services.rooms.store import MembershipStore, RoomStore
from services.rooms.sweep import Sweep
from services.rooms.views import Views
from tests.support.asking import Asker, account
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob, cid = account(), account(), account()


@pytest.fixture
def sweep(rooms: Process) -> Sweep:
    memberships, store = MembershipStore(), RoomStore()
    outbox = Outbox(rooms.bus, memberships, Views(rooms.bus), lambda _: 0)
    return Sweep(store, memberships, Ledger(store, memberships, outbox), outbox)


async def test_a_large_room_ends_whole(asker: Asker, rooms: Process) -> None:
    """With more members than are taken out at a time; each is told, and nothing is left."""
    room = (await asker.ask(ann, CreateRoom(name="Stadium"))).info.room
    link = (await asker.ask(ann, CreateInvite(room=room))).invite.code
    people = [account() for _ in range(ENDING_BATCH + 10)]
    for start in range(0, len(people), 35):
        some = people[start : start + 35]
        await asker.together(*((person, JoinRoom(room=room)) for person in some))
    assert (await asker.ask(ann, GetRoom(room=room))).info.members == len(people) + 1
    await asker.ask(ann, BanMember(room=room, user=cid.user))

    told, notices = await asker.hear_room(room), await asker.hear("user.*")
    ended = await asker.hear(subjects.event(RoomEnded))
    await asker.ask(ann, DeleteRoom(room=room))
    await wait_until(lambda: ended.of(RoomEnded))
    assert len(told.of(RoomDeleted)) == 1
    removed = {subject: told for subject, told in notices.all if isinstance(told, RoomRemoved)}
    assert set(removed) == {subjects.user(person.user) for person in (ann, *people)}
    assert {notice.why for notice in removed.values()} == {Leaving.ROOM_DELETED}
    assert await keys(asker.bus, MEMBERS) == []
    assert await keys(asker.bus, ROOMS) == []
    assert await MembershipStore().keys() == []
    assert await asker.refused(bob, LookUpInvite(code=link)) is Code.INVITE_INVALID
    assert await asker.refused(ann, DeleteRoom(room=room)) is Code.ROOM_UNKNOWN


async def test_traces_are_swept_once_they_have_served(
    asker: Asker, rooms: Process, sweep: Sweep
) -> None:
    """Not those of a ban, nor of a mute that still runs."""
    over = (await asker.ask(ann, CreateRoom(name="Over"))).info.room
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    for person in (bob, cid):
        await asker.ask(person, JoinRoom(room=room))
    await asker.ask(ann, MuteMember(room=room, user=cid.user, seconds=3_600))
    for person in (bob, cid):
        await asker.ask(person, LeaveRoom(room=room))
    banned = account()
    await asker.ask(ann, BanMember(room=room, user=banned.user))
    await asker.ask(ann, DeleteRoom(room=over))

    async def ended() -> bool:
        stored = await RoomStore().get(over)
        return stored is not None and stored.pending is None

    await wait_until(ended)
    await sweep.remove(now_ms() - 60_000)
    assert set(await RoomStore().keys()) == {over, room}
    await sweep.remove(now_ms() + 1)
    assert await RoomStore().keys() == [room]
    left = {f"{room}.{user}" for user in (ann.user, cid.user, banned.user)}
    assert set(await MembershipStore().keys()) == left
    again = await asker.ask(cid, JoinRoom(room=room))
    assert again.me.muted_until > now_ms(), "the mute was not shaken off"
    await sweep.remove(now_ms() + 7_200_000)
    assert set(await MembershipStore().keys()) == left
