"""Writing what entries change: messages and client ids, of many rooms in few calls.

A message is only replaced where it is still as it was read, and an entry that was applied already
changes nothing. So any number of writers may do the same work at once, and each may stop halfway.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from contracts.chat import MessagePosted, TimelineEntry
from contracts.ids import RoomId
from services.chat.domain.deeds import mark_of_entry
from services.chat.domain.message import Message, fold, target_of
from services.chat.index import key, message_of
from services.chat.store import Collection, Document, Store

Work = Mapping[RoomId, Sequence[TimelineEntry]]
"""Entries by room, each room's in order and without a gap."""

_Place = tuple[RoomId, int]
_DUPLICATE = 11000

AT_ONCE = 256
"""Documents of one call: the embedded store, which takes 0.15–0.3 ms for each, answers readers only
in between."""

PATIENCE = 10.0
"""Seconds for such a call. Nobody waits for it, and beginning anew helps a busy store least."""


class Writer:
    """Applies entries to the messages in the index."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def apply(self, work: Work) -> None:
        """Writes what these entries change.

        Raises:
            Refusal: the store is away; whatever was written stands and does no harm.
        """
        left = work
        while left:
            left = await self._apply_once(left)
        deeds = [
            _deed(room, entry)
            for room, entries in work.items()
            for entry in entries
            if not isinstance(entry, MessagePosted)
        ]
        await insert(self._store, self._store.deeds, deeds)

    async def _apply_once(self, work: Work) -> Work:
        """Gives back the work on messages that another writer changed meanwhile."""
        marks = {
            (room, entry.seq): mark_of_entry(entry)
            for room, entries in work.items()
            for entry in entries
            if isinstance(entry, MessagePosted)
        }
        asked = {(room, target_of(e)) for room, entries in work.items() for e in entries}
        # A post of this run is mostly new; where it is not, its insertion says so.
        before = await self._read(asked - marks.keys())
        now = _folded(work, before)
        fresh = [_document(place, now[place], mark) for place, mark in marks.items()]
        there = await insert(self._store, self._store.messages, fresh)
        missed = await self._replace(now, before)
        contested = {(RoomId(document["room"]), document["seq"]) for document in there}
        if contested:
            # These stood in the index before: what they lack is applied to what is there.
            before = await self._read(contested)
            missed |= await self._replace(_folded(work, before), before)
        left = {
            room: [entry for entry in entries if (room, target_of(entry)) in missed]
            for room, entries in work.items()
        }
        return {room: entries for room, entries in left.items() if entries}

    async def _read(self, places: Iterable[_Place]) -> dict[_Place, Document]:
        ids = [key(room, seq) for room, seq in places]
        if not ids:
            return {}
        found: list[Document] = await self._store.call(
            lambda: self._store.messages.find({"_id": {"$in": ids}}).to_list(len(ids))
        )
        return {(RoomId(document["room"]), document["seq"]): document for document in found}

    async def _replace(
        self, now: Mapping[_Place, Message], before: Mapping[_Place, Document]
    ) -> set[_Place]:
        """Replaces messages that are still as read; gives back those to be looked at again."""
        changed = [place for place in before if now[place].changed > before[place]["changed"]]
        if not changed:
            return set()
        writes = [
            ReplaceOne(
                {"_id": before[place]["_id"], "changed": before[place]["changed"]},
                _document(place, now[place], before[place]["mark"]),
            )
            for place in changed
        ]
        into = self._store.for_projector(self._store.messages)
        done = await self._store.call(lambda: into.bulk_write(writes, ordered=False), PATIENCE)
        # Which of them failed is not told. Those that did not will be found as they should be.
        return set() if done.matched_count == len(writes) else set(changed)


async def insert(store: Store, collection: Collection, documents: list[Document]) -> list[Document]:
    """Inserts those that are new; gives back those whose `_id` was there."""
    there: list[Document] = []
    for first in range(0, len(documents), AT_ONCE):
        there += await _insert(store, collection, documents[first : first + AT_ONCE])
    return there


async def _insert(
    store: Store, collection: Collection, documents: Sequence[Document]
) -> list[Document]:
    into = store.for_projector(collection)
    try:
        await store.call(lambda: into.insert_many(documents, ordered=False), PATIENCE)
    except BulkWriteError as error:
        failures = (error.details or {}).get("writeErrors", [])
        if any(failure["code"] != _DUPLICATE for failure in failures):
            raise
        return [documents[failure["index"]] for failure in failures]
    return []


def _folded(work: Work, before: Mapping[_Place, Document]) -> dict[_Place, Message]:
    """The messages of `before`, and those that begin in `work`, after all of `work`."""
    rooms: defaultdict[RoomId, dict[int, Message]] = defaultdict(dict)
    for (room, seq), document in before.items():
        rooms[room][seq] = message_of(document)
    for room, entries in work.items():
        for entry in entries:
            fold(rooms[room], entry)
    return {(room, seq): m for room, messages in rooms.items() for seq, m in messages.items()}


def _document(place: _Place, message: Message, mark: int) -> Document:
    fields: Document = msgspec.to_builtins(message)
    return {"_id": key(*place), "room": place[0], "mark": mark, **fields}


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
