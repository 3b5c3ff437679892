"""How far people have read. The one thing of chat that is in the store alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import pymongo
from pymongo.errors import DuplicateKeyError

from contracts.base import Millis
from contracts.ids import RoomId, UserId
from services.chat.store import Document, Store


@dataclass(frozen=True, slots=True)
class Marker:
    """How far somebody has read in a room, and since which joining that is known of."""

    seq: int
    joined_at: Millis


class Markers:
    """A person's place in each room; it moves forward only, whichever device says so first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, user: UserId, rooms: Sequence[RoomId]) -> dict[RoomId, Marker]:
        """The person's markers in those of these rooms where there is one."""
        ids = [_key(room, user) for room in rooms]
        found: list[Document] = await self._store.call(
            lambda: self._store.markers.find({"_id": {"$in": ids}}).to_list(len(ids))
        )
        return {
            RoomId(document["room"]): Marker(document["seq"], document.get("joined", 0))
            for document in found
        }

    async def move(self, room: RoomId, user: UserId, seq: int) -> bool:
        """Moves the marker to `seq`; gives back whether it was before that."""
        if await self._forward(room, user, seq):
            return True
        fresh = {"_id": _key(room, user), "room": room, "user": user, "seq": seq}
        try:
            await self._store.call(lambda: self._store.markers.insert_one(fresh))
        except DuplicateKeyError:
            # It stands further on, or another device has made it just now.
            return await self._forward(room, user, seq)
        return True

    async def begin(self, room: RoomId, user: UserId, seq: int, joined_at: Millis) -> int:
        """Moves the marker to `seq` if it is before that, for a joining; gives back where it is."""
        await self.move(room, user, seq)
        key = _key(room, user)
        await self._store.call(
            lambda: self._store.markers.update_one({"_id": key}, {"$set": {"joined": joined_at}})
        )
        return (await self.of(user, [room]))[room].seq

    async def _forward(self, room: RoomId, user: UserId, seq: int) -> bool:
        done = await self._store.call(
            lambda: self._store.markers.update_one(
                {"_id": _key(room, user), "seq": {"$lt": seq}}, {"$set": {"seq": seq}}
            )
        )
        return done.matched_count > 0

    async def clear(self, room: RoomId) -> None:
        """Forgets how far anybody has read in a room."""
        await self._store.call(lambda: self._store.markers.delete_many({"room": room}))

    async def last_before(self, room: RoomId, at: int) -> int:
        """The seq of the last message in the index from before a time; 0 for none."""
        found: list[Document] = await self._store.call(
            lambda: (
                self._store.messages.find({"room": room, "at": {"$lt": at}}, {"seq": 1})
                .sort("seq", pymongo.DESCENDING)
                .limit(1)
                .to_list(1)
            )
        )
        return found[0]["seq"] if found else 0


def _key(room: RoomId, user: UserId) -> str:
    return f"{room}.{user}"
