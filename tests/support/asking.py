"""Asking a service as the gateway would, for anybody, and hearing what it tells.

    async with Process("rooms", settings) as process:
        await rooms.start(process)
        made = await asker.ask(ann, CreateRoom(name="Kitchen"))
        assert await asker.refused(bob, DeleteRoom(room=made.info.room)) is Code.NOT_MEMBER
        heard = await asker.hear(subjects.state(made.info.room))
        await wait_until(lambda: heard.of(MemberJoined))

`ann` is `account()`, a person with an account; see also `guest(room)`, `anonymous()`, `peer()`.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal, TypeVar

import pytest_asyncio
from nats.aio.msg import Msg

from contracts import callers, subjects
from contracts.base import Command, Event, Fact, Reply
from contracts.callers import Account, Anonymous, Caller, Guest, Peer
from contracts.errors import Code, Error, Refusal
from contracts.ids import DeviceId, RoomId, SessionId, UserId
from contracts.registry import BY_COMMAND, EVENTS, FACTS
from runtime.bus import Bus
from runtime.codec import Decoder
from runtime.ids import new_id
from runtime.settings import ProcessSettings

E = TypeVar("E", bound=Event | Fact)

_told: Decoder[Any] = Decoder((*EVENTS, *FACTS))


def account(user: str | None = None, *, session: str | None = None) -> Account:
    """Somebody with an account, on a device of their own."""
    return Account(
        user=UserId(user or new_id()),
        device=DeviceId(new_id()),
        session=SessionId(session) if session else None,
        address="127.0.0.1",
        agent="test",
    )


def guest(room: str, user: str | None = None) -> Guest:
    """Somebody without an account, let into one room."""
    return Guest(user=UserId(user or new_id()), device=DeviceId(new_id()), room=RoomId(room))


def anonymous(address: str = "127.0.0.1") -> Anonymous:
    """Somebody who has not signed in."""
    return Anonymous(address=address, agent="test")


def peer(
    name: Literal["auth", "rooms", "chat", "signaling", "media", "gateway", "operator"] = "gateway",
) -> Peer:
    """Another service, on its own behalf."""
    return Peer(name=name)


class Heard:
    """What was told on some subjects, in the order of coming."""

    def __init__(self) -> None:
        self.all: list[tuple[str, Any]] = []

    async def take(self, message: Msg) -> None:
        self.all.append((message.subject, _told(message.data)))

    def of(self, kind: type[E]) -> list[E]:
        """The events or facts of one kind."""
        return [told for _, told in self.all if isinstance(told, kind)]

    def on(self, subject: str) -> list[Any]:
        """Everything that was told on one subject."""
        return [told for where, told in self.all if where == subject]

    @property
    def told(self) -> list[Any]:
        """Everything, without the subjects."""
        return [told for _, told in self.all]


class Asker:
    """A bus of the gateway's kind, on which a test asks as anybody."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    async def ask(self, caller: Caller, command: Command, timeout: float = 5.0) -> Any:
        """The reply to `command`; a refusal is raised."""
        reply: type[Reply] = BY_COMMAND[type(command)].reply
        return await self.bus.ask(command, reply, caller=caller, timeout=timeout)

    async def refused(self, caller: Caller, command: Command, timeout: float = 5.0) -> Code:
        """Why `command` is refused; it must be."""
        try:
            reply = await self.ask(caller, command, timeout)
        except Refusal as refusal:
            return refusal.code
        raise AssertionError(f"{type(command).__name__} was not refused but answered: {reply}")

    async def ask_bytes(self, caller: Caller | None, tag: str, body: bytes) -> Any:
        """The reply or `Error` to bytes that need not be a command at all."""
        headers = self.bus.headers(caller)
        if caller is None:
            del headers[callers.HEADER]
        data = await self.bus.ask_raw(f"svc.{tag}", body, headers)
        contract = next(c for c in BY_COMMAND.values() if c.tag == tag)
        return Decoder((Error, contract.reply))(data)

    async def together(self, *asked: tuple[Caller, Command]) -> list[Any]:
        """Everything at once: for each a reply, or the `Code` of its refusal."""

        async def outcome(caller: Caller, command: Command) -> Any:
            try:
                return await self.ask(caller, command)
            except Refusal as refusal:
                return refusal.code

        return await asyncio.gather(*(outcome(caller, command) for caller, command in asked))

    async def hear(self, *on: str) -> Heard:
        """Collects what is told on these subjects (wildcards allowed) from now on."""
        heard = Heard()
        for subject in on:
            await self.bus.nc.subscribe(subject, cb=heard.take)
        await self.bus.flush()
        return heard

    async def hear_room(self, room: str) -> Heard:
        """Collects the state events of a room."""
        return await self.hear(subjects.state(RoomId(room)))

    async def hear_user(self, user: str) -> Heard:
        """Collects a person's notices."""
        return await self.hear(subjects.user(UserId(user)))


@pytest_asyncio.fixture
async def asker(nats_url: str) -> AsyncIterator[Asker]:
    """An `Asker` on the test's NATS server."""
    bus = Bus("gateway", ProcessSettings(NATS_URL=nats_url))
    await bus.connect()
    yield Asker(bus)
    await bus.close()
