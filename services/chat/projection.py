"""Writing the index: entries of the log become messages, in any number of tries, by anybody.

Two rules make it safe for any number of writers at once, without a leader:
a room's entries are applied from its cursor on without a gap, and a message is only replaced
where it is still as it was read. What was applied already changes nothing.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from contracts.chat import MessagePosted, TimelineEntry
from contracts.ids import RoomId
from services.chat.domain.chain import digest
from services.chat.domain.deeds import mark_of_entry
from services.chat.domain.message import Message, fold, target_of
from services.chat.domain.tail import Kept
from services.chat.index import key, message_of
from services.chat.journal import BATCH, Journal
from services.chat.store import Document, Store

_DUPLICATE = 11000


class Held(Exception):  # an outcome to be tried again later
    """The room is being rebuilt."""


class Projection:
    """Brings rooms of the index up to entries of the log."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    async def project(self, room: RoomId, entries: Sequence[Kept]) -> None:
        """Brings the room up to the last of `entries`, which are in order and without a gap.

        Entries between the cursor and the first of them are read from the log.

        Raises:
            Held: the room is being rebuilt.
            Refusal: the store or the broker is away; whatever was written stands and does no harm.
        """
        while True:
            cursor = await self._store.call(lambda: self._store.cursors.find_one({"_id": room}))
            if cursor is not None and cursor["held"]:
                raise Held
            if cursor is not None and cursor["ended"]:
                await self.bury(room)
                return
            at = cursor["seq"] if cursor else 0
            if entries[-1].entry.seq <= at:
                return
            run = [kept for kept in entries if kept.entry.seq > at]
            if run[0].entry.seq > at + 1:
                run = await self._journal.after(room, cursor["position"] if cursor else 0, BATCH)
                if not run:
                    # Purged since: there is nothing left to index.
                    return
            await self.apply(room, run)
            await self._advance(room, cursor, run[-1])

    async def hold(self, room: RoomId) -> None:
        """Keeps projectors and readers off a room's index until `release`."""
        held = {"seq": 0, "position": 0, "digest": "", "held": True, "ended": False}
        await self._mark(room, held)

    async def release(self, room: RoomId, last: Kept | None) -> None:
        """Gives a room back, indexed up to its entry `last`."""
        place = _place(last) if last else {"seq": 0, "position": 0, "digest": ""}
        await self._store.call(
            lambda: self._store.cursors.update_one(
                {"_id": room, "held": True}, {"$set": {**place, "held": False}}
            )
        )

    async def entomb(self, room: RoomId) -> None:
        """Marks a room as over: nothing of it is indexed from now on."""
        stone = {"seq": 0, "position": 0, "digest": "", "held": False, "ended": True}
        await self._mark(room, stone)

    async def _mark(self, room: RoomId, mark: Document) -> None:
        await self._store.call(
            lambda: self._store.cursors.update_one(
                {"_id": room}, {"$set": mark, "$inc": {"epoch": 1}}, upsert=True
            )
        )

    async def catch_up(self) -> None:
        """Brings every room up to its log, whatever the consumer has told or not."""
        known = {
            cursor["_id"]: cursor["seq"]
            for cursor in await self._store.call(
                lambda: self._store.cursors.find({}, {"seq": 1}).to_list(None)
            )
        }
        for room, entries in (await self._journal.rooms()).items():
            if known.get(room, 0) < entries:
                last = await self._journal.last(room)
                if last is not None:
                    await self.project(room, [last])

    async def bury(self, room: RoomId) -> None:
        """A request under way when the room ended may have written after it was cleared."""
        await self._journal.purge(room)
        await self.clear(room)

    async def clear(self, room: RoomId) -> None:
        """Removes what the log can make again."""
        await self._store.call(lambda: self._store.messages.delete_many({"room": room}))
        await self._store.call(lambda: self._store.deeds.delete_many({"room": room}))

    async def apply(self, room: RoomId, run: Sequence[Kept]) -> None:
        """Writes what these entries change."""
        entries = [kept.entry for kept in run]
        pending = entries
        while pending:
            pending = await self._apply_once(room, pending)
        deeds = [_deed(room, entry) for entry in entries if not isinstance(entry, MessagePosted)]
        if deeds:
            await self._insert(self._store.deeds, deeds)

    async def _apply_once(
        self, room: RoomId, entries: Sequence[TimelineEntry]
    ) -> list[TimelineEntry]:
        """Gives back the entries whose message was changed by another writer meanwhile."""
        posts = {entry.seq: entry for entry in entries if isinstance(entry, MessagePosted)}
        asked = {target_of(entry) for entry in entries}
        # A post of this run is mostly new; where it is not, its insertion says so.
        older = [seq for seq in asked if seq not in posts]
        before = await self._read(room, older)
        marks = {seq: document["mark"] for seq, document in before.items()}
        marks |= {seq: mark_of_entry(post) for seq, post in posts.items()}
        now = {seq: message_of(document) for seq, document in before.items()}
        for entry in entries:
            fold(now, entry)
        contested = await self._insert(
            self._store.messages, [_document(room, now[seq], marks[seq]) for seq in posts]
        )
        stale = [seq for seq in older if seq in now and now[seq].changed > before[seq]["changed"]]
        replaced = await self._replace(room, [(now[seq], before[seq]) for seq in stale])
        again = replaced | await self._merge(room, [now[seq] for seq in contested], entries)
        return [entry for entry in entries if target_of(entry) in again]

    async def _merge(
        self, room: RoomId, contested: Sequence[Message], entries: Sequence[TimelineEntry]
    ) -> set[int]:
        """Posts that stood in the index before: what they lack is applied to what is there."""
        if not contested:
            return set()
        before = await self._read(room, [message.seq for message in contested])
        now = {seq: message_of(document) for seq, document in before.items()}
        for entry in entries:
            if target_of(entry) in now:
                fold(now, entry)
        stale = [seq for seq in now if now[seq].changed > before[seq]["changed"]]
        return await self._replace(room, [(now[seq], before[seq]) for seq in stale])

    async def _read(self, room: RoomId, seqs: Sequence[int]) -> dict[int, Document]:
        if not seqs:
            return {}
        ids = [key(room, seq) for seq in seqs]
        found = await self._store.call(
            lambda: self._store.messages.find({"_id": {"$in": ids}}).to_list(len(ids))
        )
        return {document["seq"]: document for document in found}

    async def _insert(self, collection: Any, documents: list[Document]) -> list[int]:
        """Inserts those that are new; gives back the seqs of those that were there."""
        if not documents:
            return []
        try:
            await self._store.call(lambda: collection.insert_many(documents, ordered=False))
        except BulkWriteError as error:
            failures = (error.details or {}).get("writeErrors", [])
            if any(failure["code"] != _DUPLICATE for failure in failures):
                raise
            return [documents[failure["index"]]["seq"] for failure in failures]
        return []

    async def _replace(self, room: RoomId, changes: list[tuple[Message, Document]]) -> set[int]:
        """Replaces messages that are still as read; gives back the seqs of those that are not."""
        if not changes:
            return set()
        writes = [
            ReplaceOne(
                {"_id": before["_id"], "changed": before["changed"]},
                _document(room, now, before["mark"]),
            )
            for now, before in changes
        ]
        done = await self._store.call(
            lambda: self._store.messages.bulk_write(writes, ordered=False)
        )
        if done.matched_count == len(writes):
            return set()
        return {now.seq for now, _ in changes}

    async def _advance(self, room: RoomId, cursor: Document | None, last: Kept) -> None:
        """Moves the cursor, where nobody else has; else the next look at it tells."""
        place = _place(last)
        if cursor is None:
            fresh = {"_id": room, **place, "epoch": 0, "held": False, "ended": False}
            try:
                await self._store.call(lambda: self._store.cursors.insert_one(fresh))
            except DuplicateKeyError:
                return
        else:
            seen = {"seq": cursor["seq"], "epoch": cursor["epoch"]}
            as_read = {"_id": room, **seen, "held": False, "ended": False}
            await self._store.call(lambda: self._store.cursors.update_one(as_read, {"$set": place}))


def _place(last: Kept) -> Document:
    return {"seq": last.entry.seq, "position": last.position, "digest": digest(last.data)}


def _document(room: RoomId, message: Message, mark: int) -> Document:
    fields: Document = msgspec.to_builtins(message)
    return {"_id": key(room, message.seq), "room": room, "mark": mark, **fields}


def _deed(room: RoomId, entry: TimelineEntry) -> Document:
    return {
        "_id": key(room, entry.seq),
        "room": room,
        "seq": entry.seq,
        "author": entry.author,
        "at": entry.at,
        "client_id": entry.client_id,
        "mark": mark_of_entry(entry),
    }
