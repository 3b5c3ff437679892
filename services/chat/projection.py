"""Bringing the index up to the log: each room from its cursor on, without a gap.

The cursor in the index says what is done, and moves by compare-and-set after the writing. So any
number of projectors may bring a room forward at once, without a leader, and each may die halfway.
"""

from collections.abc import Mapping, Sequence

from pymongo import UpdateOne

from contracts.ids import RoomId
from services.chat.domain.chain import digest
from services.chat.domain.tail import Kept
from services.chat.journal import BATCH, Journal
from services.chat.store import Document, Store
from services.chat.writing import Writer, insert

Runs = Mapping[RoomId, Sequence[Kept]]
"""Entries by room, each room's in order and without a gap."""


class Held(Exception):  # an outcome to be tried again later
    """A room is being rebuilt."""


class Projection:
    """Projects entries, and keeps the cursors."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._writer = Writer(store)

    async def project(self, runs: Runs) -> None:
        """Brings each room up to the last of its entries.

        What lies between a room's cursor and its first entry here is read from the log.

        Raises:
            Held: one of the rooms is being rebuilt; the others are done.
            Refusal: the store or the broker is away; whatever was written stands and does no harm.
        """
        left, held = dict(runs), False
        while left:
            cursors = await self._cursors(left)
            ready: dict[RoomId, Sequence[Kept]] = {}
            for room in list(left):
                cursor = cursors.get(room)
                if cursor and (cursor["held"] or cursor["ended"]):
                    held = held or cursor["held"]
                    if cursor["ended"]:
                        await self.bury(room)
                    del left[room]
                elif run := await self._run(room, cursor, left[room]):
                    ready[room] = run
                else:
                    del left[room]
            await self.apply(ready)
            if await self._advance(cursors, ready):
                left = {
                    room: run
                    for room, run in left.items()
                    if ready[room][-1].entry.seq < run[-1].entry.seq
                }
        if held:
            raise Held

    async def _cursors(self, rooms: Mapping[RoomId, object]) -> dict[RoomId, Document]:
        found: list[Document] = await self._store.call(
            lambda: self._store.cursors.find({"_id": {"$in": list(rooms)}}).to_list(len(rooms))
        )
        return {RoomId(cursor["_id"]): cursor for cursor in found}

    async def _run(
        self, room: RoomId, cursor: Document | None, entries: Sequence[Kept]
    ) -> Sequence[Kept]:
        """What is to be projected next; nothing where all of it is, or the log was purged."""
        done = cursor["seq"] if cursor else 0
        run = [kept for kept in entries if kept.entry.seq > done]
        if run and run[0].entry.seq > done + 1:
            return await self._journal.after(room, cursor["position"] if cursor else 0, BATCH)
        return run

    async def apply(self, runs: Runs) -> None:
        """Writes what these entries change, whatever the cursors say."""
        await self._writer.apply({room: [kept.entry for kept in run] for room, run in runs.items()})

    async def _advance(self, cursors: Mapping[RoomId, Document], runs: Runs) -> bool:
        """Moves the cursors to the ends of the runs; gives back whether nobody else had."""
        first = [
            {"_id": room, **_place(run[-1]), "epoch": 0, "held": False, "ended": False}
            for room, run in runs.items()
            if room not in cursors
        ]
        contested = await insert(self._store, self._store.cursors, first)
        moves = [
            UpdateOne(
                {
                    "_id": room,
                    "seq": cursors[room]["seq"],
                    "epoch": cursors[room]["epoch"],
                },
                {"$set": _place(run[-1])},
            )
            for room, run in runs.items()
            if room in cursors
        ]
        if not moves:
            return not contested
        # Last, and in the same journal as what it stands for: none is there without the other.
        indexed = self._store.for_projector(self._store.cursors)
        done = await self._store.call(lambda: indexed.bulk_write(moves, ordered=False))
        return not contested and done.matched_count == len(moves)

    async def indexed(self, rooms: Sequence[RoomId]) -> dict[RoomId, int]:
        """How far each of these rooms is in the index."""
        cursors = await self._cursors(dict.fromkeys(rooms))
        return {room: cursor["seq"] for room, cursor in cursors.items()}

    # -- rooms that are rebuilt, and rooms that are over -------------------------------------

    async def clear(self, room: RoomId) -> None:
        """Removes what the log can make again."""
        await self._store.call(lambda: self._store.messages.delete_many({"room": room}))
        await self._store.call(lambda: self._store.deeds.delete_many({"room": room}))

    async def hold(self, room: RoomId) -> None:
        """Keeps projectors and readers off a room's index until `release`."""
        await self._mark(room, held=True, ended=False)

    async def release(self, room: RoomId, last: Kept | None) -> None:
        """Gives a room back, indexed up to its entry `last`."""
        place = _place(last) if last else _NOWHERE
        await self._store.call(
            lambda: self._store.cursors.update_one(
                {"_id": room, "held": True}, {"$set": {**place, "held": False}}
            )
        )

    async def entomb(self, room: RoomId) -> None:
        """Marks a room as over: nothing of it is indexed from now on."""
        await self._mark(room, held=False, ended=True)

    async def bury(self, room: RoomId) -> None:
        """Clears a room that is over once more.

        A request that was under way when it ended may have written behind the first clearing.
        """
        await self._journal.purge(room)
        await self.clear(room)

    async def _mark(self, room: RoomId, *, held: bool, ended: bool) -> None:
        mark = {"$set": {**_NOWHERE, "held": held, "ended": ended}, "$inc": {"epoch": 1}}
        await self._store.call(
            lambda: self._store.cursors.update_one({"_id": room}, mark, upsert=True)
        )


_NOWHERE: Document = {"seq": 0, "position": 0, "digest": ""}


def _place(last: Kept) -> Document:
    return {"seq": last.entry.seq, "position": last.position, "digest": digest(last.data)}
