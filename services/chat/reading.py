"""Answering what reads a timeline: pages of history, and what came since."""

from collections.abc import Sequence

import msgspec

from contracts.chat import History, ReadHistory, ReadSince, Shown, Since
from contracts.errors import Code, Refusal
from runtime.codec import encode
from runtime.serve import Call
from services.chat.domain import bounds
from services.chat.domain.message import Message, fold, shown
from services.chat.domain.tail import Head, Kept, Tail
from services.chat.index import Index
from services.chat.membership import Membership
from services.chat.timeline import Timeline
from services.chat.timelines import Timelines

_PAST_THE_END = 1 << 60


class Reading:
    """The commands that read. What was acknowledged before they came is in their answers."""

    def __init__(self, timelines: Timelines, index: Index, membership: Membership) -> None:
        self._timelines = timelines
        self._index = index
        self._membership = membership

    async def history(self, call: Call, command: ReadHistory) -> History:
        """A page of messages as they stand now: the index, and the log's end on top of it."""
        await self._membership.reader(call.person, command.room)
        asked = [command.before, command.after, command.around]
        if sum(place is not None for place in asked) > 1:
            raise Refusal(Code.INVALID, "Give one of before, after and around.")
        page = _Page(self._timelines.of(command.room), self._index)
        limit = command.limit
        if command.after is not None:
            await page.read(command.after + 1, 0 if command.after == 0 else 1, limit + 1)
            return await page.answer(0, limit)
        if command.around is not None:
            before = limit // 2
            await page.read(command.around, before + 1, limit - before + 1)
            if not page.has(command.around):
                raise Refusal(Code.ENTRY_UNKNOWN)
            return await page.answer(before, limit - before)
        bound = command.before or _PAST_THE_END
        await page.read(bound, limit + 1, 1 if command.before else 0)
        return await page.answer(limit, 0)

    async def since(self, call: Call, command: ReadSince) -> Since:
        """The stored bytes of all entries after a place, from the log alone."""
        await self._membership.reader(call.person, command.room, sure=True)
        timeline = self._timelines.of(command.room)
        tail = await timeline.refresh()
        head = tail.head
        entries = await _since(timeline, tail, head, command)
        return Since(
            room=command.room,
            recovered=entries is not None,
            head=head.seq,
            entries=[msgspec.Raw(kept.data) for kept in entries or ()],
        )


async def _since(
    timeline: Timeline, tail: Tail, head: Head, command: ReadSince
) -> Sequence[Kept] | None:
    """None where it would be too much, or is gone, or the client is ahead of the log."""
    count = head.seq - command.after
    if count < 0 or count > command.limit:
        return None
    found = tail.after(command.after)
    if found is None:
        await timeline.fill(tail, command.after)
        found = tail.after(command.after)
    if found is None:
        found = await timeline.read(command.after, head)
    found = [kept for kept in found if kept.entry.seq <= head.seq]
    fits = bounds.oldest(found, len(found), lambda kept: len(kept.data) + 1)
    return found if len(fits) == len(found) == count else None


class _Page:
    """Messages on both sides of a place, true as of the tail's head when it was read."""

    def __init__(self, timeline: Timeline, index: Index) -> None:
        self._timeline = timeline
        self._index = index
        self._below: list[Message] = []
        self._from: list[Message] = []
        self._tail: Tail | None = None
        self._head = 0

    async def read(self, bound: int, below: int, onward: int) -> None:
        """Reads up to so many messages before seq `bound`, and from it on."""
        room = self._timeline.room
        # In this order: the index holds all up to the cursor, and maybe more by the time it is
        # read; the log, asked last, holds all of that.
        cursor = await self._index.cursor(room)
        found = await self._index.below(room, bound, below) if below else []
        found += await self._index.since(room, bound, onward) if onward else []
        self._tail = tail = await self._timeline.refresh()
        # The tail goes on growing while this page is put together; what comes then is not on it.
        self._head = tail.head.seq
        messages = {message.seq: message for message in found}
        for entry in await self._timeline.unprojected(tail, cursor):
            fold(messages, entry)
        ordered = sorted(messages.values(), key=lambda message: message.seq)
        self._below = [message for message in ordered if message.seq < bound]
        self._from = [message for message in ordered if message.seq >= bound]

    def has(self, seq: int) -> bool:
        """Whether there is a message at this place."""
        return bool(self._from) and self._from[0].seq == seq

    async def answer(self, below: int, onward: int) -> History:
        """The page, with no more than so many on each side, and no more than fit an answer."""
        assert self._tail is not None
        before, after = self._below[-below:] if below else [], self._from[:onward]
        drawn = await self._shown([*before, *after])
        head_part, tail_part = drawn[: len(before)], drawn[len(before) :]
        kept_after = bounds.oldest(tail_part, onward, _size)
        used = sum(map(_size, kept_after))
        kept_before = bounds.newest(head_part, below, _size, taken=used)
        return History(
            room=self._timeline.room,
            messages=[*kept_before, *kept_after],
            head=self._head,
            more_before=len(self._below) > len(kept_before),
            more_after=len(self._from) > len(kept_after),
        )

    async def _shown(self, messages: list[Message]) -> list[Shown]:
        assert self._tail is not None
        known = {message.seq: message for message in (*self._below, *self._from)}
        quoted = {message.reply_to for message in messages if message.reply_to is not None}
        known |= await self._timeline.messages(self._tail, quoted - known.keys())
        return [
            shown(message, known.get(message.reply_to) if message.reply_to else None)
            for message in messages
        ]


def _size(message: Shown) -> int:
    return len(encode(message)) + 1
