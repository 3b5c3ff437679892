"""What is kept of rooms and memberships: the domain's state whole, and beside it what is searched.

The embedded store has no transactions and counts slowly (265 ms over 20,000 documents), so a
change rests on one document alone, the room's, and nothing is counted by asking.
"""

from typing import Any, ClassVar

from beanie import Document
from pymongo import ASCENDING, IndexModel


class RoomDocument(Document):
    """A room; `pending` is the outbox: the change that is decided and not yet carried out."""

    id: str  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]
    version: int
    state: dict[str, Any]
    pending: dict[str, Any] | None = None
    pending_at: int = 0
    ended_at: int = 0
    listed: bool = False
    by_members: str = ""
    by_name: str = ""
    by_newest: str = ""
    words: str = ""

    class Settings:
        name = "rooms"
        indexes: ClassVar = [
            IndexModel([("pending_at", ASCENDING)]),
            IndexModel([("ended_at", ASCENDING)]),
            IndexModel([("listed", ASCENDING), ("by_members", ASCENDING)]),
            IndexModel([("listed", ASCENDING), ("by_name", ASCENDING)]),
            IndexModel([("listed", ASCENDING), ("by_newest", ASCENDING)]),
        ]


class MembershipDocument(Document):
    """A membership under `<room>.<user>`.

    `place` sorts members by role, then by time of joining; empty for someone outside. `ban_place`
    sorts bans by time; empty where there is none. `gone_at` is set where neither holds: such a
    document guards for a while against a late writer, and is swept then.
    """

    id: str  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]
    room: str
    user: str
    version: int
    state: dict[str, Any]
    place: str = ""
    ban_place: str = ""
    gone_at: int = 0

    class Settings:
        name = "memberships"
        indexes: ClassVar = [
            IndexModel([("room", ASCENDING), ("place", ASCENDING)]),
            IndexModel([("room", ASCENDING), ("ban_place", ASCENDING)]),
            IndexModel([("user", ASCENDING), ("place", ASCENDING)]),
            IndexModel([("gone_at", ASCENDING)]),
        ]


class SightingDocument(Document):
    """When a person was last seen; `online` while they were there at the last look."""

    id: str  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]
    online: bool
    at: int

    class Settings:
        name = "sightings"
        indexes: ClassVar = [IndexModel([("online", ASCENDING)])]


DOCUMENTS = (RoomDocument, MembershipDocument, SightingDocument)
