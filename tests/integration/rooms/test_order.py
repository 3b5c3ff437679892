"""Roles, mutes, kicks and bans, as the room, the person and other services hear of them."""

import pytest

from contracts.errors import Code
from contracts.notices import RoomRemoved
from contracts.rooms import (
    BanMember,
    CreateRoom,
    GetRoom,
    JoinRoom,
    KickMember,
    Leaving,
    ListBans,
    ListMembers,
    MemberChanged,
    MemberLeft,
    MemberView,
    MuteMember,
    Role,
    RoomUpdated,
    SetRole,
    TransferRoom,
    UnbanMember,
    UpdateRoom,
)
from contracts.streams import MEMBERS
from runtime.codec import decode_as
from runtime.watch import keys
from tests.support.asking import Asker, account
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.rooms, pytest.mark.usefixtures("rooms")]

ann, bob, cid, dan = account(), account(), account(), account()


@pytest.fixture
async def kitchen(asker: Asker, rooms: object) -> str:
    """Ann's room, with bob as a moderator, and cid."""
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await asker.ask(bob, JoinRoom(room=room))
    await asker.ask(cid, JoinRoom(room=room))
    await asker.ask(ann, SetRole(room=room, user=bob.user, role="moderator"))
    return room


async def shown(asker: Asker, room: str, user: str) -> MemberView | None:
    """What other services read of a person."""
    bucket = await asker.bus.bucket(MEMBERS)
    if f"{room}.{user}" not in await keys(asker.bus, MEMBERS):
        return None
    return decode_as(MemberView, (await bucket.get(f"{room}.{user}")).value)


async def test_a_kick_a_ban_and_a_pardon(asker: Asker, kitchen: str) -> None:
    told, notices = await asker.hear_room(kitchen), await asker.hear_user(cid.user)
    changed = await asker.ask(bob, KickMember(room=kitchen, user=cid.user))
    assert (changed.info.members, changed.me.role) == (2, Role.MODERATOR)
    assert await shown(asker, kitchen, cid.user) is None
    await asker.ask(cid, JoinRoom(room=kitchen))
    await asker.ask(bob, BanMember(room=kitchen, user=cid.user, reason="spam"))
    await asker.ask(ann, BanMember(room=kitchen, user=dan.user))
    await wait_until(lambda: len(notices.of(RoomRemoved)) == 2)
    whys = [Leaving.KICKED, Leaving.BANNED]
    assert [notice.why for notice in notices.of(RoomRemoved)] == whys
    assert [event.why for event in told.of(MemberLeft)] == whys
    for person in (cid, dan):
        view = await shown(asker, kitchen, person.user)
        assert (view.role, view.banned) == (None, True)
        assert await asker.refused(person, JoinRoom(room=kitchen)) is Code.BANNED
        assert await asker.refused(person, GetRoom(room=kitchen)) is Code.BANNED

    bans = (await asker.ask(bob, ListBans(room=kitchen))).bans
    assert [(ban.user, ban.by, ban.reason) for ban in bans] == [
        (dan.user, ann.user, ""),
        (cid.user, bob.user, "spam"),
    ]
    await asker.ask(bob, UnbanMember(room=kitchen, user=cid.user))
    assert await shown(asker, kitchen, cid.user) is None
    assert await asker.refused(bob, UnbanMember(room=kitchen, user=cid.user)) is (
        Code.MEMBER_UNKNOWN
    )
    await asker.ask(cid, JoinRoom(room=kitchen))
    assert await asker.refused(cid, ListBans(room=kitchen)) is Code.ROLE_TOO_LOW


async def test_a_mute_reaches_those_who_must_know(asker: Asker, kitchen: str) -> None:
    told = await asker.hear_room(kitchen)
    await asker.ask(bob, MuteMember(room=kitchen, user=cid.user, seconds=60))
    muted = (await shown(asker, kitchen, cid.user)).muted_until
    await wait_until(lambda: told.of(MemberChanged))
    assert [event.member.muted_until for event in told.of(MemberChanged)] == [muted]
    assert (await asker.ask(cid, GetRoom(room=kitchen))).me.muted_until == muted > 0
    await asker.ask(bob, MuteMember(room=kitchen, user=cid.user, seconds=0))
    assert (await shown(asker, kitchen, cid.user)).muted_until == 0


async def test_roles_are_a_ladder(asker: Asker, kitchen: str) -> None:
    for command in (
        KickMember(room=kitchen, user=ann.user),
        BanMember(room=kitchen, user=ann.user),
        MuteMember(room=kitchen, user=ann.user, seconds=60),
        SetRole(room=kitchen, user=cid.user, role="moderator"),
        TransferRoom(room=kitchen, to=bob.user),
        UpdateRoom(room=kitchen, name="Mine"),
    ):
        assert await asker.refused(bob, command) is Code.ROLE_TOO_LOW
    for command in (
        KickMember(room=kitchen, user=bob.user),
        UpdateRoom(room=kitchen, slow_mode=10),
        UnbanMember(room=kitchen, user=dan.user),
    ):
        assert await asker.refused(cid, command) is Code.ROLE_TOO_LOW
        assert await asker.refused(dan, command) is Code.NOT_MEMBER
    gone = KickMember(room=kitchen, user=dan.user)
    assert await asker.refused(ann, gone) is Code.MEMBER_UNKNOWN


async def test_a_room_handed_over(asker: Asker, kitchen: str) -> None:
    told = await asker.hear_room(kitchen)
    handed = await asker.ask(ann, TransferRoom(room=kitchen, to=cid.user))
    assert (handed.info.owner, handed.me.role) == (cid.user, Role.MODERATOR)
    await wait_until(lambda: told.of(RoomUpdated))
    assert [(e.member.user, e.member.role) for e in told.of(MemberChanged)] == [
        (ann.user, Role.MODERATOR),
        (cid.user, Role.OWNER),
    ]
    assert [event.revision for event in told.told] == [5, 6, 7]
    members = (await asker.ask(cid, ListMembers(room=kitchen))).members
    assert members[0].user == cid.user
    assert await asker.refused(ann, TransferRoom(room=kitchen, to=bob.user)) is Code.ROLE_TOO_LOW


async def test_two_who_change_the_same_room_upon_the_same_revision(
    asker: Asker, kitchen: str
) -> None:
    """One of them is told that the room has moved on; without a revision the last one wins."""
    revision = (await asker.ask(ann, GetRoom(room=kitchen))).info.revision
    answers = await asker.together(
        (ann, UpdateRoom(room=kitchen, name="One", revision=revision)),
        (ann, UpdateRoom(room=kitchen, name="Two", revision=revision)),
    )
    assert [a for a in answers if isinstance(a, Code)] == [Code.CONFLICT]
    changed = await asker.ask(ann, UpdateRoom(room=kitchen, description=" Warm\u0007 "))
    assert changed.info.description == "Warm"
    assert changed.info.revision == revision + 2
    invalid = UpdateRoom(room=kitchen, name=" \u202e ")
    assert await asker.refused(ann, invalid) is Code.ROOM_NAME_INVALID
