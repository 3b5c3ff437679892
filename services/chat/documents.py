"""What the index holds in the store. The log is the truth: all but markers can be made again."""

from typing import Any

import pymongo
from beanie import Document
from pydantic import Field
from pymongo import IndexModel

_BY_ROOM = [("room", pymongo.ASCENDING)]
_BY_PLACE = [*_BY_ROOM, ("seq", pymongo.ASCENDING)]
# An author's latest client ids, for telling a repeat from a new message.
_BY_AUTHOR = [*_BY_ROOM, ("author", pymongo.ASCENDING), ("seq", pymongo.ASCENDING)]


class MessageDocument(Document):
    """A message as it stands as of entry `changed`; `_id` is `<room>.<seq>`."""

    id: str = Field(...)  # pyright: ignore[reportIncompatibleVariableOverride]
    room: str
    seq: int
    author: str
    at: int
    client_id: str
    mark: int
    text: str
    mentions: list[str]
    reply_to: int | None
    marks: list[Any]
    edited_at: int | None
    deleted: bool
    changed: int
    changed_at: int

    class Settings:
        name = "chat_messages"
        indexes = (
            IndexModel(_BY_PLACE, unique=True),
            IndexModel(_BY_AUTHOR),
        )


class DeedDocument(Document):
    """The client id of an entry that is not a post; a post's is in its message."""

    id: str = Field(...)  # pyright: ignore[reportIncompatibleVariableOverride]
    room: str
    seq: int
    author: str
    at: int
    client_id: str
    mark: int

    class Settings:
        name = "chat_deeds"
        indexes = (IndexModel(_BY_AUTHOR),)


class CursorDocument(Document):
    """How far a room's log is in the index; `_id` is the room.

    `held`: the room is being rebuilt; `epoch` counts how often it was, so that a writer from
    before is told. `ended`: the room is over, nothing of it is to come back.
    """

    id: str = Field(...)  # pyright: ignore[reportIncompatibleVariableOverride]
    seq: int
    position: int
    digest: str
    epoch: int = 0
    held: bool = False
    ended: bool = False

    class Settings:
        name = "chat_cursors"


class MarkerDocument(Document):
    """How far a person has read in a room; `_id` is `<room>.<user>`. Not in the log."""

    id: str = Field(...)  # pyright: ignore[reportIncompatibleVariableOverride]
    room: str
    user: str
    seq: int

    class Settings:
        name = "chat_markers"
        indexes = (IndexModel(_BY_ROOM),)


DOCUMENTS = (MessageDocument, DeedDocument, CursorDocument, MarkerDocument)
