"""Telling a room that somebody is writing; nothing of it is stored."""

from contracts import subjects
from contracts.base import Done
from contracts.chat import Type, Typing
from runtime.bus import Bus
from runtime.serve import Call
from services.chat.membership import Membership


class TypingSigns:
    """The command of someone who is writing."""

    def __init__(self, bus: Bus, membership: Membership) -> None:
        self._bus = bus
        self._membership = membership

    async def type(self, call: Call, command: Type) -> Done:
        """Tells the room, unless the person may not write there."""
        standing = await self._membership.reader(call.person, command.room)
        standing.may_write(call.at)
        told = Typing(room=command.room, user=call.person.user, writing=command.writing)
        await self._bus.tell(subjects.state(command.room), told)
        return Done()
