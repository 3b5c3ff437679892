"""Why a websocket is closed. 4000–4499: come back; 4500–4999: don't (after centrifuge's ranges)."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Close:
    """A close code (RFC 6455 §7.4.2, the range for private use) and its reason."""

    code: int
    reason: str

    @property
    def reconnect(self) -> bool:
        """Whether the client should come back by itself."""
        return self.code < 4500


class Closing(Enum):
    """Every close code there is."""

    GOING_AWAY = Close(4000, "server is going away")
    SLOW_READER = Close(4001, "reading too slowly")
    HEARTBEAT_MISSED = Close(4002, "heartbeat missed")
    HELLO_LATE = Close(4003, "no hello in time")
    TOKEN_EXPIRED = Close(4004, "token expired")
    TAKEN_OVER = Close(4005, "session continues on another connection")
    BUS_LOST = Close(4006, "server lost its bus")
    TOO_MANY_CONNECTIONS = Close(4007, "too many connections")

    HELLO_REFUSED = Close(4500, "hello refused")
    REVOKED = Close(4501, "signed out")
    VERSION_UNSUPPORTED = Close(4502, "protocol version not supported")
    FRAME_TOO_LARGE = Close(4503, "frame too large")
    FLOODING = Close(4504, "too many frames that are refused or say nothing")
    ORIGIN_FORBIDDEN = Close(4505, "origin not allowed")
