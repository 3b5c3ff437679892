"""Who is online: by session, several devices a person, kept true when a gateway dies.

Gateways write a lease for themselves and one for each session into KV `LEASES`; `services/rooms`
watches them and tells rooms what changed.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.base import Command, Event, Fact, Message, Millis, Reply, Revision, Value
from contracts.ids import Device, Gateway, Room, Session, User


class GetPresence(Command, frozen=True, kw_only=True, tag="rooms.presence"):
    """Asks who is online in a room one is in."""

    room: Room


class RoomPresence(Reply, frozen=True, kw_only=True, tag="rooms.presence_found"):
    """Who is online in a room, as of `revision`.

    `users` holds at most 200 people; `complete` says whether that is all of `online`.
    """

    room: Room
    revision: Revision
    online: int
    users: list[User]
    complete: bool


class QueryPresence(Command, frozen=True, kw_only=True, tag="rooms.whereabouts"):
    """Asks whether people are connected, and when they last were."""

    users: Annotated[list[User], Meta(min_length=1, max_length=100)]


class Whereabouts(Value, frozen=True, kw_only=True):
    """Whether someone is connected; `last_online` is none for someone never seen."""

    user: User
    is_connected: bool
    last_online: Millis | None


class PresenceFound(Reply, frozen=True, kw_only=True, tag="rooms.whereabouts_found"):
    """One answer for each person asked about, in the order of asking."""

    people: list[Whereabouts]


class PresenceChanged(Event, frozen=True, kw_only=True, tag="presence.changed"):
    """People came online or went, in one room.

    `after` is the revision that this change follows; a client that holds an older one has missed
    something and asks again. A client that holds `revision` or a later one ignores it. A jump
    without `joined` and `left` (a large room) changes the count alone.
    """

    room: Room
    revision: Revision
    after: Revision
    online: int
    joined: list[User]
    left: list[User]


class UserCameOnline(Fact, frozen=True, kw_only=True, tag="rooms.user_came_online"):
    """A person's first device connected."""

    user: User
    at: Millis


class UserWentOffline(Fact, frozen=True, kw_only=True, tag="rooms.user_went_offline"):
    """A person's last device has been gone for its grace."""

    user: User
    at: Millis


class SessionLease(msgspec.Struct, frozen=True, kw_only=True):
    """Value in KV `LEASES` under `session.<session>`; written by the gateway that holds it.

    `dropped_at` is set while the connection is lost and the session keeps its seat. The gateway
    deletes the key when the session ends; where the gateway dies, its own lease runs out: its
    sessions keep their seats in calls for the grace from then on, and count as online for a few
    seconds more, unless another gateway takes them over.
    """

    user: User
    device: Device
    gateway: Gateway
    since: Millis
    guest_room: Room | None = None
    dropped_at: Millis | None = None


class GatewayLease(msgspec.Struct, frozen=True, kw_only=True):
    """Value in KV `LEASES` under `gateway.<gateway>`, with a time to live; renewed well before."""

    since: Millis
    sessions: int
    draining: bool = False


class SessionTaken(Message, frozen=True, kw_only=True, tag="gateway.session_taken"):
    """On `gateway.<gateway>`: a session of yours is held by another gateway now.

    Between gateways alone; the one that is told closes the connection it still has, unless its own
    lease is newer than `revision`, which is that of `LEASES`.
    """

    session: Session
    by: Gateway
    revision: Revision


GATEWAY_LEASE_SECONDS = 4
"""Life of a gateway's lease: a dead gateway is noticed in this time and presence is right again
within ten seconds. Whole seconds, since that is what per-key time to live knows."""

GATEWAY_RENEW_SECONDS = 1.25
"""Three chances to renew before the lease runs out."""

SESSION_GRACE_SECONDS = 15
"""How long a dropped connection keeps its seat in rooms and calls."""
