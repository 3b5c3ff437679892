"""Looking at rooms: one's own, a certain one, and all that are public."""

import asyncio
import base64
import binascii
import re
from typing import Any

from contracts.base import Cursor
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.rooms import (
    Ban,
    Bans,
    BrowseRooms,
    GetRoom,
    ListBans,
    ListMembers,
    ListMyRooms,
    MembersPage,
    MyRoom,
    MyRooms,
    Role,
    RoomCard,
    RoomFound,
    RoomsPage,
)
from runtime.serve import Call, Table
from services.rooms.domain import naming
from services.rooms.domain.presence import Presence
from services.rooms.domain.state import Membership, required
from services.rooms.handlers.access import reach
from services.rooms.people import People
from services.rooms.store import MembershipStore, RoomStore, Stored, place_of

MAX_BANS = 1_000
"""The latest; they fit a message of the bus many times over."""

_SORTS = {"members": "by_members", "newest": "by_newest", "name": "by_name"}


class Directory:
    """Answers without changing anything."""

    def __init__(
        self,
        rooms: RoomStore,
        memberships: MembershipStore,
        presence: Presence,
        people: People,
    ) -> None:
        self._people = people
        self._rooms = rooms
        self._memberships = memberships
        self._presence = presence

    def table(self) -> Table:
        """The commands answered here."""
        return {
            GetRoom: self.get,
            BrowseRooms: self.browse,
            ListMyRooms: self.mine,
            ListMembers: self.members,
            ListBans: self.bans,
        }

    async def get(self, call: Call, command: GetRoom) -> RoomFound:
        """A room as the asker may see it; those who are banned are told that they are."""
        user = reach(call, command.room)
        stored, me = await self._seen_by(user, command.room)
        if me is not None and me.ban is not None:
            raise Refusal(Code.BANNED)
        inside = me is not None and me.role is not None
        if stored.room.private and not inside:
            raise Refusal(Code.ROOM_UNKNOWN)
        return RoomFound(
            info=stored.room.info,
            me=me.member if me is not None and inside else None,
            online=self._presence.online(command.room),
        )

    async def browse(self, call: Call, command: BrowseRooms) -> RoomsPage:
        """A page of public rooms."""
        sort = _SORTS[command.sort]
        after = None if command.cursor is None else from_cursor(command.cursor, sort)
        wanted = naming.folded(command.query).split()
        query: dict[str, Any] = {}
        if wanted:
            query["$and"] = [{"words": {"$regex": re.escape(word)}} for word in wanted]
        found = await self._rooms.page(query, sort, after, command.limit + 1)
        page = found[: command.limit]
        cards = [
            RoomCard(info=room.info, online=self._presence.online(room.room)) for room, _ in page
        ]
        more = len(found) > command.limit
        return RoomsPage(rooms=cards, next=to_cursor(sort, page[-1][1]) if more else None)

    async def mine(self, call: Call, command: ListMyRooms) -> MyRooms:
        """The rooms one is in."""
        memberships = await self._memberships.of(call.person.user)
        rooms = await self._rooms.get_many(m.room for m in memberships)
        mine = [
            MyRoom(info=rooms[m.room].room.info, me=m.member, online=self._presence.online(m.room))
            for m in memberships
            if m.room in rooms and not rooms[m.room].room.ended
        ]
        return MyRooms(rooms=sorted(mine, key=lambda one: (one.me.joined_at, one.info.room)))

    async def members(self, call: Call, command: ListMembers) -> MembersPage:
        """A page of a room's members, or those of a name."""
        user = reach(call, command.room)
        stored, me = await self._seen_by(user, command.room)
        required(stored.room, me)
        if command.prefix.strip():
            return await self._named(stored, command)
        after = "" if command.cursor is None else from_cursor(command.cursor, "place")
        kept = await self._memberships.members(command.room, after, command.limit + 1)
        whole = len(kept) <= command.limit
        found = _with_decided(stored, kept, after, whole=whole)
        page = found[: command.limit]
        more = not whole or len(found) > command.limit
        last = (page or kept)[-1:]
        return MembersPage(
            members=[member.member for member in page],
            revision=stored.room.revision,
            next=to_cursor("place", place_of(last[0])) if more and last else None,
        )

    async def _named(self, stored: Stored, command: ListMembers) -> MembersPage:
        users = await self._people.named(command.room, command.prefix, command.limit)
        known = await self._memberships.get(command.room, users)
        found = [known[user] for user in users if user in known]
        return MembersPage(
            members=[member.member for member in found if member.role is not None],
            revision=stored.room.revision,
            next=None,
        )

    async def bans(self, call: Call, command: ListBans) -> Bans:
        """Who is banned from a room."""
        user = reach(call, command.room)
        stored, me = await self._seen_by(user, command.room)
        required(stored.room, me, Role.MODERATOR)
        found = await self._memberships.bans(command.room, MAX_BANS)
        return Bans(bans=[ban for m in found if isinstance(ban := m.ban, Ban)])

    async def _seen_by(self, user: UserId, room: RoomId) -> tuple[Stored, Membership | None]:
        """A room and what the asker is in it, a change under way included."""
        stored, people = await asyncio.gather(
            self._rooms.get(room), self._memberships.get(room, [user])
        )
        if stored is None or stored.room.ended:
            raise Refusal(Code.ROOM_UNKNOWN)
        me = people.get(user)
        for decided in stored.pending.memberships if stored.pending else ():
            if decided.user == user and (me is None or me.version < decided.version):
                me = decided
        return stored, me


def _with_decided(
    stored: Stored, kept: list[Membership], after: str, *, whole: bool
) -> list[Membership]:
    """A run of members with a change under way applied, so that it is of the room's revision."""
    if stored.pending is None:
        return kept
    beyond = None if whole else place_of(kept[-1])
    run = {member.user: member for member in kept}
    for decided in stored.pending.memberships:
        known = run.pop(decided.user, decided)
        latest = known if known.version > decided.version else decided
        place = place_of(latest)
        if place > after and (beyond is None or place < beyond):
            run[latest.user] = latest
    return sorted(run.values(), key=place_of)


def to_cursor(sort: str, place: str) -> Cursor:
    """A place in a sorting, opaque to whoever carries it."""
    return base64.urlsafe_b64encode(f"{sort}\x00{place}".encode()).decode().rstrip("=")


def from_cursor(cursor: Cursor, sort: str) -> str:
    """The place that a cursor stands for.

    Raises:
        Refusal: it is not one of this sorting.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise Refusal(Code.INVALID, field="$.cursor") from None
    named, _, place = text.partition("\x00")
    if named != sort or not place:
        raise Refusal(Code.INVALID, field="$.cursor")
    return place
