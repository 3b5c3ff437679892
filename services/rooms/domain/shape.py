"""Making, shaping and ending a room, and handing it over."""

import msgspec

from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.rooms import (
    CreateRoom,
    MemberChanged,
    MemberJoined,
    Role,
    RoomDeleted,
    RoomUpdated,
    UpdateRoom,
)
from services.rooms.domain.naming import room_name, words
from services.rooms.domain.state import (
    Change,
    Decision,
    Membership,
    Room,
    Verdict,
    present,
    required,
)


def create(wish: CreateRoom, room: RoomId, owner: UserId, now: Millis) -> Decision:
    """A new room with its owner in it."""
    made = Room(
        room=room,
        name=room_name(wish.name),
        description=words(wish.description),
        private=wish.private,
        owner=owner,
        capacity=wish.capacity,
        slow_mode=wish.slow_mode,
        members=1,
        created_at=now,
        revision=1,
        version=1,
    )
    me = Membership(room=room, user=owner, role=Role.OWNER, joined_at=now, version=1)
    joined = MemberJoined(room=room, revision=1, member=me.member, members=1)
    return Decision(room=made, change=Change(at=now, memberships=(me,), events=(joined,)))


def update(room: Room, me: Membership | None, wish: UpdateRoom, now: Millis) -> Verdict:
    """Changes what is wished for; slow mode is order, which moderators keep too."""
    shapes = any(
        part is not None for part in (wish.name, wish.description, wish.private, wish.capacity)
    )
    required(room, me, Role.OWNER if shapes else Role.MODERATOR)
    if wish.revision is not None and wish.revision != room.revision:
        raise Refusal(Code.CONFLICT)
    if wish.capacity is not None and wish.capacity < room.members:
        raise Refusal(Code.CAPACITY_TOO_LOW, field="$.capacity")
    shaped = msgspec.structs.replace(
        room,
        name=room.name if wish.name is None else room_name(wish.name),
        description=room.description if wish.description is None else words(wish.description),
        private=room.private if wish.private is None else wish.private,
        capacity=wish.capacity or room.capacity,
        slow_mode=room.slow_mode if wish.slow_mode is None else wish.slow_mode,
    )
    if shaped == room:
        return None
    after = msgspec.structs.replace(shaped, revision=room.revision + 1, version=room.version + 1)
    updated = RoomUpdated(room=room.room, revision=after.revision, info=after.info)
    return Decision(room=after, change=Change(at=now, events=(updated,)))


def delete(room: Room, me: Membership | None, now: Millis) -> Decision:
    """Ends the room."""
    required(room, me, Role.OWNER)
    return ended(room, now)


def ended(room: Room, now: Millis) -> Decision:
    """The room's end. What belongs to it is taken away when this is carried out."""
    after = msgspec.structs.replace(
        room, ended=True, links=(), revision=room.revision + 1, version=room.version + 1
    )
    deleted = RoomDeleted(room=room.room, revision=after.revision)
    return Decision(room=after, change=Change(at=now, events=(deleted,)))


def transfer(room: Room, me: Membership | None, to: Membership | None, now: Millis) -> Verdict:
    """Hands the room over; the former owner stays as a moderator."""
    owner = required(room, me, Role.OWNER)
    heir = present(to)
    if heir.user == owner.user:
        return None
    if heir.guest:
        raise Refusal(Code.GUEST_FORBIDDEN)
    version = room.version + 1
    stepped_down = msgspec.structs.replace(owner, role=Role.MODERATOR, version=version)
    stepped_up = msgspec.structs.replace(heir, role=Role.OWNER, version=version)
    after = msgspec.structs.replace(
        room, owner=heir.user, revision=room.revision + 3, version=version
    )
    return Decision(
        room=after,
        change=Change(
            at=now,
            memberships=(stepped_down, stepped_up),
            events=(
                MemberChanged(
                    room=room.room, revision=room.revision + 1, member=stepped_down.member
                ),
                MemberChanged(room=room.room, revision=room.revision + 2, member=stepped_up.member),
                RoomUpdated(room=room.room, revision=after.revision, info=after.info),
            ),
        ),
    )
