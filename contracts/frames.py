"""The frames of the websocket: what wraps a command, and what begins a connection.

A request is `{"id": "7", "request": {"t": "chat.post", …}}` and is answered by exactly one
`{"id": "7", "reply": {"t": …}}`, whose reply is an `Error` where it was refused. Everything else
that arrives is an event: a bare object with its `t`.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.base import MAX_NUMBER, Command, Event, Millis, Reply, SeqOrStart, Value
from contracts.ids import Gateway, Request, Room, Session, User

PROTOCOL_VERSIONS = (1,)
"""Versions that this server speaks, newest first."""

MAX_FRAME_BYTES = 64 * 1024
MAX_FOLLOWED = 512
"""Rooms one connection may follow: its outbox and the hub's tables are sized for it."""


class RequestFrame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends: a command and the id that its reply will carry."""

    id: Request
    request: msgspec.Raw


class SayHello(Command, frozen=True, kw_only=True, tag="session.hello"):
    """The first request of a connection, due within five seconds.

    `session` is the one to go on with after a lost connection; any gateway may answer.
    """

    token: Annotated[str, Meta(min_length=1, max_length=4096)]
    versions: Annotated[
        list[Annotated[int, Meta(ge=0, le=MAX_NUMBER)]], Meta(min_length=1, max_length=16)
    ]
    session: Session | None = None


class Limits(Value, frozen=True, kw_only=True):
    """What this server allows, so that a client can say so before it is refused."""

    frame_bytes: int
    message_chars: int
    followed_rooms: int
    call_participants: int
    call_listeners: int = 0


class Welcomed(Reply, frozen=True, kw_only=True, tag="session.welcome"):
    """The connection is up. `resumed` is false where a new session had to be begun."""

    version: int
    session: Session
    resumed: bool
    user: User
    guest_room: Room | None
    gateway: Gateway
    now: Millis
    heartbeat_ms: Annotated[int, Meta(description="Ping at least this often; expect the same.")]
    grace_ms: Annotated[int, Meta(description="How long a lost connection keeps its seat.")]
    limits: Limits


class Renew(Command, frozen=True, kw_only=True, tag="session.renew"):
    """Hands over a fresh access token before the old one expires."""

    token: Annotated[str, Meta(min_length=1, max_length=4096)]


class Ping(Command, frozen=True, kw_only=True, tag="session.ping"):
    """Shows that the client lives, and measures the way there and back."""


class Ponged(Reply, frozen=True, kw_only=True, tag="session.pong"):
    """Answers a ping."""

    now: Millis


class Place(Value, frozen=True, kw_only=True):
    """A room, and the last entry of it that the client has; 0 for none."""

    room: Room
    after: SeqOrStart


class Follow(Command, frozen=True, kw_only=True, tag="session.follow"):
    """Asks for the live timeline and state of rooms one is a member of.

    Live entries may arrive before the reply: the client orders by `seq`.
    """

    places: Annotated[list[Place], Meta(min_length=1, max_length=64)]


class Followed(Reply, frozen=True, kw_only=True, tag="session.followed"):
    """Which rooms are followed now, each with what came after the client's place."""

    rooms: list["FollowedRoom"]


class FollowedRoom(Value, frozen=True, kw_only=True):
    """The answer for one room.

    `recovered` is true where `entries` are all entries after the client's place. Where it is false
    `entries` is empty: the client takes a page of `chat.history` and goes on from its `head`.
    `error` is a code where this room can't be followed; the others are not touched by it.
    """

    room: Room
    recovered: bool = False
    head: SeqOrStart = 0
    entries: list[msgspec.Raw] = msgspec.field(default_factory=list[msgspec.Raw])
    error: str | None = None


class Unfollow(Command, frozen=True, kw_only=True, tag="session.unfollow"):
    """Ends following; rooms that were not followed are no error."""

    rooms: Annotated[list[Room], Meta(min_length=1, max_length=64)]


class GoingAway(Event, frozen=True, kw_only=True, tag="session.going_away"):
    """This gateway is about to stop: reconnect after `delay_ms`, which differs for each client."""

    delay_ms: int
