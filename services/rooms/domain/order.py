"""Keeping order: roles and mutes."""

import msgspec

from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.rooms import MemberChanged, Role
from services.rooms.domain.state import (
    Change,
    Decision,
    Membership,
    Room,
    Verdict,
    above,
    present,
    required,
)


def set_role(
    room: Room, me: Membership | None, target: Membership | None, role: Role, now: Millis
) -> Verdict:
    """Makes someone a moderator, or a member again; guests stay members."""
    actor = required(room, me, Role.OWNER)
    member = present(target)
    above(actor, member)
    if member.role is role:
        return None
    if member.guest:
        raise Refusal(Code.GUEST_FORBIDDEN)
    return _changed(room, msgspec.structs.replace(member, role=role), now)


def mute(
    room: Room, me: Membership | None, target: Membership | None, seconds: int, now: Millis
) -> Verdict:
    """Keeps someone from posting for so many seconds from now; 0 lifts it."""
    actor = required(room, me, Role.MODERATOR)
    member = present(target)
    above(actor, member)
    until = now + seconds * 1000 if seconds else 0
    if member.muted_until == until:
        return None
    return _changed(room, msgspec.structs.replace(member, muted_until=until), now)


def _changed(room: Room, member: Membership, now: Millis) -> Decision:
    after = msgspec.structs.replace(room, revision=room.revision + 1, version=room.version + 1)
    changed = msgspec.structs.replace(member, version=after.version)
    event = MemberChanged(room=room.room, revision=after.revision, member=changed.member)
    return Decision(room=after, change=Change(at=now, memberships=(changed,), events=(event,)))
