"""Invitations: made and revoked by moderators, used up by those who come."""

import base64
import binascii

import msgspec

from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import InviteCode, RoomId, UserId, is_ulid
from contracts.rooms import CreateInvite, Role
from services.rooms.domain.state import Change, Decision, Link, Membership, Room, required

MAX_LINKS = 100
"""They live inside the room's document, so that a use is counted in the same write as the join."""

SECRET_BYTES = 12
"""96 bits: nobody guesses one."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def code_for(room: RoomId, secret: bytes) -> InviteCode:
    """A link's code: the room's id and a secret, so that it leads to its room without an index."""
    number = 0
    for character in room:
        number = number << 5 | _ALPHABET.index(character)
    code = base64.urlsafe_b64encode(number.to_bytes(17) + secret)
    return InviteCode(code.decode().rstrip("="))


def room_of(code: InviteCode) -> RoomId:
    """The room that a code leads to, if it leads anywhere.

    Raises:
        Refusal: it is no code of ours.
    """
    try:
        data = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        raise Refusal(Code.INVITE_INVALID) from None
    number = int.from_bytes(data[:17])
    room = "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
    if len(data) != 17 + SECRET_BYTES or number >> 130 or not is_ulid(room):
        raise Refusal(Code.INVITE_INVALID)
    return RoomId(room)


def find(room: Room, code: InviteCode, now: Millis) -> Link:
    """The link of this code.

    Raises:
        Refusal: there is none, or it has run out.
    """
    for link in room.links:
        if link.code == code:
            if not link.works(now):
                raise Refusal(Code.INVITE_EXPIRED)
            return link
    raise Refusal(Code.INVITE_INVALID)


def used(room: Room, link: Link) -> tuple[Link, ...]:
    """The room's links after one more has come by `link`."""
    if link.uses_left is None:
        return room.links
    spent = msgspec.structs.replace(link, uses_left=link.uses_left - 1)
    return tuple(spent if other.code == link.code else other for other in room.links)


def make(
    room: Room, me: Membership | None, wish: CreateInvite, code: InviteCode, now: Millis
) -> Decision:
    """Adds a link; the oldest that have run out make place for it."""
    by = required(room, me, Role.MODERATOR)
    link = Link(
        code=code,
        by=by.user,
        created_at=now,
        expires_at=None if wish.expires_in is None else now + wish.expires_in * 1000,
        uses_left=wish.uses,
        guests=wish.guests,
    )
    kept = room.links
    if len(kept) >= MAX_LINKS:
        kept = tuple(link for link in kept if link.works(now))
    if len(kept) >= MAX_LINKS:
        raise Refusal(Code.TOO_MANY_INVITES)
    return _linked(room, (*kept, link), now)


def revoke(room: Room, me: Membership | None, code: InviteCode, now: Millis) -> Decision:
    """Takes a link away."""
    required(room, me, Role.MODERATOR)
    kept = tuple(link for link in room.links if link.code != code)
    if len(kept) == len(room.links):
        raise Refusal(Code.INVITE_INVALID)
    return _linked(room, kept, now)


def without_those_of(room: Room, user: UserId) -> tuple[Link, ...]:
    """The room's links without a person's."""
    return tuple(link for link in room.links if link.by != user)


def _linked(room: Room, links: tuple[Link, ...], now: Millis) -> Decision:
    after = msgspec.structs.replace(room, links=links, version=room.version + 1)
    return Decision(room=after, change=Change(at=now))
