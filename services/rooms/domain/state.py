"""A room and a membership in it, as they are kept, and what a change of them consists of."""

import msgspec

from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import InviteCode, RoomId, UserId
from contracts.rooms import (
    Ban,
    InviteInfo,
    Member,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MemberView,
    Role,
    RoomDeleted,
    RoomInfo,
    RoomUpdated,
    RoomView,
)

RoomEvent = RoomUpdated | RoomDeleted | MemberJoined | MemberLeft | MemberChanged
"""What a room tells its members; each event takes the room's next revision."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation. One that has run out stays for a while, to be told from one never made."""

    code: InviteCode
    by: UserId
    created_at: Millis
    expires_at: Millis | None
    uses_left: int | None
    guests: bool

    def works(self, now: Millis) -> bool:
        """Whether somebody can come in by it now."""
        return self.uses_left != 0 and (self.expires_at is None or now < self.expires_at)

    def info(self, room: RoomId) -> InviteInfo:
        """The link as moderators see it."""
        return InviteInfo(
            code=self.code,
            room=room,
            by=self.by,
            created_at=self.created_at,
            expires_at=self.expires_at,
            uses_left=self.uses_left,
            guests=self.guests,
        )


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room. `version` counts every write of it, `revision` its events.

    They differ since some deeds (an invite, a ban of someone outside) tell the room nothing, and
    events must be contiguous for clients to see a gap.
    """

    room: RoomId
    name: str
    description: str
    private: bool
    owner: UserId
    capacity: int
    slow_mode: int
    members: int
    created_at: Millis
    revision: int
    version: int
    links: tuple[Link, ...] = ()
    ended: bool = False

    @property
    def info(self) -> RoomInfo:
        """The room as it is shown."""
        return RoomInfo(
            room=self.room,
            name=self.name,
            description=self.description,
            private=self.private,
            owner=self.owner,
            capacity=self.capacity,
            slow_mode=self.slow_mode,
            members=self.members,
            created_at=self.created_at,
            revision=self.revision,
        )

    @property
    def view(self) -> RoomView:
        """What other services know of it."""
        return RoomView(
            name=self.name,
            private=self.private,
            slow_mode=self.slow_mode,
            owner=self.owner,
            members=self.members,
            revision=self.version,
        )


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is in a room; `role` is none for someone outside (banned, or gone).

    `version` is the room's version that made it so: an older one never replaces a newer.
    """

    room: RoomId
    user: UserId
    role: Role | None
    joined_at: Millis
    version: int
    guest: bool = False
    muted_until: Millis = 0
    ban: Ban | None = None

    @property
    def member(self) -> Member:
        """The person as the room sees them.

        Raises:
            ValueError: they are outside.
        """
        if self.role is None:
            raise ValueError("not a member")
        return Member(
            user=self.user, role=self.role, joined_at=self.joined_at, muted_until=self.muted_until
        )

    @property
    def view(self) -> MemberView | None:
        """What other services know of it; none where there is nothing to know."""
        if self.role is None and self.ban is None:
            return None
        return MemberView(
            role=self.role,
            muted_until=self.muted_until,
            banned=self.ban is not None,
            revision=self.version,
            joined_at=self.joined_at,
        )


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a room that was decided: kept with it until all of it is carried out."""

    at: Millis
    memberships: tuple[Membership, ...] = ()
    events: tuple[RoomEvent, ...] = ()


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The room as a deed leaves it, and what has to be carried out for that."""

    room: Room
    change: Change


Verdict = Decision | None
"""None: the deed is allowed, and there is nothing left to do."""

_RANKS = {Role.OWNER: 0, Role.MODERATOR: 1, Role.MEMBER: 2}


def rank(role: Role | None) -> int:
    """0 for the owner, growing as there is less one may do; 3 for someone outside."""
    return 3 if role is None else _RANKS[role]


def required(room: Room, me: Membership | None, at_least: Role = Role.MEMBER) -> Membership:
    """The membership of the one who acts.

    Raises:
        Refusal: they are outside (a private room does not even show that it is there), or their
            role is too low.
    """
    if me is None or me.role is None:
        raise Refusal(Code.ROOM_UNKNOWN if room.private else Code.NOT_MEMBER)
    if rank(me.role) > rank(at_least):
        raise Refusal(Code.ROLE_TOO_LOW)
    return me


def above(actor: Membership, target: Membership) -> None:
    """Checks that the actor stands above the target: nobody acts on an equal.

    Raises:
        Refusal: the role is too low.
    """
    if rank(actor.role) >= rank(target.role):
        raise Refusal(Code.ROLE_TOO_LOW)


def present(target: Membership | None) -> Membership:
    """The membership of the one who is acted on.

    Raises:
        Refusal: that person is not in the room.
    """
    if target is None or target.role is None:
        raise Refusal(Code.MEMBER_UNKNOWN)
    return target
