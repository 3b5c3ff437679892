"""What people do with rooms, through the real service, broker and store."""

import pytest

from contracts.errors import Code
from contracts.notices import RoomAdded, RoomRemoved
from contracts.rooms import (
    BrowseRooms,
    CreateRoom,
    GetRoom,
    JoinRoom,
    LeaveRoom,
    Leaving,
    ListMembers,
    ListMyRooms,
    MemberJoined,
    MemberLeft,
    MemberView,
    Role,
    RoomView,
)
from contracts.streams import MEMBERS, ROOMS
from runtime.codec import decode_as
from runtime.watch import keys
from tests.support.asking import Asker, account
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms, pytest.mark.usefixtures("rooms")]

ann, bob, cid = account(), account(), account()


async def test_two_people_meet_in_a_room(asker: Asker) -> None:
    """Made, found, joined, listed, left: each told to the room and to the person concerned."""
    made = await asker.ask(ann, CreateRoom(name="  Kitchen ", description="warm"))
    room = made.info.room
    assert (made.info.name, made.info.owner, made.me.role) == ("Kitchen", ann.user, Role.OWNER)

    told_room = await asker.hear_room(room)
    told_bob = await asker.hear_user(bob.user)
    found = await asker.ask(bob, BrowseRooms(query="kitch"))
    assert [card.info.room for card in found.rooms] == [room]
    joined = await asker.ask(bob, JoinRoom(room=room))
    assert joined.me.role is Role.MEMBER
    assert joined.info.members == 2
    assert (await asker.ask(bob, GetRoom(room=room))).info == joined.info
    assert [mine.info.room for mine in (await asker.ask(bob, ListMyRooms())).rooms] == [room]
    page = await asker.ask(bob, ListMembers(room=room))
    assert [member.user for member in page.members] == [ann.user, bob.user]
    assert page.revision == joined.info.revision
    await wait_until(lambda: told_bob.of(RoomAdded))
    assert [event.revision for event in told_room.of(MemberJoined)] == [2]

    await asker.ask(bob, LeaveRoom(room=room))
    await wait_until(lambda: told_bob.of(RoomRemoved))
    assert [(e.user, e.why, e.revision) for e in told_room.of(MemberLeft)] == [
        (bob.user, Leaving.LEFT, 3)
    ]
    assert (await asker.ask(bob, ListMyRooms())).rooms == []
    assert await asker.refused(bob, ListMembers(room=room)) is Code.NOT_MEMBER


async def test_read_models_tell_other_services(asker: Asker) -> None:
    made = await asker.ask(ann, CreateRoom(name="Kitchen", slow_mode=5))
    room = made.info.room
    await asker.ask(bob, JoinRoom(room=room))
    rooms, members = await asker.bus.bucket(ROOMS), await asker.bus.bucket(MEMBERS)
    shown = decode_as(RoomView, (await rooms.get(room)).value or b"")
    assert (shown.name, shown.owner, shown.members, shown.slow_mode) == (
        "Kitchen",
        ann.user,
        2,
        5,
    )
    entry = await members.get(f"{room}.{bob.user}")
    assert decode_as(MemberView, entry.value or b"").role is Role.MEMBER
    assert sorted(await keys(asker.bus, MEMBERS)) == sorted(f"{room}.{p.user}" for p in (ann, bob))
    await asker.ask(bob, LeaveRoom(room=room))
    assert await keys(asker.bus, MEMBERS) == [f"{room}.{ann.user}"]
