"""Making, shaping, ending rooms, and handing them over."""

from collections.abc import Callable

from contracts.base import Done
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.rooms import (
    CreateRoom,
    DeleteRoom,
    RoomChanged,
    TransferRoom,
    UpdateRoom,
)
from runtime.serve import Call, Table
from services.rooms.domain import shape
from services.rooms.domain.presence import Presence
from services.rooms.handlers.access import reach
from services.rooms.ledger import Ledger, Outcome


def changed(outcome: Outcome, user: UserId) -> RoomChanged:
    """The answer to someone who changed a room."""
    me = outcome.people.get(user)
    return RoomChanged(
        info=outcome.room.info, me=me.member if me is not None and me.role is not None else None
    )


class Shaping:
    """What makes a room what it is."""

    def __init__(
        self, ledger: Ledger, presence: Presence, max_rooms: int, new_id: Callable[[], str]
    ) -> None:
        self._ledger = ledger
        self._presence = presence
        self._max_rooms = max_rooms
        self._new_id = new_id

    def table(self) -> Table:
        """The commands answered here."""
        return {
            CreateRoom: self.create,
            UpdateRoom: self.update,
            DeleteRoom: self.delete,
            TransferRoom: self.transfer,
        }

    async def create(self, call: Call, command: CreateRoom) -> RoomChanged:
        """Makes a room and its owner a member of it."""
        user = call.person.user
        if len(self._presence.rooms_of(user)) >= self._max_rooms:
            raise Refusal(Code.TOO_MANY_ROOMS)
        decision = shape.create(command, RoomId(self._new_id()), user, call.at)
        return changed(await self._ledger.open(decision), user)

    async def update(self, call: Call, command: UpdateRoom) -> RoomChanged:
        """Changes what is given."""
        user = reach(call, command.room)
        outcome = await self._ledger.change(
            command.room,
            [user],
            lambda room, people: shape.update(room, people.get(user), command, call.at),
        )
        return changed(outcome, user)

    async def delete(self, call: Call, command: DeleteRoom) -> Done:
        """Ends a room for everyone."""
        user = reach(call, command.room)
        await self._ledger.change(
            command.room,
            [user],
            lambda room, people: shape.delete(room, people.get(user), call.at),
        )
        return Done()

    async def transfer(self, call: Call, command: TransferRoom) -> RoomChanged:
        """Hands a room over."""
        user = reach(call, command.room)
        outcome = await self._ledger.change(
            command.room,
            [user, command.to],
            lambda room, people: shape.transfer(
                room, people.get(user), people.get(command.to), call.at
            ),
        )
        return changed(outcome, user)
