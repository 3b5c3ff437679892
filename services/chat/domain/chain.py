"""The chain of a timeline: each entry holds the digest of the stored bytes before it."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from contracts.chat import TimelineEntry
from contracts.ids import RoomId

FIRST = ""
"""What the first entry of a room names as the one before it."""


def digest(data: bytes) -> str:
    """SHA-256 of an entry's stored bytes, base64url without padding: 43 characters."""
    return urlsafe_b64encode(sha256(data).digest())[:-1].decode()


class Chain:
    """Follows the entries of one room from the first, and keeps what is first wrong with them."""

    def __init__(self, room: RoomId) -> None:
        self._room: RoomId = room
        self._seq = 0
        self._digest = FIRST
        self.entries = 0
        self.broken = ""
        """The first thing that was wrong; empty where the chain is whole."""

    def follow(self, entry: TimelineEntry, data: bytes) -> None:
        """Looks at the next entry, given with its stored bytes."""
        self.broken = self.broken or self._fault(entry)
        self.entries += 1
        self._seq = entry.seq
        self._digest = digest(data)

    def _fault(self, entry: TimelineEntry) -> str:
        if entry.room != self._room:
            return f"the entry after {self._seq} belongs to room {entry.room}"
        if entry.seq != self._seq + 1:
            return f"entry {self._seq + 1} is missing: {entry.seq} follows {self._seq}"
        if entry.prev != self._digest:
            return f"entry {entry.seq} does not follow from what is stored as {self._seq}"
        return ""
