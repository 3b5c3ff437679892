"""Who asks. The gateway says it for every command, from the session; never the frame itself."""

from typing import Literal

from contracts.base import Message
from contracts.ids import Device, DeviceId, Room, Session, User

HEADER = "Parley-Caller"
"""The NATS header that carries the caller, as JSON in ASCII."""


class Anonymous(Message, frozen=True, kw_only=True, tag="anonymous"):
    """Nobody has signed in on this connection. `address` is throttled, never stored in clear."""

    address: str
    agent: str = ""


class Account(Message, frozen=True, kw_only=True, tag="account"):
    """A person with an account. `session` is absent where the request came by HTTP."""

    user: User
    device: Device
    session: Session | None = None
    address: str = ""
    agent: str = ""


class Guest(Message, frozen=True, kw_only=True, tag="guest"):
    """A person let into one room by an invite link, without an account."""

    user: User
    device: Device
    room: Room
    session: Session | None = None
    address: str = ""
    agent: str = ""


class Peer(Message, frozen=True, kw_only=True, tag="service"):
    """Another service, on its own behalf."""

    name: Literal["auth", "rooms", "chat", "signaling", "media", "gateway", "operator"]


Person = Account | Guest
Caller = Anonymous | Account | Guest | Peer

NO_DEVICE = DeviceId("0" * 26)
"""Stands for "no device of ours" where a device is compared."""
