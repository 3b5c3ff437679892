"""What has gone wrong in systems like this one."""

import asyncio

import pytest

from contracts import subjects
from contracts.auth import AccountDeleted
from contracts.errors import Code
from contracts.notices import RoomAdded, RoomRemoved
from contracts.rooms import (
    BrowseRooms,
    CreateInvite,
    CreateRoom,
    DeleteRoom,
    GetRoom,
    JoinRoom,
    KickMember,
    LeaveRoom,
    Leaving,
    ListMembers,
    ListMyRooms,
    MemberJoined,
    MemberLeft,
    Role,
    RoomDeleted,
    RoomEnded,
    SetRole,
    UpdateRoom,
)
from contracts.streams import MEMBERS, ROOMS
from runtime.ids import new_id, now_ms
from runtime.process import Process
from runtime.watch import keys
from tests.integration.rooms.conftest import Replica
from tests.support.asking import Asker, account, guest
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob, cid, dan = account(), account(), account(), account()


async def roles(asker: Asker, by: object, room: str) -> dict[str, Role]:
    page = await asker.ask(by, ListMembers(room=room))
    return {member.user: member.role for member in page.members}


async def test_a_third_person_who_makes_and_deletes_a_room_deletes_no_other(
    asker: Asker, rooms: Process
) -> None:
    first = (await asker.ask(ann, CreateRoom(name="Same name"))).info.room
    second = (await asker.ask(bob, CreateRoom(name="Same name"))).info.room
    third = (await asker.ask(cid, CreateRoom(name="Same name"))).info.room
    ended = await asker.hear(subjects.event(RoomEnded))
    assert await asker.refused(cid, DeleteRoom(room=first)) is Code.NOT_MEMBER
    await asker.ask(cid, DeleteRoom(room=third))
    await wait_until(lambda: ended.of(RoomEnded))
    assert [fact.room for fact in ended.of(RoomEnded)] == [third]
    assert set(await keys(asker.bus, ROOMS)) == {first, second}
    assert set(await keys(asker.bus, MEMBERS)) == {f"{first}.{ann.user}", f"{second}.{bob.user}"}
    listed = await asker.ask(cid, BrowseRooms())
    assert {card.info.room for card in listed.rooms} == {first, second}
    assert await asker.refused(cid, GetRoom(room=third)) is Code.ROOM_UNKNOWN
    assert (await asker.ask(ann, GetRoom(room=first))).me.role is Role.OWNER


async def test_the_creator_of_a_full_room_still_manages_it(asker: Asker, rooms: Process) -> None:
    room = (await asker.ask(ann, CreateRoom(name="Small", capacity=2))).info.room
    await asker.ask(bob, JoinRoom(room=room))
    assert await asker.refused(cid, JoinRoom(room=room)) is Code.ROOM_FULL
    again = await asker.ask(ann, JoinRoom(room=room))
    assert (again.me.role, again.info.members) == (Role.OWNER, 2)
    assert (await asker.ask(ann, UpdateRoom(room=room, name="Tiny"))).info.name == "Tiny"
    shrunk = UpdateRoom(room=room, capacity=1)
    assert await asker.refused(ann, shrunk) is Code.CAPACITY_TOO_LOW
    await asker.ask(ann, SetRole(room=room, user=bob.user, role="moderator"))
    await asker.ask(ann, KickMember(room=room, user=bob.user))
    assert (await asker.ask(cid, JoinRoom(room=room))).info.members == 2
    await asker.ask(ann, DeleteRoom(room=room))
    assert await asker.refused(ann, GetRoom(room=room)) is Code.ROOM_UNKNOWN


async def test_the_first_member_to_leave_leaves_nothing_behind(
    asker: Asker, rooms: Process
) -> None:
    """Not a count, not a read model, not a seat; nor does the owner who goes last."""
    room = (await asker.ask(ann, CreateRoom(name="Kitchen", capacity=2))).info.room
    await asker.ask(bob, JoinRoom(room=room))
    await asker.ask(bob, LeaveRoom(room=room))
    assert set(await keys(asker.bus, MEMBERS)) == {f"{room}.{ann.user}"}
    assert await roles(asker, ann, room) == {ann.user: Role.OWNER}
    assert (await asker.ask(ann, GetRoom(room=room))).info.members == 1
    assert (await asker.ask(bob, ListMyRooms())).rooms == []
    assert (await asker.ask(cid, JoinRoom(room=room))).info.members == 2
    assert await asker.refused(ann, LeaveRoom(room=room)) is Code.OWNER_STAYS
    await asker.ask(cid, LeaveRoom(room=room))
    await asker.ask(ann, LeaveRoom(room=room))
    await wait_until(lambda: _nothing(asker))
    assert await asker.refused(ann, GetRoom(room=room)) is Code.ROOM_UNKNOWN


async def _nothing(asker: Asker) -> bool:
    return not await keys(asker.bus, ROOMS) and not await keys(asker.bus, MEMBERS)


async def test_two_people_take_the_last_seat_and_one_gets_it(
    asker: Asker, replica: Replica
) -> None:
    """Through two replicas, again and again, four people at a time."""
    await asyncio.gather(replica(), replica())
    for _ in range(8):
        room = (await asker.ask(ann, CreateRoom(name="Last seat", capacity=2))).info.room
        told = await asker.hear_room(room)
        people = [account() for _ in range(4)]
        answers = await asker.together(*((person, JoinRoom(room=room)) for person in people))
        assert sorted(str(a) for a in answers if isinstance(a, Code)) == [str(Code.ROOM_FULL)] * 3
        inside = await roles(asker, ann, room)
        assert len(inside) == 2
        assert (await asker.ask(ann, GetRoom(room=room))).info.members == 2
        await wait_until(lambda told=told: told.of(MemberJoined))
        assert {event.member.user for event in told.of(MemberJoined)} <= set(inside)
        assert {event.revision for event in told.of(MemberJoined)} == {2}


async def test_a_deleted_owners_rooms_pass_to_the_longest_standing(
    asker: Asker, rooms: Process
) -> None:
    """To a moderator before a member, never to a guest; and end where nobody is left."""
    passed = (await asker.ask(ann, CreateRoom(name="Passes on"))).info.room
    for person in (bob, cid, dan):
        await asker.ask(person, JoinRoom(room=passed))
    await asker.ask(ann, SetRole(room=passed, user=dan.user, role="moderator"))
    await asker.ask(ann, SetRole(room=passed, user=cid.user, role="moderator"))
    to_member = (await asker.ask(ann, CreateRoom(name="To a member"))).info.room
    await asker.ask(dan, JoinRoom(room=to_member))
    await asker.ask(bob, JoinRoom(room=to_member))
    alone = (await asker.ask(ann, CreateRoom(name="Ends"))).info.room
    elsewhere = (await asker.ask(bob, CreateRoom(name="Elsewhere"))).info.room
    await asker.ask(ann, JoinRoom(room=elsewhere))

    told, notices = await asker.hear("room.*.state"), await asker.hear_user(ann.user)
    await asker.bus.record(AccountDeleted(user=ann.user, at=now_ms()), new_id())
    await wait_until(lambda: len(notices.of(RoomRemoved)) == 4)
    whys = {notice.room: notice.why for notice in notices.of(RoomRemoved)}
    gone = Leaving.ACCOUNT_DELETED
    assert whys == {passed: gone, to_member: gone, elsewhere: gone, alone: Leaving.ROOM_DELETED}
    assert [event.room for event in told.of(RoomDeleted)] == [alone]
    assert {e.room for e in told.of(MemberLeft)} == {passed, to_member, elsewhere}

    assert await roles(asker, bob, passed) == {
        cid.user: Role.OWNER,
        dan.user: Role.MODERATOR,
        bob.user: Role.MEMBER,
    }
    assert (await asker.ask(bob, GetRoom(room=passed))).info.owner == cid.user
    assert (await roles(asker, bob, to_member))[dan.user] is Role.OWNER
    assert await roles(asker, bob, elsewhere) == {bob.user: Role.OWNER}
    assert (await asker.ask(ann, ListMyRooms())).rooms == []
    assert not [key for key in await keys(asker.bus, MEMBERS) if ann.user in key]


async def test_a_room_of_guests_alone_ends_with_its_owner(asker: Asker, rooms: Process) -> None:
    room = (await asker.ask(ann, CreateRoom(name="Guests"))).info.room
    link = (await asker.ask(ann, CreateInvite(room=room, guests=True))).invite.code
    visitor = guest(room)
    notices = await asker.hear_user(visitor.user)
    await asker.ask(visitor, JoinRoom(room=room, invite=link))
    await wait_until(lambda: notices.of(RoomAdded))
    await asker.bus.record(AccountDeleted(user=ann.user, at=now_ms()), new_id())
    await wait_until(lambda: notices.of(RoomRemoved))
    assert await asker.refused(visitor, GetRoom(room=room)) is Code.ROOM_UNKNOWN
