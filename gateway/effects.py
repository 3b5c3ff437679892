"""What a session wants done. It decides; the socket does."""

from dataclasses import dataclass

from contracts.auth import AccessClaims
from contracts.closing import Closing
from contracts.frames import Place
from contracts.ids import RequestId, RoomId, SessionId


@dataclass(frozen=True, slots=True)
class Send:
    """This text to the client, as one frame."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """This command to its service; `Session.answered` takes what comes back."""

    request: RequestId
    tag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """A seat for this person: the session `wanted` if it is theirs, else a new one."""

    request: RequestId
    wanted: SessionId | None
    claims: AccessClaims


@dataclass(frozen=True, slots=True)
class Renewed:
    """The lease is good for as long as the new token."""


@dataclass(frozen=True, slots=True)
class FollowRooms:
    """Live events of these rooms from now, and what came after each place."""

    request: RequestId
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class LeaveRooms:
    """No more events of these rooms."""

    rooms: tuple[RoomId, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """A ping, to learn whether the client is still there."""


@dataclass(frozen=True, slots=True)
class Shut:
    """The connection is over, for this reason."""

    closing: Closing


Effect = Send | Ask | Claim | Renewed | FollowRooms | LeaveRooms | Probe | Shut
