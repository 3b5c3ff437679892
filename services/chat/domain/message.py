"""A message as it stands: its post, with all later entries about it applied."""

import msgspec

from contracts.base import Millis, Seq
from contracts.chat import (
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Quote,
    Reaction,
    ReactionAdded,
    ReactionRemoved,
    Shown,
    TimelineEntry,
)
from contracts.ids import ClientId, UserId
from services.chat.domain.text import excerpt


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """One person's emoji under a message, and the entry that put it there."""

    emoji: str
    user: UserId
    seq: Seq
    at: Millis


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one message, true as of entry `changed`."""

    seq: Seq
    author: UserId
    at: Millis
    client_id: ClientId
    text: str
    mentions: tuple[UserId, ...] = ()
    reply_to: Seq | None = None
    marks: tuple[Mark, ...] = ()
    edited_at: Millis | None = None
    deleted: bool = False
    changed: Seq
    changed_at: Millis

    def mark(self, user: UserId, emoji: str) -> Mark | None:
        """The person's own emoji of this kind, if it is there."""
        for mark in self.marks:
            if mark.user == user and mark.emoji == emoji:
                return mark
        return None

    @property
    def kinds(self) -> set[str]:
        """The emoji under the message."""
        return {mark.emoji for mark in self.marks}


def begun(entry: MessagePosted) -> Message:
    """The message that a post begins."""
    return Message(
        seq=entry.seq,
        author=entry.author,
        at=entry.at,
        client_id=entry.client_id,
        text=entry.text,
        mentions=tuple(entry.mentions),
        reply_to=entry.reply_to,
        changed=entry.seq,
        changed_at=entry.at,
    )


def applied(message: Message, entry: TimelineEntry) -> Message:
    """The message after `entry`, which is about it.

    An entry that was applied already changes nothing, so entries may come again; they may not be
    left out. A deleted message stays as it is.
    """
    if entry.seq <= message.changed or message.deleted or isinstance(entry, MessagePosted):
        return message
    seen = {"changed": entry.seq, "changed_at": entry.at}
    match entry:
        case MessageEdited():
            said = {"text": entry.text, "mentions": tuple(entry.mentions), "edited_at": entry.at}
            return msgspec.structs.replace(message, **said, **seen)
        case MessageDeleted():
            gone = {"text": "", "mentions": (), "marks": (), "deleted": True}
            return msgspec.structs.replace(message, **gone, **seen)
        case ReactionAdded():
            if message.mark(entry.author, entry.emoji):
                return msgspec.structs.replace(message, **seen)
            mark = Mark(entry.emoji, entry.author, entry.seq, entry.at)
            return msgspec.structs.replace(message, marks=(*message.marks, mark), **seen)
        case ReactionRemoved():
            kept = tuple(
                mark
                for mark in message.marks
                if (mark.user, mark.emoji) != (entry.author, entry.emoji)
            )
            return msgspec.structs.replace(message, marks=kept, **seen)


def target_of(entry: TimelineEntry) -> int:
    """The seq of the message that an entry begins or is about."""
    return entry.seq if isinstance(entry, MessagePosted) else entry.target


def fold(messages: dict[int, Message], entry: TimelineEntry) -> Message | None:
    """Applies an entry to a set of messages by seq, in place; gives back the one it touched.

    An entry about a message that is not in the set changes nothing.
    """
    if isinstance(entry, MessagePosted):
        known = messages.get(entry.seq)
        if known is None:
            known = messages[entry.seq] = begun(entry)
        return known
    known = messages.get(entry.target)
    if known is None:
        return None
    messages[entry.target] = changed = applied(known, entry)
    return changed


def shown(message: Message, quoted: Message | None) -> Shown:
    """The message as browsers get it; `quoted` is the one it answers."""
    return Shown(
        seq=message.seq,
        author=message.author,
        at=message.at,
        client_id=message.client_id,
        text=message.text,
        mentions=list(message.mentions),
        reply=_quote(quoted) if quoted is not None else None,
        reactions=_reactions(message),
        edited_at=message.edited_at,
        deleted=message.deleted,
        changed=message.changed,
    )


def _quote(message: Message) -> Quote:
    return Quote(
        seq=message.seq,
        author=message.author,
        text=excerpt(message.text),
        deleted=message.deleted,
    )


def _reactions(message: Message) -> list[Reaction]:
    users: dict[str, list[UserId]] = {}
    for mark in message.marks:
        users.setdefault(mark.emoji, []).append(mark.user)
    return [Reaction(emoji=emoji, users=by) for emoji, by in users.items()]
