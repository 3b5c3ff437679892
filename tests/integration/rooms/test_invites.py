"""Links into rooms."""

import asyncio

import pytest

from contracts.errors import Code
from contracts.rooms import (
    CreateInvite,
    CreateRoom,
    JoinRoom,
    LeaveRoom,
    ListInvites,
    ListMembers,
    LookUpInvite,
    RevokeInvite,
    Role,
    SetRole,
    UpdateRoom,
)
from runtime.process import Process
from tests.integration.rooms.conftest import Replica
from tests.support.asking import Asker, account, anonymous, guest, peer

pytestmark = [pytest.mark.integration, pytest.mark.rooms]

ann, bob, cid = account(), account(), account()


async def private(asker: Asker) -> str:
    made = await asker.ask(ann, CreateRoom(name="Secret", description="ssh", private=True))
    return made.info.room


async def test_a_link_leads_into_a_private_room(asker: Asker, rooms: Process) -> None:
    room = await private(asker)
    assert await asker.refused(bob, JoinRoom(room=room)) is Code.ROOM_PRIVATE
    link = (await asker.ask(ann, CreateInvite(room=room, uses=2))).invite
    for caller in (anonymous(), bob, guest(room), peer("auth")):
        found = await asker.ask(caller, LookUpInvite(code=link.code))
        assert (found.room, found.name, found.members, found.guests) == (room, "Secret", 1, False)
    joined = await asker.ask(bob, JoinRoom(room=room, invite=link.code))
    assert joined.me.role is Role.MEMBER
    # Once more changes nothing and costs no use.
    assert (await asker.ask(bob, JoinRoom(room=room, invite=link.code))).info == joined.info
    (listed,) = (await asker.ask(ann, ListInvites(room=room))).invites
    assert (listed.code, listed.uses_left, listed.by) == (link.code, 1, ann.user)
    other = await private(asker)
    assert await asker.refused(cid, JoinRoom(room=other, invite=link.code)) is Code.INVITE_INVALID


async def test_uses_are_counted_with_the_joins(asker: Asker, replica: Replica) -> None:
    """Six people and three uses, through two replicas at once."""
    await asyncio.gather(replica(), replica())
    room = await private(asker)
    link = (await asker.ask(ann, CreateInvite(room=room, uses=3))).invite.code
    people = [account() for _ in range(6)]
    answers = await asker.together(*((p, JoinRoom(room=room, invite=link)) for p in people))
    refusals = [answer for answer in answers if isinstance(answer, Code)]
    assert refusals == [Code.INVITE_EXPIRED] * 3
    assert len((await asker.ask(ann, ListMembers(room=room))).members) == 4
    assert (await asker.ask(ann, ListInvites(room=room))).invites == []
    assert await asker.refused(bob, LookUpInvite(code=link)) is Code.INVITE_EXPIRED


async def test_a_revoked_link_leads_nowhere(asker: Asker, rooms: Process) -> None:
    room = await private(asker)
    link = (await asker.ask(ann, CreateInvite(room=room, expires_in=None))).invite
    assert link.expires_at is None
    await asker.ask(bob, JoinRoom(room=room, invite=link.code))
    assert await asker.refused(bob, RevokeInvite(room=room, code=link.code)) is Code.ROLE_TOO_LOW
    await asker.ask(ann, RevokeInvite(room=room, code=link.code))
    assert await asker.refused(cid, LookUpInvite(code=link.code)) is Code.INVITE_INVALID
    assert await asker.refused(cid, JoinRoom(room=room, invite=link.code)) is Code.INVITE_INVALID
    assert len((await asker.ask(bob, ListMembers(room=room))).members) == 2


async def test_links_are_moderators_affair(asker: Asker, rooms: Process) -> None:
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    await asker.ask(bob, JoinRoom(room=room))
    for command in (CreateInvite(room=room), ListInvites(room=room)):
        assert await asker.refused(bob, command) is Code.ROLE_TOO_LOW
        assert await asker.refused(cid, command) is Code.NOT_MEMBER
    await asker.ask(ann, SetRole(room=room, user=bob.user, role="moderator"))
    made = (await asker.ask(bob, CreateInvite(room=room))).invite
    assert [i.code for i in (await asker.ask(ann, ListInvites(room=room))).invites] == [made.code]


async def test_codes_that_are_none(asker: Asker, rooms: Process) -> None:
    room = (await asker.ask(ann, CreateRoom(name="Kitchen"))).info.room
    for code in ("A" * 16, "x" * 64, "short", "with spaces in it", "é" * 20):
        body = f'{{"t":"rooms.look_up_invite","code":"{code}"}}'.encode()
        assert (await asker.ask_bytes(bob, "rooms.look_up_invite", body)).code == (
            Code.INVITE_INVALID.code
        )
    # Nobody is turned away from a public room for a stale link.
    assert (await asker.ask(bob, JoinRoom(room=room, invite="A" * 16))).info.members == 2


async def test_a_guest_comes_by_a_link_for_guests(asker: Asker, rooms: Process) -> None:
    room = await private(asker)
    visitor, other = guest(room), (await asker.ask(ann, CreateRoom(name="Other"))).info.room
    members_only = (await asker.ask(ann, CreateInvite(room=room))).invite.code
    open_to_all = (await asker.ask(ann, CreateInvite(room=room, guests=True))).invite.code
    for refused in (JoinRoom(room=room), JoinRoom(room=room, invite=members_only)):
        assert await asker.refused(visitor, refused) is Code.GUEST_FORBIDDEN
    joined = await asker.ask(visitor, JoinRoom(room=room, invite=open_to_all))
    assert joined.me.role is Role.MEMBER
    raised = SetRole(room=room, user=visitor.user, role="moderator")
    assert await asker.refused(ann, raised) is Code.GUEST_FORBIDDEN
    assert await asker.refused(visitor, JoinRoom(room=other)) is Code.GUEST_FORBIDDEN
    for beyond in (CreateInvite(room=room), UpdateRoom(room=room, name="x")):
        assert await asker.refused(visitor, beyond) is Code.GUEST_FORBIDDEN
    await asker.ask(visitor, LeaveRoom(room=room))
    assert len((await asker.ask(ann, ListMembers(room=room))).members) == 1
