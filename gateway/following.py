"""What a client missed in the rooms it begins to follow.

A room is subscribed first and asked for its past then, so that an entry comes live, or in the
answer, or in both; the client orders by `seq`. Chat checks the membership when it is asked.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from nats.errors import Error as NatsError

from contracts.base import tag_of
from contracts.chat import ReadSince, Since
from contracts.errors import Code, Error
from contracts.frames import FollowedRoom, Place
from contracts.ids import RoomId
from gateway.asking import Services
from gateway.hub import Follower, Hub, room_key
from runtime import log
from runtime.codec import Decoder, encode

AT_ONCE = 8
"""Rooms that one client's request asks chat about at the same time."""

IN_ALL = 64
"""The same for all clients, so that a thousand that come back don't bury everyone's posts."""

ENTRIES = 200
"""Entries a room may send again. Whoever missed more is better served by a page of history."""

REPLY_BYTES = 384 * 1024
"""Entries of one reply, all rooms together; well within what an outbox may hold."""

_decode: Decoder[Any] = Decoder((Since, Error))
_SINCE = tag_of(ReadSince)
_logger = log.get("following")


class Following:
    """Joins rooms in the hub and gathers what came after each place."""

    def __init__(self, hub: Hub, services: Services) -> None:
        self._hub = hub
        self._services = services
        self._in_all = asyncio.Semaphore(IN_ALL)

    async def follow(
        self, follower: Follower, caller: str, guest_room: RoomId | None, places: Sequence[Place]
    ) -> list[FollowedRoom]:
        """One answer for each place, in their order, whatever goes wrong with some of them.

        A room that is refused is joined all the same: the session, which knows, leaves it again.
        """
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(place: Place) -> FollowedRoom:
            if guest_room is not None and place.room != guest_room:
                return FollowedRoom(room=place.room, error=Code.GUEST_FORBIDDEN.code)
            async with at_once, self._in_all:
                return await self._one(follower, caller, place)

        rooms = await asyncio.gather(*(one(place) for place in places))
        return _within(REPLY_BYTES, rooms)

    async def _one(self, follower: Follower, caller: str, place: Place) -> FollowedRoom:
        try:
            return await self._asked(follower, caller, place)
        except NatsError:
            return FollowedRoom(room=place.room, error=Code.UNAVAILABLE.code)
        except Exception as error:
            # One place must not take the others' answers, nor keep the session from leaving.
            _logger.exception("following.failed", kind=type(error).__name__)
            return FollowedRoom(room=place.room, error=Code.INTERNAL.code)

    async def _asked(self, follower: Follower, caller: str, place: Place) -> FollowedRoom:
        await self._hub.join(room_key(place.room), follower)
        asked = ReadSince(room=place.room, after=place.after, limit=ENTRIES)
        answer = _decode(await self._services.ask(caller, _SINCE, encode(asked)))
        if isinstance(answer, Error):
            return FollowedRoom(room=place.room, error=answer.code)
        return FollowedRoom(
            room=place.room,
            recovered=answer.recovered,
            head=answer.head,
            entries=answer.entries,
        )


def _within(budget: int, rooms: Sequence[FollowedRoom]) -> list[FollowedRoom]:
    """The rooms, of which those past the budget tell that they are not recovered."""
    kept: list[FollowedRoom] = []
    for room in rooms:
        budget -= sum(len(bytes(entry)) for entry in room.entries)
        kept.append(
            room
            if budget >= 0
            else FollowedRoom(room=room.room, recovered=False, head=room.head, error=room.error)
        )
    return kept
