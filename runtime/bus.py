"""The one seam in front of the broker: requests, events, facts, streams and buckets."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js import api as js_api
from nats.js.errors import NotFoundError
from nats.js.kv import KeyValue

from contracts import callers, subjects
from contracts.base import Command, Event, Fact, Reply
from contracts.callers import Caller, Peer
from contracts.errors import Code, Error, Refusal, RefusedByPeer
from contracts.registry import REPLIES
from contracts.streams import DEDUPE_SECONDS, Bucket, Stream
from runtime import lean, log, metrics, trace
from runtime.codec import Decoder, encode
from runtime.requests import Requests
from runtime.settings import ProcessSettings

R = TypeVar("R", bound=Reply)

REQUEST_SECONDS = 5.0
"""How long an answer may take. The slowest honest one is a password hash behind a queue (1–2 s)."""

WRONG_LAST_SEQUENCE = frozenset({10071, 10164})
"""The broker's codes for a write that expected another last sequence, by a server alone and by a
cluster: somebody was faster."""

ERROR_PREFIX = b'{"t":"error"'
"""How every encoded `Error` begins: the tag is written first."""

_reply_decoder: Decoder[Any] = Decoder(REPLIES)
_logger = log.get("bus")

Reconnected = Callable[[], Awaitable[None]]
Opener = Callable[[], Awaitable[Client]]


async def taken_in(client: Client, seconds: float = 10.0) -> None:
    """Returns once the broker has taken in all that `client` sent until now, subscriptions too.

    Raises:
        NatsError: it did not within `seconds`, or is out of reach.
    """
    # nats-py (2.16) writes the PING of a flush ahead of what still waits in its own buffer: the
    # first round empties the buffer, and only the second one's PONG comes after it.
    for _ in range(2):
        await client.flush(timeout=seconds / 2)  # pyright: ignore[reportArgumentType]


class Bus:
    """A connection to the broker that comes back by itself, for as long as the process lives.

    One connection a process, whether FastStream opened it (services) or nats-py (the gateway).
    """

    def __init__(self, name: str, settings: ProcessSettings) -> None:
        self.name = name
        self._settings = settings
        self._client: Client | None = None
        self._stream_context: JetStreamContext | None = None
        self._requests: Requests | None = None
        self._on_reconnect: list[Reconnected] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._own_header = encode(Peer(name=name)).decode()  # pyright: ignore[reportArgumentType]

    def options(self) -> dict[str, Any]:
        """What `nats.connect` and FastStream's `NatsBroker` are both given: all but who we are."""
        return {
            "name": f"parley-{self.name}",
            # Without end: a process that gives up on its broker is of no use to anybody.
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.25,
            "connect_timeout": 2,
            # A server that is gone without a word is noticed in 10–20 s, not in minutes.
            "ping_interval": 10,
            "max_outstanding_pings": 2,
            # Each user may only read its own inboxes.
            "inbox_prefix": f"_INBOX_{self.name}",
            "error_cb": self._report_error,
            "disconnected_cb": self._report_disconnected,
            "reconnected_cb": self._report_reconnected,
        }

    async def connect(self, open_client: Opener | None = None, patience: float = 30.0) -> None:
        """Opens the connection; waits for a broker that is not up yet.

        `open_client` opens it in place of nats-py, with `options`: a service lets FastStream do it.

        Raises:
            TimeoutError: no broker within `patience` seconds.
        """
        async with asyncio.timeout(patience):
            while True:
                try:
                    # A connect to a partitioned server hangs in spite of its own time limit.
                    self._client = await asyncio.wait_for((open_client or self._open)(), 5.0)
                except (OSError, NatsError, TimeoutError):
                    await asyncio.sleep(0.2)
                else:
                    self._stream_context = self._client.jetstream(timeout=REQUEST_SECONDS)
                    break
            lean.fit(self._client)
            self._requests = Requests(self._client)
            await self._requests.open()

    async def _open(self) -> Client:
        return await nats.connect(
            self._settings.nats_servers,
            user=self._settings.nats_user,
            password=self._settings.nats_password,
            **self.options(),
        )

    @property
    def nc(self) -> Client:
        """The bare client, for the hot paths."""
        if self._client is None:
            raise RuntimeError("the bus is not connected")
        return self._client

    @property
    def js(self) -> JetStreamContext:
        """JetStream on the same connection."""
        if self._stream_context is None:
            raise RuntimeError("the bus is not connected")
        return self._stream_context

    @property
    def requests(self) -> Requests:
        """Requests on the same connection, as bytes: nats-py's errors are the caller's."""
        if self._requests is None:
            raise RuntimeError("the bus is not connected")
        return self._requests

    @property
    def connected(self) -> bool:
        """Whether the broker is within reach right now."""
        return self._client is not None and self._client.is_connected

    def on_reconnect(self, callback: Reconnected) -> None:
        """Has `callback` run after each time the connection was lost and is back."""
        self._on_reconnect.append(callback)

    def headers(self, caller: Caller | None = None) -> dict[str, str]:
        """The headers of a request: who asks, and the trace it belongs to."""
        running = trace.current.get() or trace.new_trace()
        asker = encode(caller).decode() if caller else self._own_header
        return {callers.HEADER: asker, trace.HEADER: trace.header_value(running)}

    async def ask_raw(
        self, subject: str, body: bytes, headers: dict[str, str], timeout: float = REQUEST_SECONDS
    ) -> bytes:
        """Asks with bytes and gets bytes: an encoded reply, or an encoded `Error`.

        Raises:
            Refusal: nobody answers (`request.unavailable`) or not in time (`request.timeout`).
        """
        try:
            answer = await self.requests.ask(subject, body, headers, timeout)
        except (NatsError, TimeoutError) as error:
            raise _unanswered(error) from None
        return answer.data

    def ask_raw_then(
        self,
        subject: str,
        body: bytes,
        headers: dict[str, str],
        answered: Callable[[bytes | Refusal], object],
    ) -> None:
        """The same without waiting: `answered` is told, from the bus's reading loop."""

        def told(answer: Msg | Exception) -> None:
            answered(_unanswered(answer) if isinstance(answer, Exception) else answer.data)

        try:
            self.requests.ask_then(subject, body, headers, REQUEST_SECONDS, told)
        except NatsError as error:
            answered(_unanswered(error))

    async def ask(
        self,
        command: Command,
        reply: type[R],
        *,
        caller: Caller | None = None,
        timeout: float = REQUEST_SECONDS,
    ) -> R:
        """Asks a service, as ourselves or for `caller`, and gives back its reply.

        Raises:
            Refusal: it was refused, or nobody answered.
        """
        data = await self.ask_raw(
            subjects.service(type(command)), encode(command), self.headers(caller), timeout
        )
        answer = _reply_decoder(data)
        if isinstance(answer, Error):
            raise RefusedByPeer(answer)
        if not isinstance(answer, reply):
            raise TypeError(f"{type(command).__name__} was answered by {type(answer).__name__}")
        return answer

    async def flush(self, seconds: float = 10.0) -> None:
        """Returns once the broker has taken in all that was sent until now, subscriptions too.

        Raises:
            NatsError: it did not within `seconds`, or is out of reach.
        """
        await taken_in(self.nc, seconds)

    async def tell(self, subject: str, event: Event) -> None:
        """Sends an event to whoever listens now; not stored, at most once."""
        await self.nc.publish(subject, encode(event))

    async def record(self, fact: Fact, key: str) -> None:
        """Stores a fact on `EVENTS`. The same `key` within two minutes is stored once.

        Raises:
            NatsError: it was not stored; the caller keeps it and tries again.
        """
        headers = {js_api.Header.MSG_ID.value: key, **self.headers()}
        await self.js.publish(subjects.event(type(fact)), encode(fact), headers=headers)

    async def ensure_stream(self, stream: Stream) -> None:
        """Makes the stream, or brings it to this configuration."""
        config = js_api.StreamConfig(
            name=stream.name,
            subjects=list(stream.subjects),
            storage=js_api.StorageType.FILE,
            duplicate_window=DEDUPE_SECONDS,
            max_age=stream.max_age_seconds or None,
            allow_direct=True,
            republish=(
                js_api.RePublish(src=stream.republish[0], dest=stream.republish[1])
                if stream.republish
                else None
            ),
        )
        try:
            await self.js.stream_info(stream.name)
        except NotFoundError:
            await self.js.add_stream(config)
        else:
            await self.js.update_stream(config)

    async def ensure_bucket(self, bucket: Bucket) -> KeyValue:
        """Makes the bucket if it is not there, and opens it."""
        try:
            return await self.js.key_value(bucket.name)
        except NotFoundError:
            storage = js_api.StorageType.MEMORY if bucket.memory else js_api.StorageType.FILE
            return await self.js.create_key_value(
                js_api.KeyValueConfig(
                    bucket=bucket.name,
                    description=bucket.purpose,
                    history=bucket.history,
                    storage=storage,
                    direct=True,
                    limit_marker_ttl=60.0 if bucket.ttl_keys else None,
                )
            )

    async def bucket(self, bucket: Bucket, patience: float = 30.0) -> KeyValue:
        """Opens a bucket of another service, waiting until its owner has made it.

        Raises:
            TimeoutError: it is not there within `patience` seconds.
        """
        async with asyncio.timeout(patience):
            while True:
                try:
                    return await self.js.key_value(bucket.name)
                except (NatsError, TimeoutError):
                    await asyncio.sleep(0.1)

    async def close(self) -> None:
        """Sends what is still buffered and closes the connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._requests is not None:
            await self._requests.close()
        if self._client is None or self._client.is_closed:
            return
        try:
            # Without a connection there is nowhere to flush to, and trying makes `close` fail.
            if self._client.is_connected:
                await asyncio.wait_for(taken_in(self._client), 2.0)
        except (NatsError, TimeoutError, OSError):
            _logger.warning("bus.flush_failed")
        try:
            await self._client.close()
        except OSError as error:
            _logger.warning("bus.unsent_dropped", kind=type(error).__name__)

    async def _report_error(self, error: Exception) -> None:
        metrics.BUS_ERRORS.labels(kind=type(error).__name__).inc()
        _logger.warning("bus.error", kind=type(error).__name__, detail=str(error)[:200])

    async def _report_disconnected(self) -> None:
        _logger.warning("bus.disconnected")

    async def _report_reconnected(self) -> None:
        metrics.BUS_RECONNECTS.inc()
        _logger.info("bus.reconnected")
        for callback in self._on_reconnect:
            task = asyncio.get_running_loop().create_task(self._after_reconnect(callback))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _after_reconnect(self, callback: Reconnected) -> None:
        try:
            await callback()
        except Exception as error:  # noqa: BLE001  # whatever it was, the bus goes on
            # The next reconnect tries again; until then the owner of the callback is stale.
            _logger.error("bus.reconnect_callback_failed", kind=type(error).__name__)


def _unanswered(error: Exception) -> Refusal:
    code = Code.TIMEOUT if isinstance(error, TimeoutError) else Code.UNAVAILABLE
    return Refusal(code, retry_after=1.0)
