"""Answering what appends to a timeline: post, edit, delete, react, unreact."""

from collections.abc import Awaitable, Callable, Iterable

from nats.errors import Error as NatsError

from contracts import subjects
from contracts.chat import (
    Appended,
    DeleteMessage,
    EditMessage,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PostMessage,
    React,
    ReactionAdded,
    ReactionRemoved,
    TimelineEntry,
    Unreact,
)
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, UserId
from contracts.notices import Mentioned
from runtime import log
from runtime.bus import Bus
from runtime.serve import Call
from services.chat.domain import text as texts
from services.chat.domain.deeds import Commanded, Deed, mark_of_command
from services.chat.domain.emoji import single
from services.chat.domain.limits import Buckets
from services.chat.domain.message import Message
from services.chat.domain.tail import Tail
from services.chat.membership import Membership, Standing
from services.chat.timeline import Timeline
from services.chat.timelines import Timelines

_logger = log.get("posting")

MAX_KINDS = 20
"""Emoji of different kinds under one message: two rows on a phone."""

MAX_MARKS = 2_000
"""Emoji under one message in all: 60 KB of people in every page of history that holds it."""


class Limits:
    """How fast a person may append, and how fast a room may grow, in this process."""

    def __init__(self, people: Buckets, rooms: Buckets) -> None:
        self._people = people
        self._rooms = rooms

    def charge(self, user: UserId, room: RoomId, now: int) -> None:
        """Counts one more entry.

        Raises:
            Refusal: that is too fast; it says when it would not be.
        """
        wait = self._people.take(user, now) or self._rooms.take(room, now)
        if wait:
            raise Refusal(Code.RATE_LIMITED, retry_after=round(wait + 0.0005, 3))


class Posting:
    """The commands that append. Who is asking comes from the session, never from the command."""

    def __init__(
        self, bus: Bus, timelines: Timelines, membership: Membership, limits: Limits
    ) -> None:
        self._bus = bus
        self._timelines = timelines
        self._membership = membership
        self._limits = limits

    async def post(self, call: Call, command: PostMessage) -> Appended:
        """Says something."""
        user, room = call.person.user, command.room
        standing = await self._membership.writer(call.person, room)
        standing.may_write(call.at)
        text = texts.clean(command.text)
        timeline = self._timelines.of(room)

        async def compose(tail: Tail) -> MessagePosted:
            at = max(call.at, tail.head.at)
            _keep_slow(standing, tail.posted_at(user), at)
            answered = None
            if command.reply_to is not None:
                answered = await timeline.message(tail, command.reply_to)
            return MessagePosted(
                room=room,
                seq=tail.head.seq + 1,
                at=at,
                author=user,
                client_id=command.client_id,
                prev=tail.head.digest,
                text=text,
                mentions=self._concerned(room, text, answered),
                reply_to=command.reply_to,
            )

        appended, entry = await self._append(call, command, text, timeline, compose)
        if isinstance(entry, MessagePosted) and entry.mentions:
            await self._notify(entry, entry.mentions, text)
        return appended

    async def edit(self, call: Call, command: EditMessage) -> Appended:
        """Replaces the text of one's own message."""
        user, room = call.person.user, command.room
        (await self._membership.writer(call.person, room)).may_write(call.at)
        text = texts.clean(command.text)
        timeline = self._timelines.of(room)
        before: list[UserId] = []

        async def compose(tail: Tail) -> MessageEdited:
            message = _standing_still(await timeline.message(tail, command.target), user)
            before[:] = message.mentions
            answered = None
            if message.reply_to is not None:
                answered = await timeline.message(tail, message.reply_to)
            return MessageEdited(
                room=room,
                seq=tail.head.seq + 1,
                at=max(call.at, tail.head.at),
                author=user,
                client_id=command.client_id,
                prev=tail.head.digest,
                target=command.target,
                text=text,
                mentions=self._concerned(room, text, answered),
            )

        appended, entry = await self._append(call, command, text, timeline, compose)
        if isinstance(entry, MessageEdited):
            await self._notify(entry, [who for who in entry.mentions if who not in before], text)
        return appended

    async def delete(self, call: Call, command: DeleteMessage) -> Appended:
        """Takes a message away. One's own may go while one is muted."""
        user, room = call.person.user, command.room
        standing = await self._membership.writer(call.person, room)
        timeline = self._timelines.of(room)

        async def compose(tail: Tail) -> MessageDeleted:
            message = await timeline.message(tail, command.target)
            _standing_still(message, None if standing.moderates else user)
            return MessageDeleted(
                room=room,
                seq=tail.head.seq + 1,
                at=max(call.at, tail.head.at),
                author=user,
                client_id=command.client_id,
                prev=tail.head.digest,
                target=command.target,
            )

        appended, _ = await self._append(call, command, "", timeline, compose)
        return appended

    async def react(self, call: Call, command: React) -> Appended:
        """Adds an emoji to a message; one that is there already is answered as repeated."""
        user, room = call.person.user, command.room
        (await self._membership.writer(call.person, room)).may_write(call.at)
        single(command.emoji)
        timeline = self._timelines.of(room)

        async def compose(tail: Tail) -> ReactionAdded | Deed:
            message = _standing_still(await timeline.message(tail, command.target))
            mark = message.mark(user, command.emoji)
            if mark is not None:
                return Deed(mark.seq, mark.at, 0)
            new_kind = command.emoji not in message.kinds
            if len(message.marks) >= MAX_MARKS or (new_kind and len(message.kinds) >= MAX_KINDS):
                raise Refusal(Code.TOO_MANY_REACTIONS)
            return ReactionAdded(
                room=room,
                seq=tail.head.seq + 1,
                at=max(call.at, tail.head.at),
                author=user,
                client_id=command.client_id,
                prev=tail.head.digest,
                target=command.target,
                emoji=command.emoji,
            )

        appended, _ = await self._append(call, command, "", timeline, compose)
        return appended

    async def unreact(self, call: Call, command: Unreact) -> Appended:
        """Takes one's emoji back; where there is none, nothing changes and that is the answer."""
        user, room = call.person.user, command.room
        (await self._membership.writer(call.person, room)).may_write(call.at)
        single(command.emoji)
        timeline = self._timelines.of(room)

        async def compose(tail: Tail) -> ReactionRemoved | Deed:
            message = _standing_still(await timeline.message(tail, command.target))
            if message.mark(user, command.emoji) is None:
                return Deed(message.changed, message.changed_at, 0)
            return ReactionRemoved(
                room=room,
                seq=tail.head.seq + 1,
                at=max(call.at, tail.head.at),
                author=user,
                client_id=command.client_id,
                prev=tail.head.digest,
                target=command.target,
                emoji=command.emoji,
            )

        appended, _ = await self._append(call, command, "", timeline, compose)
        return appended

    async def _append(
        self,
        call: Call,
        command: Commanded,
        text: str,
        timeline: Timeline,
        compose: Callable[[Tail], Awaitable[TimelineEntry | Deed]],
    ) -> tuple[Appended, TimelineEntry | None]:
        """Appends once for the client id, and counts what is new against the limits once."""
        user = call.person.user
        charged = False

        async def charged_once(tail: Tail) -> TimelineEntry | Deed:
            nonlocal charged
            if not charged:
                self._limits.charge(user, command.room, call.at)
                charged = True
            return await compose(tail)

        mark = mark_of_command(command, text)
        return await timeline.append(user, command.client_id, mark, charged_once)

    def _concerned(self, room: RoomId, text: str, answered: Message | None) -> list[UserId]:
        """Those whom a message names, and the author of the one it answers."""
        named = texts.mentions(text, lambda user: self._membership.is_member(room, user))
        if answered is None or answered.author in named:
            return named
        if not self._membership.is_member(room, answered.author):
            return named
        return [*named, answered.author]

    async def _notify(
        self, entry: MessagePosted | MessageEdited, users: Iterable[UserId], text: str
    ) -> None:
        seq = entry.seq if isinstance(entry, MessagePosted) else entry.target
        notice = Mentioned(
            room=entry.room,
            seq=seq,
            author=entry.author,
            excerpt=texts.excerpt(text),
            at=entry.at,
        )
        try:
            for user in users:
                if user != entry.author:
                    await self._bus.tell(subjects.user(user), notice)
        except NatsError as error:
            # The message is stored, and counts as unread all the same.
            _logger.warning("posting.notice_lost", kind=type(error).__name__)


def _keep_slow(standing: Standing, posted_at: int, now: int) -> None:
    """Slow mode, judged on the timeline itself, so that it holds across replicas and restarts."""
    pause = standing.room.slow_mode * 1000
    if pause and not standing.moderates and posted_at and now - posted_at < pause:
        raise Refusal(Code.SLOW_MODE, retry_after=(posted_at + pause - now) / 1000)


def _standing_still(message: Message, owner: UserId | None = None) -> Message:
    """The message, if it is there to be changed, and `owner`'s where that matters.

    Raises:
        Refusal: it is someone else's, or was deleted.
    """
    if owner is not None and message.author != owner:
        raise Refusal(Code.NOT_YOURS)
    if message.deleted:
        raise Refusal(Code.ENTRY_DELETED)
    return message
