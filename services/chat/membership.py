"""Who may do what in a room, from the read models that `services/rooms` writes."""

from dataclasses import dataclass

from nats.errors import Error as NatsError

from contracts.callers import Guest, Person
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.rooms import MemberView, Role, RoomView
from runtime.readmodel import ReadModel

MODERATORS = frozenset({Role.MODERATOR, Role.OWNER})


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place in a room."""

    room: RoomView
    member: MemberView

    @property
    def moderates(self) -> bool:
        """Whether this member keeps order here."""
        return self.member.role in MODERATORS

    def may_write(self, now: int) -> None:
        """Lets a member pass who is not muted.

        Raises:
            Refusal: they are, until a time that the refusal names.
        """
        if self.member.muted_until > now:
            raise Refusal(Code.MUTED, retry_after=(self.member.muted_until - now) / 1000)


class Membership:
    """Looks members up in memory, and asks the broker once before anybody is turned away."""

    def __init__(self, rooms: ReadModel[RoomView], members: ReadModel[MemberView]) -> None:
        self._rooms = rooms
        self._members = members

    def is_member(self, room: RoomId, user: UserId) -> bool:
        """Whether this person is in the room, as last heard of."""
        view = self._members.get(f"{room}.{user}")
        return view is not None and view.role is not None and not view.banned

    async def writer(self, person: Person, room: RoomId) -> Standing:
        """The standing of someone who wants to change something.

        Raises:
            Refusal: they are not a member, or banned.
        """
        standing = await self._standing(person, room)
        if isinstance(standing, Standing):
            return standing
        raise Refusal(standing)

    async def reader(self, person: Person, room: RoomId, *, sure: bool = False) -> Standing:
        """The standing of someone who wants to look; to the banned it is a room they are not in.

        `sure`: as the broker has it now, for who goes on hearing the room by this answer.

        Raises:
            Refusal: they are not a member.
        """
        standing = await self._standing(person, room, sure=sure)
        if isinstance(standing, Standing):
            return standing
        raise Refusal(Code.NOT_MEMBER if standing is Code.BANNED else standing)

    async def _standing(
        self, person: Person, room: RoomId, *, sure: bool = False
    ) -> Standing | Code:
        if isinstance(person, Guest) and person.room != room:
            return Code.GUEST_FORBIDDEN
        key = f"{room}.{person.user}"
        member = self._members.get(key)
        view = self._rooms.get(room)
        outside = member is None or member.role is None or member.banned
        if sure or outside or view is None:
            try:
                member = await self._members.fetch(key)
                view = view if sure and view is not None else await self._rooms.fetch(room)
            except (NatsError, TimeoutError):
                raise Refusal(Code.UNAVAILABLE, retry_after=1.0) from None
        if view is None:
            return Code.ROOM_UNKNOWN
        if member is not None and member.banned:
            return Code.BANNED
        if member is None or member.role is None:
            return Code.NOT_MEMBER
        return Standing(view, member)
