"""What a client id was used for, so that a repeat is told from a reuse."""

from dataclasses import dataclass
from hashlib import blake2b

from contracts.chat import (
    DeleteMessage,
    EditMessage,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PostMessage,
    React,
    ReactionAdded,
    TimelineEntry,
    Unreact,
)

Commanded = PostMessage | EditMessage | DeleteMessage | React | Unreact


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry as its client id remembers it: where, when, and the mark of what it said."""

    seq: int
    at: int
    mark: int


def mark_of_command(command: Commanded, text: str) -> int:
    """The mark of the entry that this command would append; `text` is the cleaned one."""
    match command:
        case PostMessage():
            return _mark("post", command.reply_to or 0, text)
        case EditMessage():
            return _mark("edit", command.target, text)
        case DeleteMessage():
            return _mark("delete", command.target, "")
        case React():
            return _mark("react", command.target, command.emoji)
        case Unreact():
            return _mark("unreact", command.target, command.emoji)


def mark_of_entry(entry: TimelineEntry) -> int:
    """The mark of an entry; equal to that of the command it came from."""
    match entry:
        case MessagePosted():
            return _mark("post", entry.reply_to or 0, entry.text)
        case MessageEdited():
            return _mark("edit", entry.target, entry.text)
        case MessageDeleted():
            return _mark("delete", entry.target, "")
        case ReactionAdded():
            return _mark("react", entry.target, entry.emoji)
        case _:
            return _mark("unreact", entry.target, entry.emoji)


def _mark(kind: str, about: int, content: str) -> int:
    # 63 bits, so that it fits a signed 64-bit field of the index; nobody gains by a collision of
    # one's own client id with itself.
    said = f"{kind}\0{about}\0{content}".encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest()) >> 1
