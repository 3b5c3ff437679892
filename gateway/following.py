"""What a client missed in the rooms it begins to follow.

A room is subscribed first and asked for its past then, so that an entry comes live, or in the
answer, or in both; the client orders by `seq`. Chat checks the membership when it is asked, and
until it has answered, what the room says is held back (`Held`).
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from nats.errors import Error as NatsError

from contracts.base import tag_of
from contracts.chat import ReadSince, Since
from contracts.errors import Code, Error
from contracts.frames import FollowedRoom, Place
from contracts.ids import RoomId
from gateway.asking import Services
from gateway.held import Held
from gateway.hub import Follower, Hub, room_key
from gateway.session import Session
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


class Asker(Follower, Protocol):
    """A follower whose session may leave a room again while it is being asked about."""

    @property
    def session(self) -> Session:
        """What knows the rooms that are wanted."""
        ...


class Following:
    """Joins rooms in the hub and gathers what came after each place."""

    def __init__(self, hub: Hub, services: Services) -> None:
        self._hub = hub
        self._services = services
        self._in_all = asyncio.Semaphore(IN_ALL)

    async def follow(
        self, asker: Asker, caller: str, guest_room: RoomId | None, places: Sequence[Place]
    ) -> list[FollowedRoom]:
        """One answer for each place, in their order, whatever goes wrong with some of them.

        A room whose answer is an error is not heard, and was not heard at any time.
        """
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(place: Place) -> FollowedRoom:
            if guest_room is not None and place.room != guest_room:
                return _refused(place, Code.GUEST_FORBIDDEN)
            async with at_once, self._in_all:
                return await self._one(asker, caller, place)

        rooms = await asyncio.gather(*(one(place) for place in places))
        return _within(REPLY_BYTES, rooms)

    async def _one(self, asker: Asker, caller: str, place: Place) -> FollowedRoom:
        key, held = room_key(place.room), Held()
        follows = False
        try:
            await self._hub.join(key, asker, held)
            answer = await self._judged(asker, caller, place, held)
            follows = answer.error is None
        except NatsError:
            answer = _refused(place, Code.UNAVAILABLE)
        except Exception as error:
            # One place must not take the others' answers.
            _logger.exception("following.failed", kind=type(error).__name__)
            answer = _refused(place, Code.INTERNAL)
        finally:
            if not follows:
                self._hub.leave(key, asker)
        return answer

    async def _judged(self, asker: Asker, caller: str, place: Place, held: Held) -> FollowedRoom:
        answer = await self._since(caller, place)
        if isinstance(answer, Since):
            # Left meanwhile, or sent out: chat's copy of who is in the room may be the older one.
            wanted = place.room in asker.session.followed
            if not wanted or not self._hub.admit(room_key(place.room), asker, held):
                return _refused(place, Code.CONFLICT)
            if held.overflowed:
                # Live by now, so that all that was dropped is in what chat says this time.
                answer = await self._since(caller, place)
        if isinstance(answer, Error):
            return FollowedRoom(room=place.room, error=answer.code)
        return FollowedRoom(
            room=place.room,
            recovered=answer.recovered,
            head=answer.head,
            entries=answer.entries,
        )

    async def _since(self, caller: str, place: Place) -> Since | Error:
        asked = ReadSince(room=place.room, after=place.after, limit=ENTRIES)
        return _decode(await self._services.ask(caller, _SINCE, encode(asked)))


def _refused(place: Place, code: Code) -> FollowedRoom:
    return FollowedRoom(room=place.room, error=code.code)


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
