"""What rooms are told of presence: deltas in, events out, each with a revision that only grows.

Revisions are times. Who is online in a room depends on leases and on memberships, which no common
log orders, so the one replica that speaks gives each event its number; the next speaker begins at
its own time, which is later. A client that holds a revision from before asks again.
"""

from collections.abc import Callable, Iterable, Mapping

from contracts.base import Millis, Revision
from contracts.ids import RoomId
from contracts.presence import PresenceChanged
from services.rooms.domain.presence import Delta

LISTED = 200
"""People a snapshot names. A room with more of them online is told counts alone."""

LISTED_AGAIN = 150
"""Below this its people are named again; the distance keeps a room from going back and forth."""

COUNT_EVERY_MS = 1_000
"""How often a large room hears a new count at the most."""

Online = Callable[[RoomId], int]


class Announcer:
    """Numbers the events of each room and thins out those of large ones. Sans-I/O."""

    def __init__(self, online: Online) -> None:
        self._online = online
        self._clock: Revision = 0
        self._base: Revision = 0
        self._revisions: dict[RoomId, Revision] = {}
        self._large: set[RoomId] = set()
        self._owed: set[RoomId] = set()
        self._told_at: dict[RoomId, Millis] = {}

    def begin(self, rooms: Iterable[RoomId], now: Millis) -> list[PresenceChanged]:
        """Takes over: every room is told to ask again, since something may have been missed."""
        self._base = self._next(now)
        self._revisions.clear()
        self._owed.clear()
        self._told_at.clear()
        self._large = {room for room in rooms if self._online(room) > LISTED}
        return [self._event(room, Delta(), now) for room in rooms]

    def announce(self, deltas: Mapping[RoomId, Delta], now: Millis) -> list[PresenceChanged]:
        """The events of what changed; large rooms' may come with a later call."""
        events = [event for room, delta in deltas.items() if (event := self._one(room, delta, now))]
        due = [r for r in self._owed if now >= self._told_at.get(r, 0) + COUNT_EVERY_MS]
        for room in due:
            self._owed.discard(room)
            self._told_at[room] = now
            events.append(self._event(room, Delta(), now))
        return events

    @property
    def owes(self) -> bool:
        """Whether a large room waits for its count."""
        return bool(self._owed)

    def revision(self, room: RoomId) -> Revision:
        """The revision of the room's last event."""
        return self._revisions.get(room, self._base)

    def _one(self, room: RoomId, delta: Delta, now: Millis) -> PresenceChanged | None:
        online = self._online(room)
        if room in self._large:
            if online > LISTED_AGAIN:
                self._owed.add(room)
                return None
            self._large.discard(room)
            self._owed.discard(room)
            # Nobody holds the names of those who came meanwhile: all ask again.
            self._revisions[room] = self._next(now)
            return self._event(room, Delta(), now)
        if online > LISTED:
            self._large.add(room)
            self._owed.add(room)
            return None
        return self._event(room, delta, now)

    def _event(self, room: RoomId, delta: Delta, now: Millis) -> PresenceChanged:
        after = self.revision(room)
        revision = self._revisions[room] = self._next(now)
        return PresenceChanged(
            room=room,
            revision=revision,
            after=after,
            online=self._online(room),
            joined=sorted(delta.joined),
            left=sorted(delta.left),
        )

    def _next(self, now: Millis) -> Revision:
        # Microseconds: a burst of events does not run ahead of a later speaker's beginning.
        self._clock = max(self._clock + 1, now * 1_000)
        return self._clock
