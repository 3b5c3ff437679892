"""Coming, going, being sent, and the order that is kept."""

from contracts.base import Done
from contracts.errors import Code, Refusal
from contracts.rooms import (
    BanMember,
    JoinRoom,
    KickMember,
    LeaveRoom,
    MuteMember,
    Role,
    RoomChanged,
    SetRole,
    UnbanMember,
)
from runtime.serve import Call, Table
from services.rooms.domain import coming, order
from services.rooms.domain.presence import Presence
from services.rooms.domain.state import Room, Verdict
from services.rooms.handlers.access import is_guest, reach
from services.rooms.handlers.shaping import changed
from services.rooms.ledger import Ledger, People


class Memberships:
    """Who is in a room, and as what."""

    def __init__(self, ledger: Ledger, presence: Presence, max_rooms: int) -> None:
        self._ledger = ledger
        self._presence = presence
        self._max_rooms = max_rooms

    def table(self) -> Table:
        """The commands answered here."""
        return {
            JoinRoom: self.join,
            LeaveRoom: self.leave,
            SetRole: self.set_role,
            KickMember: self.kick,
            BanMember: self.ban,
            UnbanMember: self.unban,
            MuteMember: self.mute,
        }

    async def join(self, call: Call, command: JoinRoom) -> RoomChanged:
        """Comes in."""
        user = reach(call, command.room)
        rooms = self._presence.rooms_of(user)
        crowded = len(rooms) >= self._max_rooms and command.room not in rooms

        def decide(room: Room, people: People) -> Verdict:
            verdict = coming.join(
                room,
                people.get(user),
                user,
                call.at,
                invite=command.invite,
                guest=is_guest(call),
            )
            if verdict is not None and crowded:
                raise Refusal(Code.TOO_MANY_ROOMS)
            return verdict

        return changed(await self._ledger.change(command.room, [user], decide), user)

    async def leave(self, call: Call, command: LeaveRoom) -> Done:
        """Goes."""
        user = reach(call, command.room)
        await self._ledger.change(
            command.room,
            [user],
            lambda room, people: coming.leave(room, people.get(user), call.at),
        )
        return Done()

    async def set_role(self, call: Call, command: SetRole) -> RoomChanged:
        """Raises a member to moderator, or takes it back."""
        user = reach(call, command.room)
        outcome = await self._ledger.change(
            command.room,
            [user, command.user],
            lambda room, people: order.set_role(
                room, people.get(user), people.get(command.user), Role(command.role), call.at
            ),
        )
        return changed(outcome, user)

    async def kick(self, call: Call, command: KickMember) -> RoomChanged:
        """Sends someone out."""
        user = reach(call, command.room)
        outcome = await self._ledger.change(
            command.room,
            [user, command.user],
            lambda room, people: coming.kick(
                room, people.get(user), people.get(command.user), call.at
            ),
        )
        return changed(outcome, user)

    async def ban(self, call: Call, command: BanMember) -> RoomChanged:
        """Sends someone out for good."""
        user = reach(call, command.room)
        outcome = await self._ledger.change(
            command.room,
            [user, command.user],
            lambda room, people: coming.ban(
                room,
                people.get(user),
                people.get(command.user),
                command.user,
                command.reason,
                call.at,
            ),
        )
        return changed(outcome, user)

    async def unban(self, call: Call, command: UnbanMember) -> RoomChanged:
        """Lets someone come back."""
        user = reach(call, command.room)
        outcome = await self._ledger.change(
            command.room,
            [user, command.user],
            lambda room, people: coming.unban(
                room, people.get(user), people.get(command.user), call.at
            ),
        )
        return changed(outcome, user)

    async def mute(self, call: Call, command: MuteMember) -> RoomChanged:
        """Keeps someone from posting for a while."""
        user = reach(call, command.room)
        outcome = await self._ledger.change(
            command.room,
            [user, command.user],
            lambda room, people: order.mute(
                room, people.get(user), people.get(command.user), command.seconds, call.at
            ),
        )
        return changed(outcome, user)
