"""What a person is told on all devices, whatever room is open: subject `user.<user>`."""

from typing import Literal

from contracts.base import Event, Millis, Seq
from contracts.chat import Unread
from contracts.ids import Device, Room, User
from contracts.rooms import Leaving, MyRoom


class RoomAdded(Event, frozen=True, kw_only=True, tag="notice.room_added"):
    """You are in a room now, by this device or another."""

    room: MyRoom


class RoomRemoved(Event, frozen=True, kw_only=True, tag="notice.room_removed"):
    """You are not in a room any more. The gateway stops following it for you."""

    room: Room
    why: Leaving


class Mentioned(Event, frozen=True, kw_only=True, tag="notice.mentioned"):
    """Someone named you, or answered you."""

    room: Room
    seq: Seq
    author: User
    excerpt: str
    at: Millis


class ReadMoved(Event, frozen=True, kw_only=True, tag="notice.read_moved"):
    """You read on, by this device or another."""

    unread: Unread


class SignedOut(Event, frozen=True, kw_only=True, tag="notice.signed_out"):
    """A device of yours was signed out, or all but one (`except_device`), or all.

    The gateway closes the connections that it names, but for those whose token was issued after
    `before` (seconds, like `iat`): they are of a sign-in that came later than this.
    """

    user: User
    device: Device | None
    except_device: Device | None = None
    before: int | None = None
    why: Literal["logged_out", "revoked", "password_changed", "token_reused", "account_deleted"]
