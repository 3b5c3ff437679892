"""Links into a room."""

from collections.abc import Callable

from contracts.base import Done
from contracts.errors import Code, Refusal
from contracts.rooms import (
    CreateInvite,
    InviteCreated,
    InviteFound,
    Invites,
    ListInvites,
    LookUpInvite,
    RevokeInvite,
    Role,
)
from runtime.serve import Call, Table
from services.rooms.domain import links
from services.rooms.domain.presence import Presence
from services.rooms.domain.state import required
from services.rooms.handlers.access import reach
from services.rooms.ledger import Ledger
from services.rooms.store import MembershipStore, RoomStore


class InviteDesk:
    """Makes, lists, revokes and looks up links."""

    def __init__(
        self,
        ledger: Ledger,
        rooms: RoomStore,
        memberships: MembershipStore,
        presence: Presence,
        secret: Callable[[int], bytes],
    ) -> None:
        self._ledger = ledger
        self._rooms = rooms
        self._memberships = memberships
        self._presence = presence
        self._secret = secret

    def table(self) -> Table:
        """The commands answered here."""
        return {
            CreateInvite: self.create,
            ListInvites: self.list,
            RevokeInvite: self.revoke,
            LookUpInvite: self.look_up,
        }

    async def create(self, call: Call, command: CreateInvite) -> InviteCreated:
        """Makes a link."""
        user = reach(call, command.room)
        code = links.code_for(command.room, self._secret(links.SECRET_BYTES))
        outcome = await self._ledger.change(
            command.room,
            [user],
            lambda room, people: links.make(room, people.get(user), command, code, call.at),
        )
        return InviteCreated(invite=outcome.room.links[-1].info(command.room))

    async def list(self, call: Call, command: ListInvites) -> Invites:
        """The links that still work."""
        user = reach(call, command.room)
        stored = await self._rooms.get(command.room)
        if stored is None or stored.room.ended:
            raise Refusal(Code.ROOM_UNKNOWN)
        people = await self._memberships.get(command.room, [user])
        required(stored.room, people.get(user), Role.MODERATOR)
        working = [link for link in stored.room.links if link.works(call.at)]
        return Invites(invites=[link.info(command.room) for link in reversed(working)])

    async def revoke(self, call: Call, command: RevokeInvite) -> Done:
        """Ends a link."""
        user = reach(call, command.room)
        await self._ledger.change(
            command.room,
            [user],
            lambda room, people: links.revoke(room, people.get(user), command.code, call.at),
        )
        return Done()

    async def look_up(self, call: Call, command: LookUpInvite) -> InviteFound:
        """Where a link leads."""
        stored = await self._rooms.get(links.room_of(command.code))
        if stored is None or stored.room.ended:
            raise Refusal(Code.INVITE_INVALID)
        room = stored.room
        link = links.find(room, command.code, call.at)
        return InviteFound(
            room=room.room,
            name=room.name,
            description=room.description,
            members=room.members,
            online=self._presence.online(room.room),
            guests=link.guests,
            expires_at=link.expires_at,
        )
