"""The roots of every message, and the small types that many of them share."""

from typing import Annotated

import msgspec
from msgspec import Meta

type_field = "t"
"""The field that names a message: one letter, since it travels in every frame."""

MAX_NUMBER = 2**53 - 1
"""The greatest whole number that a browser holds exactly (`Number.MAX_SAFE_INTEGER`). The store
takes up to 2**63 - 1."""

Millis = Annotated[
    int, Meta(ge=0, le=MAX_NUMBER, description="Milliseconds since the Unix epoch, UTC.")
]
Cursor = Annotated[
    str, Meta(min_length=1, max_length=256, description="Opaque place in a list; send it back.")
]
Revision = Annotated[
    int,
    Meta(
        ge=0,
        le=MAX_NUMBER,
        description="Grows with each change of what it belongs to; never reused.",
    ),
]
Seq = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_NUMBER,
        description="Place of an entry in its room's timeline, contiguous from 1.",
    ),
]
SeqOrStart = Annotated[
    int, Meta(ge=0, le=MAX_NUMBER, description="A `seq`, or 0 for before the first entry.")
]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of messages, never sent by itself."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field=type_field):
    """Whatever is sent by itself. Subclasses give their dotted tag by hand."""


class Command(Message, frozen=True, kw_only=True):
    """Asks a service for something; named by an imperative; answered by one reply or one `Error`.

    Its tag is `<service>.<verb>`, so that it also names the subject it travels on.
    """


class Reply(Message, frozen=True, kw_only=True):
    """Answers a command; named by a participle or a noun."""


class Event(Message, frozen=True, kw_only=True):
    """Something that has happened, sent to browsers as it stands; named in the past tense."""


class Fact(Message, frozen=True, kw_only=True):
    """Something that has happened, kept on the `EVENTS` stream for other services to build on."""


class Done(Reply, frozen=True, kw_only=True, tag="done"):
    """The command was carried out, and there is nothing more to tell."""


def tag_of(message: type[msgspec.Struct]) -> str:
    """The dotted tag of a message type.

    Raises:
        TypeError: the type carries no tag, so it can't travel by itself.
    """
    tag = message.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{message.__name__} has no tag")
    return tag
