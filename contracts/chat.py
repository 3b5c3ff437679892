"""The timeline of a room: what `services/chat` is asked, and the entries it appends.

An entry is stored once and is, byte for byte, the event that browsers receive.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.base import Command, Event, Millis, Reply, Seq, SeqOrStart, Value
from contracts.ids import Client, Room, User

MESSAGE_CHARS = 4_000

Text = Annotated[
    str, Meta(min_length=1, max_length=MESSAGE_CHARS, description="A subset of Markdown, as typed.")
]
Emoji = Annotated[str, Meta(min_length=1, max_length=32, description="One emoji.")]
Digest = Annotated[
    str,
    Meta(description="SHA-256 of the stored bytes of the entry before, base64url; empty at 1."),
]

MENTION_PATTERN = r"<@([0-7][0-9a-hjkmnp-tv-z]{25})>"
"""How a text names a person: `<@` user id `>`. Clients draw the display name instead."""

MAX_HISTORY = 100


class PostMessage(Command, frozen=True, kw_only=True, tag="chat.post"):
    """Says something; acknowledged once it is on disk. A repeated `client_id` answers as before."""

    room: Room
    client_id: Client
    text: Text
    reply_to: Seq | None = None


class EditMessage(Command, frozen=True, kw_only=True, tag="chat.edit"):
    """Replaces the text of one's own message."""

    room: Room
    client_id: Client
    target: Seq
    text: Text


class DeleteMessage(Command, frozen=True, kw_only=True, tag="chat.delete"):
    """Takes a message away: one's own, or, as moderator, anybody's."""

    room: Room
    client_id: Client
    target: Seq


class React(Command, frozen=True, kw_only=True, tag="chat.react"):
    """Adds an emoji to a message, once a person."""

    room: Room
    client_id: Client
    target: Seq
    emoji: Emoji


class Unreact(Command, frozen=True, kw_only=True, tag="chat.unreact"):
    """Takes one's emoji back."""

    room: Room
    client_id: Client
    target: Seq
    emoji: Emoji


class Appended(Reply, frozen=True, kw_only=True, tag="chat.appended"):
    """The entry is stored, at this place. `repeated`: it was stored by an earlier request."""

    room: Room
    seq: Seq
    at: Millis
    repeated: bool = False


class Type(Command, frozen=True, kw_only=True, tag="chat.typing"):
    """Tells the room that one is writing, or has stopped; never stored."""

    room: Room
    writing: bool = True


class MarkRead(Command, frozen=True, kw_only=True, tag="chat.mark_read"):
    """Moves one's read marker forward; it never moves back."""

    room: Room
    seq: Seq


class Unread(Value, frozen=True, kw_only=True):
    """What one has not read in a room. Counts stop at 1000, which stands for "more"."""

    room: Room
    head: SeqOrStart
    marker: SeqOrStart
    messages: int
    mentions: int


class CountUnread(Command, frozen=True, kw_only=True, tag="chat.unread"):
    """Asks what is unread in rooms one is in."""

    rooms: Annotated[list[Room], Meta(min_length=1, max_length=128)]


class UnreadCounted(Reply, frozen=True, kw_only=True, tag="chat.unread_counted"):
    """One answer for each room asked about; rooms one is not in are left out."""

    rooms: list[Unread]


class Reaction(Value, frozen=True, kw_only=True):
    """An emoji under a message, and by whom, in the order of coming."""

    emoji: str
    users: list[User]


class Quote(Value, frozen=True, kw_only=True):
    """The message that another one answers, shortened."""

    seq: Seq
    author: User
    text: str
    deleted: bool = False


class Shown(Value, frozen=True, kw_only=True):
    """A message as it stands now: its post, with all later entries about it applied.

    `changed` is the seq of the last entry applied. A deleted message has an empty text.
    """

    seq: Seq
    author: User
    at: Millis
    client_id: Client
    text: str
    mentions: list[User]
    reply: Quote | None
    reactions: list[Reaction]
    edited_at: Millis | None
    deleted: bool
    changed: Seq


class ReadHistory(Command, frozen=True, kw_only=True, tag="chat.history"):
    """Asks for messages as they stand now.

    Give one of `before`, `after` and `around`, a seq each; without any, the newest page.
    """

    room: Room
    before: Seq | None = None
    after: SeqOrStart | None = None
    around: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=MAX_HISTORY)] = 50


class History(Reply, frozen=True, kw_only=True, tag="chat.history_found"):
    """A run of messages in the order of the timeline, true as of entry `head`.

    `more_before` and `more_after` say whether there are messages beyond the run's ends.
    """

    room: Room
    messages: list[Shown]
    head: SeqOrStart
    more_before: bool
    more_after: bool


class ReadSince(Command, frozen=True, kw_only=True, tag="chat.since"):
    """Asks for all entries after a place, for a client that comes back."""

    room: Room
    after: SeqOrStart
    limit: Annotated[int, Meta(ge=1, le=1000)] = 500


class Since(Reply, frozen=True, kw_only=True, tag="chat.since_found"):
    """The stored entries after the place, all of them where `recovered` is true.

    Where it is false (too many, or they are gone) `entries` is empty: take a new snapshot by
    `chat.history` and go on from its `head`.
    """

    room: Room
    recovered: bool
    head: SeqOrStart
    entries: list[msgspec.Raw]


class Entry(Event, frozen=True, kw_only=True):
    """What every entry of a timeline has."""

    room: Room
    seq: Seq
    at: Millis
    author: User
    client_id: Client
    prev: Digest


class MessagePosted(Entry, frozen=True, kw_only=True, tag="message.posted"):
    """Someone said something. `mentions`: the members named, and the author answered."""

    text: str
    mentions: list[User]
    reply_to: Seq | None = None


class MessageEdited(Entry, frozen=True, kw_only=True, tag="message.edited"):
    """An author changed a message."""

    target: Seq
    text: str
    mentions: list[User]


class MessageDeleted(Entry, frozen=True, kw_only=True, tag="message.deleted"):
    """A message was taken away, by its author or a moderator (`author` of this entry)."""

    target: Seq


class ReactionAdded(Entry, frozen=True, kw_only=True, tag="reaction.added"):
    """Someone put an emoji under a message."""

    target: Seq
    emoji: str


class ReactionRemoved(Entry, frozen=True, kw_only=True, tag="reaction.removed"):
    """Someone took their emoji back."""

    target: Seq
    emoji: str


TimelineEntry = MessagePosted | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved


class Typing(Event, frozen=True, kw_only=True, tag="typing"):
    """Someone is writing, or has stopped. Forget it after six seconds without another."""

    room: Room
    user: User
    writing: bool
