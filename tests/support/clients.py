"""A scripted Parley client: what the web client does on the wire, and a memory of what it was told.

    ann = await register(system.url)
    async with Client(ann, system.gateways) as client:
        room = (await client.ask(CreateRoom(name="Kitchen"))).info.room
        await client.follow(room)
        await client.say(room, "Hello")         # returns once it is acknowledged

A client comes back by itself, at the next gateway of its list, with its session and each room's
last `seq`. `say` repeats a post under the same client id until it is acknowledged. What every room
showed stays in `views`, byte for byte; what was acknowledged, in `acknowledged`.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import httpx
import msgspec

from contracts.base import Command, Event, tag_of
from contracts.chat import Appended, PostMessage, ReadHistory, ReadSince, Shown
from contracts.errors import Refusal
from contracts.frames import Follow, Followed, Place, SayHello
from contracts.ids import ClientId, DeviceId, RoomId, SessionId, UserId
from contracts.registry import TIMELINE_EVENTS
from runtime.ids import new_id
from stack.gateway_socket import LOST, GatewaySocket, Gone, to_gateway
from tests.support.view import View
from tests.support.waiting import wait_until

PASSWORD = "correct horse battery staple"
CHEAP_PASSWORDS = {"PARLEY_ARGON2_TIME_COST": "1", "PARLEY_ARGON2_MEMORY_KIB": "8192"}
"""Settings for a system of a score of people whose passwords are not what is tested: one of full
strength takes every core for 0.15 s."""

PATIENCE = 40.0
"""How long a scripted client insists; the longest outage of a kill here is about ten seconds."""

_ENTRIES = frozenset(tag_of(event) for event in TIMELINE_EVENTS)


class _Placed(msgspec.Struct):
    """Where an entry of a timeline belongs."""

    room: RoomId
    seq: int


_placed = msgspec.json.Decoder(_Placed)


@dataclass(frozen=True)
class Person:
    """Somebody signed in on a device."""

    user: UserId
    device: DeviceId
    name: str
    token: str


@dataclass(frozen=True)
class Acknowledged:
    """A post that the server promised to keep."""

    room: RoomId
    seq: int
    text: str


async def register(url: str, name: str | None = None) -> Person:
    """A new account, signed in over HTTP."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE) as http:
        body = {
            "name": name or f"p{new_id()[-12:]}",
            "password": PASSWORD,
            # A try whose answer was lost may have made the account: the next one goes on with it.
            "attempt": new_id(),
        }

        async def signed_in() -> Any:
            answer = await http.post("/api/auth/register", json=body, headers={"Origin": url})
            assert answer.is_success, answer.text
            return answer.json()

        told = await wait_until(signed_in, PATIENCE)
    return Person(
        user=UserId(told["profile"]["user"]),
        device=DeviceId(told["device"]),
        name=told["profile"]["name"],
        token=told["access_token"],
    )


async def register_many(url: str, count: int) -> list[Person]:
    """So many people, each with an account."""
    # Passwords are hashed one by one; what waits for longer than a request may is refused.
    lanes = asyncio.Semaphore(4)

    async def one() -> Person:
        async with lanes:
            return await register(url)

    return list(await asyncio.gather(*(one() for _ in range(count))))


class Client:
    """One person's connection that outlives its sockets, and what it saw."""

    def __init__(self, person: Person, gateways: Sequence[str], *, first: int = 0) -> None:
        """`first` is the index of the gateway to begin at."""
        self.person = person
        self.gateways = gateways
        self.views: dict[RoomId, View] = {}
        self.acknowledged: dict[ClientId, Acknowledged] = {}
        self.events: list[dict[str, Any]] = []
        """Whatever came by itself besides entries of timelines, the oldest first."""
        self.session: SessionId | None = None
        self.resumed: list[bool] = []
        """For each greeting, whether the session went on."""
        self.at = first
        self.online = asyncio.Event()
        self.closings: list[int | None] = []
        """The close code of each connection that ended."""
        self._socket: GatewaySocket | None = None
        self._life: asyncio.Task[None] | None = None
        self._errands: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self._life = asyncio.create_task(self._live(), name=f"client {self.person.name}")
        await wait_until(self.online.is_set, PATIENCE, missing=lambda: f"welcome; {self.closings}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Ends the connection for good; whatever went wrong on it is raised."""
        tasks = [task for task in (self._life, *self._errands.values()) if task is not None]
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def drop(self, *, then: int | None = None) -> None:
        """Loses the connection without a word, as a closed lid does; comes back at `then`."""
        assert self._socket is not None
        self.online.clear()
        if then is not None:
            self.at = then - 1
        self._socket.abort()
        await wait_until(self.online.is_set, PATIENCE, missing="the way back")

    # ---- asking ------------------------------------------------------------------------------

    async def ask(self, command: Command, timeout: float = 6.0) -> Any:
        """The reply to `command`.

        Raises:
            Refusal: it was refused.
            Gone: the connection was lost first, or there is none.
            TimeoutError: no answer in time, which is a bug: something always answers.
        """
        if self._life is not None and self._life.done():
            await self._life
        if self._socket is None:
            raise Gone
        return await self._socket.ask(command, timeout)

    async def insist(self, command: Command, patience: float = PATIENCE) -> Any:
        """The reply to `command`, asked again for as long as asking again can help."""
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            pause = 0.05
            try:
                await asyncio.wait_for(self.online.wait(), patience)
                return await self.ask(command)
            except (Gone, TimeoutError) as failure:
                reason: Exception = failure
            except Refusal as refusal:
                if not refusal.code.value.retryable:
                    raise
                reason = refusal
                pause = refusal.retry_after or 0.2
            left = deadline - asyncio.get_running_loop().time()
            assert left > 0, f"{tag_of(type(command))} was never carried out: {reason!r}"
            await asyncio.sleep(min(pause, left))

    async def follow(self, *rooms: RoomId) -> None:
        """Follows rooms from where the views of them end."""
        for room in rooms:
            self.views.setdefault(room, View())
        await self._follow(rooms, self.insist)

    async def say(self, room: RoomId, text: str) -> Appended:
        """Posts, and returns once the server has acknowledged it."""
        client_id = ClientId(new_id())
        post = PostMessage(room=room, client_id=client_id, text=text)
        appended: Appended = await self.insist(post)
        self.acknowledged[client_id] = Acknowledged(room, appended.seq, text)
        return appended

    async def history(self, room: RoomId) -> list[Shown]:
        """The whole history of a room, page by page from its beginning."""
        shown: list[Shown] = []
        after = 0
        while True:
            page = await self.insist(ReadHistory(room=room, after=after, limit=100))
            shown += page.messages
            if not page.more_after:
                return shown
            after = page.messages[-1].seq

    # ---- the connection ----------------------------------------------------------------------

    async def _live(self) -> None:
        while True:
            url = self.gateways[self.at % len(self.gateways)]
            try:
                async with to_gateway(url) as socket:
                    await self._serve(socket)
            except LOST:
                pass
            finally:
                self._lost()
            self.at += 1
            # A little jitter, so that a score of clients does not come back as one.
            await asyncio.sleep(random.uniform(0.02, 0.2))

    async def _serve(self, socket: GatewaySocket) -> None:
        self._socket = socket
        greeting = asyncio.create_task(self._greet(socket))
        try:
            await socket.hear(self._take)
        finally:
            greeting.cancel()
            await asyncio.gather(greeting, return_exceptions=True)
            self.closings.append(socket.close_code)

    async def _greet(self, socket: GatewaySocket) -> None:
        hello = SayHello(token=self.person.token, versions=[1], session=self.session)
        try:
            welcome = await self.ask(hello)
            self.session = welcome.session
            self.resumed.append(welcome.resumed)
            if self.views:
                await self._follow(tuple(self.views), self.ask)
        except (Refusal, Gone, TimeoutError):
            await socket.close()
        else:
            self.online.set()

    def _lost(self) -> None:
        self.online.clear()
        self._socket = None

    async def _follow(self, rooms: Sequence[RoomId], ask: Callable[[Command], Any]) -> None:
        places = [Place(room=room, after=self.views[room].head) for room in rooms]
        followed: Followed = await ask(Follow(places=places))
        for answer in followed.rooms:
            assert answer.error is None, f"{answer.room} can't be followed: {answer.error}"
            view = self.views[answer.room]
            entries = [bytes(entry) for entry in answer.entries]
            if answer.recovered:
                view.take_all(entries)
            else:
                view.begin_again(entries, answer.head)

    # ---- what arrives ------------------------------------------------------------------------

    def _take(self, tag: str, data: bytes) -> None:
        if tag not in _ENTRIES:
            self.events.append(msgspec.json.decode(data))
            return
        entry = _placed.decode(data)
        view = self.views.get(entry.room)
        if view is not None:
            view.take(entry.seq, data)
            if view.has_gap:
                self._fetch_missing(entry.room, view)

    def _fetch_missing(self, room: RoomId, view: View) -> None:
        if room in self._errands:
            return

        async def fetch() -> None:
            # Lost with the connection? Then following again brings what is missing.
            with contextlib.suppress(Gone, TimeoutError, Refusal):
                while view.has_gap:
                    since = await self.ask(ReadSince(room=room, after=view.head))
                    view.take_all([bytes(entry) for entry in since.entries])
            del self._errands[room]

        self._errands[room] = asyncio.create_task(fetch(), name=f"gap in {room}")

    def heard(self, kind: type[Event]) -> list[dict[str, Any]]:
        """The events of one kind, as they came."""
        return [event for event in self.events if event["t"] == tag_of(kind)]
