"""A room's members by their names, which are not the rooms' to know."""

from contracts.auth import FindAmong, Profiles
from contracts.ids import RoomId, UserId
from runtime.bus import Bus
from services.rooms.domain.presence import Presence

ASKED_AT_ONCE = 1_000
"""Members in one question: 30 KB of ids."""

MOST_ASKED = 20_000
"""Members looked at for one prefix, who is online before the others: 0.2 s of searching."""


class People:
    """Asks who is called what."""

    def __init__(self, bus: Bus, presence: Presence) -> None:
        self._bus = bus
        self._presence = presence

    async def named(self, room: RoomId, prefix: str, limit: int) -> list[UserId]:
        """At most `limit` members whose name begins so, those who are online first."""
        members = self._presence.members_of(room)[:MOST_ASKED]
        found: list[UserId] = []
        for start in range(0, len(members), ASKED_AT_ONCE):
            asked = members[start : start + ASKED_AT_ONCE]
            left = limit - len(found)
            answer = await self._bus.ask(
                FindAmong(prefix=prefix, users=asked, limit=left), Profiles
            )
            found += [profile.user for profile in answer.profiles]
            if len(found) >= limit:
                break
        return found
