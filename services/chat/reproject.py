"""`parley chat reproject`: rebuilds the index from the log, and looks the log's chain over.

It may run while chat does: each room is held while it is rebuilt, in which time its history is
away; posting goes on.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from contracts.ids import RoomId
from runtime import log, mongo
from runtime.process import Process
from services.chat.documents import DOCUMENTS
from services.chat.domain.chain import Chain
from services.chat.domain.tail import Kept
from services.chat.journal import Journal
from services.chat.projection import Projection
from services.chat.settings import ChatSettings
from services.chat.store import Store


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of one room: how many entries it has, and the first thing wrong with them."""

    room: RoomId
    entries: int
    broken: str = ""


class Rebuild:
    """Makes the index again, room by room, as the projector would have."""

    def __init__(self, journal: Journal, store: Store, projection: Projection) -> None:
        self._journal = journal
        self._store = store
        self._projection = projection

    async def run(self) -> AsyncIterator[Rebuilt]:
        """Rebuilds every room of the log, and drops those that are in the index alone."""
        rooms = await self._journal.rooms()
        ended = {
            cursor["_id"] async for cursor in self._store.cursors.find({"ended": True}, {"_id": 1})
        }
        for room in rooms:
            if room in ended:
                await self._projection.bury(room)
            else:
                yield await self.room(room)
        async for cursor in self._store.cursors.find({"ended": False}, {"_id": 1}):
            room = RoomId(cursor["_id"])
            if room not in rooms:
                await self._projection.hold(room)
                await self._projection.clear(room)
                await self._store.cursors.delete_one({"_id": room})

    async def room(self, room: RoomId) -> Rebuilt:
        """Rebuilds one room."""
        await self._projection.hold(room)
        await self._projection.clear(room)
        chain = Chain(room)
        last: Kept | None = None
        while run := await self._journal.after(room, last.position if last else 0):
            for kept in run:
                chain.follow(kept.entry, kept.data)
            await self._projection.apply({room: run})
            last = run[-1]
        await self._projection.release(room, last)
        return Rebuilt(room, chain.entries, chain.broken)


async def rebuild(process: Process, settings: ChatSettings, tell: Callable[[str], object]) -> bool:
    """Rebuilds everything, telling of each broken room; gives back whether there was none."""
    client, database = await mongo.connect(settings, DOCUMENTS)
    process.exit.callback(client.close)
    journal = Journal(process.bus)
    await journal.start()
    process.exit.push_async_callback(journal.stop)
    store = Store(database, index_journaled=settings.chat_index_journaled)
    rooms = entries = broken = 0
    async for done in Rebuild(journal, store, Projection(store, journal)).run():
        rooms += 1
        entries += done.entries
        if done.broken:
            broken += 1
            tell(f"room {done.room}: {done.broken}\n")
    tell(f"{rooms} rooms with {entries} entries rebuilt; {broken} with a broken chain\n")
    return not broken


async def _run() -> bool:
    settings = ChatSettings()
    log.configure("chat", settings)
    async with Process("chat", settings, serves=False) as process:
        return await rebuild(process, settings, sys.stdout.write)


def main() -> None:
    """Rebuilds the index.

    Raises:
        SystemExit: with 1 where an entry was lost or altered.
    """
    if not asyncio.run(_run()):
        raise SystemExit(1)
