"""What other services' facts mean for rooms."""

from contracts import subjects
from contracts.auth import AccountDeleted, ProfileUpdated
from contracts.base import Millis
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.rooms import MemberProfileChanged
from runtime import ids
from runtime.bus import Bus
from runtime.facts import FactTable
from services.rooms.domain import coming
from services.rooms.domain.presence import Presence
from services.rooms.domain.state import Room
from services.rooms.ledger import Ledger, People
from services.rooms.store import MembershipStore, RoomStore


class Following:
    """Acts on facts. Each may come twice; the second time there is nothing left to do."""

    def __init__(
        self,
        bus: Bus,
        ledger: Ledger,
        rooms: RoomStore,
        memberships: MembershipStore,
        presence: Presence,
    ) -> None:
        self._bus = bus
        self._ledger = ledger
        self._rooms = rooms
        self._memberships = memberships
        self._presence = presence

    def table(self) -> FactTable:
        """The facts acted on here."""
        return {AccountDeleted: self.account_deleted, ProfileUpdated: self.profile_updated}

    async def account_deleted(self, fact: AccountDeleted) -> None:
        """Takes the person out of every room; what they owned passes on, or ends."""
        # A coming that is decided and not carried out has left no trace yet.
        for stored in await self._rooms.unsettled(ids.now_ms() + 1):
            await self._ledger.finish(stored)
        for room in await self._memberships.traces_of(fact.user):
            await self._take_out(room, fact.user, fact.at)

    async def _take_out(self, room: RoomId, user: UserId, at: Millis) -> None:
        async def with_heir(before: Room) -> People:
            heir = await self._memberships.heir(room) if before.owner == user else None
            return {} if heir is None else {heir.user: heir}

        def decide(before: Room, people: People):
            going = people.get(user)
            heir = next((m for m in people.values() if m.user != user), None)
            return coming.account_gone(before, going, heir, at)

        try:
            await self._ledger.change(room, [user], decide, with_heir)
        except Refusal as refusal:
            # The room has ended meanwhile, so there is nothing to leave.
            if refusal.code is not Code.ROOM_UNKNOWN:
                raise

    async def profile_updated(self, fact: ProfileUpdated) -> None:
        """Tells the person's rooms to ask for the profile again."""
        user = fact.profile.user
        for room in self._presence.rooms_of(user):
            event = MemberProfileChanged(room=room, user=user)
            await self._bus.tell(subjects.state(room), event)
