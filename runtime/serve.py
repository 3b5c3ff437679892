"""Turns a visible table {command: handler} into subscriptions that always answer.

FastStream holds the subscriptions and their life; each message then runs as a task of its own
under a bound, because a core subscriber that awaits its handler works on one message at a time
(179 requests a second with 5 ms inside, against thousands). The order of one subject is lost by
that: what must be ordered orders itself.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError, NoRespondersError, OutboundBufferLimitError
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.errors import NoStreamResponseError, ServiceUnavailableError
from pymongo.errors import ConnectionFailure

from contracts import callers, subjects
from contracts.base import Command, Reply
from contracts.callers import Account, Caller, Guest, Peer, Person
from contracts.contract import Contract
from contracts.errors import Code, Refusal
from contracts.registry import BY_COMMAND
from runtime import ids, log, metrics, trace
from runtime.bus import Bus
from runtime.codec import Decoder, encode

WAITING_FACTOR = 8
"""For each request worked on, so many may wait; past that the answer is "away for now" at once,
since an answer that comes after the asker gave up helps nobody."""

AWAY: tuple[type[Exception], ...] = (
    ConnectionFailure,
    ConnectionClosedError,
    NatsTimeout,
    NoRespondersError,
    NoStreamResponseError,
    OutboundBufferLimitError,
    ServiceUnavailableError,
)
"""What a handler meets when the store or the broker is out of reach: "away for now", no bug."""

_OK = "ok"
_logger = log.get("serve")
_caller_decoder: Decoder[Any] = Decoder(
    (callers.Anonymous, callers.Account, callers.Guest, callers.Peer)
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks, when it came, and which trace it belongs to."""

    caller: Caller
    at: int
    trace: str

    @property
    def person(self) -> Person:
        """The person who asks.

        Raises:
            Refusal: nobody has signed in, or a service asks on its own behalf.
        """
        if isinstance(self.caller, Account | Guest):
            return self.caller
        raise Refusal(Code.SIGN_IN_REQUIRED)


Handler = Callable[[Call, Any], Awaitable[Reply]]
Table = Mapping[type[Command], Handler]


class _Served:
    """A command that is answered here: how it is read, by whom, and what is counted of it."""

    __slots__ = ("contract", "decode", "done", "handler", "seconds")

    def __init__(self, contract: Contract, handler: Handler) -> None:
        self.contract = contract
        self.handler = handler
        self.decode: Decoder[Command] = Decoder((contract.command,))
        # Finding a metric by its labels takes 2 µs.
        self.done = metrics.REQUESTS.labels(contract.tag, _OK)
        self.seconds = metrics.REQUEST_SECONDS.labels(contract.tag)


class Server:
    """Answers the commands of a table until it is drained.

    Promise: every request that reaches this process gets exactly one answer: the reply, a refusal,
    or `request.internal` with an incident that finds the failure in the logs.
    """

    def __init__(self, bus: Bus, broker: NatsBroker, table: Table, concurrency: int) -> None:
        self._bus = bus
        self._broker = broker
        self._running = asyncio.Semaphore(concurrency)
        self._admit = concurrency * (1 + WAITING_FACTOR)
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscribers: list[Any] = []
        for command, handler in table.items():
            self._declare(_Served(BY_COMMAND[command], handler))

    def _declare(self, served: _Served) -> None:
        async def take(message: Msg) -> None:
            self._admit_or_refuse(message, served)

        subscriber = self._broker.subscriber(
            subjects.service(served.contract.command),
            queue=served.contract.service,
            decoder=_raw_message,
            no_reply=True,
        )
        subscriber(take)
        # Straight to `take`: past the middlewares, the context and the parsing that FastStream
        # puts around a message, none of which is used here (150 µs of 450 for each post).
        subscriber.process_message = take  # pyright: ignore[reportAttributeAccessIssue]
        self._subscribers.append(subscriber)

    async def start(self) -> None:
        """Subscribes, and returns once the broker knows of every subscription."""
        await self._broker.start()
        await self._bus.flush()

    async def drain(self, seconds: float) -> None:
        """Takes no new requests, finishes those under way, waits `seconds` for them at most."""
        drains: list[Awaitable[None]] = []
        for subscriber in self._subscribers:
            if subscriber.subscription:
                drains.append(subscriber.subscription.drain())
                # A drained subscription is gone: FastStream would fail on ending it once more.
                subscriber.subscription = None
        await asyncio.gather(*drains, return_exceptions=True)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                _logger.warning("serve.drain_cut", requests=len(late))

    def _admit_or_refuse(self, message: Msg, served: _Served) -> None:
        if len(self._tasks) >= self._admit:
            answering = self._refuse_unworked(message, served.contract)
        else:
            answering = self._answer(message, served)
        task = asyncio.get_running_loop().create_task(answering)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _refuse_unworked(self, message: Msg, contract: Contract) -> None:
        metrics.REQUESTS.labels(contract.tag, "overloaded").inc()
        await self._respond(message, encode(Refusal(Code.UNAVAILABLE, retry_after=1.0).error()))

    async def _answer(self, message: Msg, served: _Served) -> None:
        began = time.perf_counter()
        metrics.IN_FLIGHT.inc()
        try:
            async with self._running:
                answer, outcome = await self._work(message, served)
            await self._respond(message, answer)
        finally:
            metrics.IN_FLIGHT.dec()
        if outcome == _OK:
            served.done.inc()
        else:
            metrics.REQUESTS.labels(served.contract.tag, outcome).inc()
        served.seconds.observe(time.perf_counter() - began)

    async def _work(self, message: Msg, served: _Served) -> tuple[bytes, str]:
        contract = served.contract
        headers = message.headers or {}
        running = trace.from_header(headers.get(trace.HEADER))
        trace.current.set(running)
        try:
            caller = _caller_of(headers, contract)
            call = Call(caller=caller, at=ids.now_ms(), trace=running)
            # Encoded here, so that a reply which can't be is a failure like any other.
            return encode(await served.handler(call, served.decode(message.data))), _OK
        except Refusal as refusal:
            return encode(refusal.error()), refusal.code.code
        except AWAY as error:
            _logger.warning("serve.away", command=contract.tag, kind=type(error).__name__)
            return encode(Refusal(Code.UNAVAILABLE, retry_after=1.0).error()), "away"
        except Exception as error:
            # The trace is the incident: it finds every line of this request in every process.
            _logger.exception("serve.failed", command=contract.tag, kind=type(error).__name__)
            return encode(Refusal(Code.INTERNAL).error(incident=running)), "internal"

    async def _respond(self, message: Msg, answer: bytes) -> None:
        if not message.reply:
            return
        try:
            await self._bus.nc.publish(message.reply, answer)
        except NatsError as error:
            # The asker's time limit tells it; the command is idempotent and can be asked again.
            _logger.warning("serve.answer_lost", kind=type(error).__name__)


def _caller_of(headers: Mapping[str, str], contract: Contract) -> Caller:
    value = headers.get(callers.HEADER)
    if value is None:
        raise Refusal(Code.SIGN_IN_REQUIRED)
    caller = _caller_decoder(value.encode())
    # Services are trusted with each other's commands; the broker's permissions say which.
    if isinstance(caller, (*contract.callers, Peer)):
        return caller
    if isinstance(caller, Guest):
        raise Refusal(Code.GUEST_FORBIDDEN)
    if isinstance(caller, Account):
        raise Refusal(Code.FORBIDDEN)
    raise Refusal(Code.SIGN_IN_REQUIRED)


async def _raw_message(message: Any) -> Msg:
    return message.raw_message
