"""Coming into a room and going from it, of one's own will or not."""

import msgspec

from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import InviteCode, UserId
from contracts.rooms import (
    Ban,
    Leaving,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Role,
    RoomUpdated,
)
from services.rooms.domain import links
from services.rooms.domain.shape import ended
from services.rooms.domain.state import (
    Change,
    Decision,
    Link,
    Membership,
    Room,
    Verdict,
    above,
    present,
    required,
)


def join(
    room: Room,
    me: Membership | None,
    user: UserId,
    now: Millis,
    *,
    invite: InviteCode | None = None,
    guest: bool = False,
) -> Verdict:
    """Comes in, by a link where one is needed; who is in already stays as they are."""
    if me is not None and me.role is not None:
        return None
    if me is not None and me.ban is not None:
        raise Refusal(Code.BANNED)
    link = _link(room, invite, now, guest=guest)
    if room.members >= room.capacity:
        raise Refusal(Code.ROOM_FULL)
    version = room.version + 1
    joined = Membership(
        room=room.room,
        user=user,
        role=Role.MEMBER,
        joined_at=now,
        version=version,
        guest=guest,
        # A mute outlives going and coming back.
        muted_until=me.muted_until if me is not None and me.muted_until > now else 0,
    )
    after = msgspec.structs.replace(
        room,
        members=room.members + 1,
        links=room.links if link is None else links.used(room, link),
        revision=room.revision + 1,
        version=version,
    )
    event = MemberJoined(
        room=room.room, revision=after.revision, member=joined.member, members=after.members
    )
    return Decision(room=after, change=Change(at=now, memberships=(joined,), events=(event,)))


def _link(room: Room, invite: InviteCode | None, now: Millis, *, guest: bool) -> Link | None:
    if guest:
        # Always by a link, in a public room too: its uses are what bounds the guests.
        if invite is None:
            raise Refusal(Code.GUEST_FORBIDDEN)
        link = links.find(room, invite, now)
        if not link.guests:
            raise Refusal(Code.GUEST_FORBIDDEN)
        return link
    if room.private:
        if invite is None:
            raise Refusal(Code.ROOM_PRIVATE)
        return links.find(room, invite, now)
    # Nobody needs a link to a public room, so a stale one is no reason to turn them away.
    return next((k for k in room.links if k.code == invite and k.works(now)), None)


def leave(room: Room, me: Membership | None, now: Millis) -> Decision:
    """Goes. A sole owner ends the room by that; one with others hands it over first."""
    going = required(room, me)
    if going.role is Role.OWNER:
        if room.members > 1:
            raise Refusal(Code.OWNER_STAYS)
        return ended(room, now)
    return _gone(room, going, Leaving.LEFT, now)


def kick(room: Room, me: Membership | None, target: Membership | None, now: Millis) -> Decision:
    """Sends someone out, who may come back."""
    actor = required(room, me, Role.MODERATOR)
    going = present(target)
    above(actor, going)
    return _gone(room, going, Leaving.KICKED, now)


def ban(
    room: Room,
    me: Membership | None,
    target: Membership | None,
    user: UserId,
    reason: str,
    now: Millis,
) -> Verdict:
    """Keeps someone out, inside or outside as they are; a second ban changes nothing."""
    actor = required(room, me, Role.MODERATOR)
    if user == actor.user:
        raise Refusal(Code.ROLE_TOO_LOW)
    entry = Ban(user=user, by=actor.user, at=now, reason=reason.strip())
    if target is not None and target.role is not None:
        above(actor, target)
        return _gone(room, target, Leaving.BANNED, now, ban=entry)
    if target is not None and target.ban is not None:
        return None
    version = room.version + 1
    outside = target or Membership(
        room=room.room, user=user, role=None, joined_at=0, version=version
    )
    banned = msgspec.structs.replace(outside, ban=entry, version=version)
    return _untold(room, banned, now)


def unban(room: Room, me: Membership | None, target: Membership | None, now: Millis) -> Decision:
    """Lets someone come back."""
    required(room, me, Role.MODERATOR)
    if target is None or target.ban is None:
        raise Refusal(Code.MEMBER_UNKNOWN)
    free = msgspec.structs.replace(target, ban=None, version=room.version + 1)
    return _untold(room, free, now)


def account_gone(
    room: Room, going: Membership | None, heir: Membership | None, now: Millis
) -> Verdict:
    """Takes a deleted account out. What it owned passes to `heir`, or ends where there is none."""
    if going is None or (going.role is None and going.ban is None):
        return None
    if going.role is None:
        gone = msgspec.structs.replace(going, ban=None, muted_until=0, version=room.version + 1)
        return _untold(room, gone, now)
    if going.role is not Role.OWNER:
        return _gone(room, going, Leaving.ACCOUNT_DELETED, now)
    if heir is None:
        return ended(room, now)
    version = room.version + 1
    left = _outside(going, version)
    owner = msgspec.structs.replace(heir, role=Role.OWNER, version=version)
    after = msgspec.structs.replace(
        room,
        owner=owner.user,
        members=room.members - 1,
        links=links.without_those_of(room, going.user),
        revision=room.revision + 3,
        version=version,
    )
    events = (
        MemberLeft(
            room=room.room,
            revision=room.revision + 1,
            user=going.user,
            why=Leaving.ACCOUNT_DELETED,
            members=after.members,
        ),
        MemberChanged(room=room.room, revision=room.revision + 2, member=owner.member),
        RoomUpdated(room=room.room, revision=after.revision, info=after.info),
    )
    return Decision(room=after, change=Change(at=now, memberships=(left, owner), events=events))


def _outside(going: Membership, version: int, ban: Ban | None = None) -> Membership:
    return msgspec.structs.replace(going, role=None, joined_at=0, ban=ban, version=version)


def _gone(
    room: Room, going: Membership, why: Leaving, now: Millis, *, ban: Ban | None = None
) -> Decision:
    version = room.version + 1
    stays = why is Leaving.LEFT
    after = msgspec.structs.replace(
        room,
        members=room.members - 1,
        # Somebody sent away does not come back by a door they made themselves.
        links=room.links if stays else links.without_those_of(room, going.user),
        revision=room.revision + 1,
        version=version,
    )
    event = MemberLeft(
        room=room.room, revision=after.revision, user=going.user, why=why, members=after.members
    )
    left = _outside(going, version, ban)
    return Decision(room=after, change=Change(at=now, memberships=(left,), events=(event,)))


def _untold(room: Room, membership: Membership, now: Millis) -> Decision:
    """A change that the room's members need not know of."""
    after = msgspec.structs.replace(room, version=room.version + 1)
    return Decision(room=after, change=Change(at=now, memberships=(membership,)))
