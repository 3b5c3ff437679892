"""Calls: what `services/signaling` is asked. Media goes from peer to peer; here peers meet."""

from typing import Annotated

from msgspec import Meta

from contracts.base import Command, Millis, Reply, Value
from contracts.ids import Room


class IceServer(Value, frozen=True, kw_only=True):
    """One entry of `RTCConfiguration.iceServers` (W3C WebRTC §4.2.2).

    STUN servers carry no credentials; TURN servers carry short-lived ones.
    """

    urls: Annotated[list[str], Meta(description="`stun:`, `turn:` or `turns:` URIs (RFC 7064/65).")]
    username: str | None = None
    credential: str | None = None


class GetIceServers(Command, frozen=True, kw_only=True, tag="signaling.ice_servers"):
    """Asks by which servers peers of a room may find and reach each other."""

    room: Room


class IceServers(Reply, frozen=True, kw_only=True, tag="signaling.ice_servers_found"):
    """The servers, and until when their credentials open a new allocation.

    `relay_only` tells the client to use no other candidates than relayed ones.
    """

    servers: list[IceServer]
    expires_at: Millis
    relay_only: bool = False
