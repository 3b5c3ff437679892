"""A client's connection that outlives its sockets: hello, heartbeat, resuming, asking, hearing.

It comes back by itself, at the next gateway of its list, with its session, and follows its room
again. What it hears goes to `hear`, in its order.
"""

import asyncio
import contextlib
import random
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar, cast

import msgspec

from contracts.base import Command, Event, Reply, tag_of
from contracts.errors import Code, Error, Refusal, RefusedByPeer
from contracts.frames import (
    Follow,
    Followed,
    Ping,
    Place,
    Ponged,
    Renew,
    SayHello,
    Unfollow,
    Welcomed,
)
from contracts.ids import RoomId, SessionId
from contracts.registry import EVENTS
from runtime.ids import now_ms
from stack.gateway_socket import LOST, GatewaySocket, Gone, to_gateway

R = TypeVar("R", bound=Reply)

ANSWER_SECONDS = 8.0
"""Past the five seconds that a gateway gives a service: something always answers before."""
_BEATS = 2
"""Pings in one heartbeat of the server's: one that is late is no silence yet."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_NO_RETURN = range(4500, 5000)

_EVENTS = {tag_of(event): event for event in EVENTS}


class Connection:
    """One session at one of several gateways."""

    def __init__(
        self,
        gateways: Sequence[str],
        token: Callable[[], str],
        hear: Callable[[Event], None],
        came: Callable[[bool], Awaitable[None]],
        *,
        first: int = 0,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`came(resumed)` is awaited after each hello; `first` is the gateway to begin at."""
        self.session: SessionId | None = None
        self.resumed: list[bool] = []
        """For each greeting, whether the session went on."""
        self.gateway = first
        self.ahead_ms = 0
        """By how much the server's clock is ahead of ours."""
        self.online = asyncio.Event()
        self.refused: Refusal | None = None
        """Why the server does not want us any more."""
        self._gateways = gateways
        self._token = token
        self._hear = hear
        self._came = came
        self._trust = trust
        self._socket: GatewaySocket | None = None
        self._room: RoomId | None = None
        self._head = 0
        self._life: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begins to connect; `online` tells when it is."""
        self._life = asyncio.create_task(self._live(), name="bot's connection")

    async def until_online(self, within: float) -> None:
        """Waits for the first welcome.

        Raises:
            Refusal: the server does not want us.
            TimeoutError: nobody answered.
        """
        await self._until_up(within)
        if not self.online.is_set():
            raise TimeoutError(f"no gateway of {', '.join(self._gateways)} answered")

    async def _until_up(self, within: float | None = None) -> None:
        welcome = asyncio.create_task(self.online.wait())
        life = cast("asyncio.Task[None]", self._life)
        try:
            await asyncio.wait({welcome, life}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            welcome.cancel()
        if self.refused is not None:
            raise self.refused

    async def close(self) -> None:
        """Ends the connection for good."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    # ---- asking ------------------------------------------------------------------------------

    async def ask(self, command: Command, kind: type[R], timeout: float = ANSWER_SECONDS) -> R:
        """The reply to `command`, which is a `kind`.

        Raises:
            Refusal: it was refused.
            Gone: the connection was lost first, or there is none.
            TimeoutError: no answer in time.
        """
        if self._socket is None:
            raise Gone
        reply = await self._socket.ask(command, timeout)
        if not isinstance(reply, kind):
            raise RefusedByPeer(Error(code=Code.INTERNAL.value.code, message=f"not a {kind}"))
        return reply

    async def insist(self, command: Command, kind: type[R]) -> R:
        """The reply to `command`, asked again for as long as asking again can help.

        Raises:
            Refusal: it was refused for good.
        """
        while True:
            pause = 0.1
            await self._until_up()
            try:
                return await self.ask(command, kind)
            except (Gone, TimeoutError):
                pass
            except Refusal as refusal:
                if not refusal.code.value.retryable or refusal.code is Code.CALL_FULL:
                    raise
                pause = refusal.retry_after or 0.2
            await asyncio.sleep(pause)

    async def follow(self, room: RoomId) -> None:
        """Hears of the room from now on, over whatever connection."""
        self._room = room
        await self._follow(self.insist)

    async def unfollow(self) -> None:
        """Hears of the room no more."""
        if self._room is not None:
            command, self._room = Unfollow(rooms=[self._room]), None
            with contextlib.suppress(Gone, TimeoutError, Refusal):
                await self.ask(command, Reply)

    async def renew(self, token: str) -> None:
        """Hands over a fresh access token."""
        with contextlib.suppress(Gone, TimeoutError, Refusal):
            await self.ask(Renew(token=token), Reply)

    # ---- the connection ----------------------------------------------------------------------

    async def _live(self) -> None:
        pause = _FIRST_PAUSE
        while self.refused is None:
            began = False
            try:
                await self._once(self._gateways[self.gateway % len(self._gateways)])
            except LOST:
                pass
            finally:
                began = self.online.is_set()
                self._lost()
            self.gateway += 1
            pause = _FIRST_PAUSE if began else min(pause * 2, _LONGEST_PAUSE)
            # Full jitter, so that a score of bots does not come back as one.
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - spreads load, no secret

    async def _once(self, url: str) -> None:
        async with to_gateway(url, self._trust) as socket:
            self._socket = socket
            greeting = asyncio.create_task(self._greet(socket), name="bot's greeting")
            try:
                await socket.hear(self._take)
            finally:
                greeting.cancel()
                await asyncio.gather(greeting, return_exceptions=True)
                if socket.close_code in _NO_RETURN and self.refused is None:
                    self.refused = Refusal(Code.FORBIDDEN, socket.close_reason)

    async def _greet(self, socket: GatewaySocket) -> None:
        try:
            asked = now_ms()
            hello = SayHello(token=self._token(), versions=[1], session=self.session)
            welcome = await self.ask(hello, Welcomed)
            self.ahead_ms = welcome.now - (asked + now_ms()) // 2
            self.session = welcome.session
            self.resumed.append(welcome.resumed)
            if self._room is not None:
                await self._follow(self.ask)
        except Refusal as refusal:
            if not refusal.code.value.retryable:
                self.refused = refusal
            await socket.close()
        except (Gone, TimeoutError):
            await socket.close()
        else:
            self.online.set()
            await self._came(welcome.resumed)
            await self._beat(welcome.heartbeat_ms / 1000 / _BEATS, socket)

    async def _beat(self, seconds: float, socket: GatewaySocket) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.ask(Ping(), Ponged)
            except (Gone, TimeoutError, Refusal):
                # Nobody answers on this one: another gateway may.
                socket.abort()

    async def _follow(self, ask: Callable[[Command, type[Followed]], Awaitable[Followed]]) -> None:
        room = self._room
        if room is None:
            return
        place = Place(room=room, after=self._head)
        answer = (await ask(Follow(places=[place]), Followed)).rooms[0]
        self._head = answer.head
        if answer.error is not None:
            raise Refusal(Code.NOT_MEMBER, f"the room can't be followed: {answer.error}")

    def _lost(self) -> None:
        self.online.clear()
        self._socket = None

    def _take(self, tag: str, data: bytes) -> None:
        kind = _EVENTS.get(tag)
        if kind is not None:
            self._hear(msgspec.json.decode(data, type=kind))
