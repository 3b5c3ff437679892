"""Who is online, as one may ask."""

import asyncio

from contracts import subjects
from contracts.callers import Guest
from contracts.errors import Code, Error, Refusal, RefusedByPeer
from contracts.ids import RoomId, UserId
from contracts.presence import (
    GetPresence,
    PresenceFound,
    QueryPresence,
    RoomPresence,
    Whereabouts,
)
from contracts.rooms import MemberView
from runtime.bus import Bus
from runtime.codec import Decoder, encode
from runtime.readmodel import ReadModel
from runtime.serve import Call, Table
from services.rooms.domain.presence import Presence
from services.rooms.domain.state import required
from services.rooms.handlers.access import reach
from services.rooms.sightings import Sightings
from services.rooms.speaker import Speaker
from services.rooms.store import RoomStore

PATIENCE = 3.0
"""How long an asker waits for a replica that speaks. When one dies the next speaks within five
seconds; every client asks on coming, so most are spared a refusal."""

_ASK_AGAIN = 0.1
_answer: Decoder[Error | RoomPresence] = Decoder((Error, RoomPresence))


class PresenceDesk:
    """Answers from the one replica that speaks, so that snapshots and events share a numbering."""

    def __init__(
        self,
        bus: Bus,
        rooms: RoomStore,
        members: ReadModel[MemberView],
        presence: Presence,
        speaker: Speaker,
        sightings: Sightings,
    ) -> None:
        self._bus = bus
        self._rooms = rooms
        self._members = members
        self._presence = presence
        self._speaker = speaker
        self._sightings = sightings

    def table(self) -> Table:
        """The commands answered here."""
        return {GetPresence: self.get, QueryPresence: self.whereabouts}

    async def get(self, call: Call, command: GetPresence) -> RoomPresence:
        """Who is online in a room of one's own."""
        await self._require_member(reach(call, command.room), command.room)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    if self._speaker.speaks:
                        return self._speaker.snapshot(command.room)
                    found = await self._ask_speaker(command)
                    if found is not None:
                        return found
                    await asyncio.sleep(_ASK_AGAIN)
        except TimeoutError:
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0) from None

    async def whereabouts(self, call: Call, command: QueryPresence) -> PresenceFound:
        """Whether people are connected, and when they last were."""
        person = call.person
        asked = list(command.users)
        if isinstance(person, Guest):
            # A guest knows of nobody beyond the room they were let into.
            asked = [user for user in asked if person.room in self._presence.rooms_of(user)]
        seen = await self._sightings.last_online(asked)
        connected = {user for user in asked if self._presence.is_online(user)}
        return PresenceFound(
            people=[
                Whereabouts(
                    user=user,
                    is_connected=user in connected,
                    last_online=call.at if user in connected else seen.get(user),
                )
                for user in command.users
            ]
        )

    async def _require_member(self, user: UserId, room: RoomId) -> None:
        if room in self._presence.rooms_of(user):
            return
        # Somebody who has just joined may be ahead of this replica's copy.
        view = await self._members.fetch(f"{room}.{user}")
        if view is not None and view.role is not None:
            return
        stored = await self._rooms.get(room)
        if stored is None or stored.room.ended:
            raise Refusal(Code.ROOM_UNKNOWN)
        required(stored.room, None)

    async def _ask_speaker(self, command: GetPresence) -> RoomPresence | None:
        try:
            data = await self._bus.ask_raw(
                subjects.PRESENCE_LEADER, encode(command), self._bus.headers(), PATIENCE
            )
        except Refusal:
            return None
        answer = _answer(data)
        if isinstance(answer, RoomPresence):
            return answer
        if answer.code == Code.UNAVAILABLE.code:
            return None
        raise RefusedByPeer(answer)
