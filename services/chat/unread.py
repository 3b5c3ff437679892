"""Answering what is about reading on: markers, and counts of what is unread."""

import asyncio
from collections.abc import Iterable

from contracts import subjects
from contracts.callers import Person
from contracts.chat import CountUnread, MarkRead, TimelineEntry, Unread, UnreadCounted
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.notices import ReadMoved
from contracts.rooms import MemberView
from runtime.bus import Bus
from runtime.serve import Call
from services.chat.domain.counting import MAX_COUNT, Tally
from services.chat.domain.message import fold, target_of
from services.chat.domain.tail import KEPT_ENTRIES, Tail
from services.chat.index import Index
from services.chat.markers import Marker, Markers
from services.chat.membership import Membership
from services.chat.timeline import Timeline
from services.chat.timelines import Timelines

_OUTSIDE = frozenset({Code.NOT_MEMBER, Code.ROOM_UNKNOWN, Code.GUEST_FORBIDDEN})


class Unreads:
    """The commands about what a person has not read."""

    def __init__(
        self,
        bus: Bus,
        timelines: Timelines,
        index: Index,
        markers: Markers,
        membership: Membership,
    ) -> None:
        self._bus = bus
        self._timelines = timelines
        self._index = index
        self._markers = markers
        self._membership = membership

    async def mark_read(self, call: Call, command: MarkRead) -> UnreadCounted:
        """Moves a marker forward, and tells the person's other devices where it did move."""
        user, room = call.person.user, command.room
        await self._membership.reader(call.person, room)
        timeline = self._timelines.of(room)
        tail = await timeline.refresh()
        if command.seq > tail.head.seq:
            raise Refusal(Code.ENTRY_UNKNOWN, field="$.seq")
        moved = await self._markers.move(room, user, command.seq)
        marker = command.seq
        if not moved:
            marker = (await self._markers.of(user, [room]))[room].seq
        unread = await self._count(timeline, tail, user, marker)
        if moved:
            await self._bus.tell(subjects.user(user), ReadMoved(unread=unread))
        return UnreadCounted(rooms=[unread])

    async def count(self, call: Call, command: CountUnread) -> UnreadCounted:
        """Counts in all rooms asked about at once; those one is not in are left out."""
        person = call.person
        asked = list(dict.fromkeys(command.rooms))
        found = await asyncio.gather(*(self._member(person, room) for room in asked))
        members = {room: member for room, member in zip(asked, found, strict=True) if member}
        markers = await self._markers.of(person.user, list(members))
        counted = await asyncio.gather(
            *(
                self._unread(room, person.user, markers.get(room), member)
                for room, member in members.items()
            )
        )
        return UnreadCounted(rooms=counted)

    async def _member(self, person: Person, room: RoomId) -> MemberView | None:
        try:
            return (await self._membership.reader(person, room)).member
        except Refusal as refusal:
            if refusal.code in _OUTSIDE:
                return None
            raise

    async def _unread(
        self, room: RoomId, user: UserId, marker: Marker | None, member: MemberView
    ) -> Unread:
        timeline = self._timelines.of(room)
        tail = await timeline.refresh()
        if marker is not None and marker.joined_at == member.joined_at:
            return await self._count(timeline, tail, user, marker.seq)
        # What was said before someone joined is not unread to them, or joined again.
        seq = await self._at_joining(timeline, tail, member.joined_at)
        seq = await self._markers.begin(room, user, seq, member.joined_at)
        return await self._count(timeline, tail, user, seq)

    async def _at_joining(self, timeline: Timeline, tail: Tail, joined_at: int) -> int:
        """The last entry, or message, from before a time."""
        if tail.head.at < joined_at:
            return tail.head.seq
        await timeline.fill(tail)
        first = tail.entries[0].entry if tail.entries else None
        if first is not None and (first.seq == 1 or first.at < joined_at):
            earlier = (k.entry.seq for k in reversed(tail.entries) if k.entry.at < joined_at)
            return next(earlier, 0)
        return await self._markers.last_before(timeline.room, joined_at)

    async def _count(self, timeline: Timeline, tail: Tail, user: UserId, marker: int) -> Unread:
        tally = Tally(user, marker)
        if 0 < tail.head.seq - marker <= KEPT_ENTRIES:
            await timeline.fill(tail, marker)
        head = tail.head.seq
        if marker + 1 >= tail.floor:
            tally.add(tail.messages.values())
        elif marker < head:
            head = await self._count_from_index(timeline, tail, tally)
        return Unread(
            room=timeline.room,
            head=head,
            marker=marker,
            messages=min(len(tally.messages), MAX_COUNT),
            mentions=min(len(tally.mentions), MAX_COUNT),
        )

    async def _count_from_index(self, timeline: Timeline, tail: Tail, tally: Tally) -> int:
        """Counts up to the head as it is now, and gives that back: the tail goes on growing."""
        room = timeline.room
        cursor = await self._index.cursor(room)
        head = tail.head.seq
        newer = await timeline.unprojected(tail, cursor)
        # The log's end can take so many away again.
        limit = MAX_COUNT + len(newer)
        tally.messages |= await self._index.unread(room, tally.marker, tally.user, limit)
        tally.mentions |= await self._index.mentioned(room, tally.marker, tally.user, limit)
        touched = await self._index.some(room, _targets(newer, tally.marker))
        for entry in newer:
            fold(touched, entry)
        tally.add(touched.values())
        # The index may have been written on meanwhile; who is told of those will count them.
        tally.forget_after(head)
        return head


def _targets(entries: Iterable[TimelineEntry], marker: int) -> set[int]:
    return {target_of(entry) for entry in entries if target_of(entry) > marker}
