"""Entries that were appended here and are not in the index yet."""

import asyncio

from contracts.ids import RoomId
from services.chat.domain.tail import Kept

MAX_ENTRIES = 20_000
"""At 300 bytes each some MB. With more, of each room only the last entry is kept: what lies before
it is read from the log."""


class Backlog:
    """What the projector has to do next, by room; those who append put it here as they go."""

    def __init__(self) -> None:
        self._rooms: dict[RoomId, list[Kept]] = {}
        self._count = 0
        self.filled = asyncio.Event()
        """Set while there is something to do."""

    def add(self, room: RoomId, kept: Kept) -> None:
        """Adds an entry that was just appended."""
        run = self._rooms.setdefault(room, [])
        if run and run[-1].entry.seq + 1 != kept.entry.seq:
            # Another replica was at it too; what it appended is read from the log.
            self._count -= len(run)
            run.clear()
        run.append(kept)
        self._count += 1
        self.filled.set()
        if self._count > MAX_ENTRIES:
            self._shorten()

    def _shorten(self) -> None:
        for run in self._rooms.values():
            del run[:-1]
        self._count = len(self._rooms)

    def take(self) -> dict[RoomId, list[Kept]]:
        """Takes everything out."""
        taken, self._rooms, self._count = self._rooms, {}, 0
        self.filled.clear()
        return taken

    def put_back(self, taken: dict[RoomId, list[Kept]]) -> None:
        """Puts back the ends of what could not be done; the rest of it is in the log."""
        for room, run in taken.items():
            if room not in self._rooms:
                self._rooms[room] = run[-1:]
                self._count += 1
        self.filled.set()

    def __len__(self) -> int:
        return self._count
