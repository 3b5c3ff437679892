"""When people were last online, in MongoDB."""

from collections.abc import Iterable, Mapping

from pymongo import UpdateOne

from contracts.base import Millis
from contracts.ids import UserId
from services.rooms.documents import SightingDocument

WATCH = "watch"
"""Key of the document that says when somebody last looked at all."""


class Sightings:
    """The collection, written by the replica that speaks for presence."""

    def __init__(self) -> None:
        self._sightings = SightingDocument.get_motor_collection()

    async def keep(self, came: Mapping[UserId, Millis], went: Mapping[UserId, Millis]) -> None:
        """Notes who came and who went; someone in both has gone."""
        writes = [
            UpdateOne({"_id": user}, {"$set": {"online": user not in went, "at": at}}, upsert=True)
            for user, at in {**came, **went}.items()
        ]
        if writes:
            await self._sightings.bulk_write(writes, ordered=False)

    async def looked(self, now: Millis) -> None:
        """Notes that presence was true at this time."""
        note = {"$set": {"online": False, "at": now}}
        await self._sightings.update_one({"_id": WATCH}, note, upsert=True)

    async def last_look(self) -> Millis | None:
        """When presence was last known to be true."""
        row = await self._sightings.find_one({"_id": WATCH})
        return None if row is None else row["at"]

    async def online(self) -> frozenset[UserId]:
        """Who was there at the last look."""
        rows = await self._sightings.find({"online": True}, {"_id": 1}).to_list(None)
        return frozenset(row["_id"] for row in rows)

    async def last_online(self, users: Iterable[UserId]) -> dict[UserId, Millis]:
        """When these people were last seen; those never seen are left out."""
        rows = await self._sightings.find({"_id": {"$in": list(users)}}).to_list(None)
        return {row["_id"]: row["at"] for row in rows}
