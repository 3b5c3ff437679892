"""Reading the index: messages by place, client ids by author, and how far the index has come."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import pymongo

from contracts.errors import Code, Refusal
from contracts.ids import ClientId, RoomId, UserId
from services.chat.domain.deeds import Deed
from services.chat.domain.message import Message
from services.chat.domain.tail import KEPT_DEEDS
from services.chat.store import Document, Store

DEEDS_PATIENCE = 0.5
"""Posting goes on while the store is away, so it may not wait long for an author's past."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last entry of a room that is in the index; all before it are, too."""

    seq: int = 0
    position: int = 0


def key(room: RoomId, seq: int) -> str:
    """The `_id` of a message or deed."""
    return f"{room}.{seq}"


def message_of(document: Document) -> Message:
    """The message in a document."""
    return msgspec.convert(document, Message)


class Index:
    """Queries on what the projector has written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def cursor(self, room: RoomId) -> Cursor:
        """How far the room is indexed.

        Raises:
            Refusal: the store is away, or the room is being rebuilt.
        """
        found = await self._store.call(lambda: self._store.cursors.find_one({"_id": room}))
        if found is None or found.get("ended"):
            return Cursor()
        if found["held"]:
            raise Refusal(Code.UNAVAILABLE, retry_after=5.0)
        return Cursor(found["seq"], found["position"])

    async def below(self, room: RoomId, bound: int, limit: int) -> list[Message]:
        """The last `limit` messages before seq `bound`, oldest first."""
        query = {"room": room, "seq": {"$lt": bound}}
        found = await self._store.call(
            lambda: (
                self._store.messages.find(query)
                .sort("seq", pymongo.DESCENDING)
                .limit(limit)
                .to_list(limit)
            )
        )
        return [message_of(document) for document in reversed(found)]

    async def since(self, room: RoomId, bound: int, limit: int) -> list[Message]:
        """The first `limit` messages from seq `bound` on, oldest first."""
        query = {"room": room, "seq": {"$gte": bound}}
        found = await self._store.call(
            lambda: (
                self._store.messages.find(query)
                .sort("seq", pymongo.ASCENDING)
                .limit(limit)
                .to_list(limit)
            )
        )
        return [message_of(document) for document in found]

    async def some(self, room: RoomId, seqs: Iterable[int]) -> dict[int, Message]:
        """Those of these messages that are there, by seq."""
        ids = [key(room, seq) for seq in seqs]
        if not ids:
            return {}
        found = await self._store.call(
            lambda: self._store.messages.find({"_id": {"$in": ids}}).to_list(len(ids))
        )
        return {document["seq"]: message_of(document) for document in found}

    async def deeds(self, room: RoomId, author: UserId) -> tuple[list[tuple[ClientId, Deed]], int]:
        """An author's latest client ids, oldest first, and when they last posted (0: never)."""

        async def read() -> tuple[list[Document], list[Document]]:
            query = {"room": room, "author": author}
            wanted = {"_id": 0, "client_id": 1, "seq": 1, "at": 1, "mark": 1}
            kinds = (self._store.messages, self._store.deeds)
            posts, others = [
                await kind.find(query, wanted)
                .sort("seq", pymongo.DESCENDING)
                .limit(KEPT_DEEDS)
                .to_list(KEPT_DEEDS)
                for kind in kinds
            ]
            return posts, others

        posts, others = await self._store.call(read, DEEDS_PATIENCE)
        merged = sorted((*posts, *others), key=lambda document: document["seq"])
        deeds = [
            (
                ClientId(document["client_id"]),
                Deed(document["seq"], document["at"], document["mark"]),
            )
            for document in merged
        ]
        return deeds, posts[0]["at"] if posts else 0

    async def unread(self, room: RoomId, marker: int, user: UserId, limit: int) -> set[int]:
        """The seqs of up to `limit` messages after `marker` that someone else wrote."""
        return await self._seqs(room, marker, user, limit, {})

    async def mentioned(self, room: RoomId, marker: int, user: UserId, limit: int) -> set[int]:
        """The seqs of up to `limit` of those that name this person."""
        return await self._seqs(room, marker, user, limit, {"mentions": user})

    async def _seqs(
        self, room: RoomId, marker: int, user: UserId, limit: int, also: Document
    ) -> set[int]:
        query = {"room": room, "seq": {"$gt": marker}, "author": {"$ne": user}, "deleted": False}
        # Finding with a projection rather than counting: the embedded store counts by loading
        # whole documents, 100 ms for 400 of them.
        found = await self._store.call(
            lambda: (
                self._store.messages.find(query | also, {"_id": 0, "seq": 1})
                .limit(limit)
                .to_list(limit)
            )
        )
        return {document["seq"] for document in found}
