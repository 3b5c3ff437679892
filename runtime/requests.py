"""Requests under way: one inbox, one timer and one sender for all of them.

nats-py's own `request` takes a random name, a timer, a queue and a turn of the loop for each.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError, NoRespondersError
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout

from runtime import log
from runtime.tap import Tap, as_future

SWEEP_SECONDS = 0.25
"""How late a request may be told that its time is over."""

_STATUS = "Status"
_NO_RESPONDERS = "503"
_logger = log.get("requests")

Answered = Callable[[Msg | Exception], object]
"""Is told the answer, or why there is none, from the bus's reading loop: it must not take long.
Nothing else is read meanwhile."""


Headers = dict[str, str] | None


@dataclass(slots=True)
class _Request:
    subject: str
    body: bytes
    headers: Headers
    answered: Answered
    until: float


class Requests:
    """Asks on one connection, and hands each answer to whoever asked.

    Promise: each request is answered once, by a message or by an error, and nothing of it stays
    behind.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._inbox = f"{client.new_inbox()}."
        self._subscription: Subscription | None = None
        self._waiting: dict[str, _Request] = {}
        self._unsent: deque[str] = deque()
        self._sender: asyncio.Task[None] | None = None
        self._wake: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._last = 0
        self._closed = False

    async def open(self) -> None:
        """Begins to listen for answers.

        Raises:
            NatsError: the connection is closed.
        """
        tap = Tap(self._take)
        self._subscription = await self._client.subscribe(f"{self._inbox}*", future=as_future(tap))
        self._sender = self._loop.create_task(self._send(), name="requests")

    def __len__(self) -> int:
        return len(self._waiting)

    def ask_then(
        self, subject: str, body: bytes, headers: Headers, seconds: float, answered: Answered
    ) -> None:
        """Asks, in the order of calls, without a task for each; `answered` is told what came of it.

        Raises:
            ConnectionClosedError: it is closed.
        """
        self._unsent.append(self._expect(subject, body, headers, seconds, answered))
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def ask(self, subject: str, body: bytes, headers: Headers, seconds: float) -> Msg:
        """Asks and waits for the answer; a caller that is cancelled leaves nothing behind.

        Raises:
            NoRespondersError: nobody listens there.
            NatsTimeout: no answer in time.
            NatsError: the connection is closed, or can't take more.
        """
        future: asyncio.Future[Msg] = self._loop.create_future()

        def answered(answer: Msg | Exception) -> None:
            if future.done():
                return
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

        token = self._expect(subject, body, headers, seconds, answered)
        try:
            await self._publish(token)
            return await future
        finally:
            self._waiting.pop(token, None)

    async def close(self) -> None:
        """Tells everyone who waits that there will be no answer."""
        self._closed = True
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()
        for token in list(self._waiting):
            self._tell(token, ConnectionClosedError())

    def _expect(
        self, subject: str, body: bytes, headers: Headers, seconds: float, answered: Answered
    ) -> str:
        if self._closed:
            raise ConnectionClosedError
        self._last += 1
        token = str(self._last)
        until = self._loop.time() + seconds
        self._waiting[token] = _Request(subject, body, headers, answered, until)
        if self._timer is None:
            self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep)
        return token

    async def _publish(self, token: str) -> None:
        request = self._waiting.get(token)
        if request is None:
            return
        await self._client.publish(
            request.subject, request.body, reply=self._inbox + token, headers=request.headers
        )

    async def _send(self) -> None:
        while True:
            if not self._unsent:
                self._wake = self._loop.create_future()
                await self._wake
            token = self._unsent.popleft()
            try:
                await self._publish(token)
            except (NatsError, OSError, ValueError) as error:
                self._tell(token, error)

    def _take(self, message: Msg) -> None:
        token = message.subject[len(self._inbox) :]
        headers = message.headers
        if headers and headers.get(_STATUS) == _NO_RESPONDERS and not message.data:
            self._tell(token, NoRespondersError())
        else:
            self._tell(token, message)

    def _sweep(self) -> None:
        self._timer = None
        now = self._loop.time()
        late = [token for token, request in self._waiting.items() if request.until <= now]
        for token in late:
            self._tell(token, NatsTimeout())
        if self._waiting and self._timer is None:
            self._timer = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def _tell(self, token: str, answer: Msg | Exception) -> None:
        request = self._waiting.pop(token, None)
        if request is None:
            return
        try:
            request.answered(answer)
        except Exception as error:
            _logger.exception("requests.failed", kind=type(error).__name__)
