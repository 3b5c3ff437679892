"""The timelines of the rooms that this process works on, each with its remembered tail."""

from collections import OrderedDict

from contracts.ids import RoomId
from services.chat.backlog import Backlog
from services.chat.index import Index
from services.chat.journal import Journal
from services.chat.timeline import Timeline

KEPT_ROOMS = 2_000
"""Rooms remembered at once; with a tail of 1 MiB at the very most, mostly of a few KB."""


class Timelines:
    """One `Timeline` for each room, the ones used longest ago forgotten first."""

    def __init__(
        self, journal: Journal, index: Index, backlog: Backlog, size: int = KEPT_ROOMS
    ) -> None:
        self._journal = journal
        self._index = index
        self._backlog = backlog
        self._size = size
        self._rooms: OrderedDict[RoomId, Timeline] = OrderedDict()

    def of(self, room: RoomId) -> Timeline:
        """The room's timeline; the same object as long as anybody may be at work on it."""
        timeline = self._rooms.get(room)
        if timeline is None:
            timeline = self._rooms[room] = Timeline(room, self._journal, self._index, self._backlog)
            self._forget_oldest()
        else:
            self._rooms.move_to_end(room)
        return timeline

    def _forget_oldest(self) -> None:
        for room, timeline in list(self._rooms.items()):
            if len(self._rooms) <= self._size:
                return
            # One that is being appended to stays: two objects would mean two orders in the process.
            # (The broker would sort that out, at the cost of conflicts.)
            if not timeline.busy:
                del self._rooms[room]

    def forget(self, room: RoomId) -> None:
        """Drops what is remembered of a room."""
        self._rooms.pop(room, None)

    def __len__(self) -> int:
        return len(self._rooms)
