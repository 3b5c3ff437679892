"""Rooms and memberships in MongoDB; only single documents change atomically."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from contracts.base import Millis
from contracts.ids import RoomId, UserId
from services.rooms.documents import MembershipDocument, RoomDocument
from services.rooms.domain import naming
from services.rooms.domain.state import Change, Decision, Membership, Room, rank

Row = dict[str, Any]
_MOST = 9_999_999_999_999
"""What counts down stands as its distance from this: thirteen digits, milliseconds until 2286."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A room as it is kept, with the change that is still to be carried out, if there is one."""

    room: Room
    pending: Change | None


def place_of(member: Membership) -> str:
    """Where a member stands in the room's list."""
    if member.role is None:
        return ""
    return f"{rank(member.role)}{member.joined_at:013d}{member.user}"


class RoomStore:
    """The rooms' documents."""

    def __init__(self) -> None:
        self._rooms = RoomDocument.get_motor_collection()

    async def get(self, room: RoomId) -> Stored | None:
        """A room, ended ones included."""
        row = await self._rooms.find_one({"_id": room})
        return None if row is None else _stored(row)

    async def get_many(self, rooms: Iterable[str]) -> dict[str, Stored]:
        """Those of these rooms that are there, ended ones included."""
        wanted = list(rooms)
        if not wanted:
            return {}
        rows = await self._rooms.find({"_id": {"$in": wanted}}).to_list(None)
        return {row["_id"]: _stored(row) for row in rows}

    async def insert(self, decision: Decision) -> None:
        """Keeps a new room."""
        await self._rooms.insert_one({"_id": decision.room.room, **_fields(decision)})

    async def compare_and_set(self, before: Room, decision: Decision) -> bool:
        """Replaces the room where it is still as it was; whether it was."""
        found = await self._rooms.find_one_and_update(
            {"_id": before.room, "version": before.version},
            {"$set": _fields(decision)},
            projection={"_id": 1},
        )
        return found is not None

    async def settle(self, room: Room) -> None:
        """The room's pending change is carried out; a later one is left alone."""
        await self._rooms.update_one(
            {"_id": room.room, "version": room.version},
            {"$set": {"pending": None, "pending_at": 0}},
        )

    async def unsettled(self, before: Millis) -> list[Stored]:
        """Rooms with a change that was decided before a time and is not carried out yet."""
        query = {"pending_at": {"$gt": 0, "$lt": before}}
        return [_stored(row) for row in await self._rooms.find(query).limit(200).to_list(200)]

    async def ended(self, before: Millis) -> list[RoomId]:
        """Rooms that ended before a time, and of which nothing is left to carry out."""
        query = {"ended_at": {"$gt": 0, "$lt": before}, "pending_at": 0}
        rows = await self._rooms.find(query, {"_id": 1}).limit(200).to_list(200)
        return [row["_id"] for row in rows]

    async def forget(self, rooms: Sequence[RoomId]) -> None:
        """Removes ended rooms for good."""
        await self._rooms.delete_many({"_id": {"$in": list(rooms)}})

    async def page(
        self, query: Mapping[str, Any], sort: str, after: str | None, limit: int
    ) -> list[tuple[Room, str]]:
        """Listed rooms past a place in a sorting, each with its own place."""
        wanted: Row = {"listed": True, **query}
        if after is not None:
            wanted[sort] = {"$gt": after}
        rows = await self._rooms.find(wanted).sort(sort, 1).limit(limit).to_list(limit)
        return [(_room(row), row[sort]) for row in rows]

    async def keys(self) -> list[str]:
        """The ids of all rooms, ended ones included."""
        return [row["_id"] async for row in self._rooms.find({}, {"_id": 1})]


class MembershipStore:
    """The memberships' documents."""

    def __init__(self) -> None:
        self._memberships = MembershipDocument.get_motor_collection()

    async def get(self, room: RoomId, users: Iterable[UserId]) -> dict[UserId, Membership]:
        """What is kept of these people in a room."""
        keys = [f"{room}.{user}" for user in dict.fromkeys(users)]
        if not keys:
            return {}
        query: Row = {"_id": keys[0]} if len(keys) == 1 else {"_id": {"$in": keys}}
        rows = await self._memberships.find(query).to_list(None)
        return {row["user"]: _membership(row) for row in rows}

    async def put(self, membership: Membership, now: Millis) -> None:
        """Keeps a membership, unless a later one is there."""
        try:
            await self._memberships.update_one(
                {
                    "_id": f"{membership.room}.{membership.user}",
                    "version": {"$lt": membership.version},
                },
                {"$set": _membership_fields(membership, now)},
                upsert=True,
            )
        except DuplicateKeyError:
            # The document is there with this version or a later one, so it did not match.
            return

    async def of(self, user: UserId) -> list[Membership]:
        """The memberships of a person in rooms they are in, by role and time of joining."""
        query = {"user": user, "place": {"$gt": ""}}
        return [_membership(row) for row in await self._memberships.find(query).to_list(None)]

    async def traces_of(self, user: UserId) -> list[RoomId]:
        """Every room that keeps something of a person, a ban included."""
        rows = await self._memberships.find({"user": user}, {"room": 1}).to_list(None)
        return [row["room"] for row in rows]

    async def members(self, room: RoomId, after: str, limit: int) -> list[Membership]:
        """Members past a place, in the room's order."""
        query = {"room": room, "place": {"$gt": after}}
        rows = self._memberships.find(query).sort("place", 1).limit(limit)
        return [_membership(row) for row in await rows.to_list(limit)]

    async def heir(self, room: RoomId) -> Membership | None:
        """Who a room passes to: the longest-standing moderator, else member; never a guest."""
        for first, beyond in (("1", "2"), ("2", "3")):
            query = {
                "room": room,
                "place": {"$gt": first, "$lt": beyond},
                "state.guest": False,
            }
            rows = await self._memberships.find(query).sort("place", 1).limit(1).to_list(1)
            if rows:
                return _membership(rows[0])
        return None

    async def bans(self, room: RoomId, limit: int) -> list[Membership]:
        """Who is banned, the latest first."""
        query = {"room": room, "ban_place": {"$gt": ""}}
        rows = self._memberships.find(query).sort("ban_place", -1).limit(limit)
        return [_membership(row) for row in await rows.to_list(limit)]

    async def some(self, room: RoomId, limit: int) -> list[Membership]:
        """Some documents of a room, whatever they hold."""
        rows = self._memberships.find({"room": room}).limit(limit)
        return [_membership(row) for row in await rows.to_list(limit)]

    async def keys(self) -> list[str]:
        """`<room>.<user>` of all documents, whatever they hold."""
        return [row["_id"] async for row in self._memberships.find({}, {"_id": 1})]

    async def by_key(self, keys: Sequence[str]) -> dict[str, Membership]:
        """Those of these documents that are there."""
        rows = await self._memberships.find({"_id": {"$in": list(keys)}}).to_list(None)
        return {row["_id"]: _membership(row) for row in rows}

    async def remove(self, memberships: Sequence[Membership]) -> None:
        """Removes documents of a room that has ended."""
        keys = [f"{m.room}.{m.user}" for m in memberships]
        await self._memberships.delete_many({"_id": {"$in": keys}})

    async def sweep(self, before: Millis) -> int:
        """Removes what guards against writers who are long gone; how many there were."""
        query = {"gone_at": {"$gt": 0, "$lt": before}}
        return (await self._memberships.delete_many(query)).deleted_count


def _fields(decision: Decision) -> Row:
    room, change = decision.room, decision.change
    return {
        "version": room.version,
        "state": msgspec.to_builtins(room),
        "pending": msgspec.to_builtins(change),
        "pending_at": change.at,
        "ended_at": change.at if room.ended else 0,
        "listed": not room.private and not room.ended,
        # Strings that ascend, each unique: a page goes on after the last one's, by one range.
        "by_members": f"{_MOST - room.members:013d}{room.room}",
        "by_newest": f"{_MOST - room.created_at:013d}{room.room}",
        "by_name": naming.sort_key(room.name, room.room),
        "words": naming.folded(f"{room.name}\n{room.description}"),
    }


def _membership_fields(membership: Membership, now: Millis) -> Row:
    place = place_of(membership)
    ban = membership.ban
    # A mute is kept for the one who comes back while it lasts.
    gone_at = 0 if place or ban else max(now, membership.muted_until)
    return {
        "room": membership.room,
        "user": membership.user,
        "version": membership.version,
        "state": msgspec.to_builtins(membership),
        "place": place,
        "ban_place": f"{ban.at:013d}{ban.user}" if ban else "",
        "gone_at": gone_at,
    }


def _room(row: Row) -> Room:
    return msgspec.convert(row["state"], Room)


def _stored(row: Row) -> Stored:
    pending = row.get("pending")
    return Stored(_room(row), None if pending is None else msgspec.convert(pending, Change))


def _membership(row: Row) -> Membership:
    return msgspec.convert(row["state"], Membership)
