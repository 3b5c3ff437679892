"""Who is in a room, as far as calls must know."""

from contracts.ids import RoomId, UserId
from contracts.rooms import MemberView
from contracts.streams import MEMBERS
from runtime.bus import Bus
from runtime.readmodel import ReadModel


class Membership:
    """The mirror of KV `MEMBERS`, and one look at the bucket before anybody is turned away."""

    def __init__(self, bus: Bus) -> None:
        self._members = ReadModel(bus, MEMBERS, MemberView)

    async def start(self) -> None:
        """Begins to mirror; returns once the copy is whole."""
        await self._members.start()

    async def stop(self) -> None:
        """Ends the mirroring."""
        await self._members.stop()

    def known(self, room: RoomId, user: UserId) -> bool:
        """Whether this person is in the room, as last heard of."""
        view = self._members.get(f"{room}.{user}")
        return view is not None and view.role is not None

    async def has(self, room: RoomId, user: UserId) -> bool:
        """Whether this person is in the room now; someone banned is not.

        Raises:
            NatsError: the broker is out of reach, and the mirror does not know the person.
        """
        key = f"{room}.{user}"
        view = self._members.get(key) or await self._members.fetch(key)
        return view is not None and view.role is not None
