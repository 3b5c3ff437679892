"""Small verbs for tests of the timeline."""

from typing import Any

from contracts.callers import Caller
from contracts.chat import (
    Appended,
    DeleteMessage,
    EditMessage,
    History,
    PostMessage,
    React,
    ReadHistory,
    ReadSince,
    Shown,
    Since,
    TimelineEntry,
    Unreact,
)
from contracts.errors import Code
from contracts.ids import ClientId, RoomId
from contracts.registry import TIMELINE_EVENTS
from runtime.codec import Decoder
from runtime.ids import new_id
from services.chat.domain.chain import Chain
from tests.support.asking import Asker
from tests.support.waiting import wait_until

_decode: Decoder[Any] = Decoder(TIMELINE_EVENTS)


def client_id() -> ClientId:
    return ClientId(new_id())


class Voice:
    """Somebody in a room."""

    def __init__(self, asker: Asker, person: Caller, room: RoomId) -> None:
        self.asker = asker
        self.person = person
        self.room = room

    def saying(self, text: str, *, as_id: str | None = None, **more: Any) -> PostMessage:
        return PostMessage(room=self.room, client_id=_id(as_id), text=text, **more)

    def editing(self, target: int, text: str, *, as_id: str | None = None) -> EditMessage:
        return EditMessage(room=self.room, client_id=_id(as_id), target=target, text=text)

    def deleting(self, target: int, *, as_id: str | None = None) -> DeleteMessage:
        return DeleteMessage(room=self.room, client_id=_id(as_id), target=target)

    def reacting(self, target: int, emoji: str, *, as_id: str | None = None) -> React:
        return React(room=self.room, client_id=_id(as_id), target=target, emoji=emoji)

    def unreacting(self, target: int, emoji: str, *, as_id: str | None = None) -> Unreact:
        return Unreact(room=self.room, client_id=_id(as_id), target=target, emoji=emoji)

    async def does(self, command: Any) -> Appended:
        return await self.asker.ask(self.person, command)

    async def refused(self, command: Any) -> Code:
        return await self.asker.refused(self.person, command)

    async def says(self, text: str, **more: Any) -> int:
        """The seq of a new message."""
        return (await self.does(self.saying(text, **more))).seq

    async def sees(self, **page: Any) -> list[Shown]:
        return (await self.page(**page)).messages

    async def page(self, **page: Any) -> History:
        return await self.asker.ask(self.person, ReadHistory(room=self.room, **page))

    async def since(self, after: int, limit: int = 1000) -> Since:
        return await self.asker.ask(
            self.person, ReadSince(room=self.room, after=after, limit=limit)
        )

    async def entries(self) -> list[TimelineEntry]:
        """Every entry of the room, once the chain from the first to the last was followed."""
        answer = await self.since(0)
        assert answer.recovered
        chain = Chain(self.room)
        decoded = []
        for raw in answer.entries:
            data = bytes(raw)
            entry = _decode(data)
            chain.follow(entry, data)
            decoded.append(entry)
        assert chain.broken == ""
        assert answer.head == len(decoded)
        return decoded


def _id(given: str | None) -> ClientId:
    return ClientId(given) if given else client_id()


def texts(shown: list[Shown]) -> list[str]:
    return [message.text for message in shown]


async def until_indexed(database: Any, room: RoomId, seq: int) -> None:
    """Waits until all of the room up to `seq` is in the index."""
    await wait_until(
        lambda: database["chat_cursors"].find_one({"_id": room, "seq": seq, "held": False}),
        30,
        missing=f"entry {seq} in the index",
    )
