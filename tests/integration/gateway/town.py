"""Gateways in front of real services, people with accounts, and their bare connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from contracts.base import Command
from contracts.chat import PostMessage
from contracts.frames import Follow, Place
from contracts.ids import ClientId, RoomId
from contracts.rooms import CreateRoom, JoinRoom
from gateway import app as gateway_app
from gateway.app import Gateway
from gateway.settings import GatewaySettings
from runtime.codec import encode
from runtime.ids import new_id
from runtime.process import Process
from services.auth import app as auth_app
from services.auth.settings import AuthSettings
from services.chat import app as chat_app
from services.chat.settings import ChatSettings
from services.rooms import app as rooms_app
from services.rooms.settings import Settings as RoomsSettings
from tests.support.clients import PASSWORD, Person, register

PATIENCE = 10.0


class Wire:
    """A websocket and nothing around it: what is sent is bytes, what comes is looked at."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        """What came by itself while an answer was waited for, and was not taken yet."""
        self._asked = 0

    async def send(self, data: str | bytes) -> None:
        await self.socket.send(data)

    async def next(self) -> dict[str, Any]:
        """The next frame."""
        return msgspec.json.decode(await asyncio.wait_for(self.socket.recv(), PATIENCE))

    async def event(self, tag: str) -> dict[str, Any]:
        """The next event of a kind; others before it are passed over."""
        while True:
            frame = self.events.pop(0) if self.events else await self.next()
            if frame.get("t") == tag:
                return frame

    async def answer(self, request: str) -> dict[str, Any]:
        """The reply to a request; events before it are kept for `event`."""
        while True:
            frame = await self.next()
            if "id" not in frame:
                self.events.append(frame)
            elif frame["id"] == request:
                return frame["reply"]

    async def ask(self, command: Command | dict[str, Any]) -> dict[str, Any]:
        """The reply to a command, or to what resembles one."""
        self._asked += 1
        body = encode(command) if isinstance(command, Command) else msgspec.json.encode(command)
        await self.send(b'{"id":"%d","request":%b}' % (self._asked, body))
        return await self.answer(str(self._asked))

    async def hello(self, person: Person, session: str | None = None) -> dict[str, Any]:
        """The answer to a hello."""
        greeting = {"t": "session.hello", "token": person.token, "versions": [1]}
        return await self.ask({**greeting, "session": session})

    async def follow(self, room: RoomId, after: int = 0) -> dict[str, Any]:
        """What following a room gives for it."""
        followed = await self.ask(Follow(places=[Place(room=room, after=after)]))
        return followed["rooms"][0]

    async def say(self, room: RoomId, text: str) -> dict[str, Any]:
        return await self.ask(PostMessage(room=room, client_id=ClientId(new_id()), text=text))

    async def closed(self) -> int:
        """The code that the server closes with; frames before it are dropped."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006


class Town:
    """Auth, rooms and chat on real servers, and as many gateways as a test wants."""

    def __init__(self, nats_url: str, mongodb_url: str, database: str) -> None:
        self.nats_url = nats_url
        self._store = {"MONGODB_URL": mongodb_url}
        self._database = database
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._running.__aenter__()
        await asyncio.gather(self._auth(), self._rooms())
        await self._chat()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def gateway(self, **settings: Any) -> Gateway:
        """A gateway; it ends with the test, or when its process is left."""
        gateway, _ = await self.gateway_process(**settings)
        return gateway

    async def gateway_process(self, **settings: Any) -> tuple[Gateway, Process]:
        made = GatewaySettings(
            **{"NATS_URL": self.nats_url, "port": 0, "drain_spread_ms": 0, **settings}
        )
        process = await self._running.enter_async_context(Process("gateway", made, serves=False))
        return await gateway_app.start(process), process

    async def _auth(self) -> None:
        # The cheapest hash there is: what it costs is measured elsewhere.
        cheap = {"argon2_time_cost": 1, "argon2_memory_kib": 1_024, "argon2_parallelism": 1}
        settings = AuthSettings(**self._settings("auth"), **cheap, registrations_free=10_000)
        await auth_app.start(await self._enter("auth", settings))

    async def _rooms(self) -> None:
        settings = RoomsSettings(**self._settings("rooms"))
        await rooms_app.start(await self._enter("rooms", settings))

    async def _chat(self) -> None:
        settings = ChatSettings(**self._settings("chat"))
        await chat_app.start(await self._enter("chat", settings), settings)

    async def _enter(self, name: str, settings: Any) -> Process:
        return await self._running.enter_async_context(Process(name, settings))

    def _settings(self, name: str) -> dict[str, Any]:
        database = f"{self._database}_{name}"
        return {"NATS_URL": self.nats_url, "MONGODB_DATABASE": database, **self._store}


def url_of(gateway: Gateway) -> str:
    return f"http://127.0.0.1:{gateway.port}"


async def person(gateway: Gateway) -> Person:
    """Somebody with a new account."""
    return await register(url_of(gateway))


@asynccontextmanager
async def wire(gateway: Gateway | int, **options: Any) -> AsyncIterator[Wire]:
    """A connection, to a gateway or a port, that nobody has greeted on."""
    port = gateway if isinstance(gateway, int) else gateway.port
    address = f"ws://127.0.0.1:{port}/ws"
    async with connect(
        address, compression=None, proxy=None, close_timeout=1, max_size=None, **options
    ) as socket:
        yield Wire(socket)


@asynccontextmanager
async def greeted(
    gateway: Gateway, somebody: Person, session: str | None = None, **options: Any
) -> AsyncIterator[Wire]:
    """A connection that is up."""
    async with wire(gateway, **options) as open_wire:
        welcome = await open_wire.hello(somebody, session)
        assert welcome["t"] == "session.welcome", welcome
        yield open_wire


@asynccontextmanager
async def browser(gateway: Gateway, somebody: Person | None = None) -> AsyncIterator[Any]:
    """An HTTP client that keeps cookies and says where it comes from."""
    headers = {"origin": url_of(gateway)}
    if somebody is not None:
        headers["authorization"] = f"Bearer {somebody.token}"
    async with httpx.AsyncClient(
        base_url=url_of(gateway), headers=headers, trust_env=False
    ) as client:
        yield client


async def room_of(owner: Wire, *others: Wire) -> RoomId:
    """A room of these people."""
    made = await owner.ask(CreateRoom(name="Kitchen"))
    room = RoomId(made["info"]["room"])
    for other in others:
        joined = await other.ask(JoinRoom(room=room))
        assert joined["t"] == "rooms.changed", joined
    return room


__all__ = ["PASSWORD", "Person", "Town", "Wire", "browser", "greeted", "person", "room_of", "wire"]
