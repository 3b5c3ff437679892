"""Carrying out what was decided: memberships, read models, events, notices, facts.

Everything here may happen twice, by two replicas, or once more after a crash: documents and read
models keep the later version, clients ignore a revision that they have, facts have a key.
"""

import asyncio
from collections.abc import Callable

from contracts import subjects
from contracts.ids import RoomId
from contracts.notices import RoomAdded, RoomRemoved
from contracts.rooms import Leaving, MemberJoined, MemberLeft, MyRoom, RoomEnded
from runtime.bus import Bus
from services.rooms.domain.state import Change, Room, RoomEvent
from services.rooms.store import MembershipStore
from services.rooms.views import Views

FLUSH_SECONDS = 2.0
"""How long the broker may take to take events in: less than askers wait for an answer (5 s)."""

ENDING_BATCH = 200
"""Memberships of an ended room taken away at a time, their read models written side by side."""

Online = Callable[[RoomId], int]


class Outbox:
    """Carries changes out. `RoomStore.settle` takes them off their room after that."""

    def __init__(
        self,
        bus: Bus,
        memberships: MembershipStore,
        views: Views,
        online: Online,
    ) -> None:
        self._bus = bus
        self._memberships = memberships
        self._views = views
        self._online = online

    async def carry_out(self, room: Room, change: Change) -> None:
        """Does all that the change asks for; `room` is the room as the change left it.

        Read models come before events, so that whoever acts on an event finds them true.
        """
        if room.ended:
            await self._end(room, change)
        else:
            await asyncio.gather(
                self._views.put_room(room),
                *(self._views.put_membership(m) for m in change.memberships),
                *(self._memberships.put(m, change.at) for m in change.memberships),
            )
            await self._tell(room, change.events)

    async def _tell(self, room: Room, events: tuple[RoomEvent, ...]) -> None:
        for event in events:
            await self._bus.tell(subjects.state(room.room), event)
        for event in events:
            if isinstance(event, MemberJoined):
                mine = MyRoom(info=room.info, me=event.member, online=self._online(room.room))
                await self._bus.tell(subjects.user(event.member.user), RoomAdded(room=mine))
            elif isinstance(event, MemberLeft):
                removed = RoomRemoved(room=room.room, why=event.why)
                await self._bus.tell(subjects.user(event.user), removed)
        # Until the broker has them the change is not carried out.
        await self._bus.flush(FLUSH_SECONDS)

    async def _end(self, room: Room, change: Change) -> None:
        await self._views.put_room(room)
        await self._tell(room, change.events)
        await self.clear(room)
        fact = RoomEnded(room=room.room, at=change.at)
        await self._bus.record(fact, f"ended.{room.room}")

    async def clear(self, room: Room) -> None:
        """Takes away whatever is left of the memberships of an ended room."""
        removed = RoomRemoved(room=room.room, why=Leaving.ROOM_DELETED)
        while batch := await self._memberships.some(room.room, ENDING_BATCH):
            # Later than anything a slow replica may still carry out for this room.
            await asyncio.gather(*(self._views.remove_membership(m, room.version) for m in batch))
            for membership in batch:
                if membership.role is not None:
                    await self._bus.tell(subjects.user(membership.user), removed)
            await self._bus.flush(FLUSH_SECONDS)
            await self._memberships.remove(batch)
