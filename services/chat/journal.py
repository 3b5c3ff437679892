"""The log of all rooms on JetStream: appending with compare-and-set, reading by place."""

import asyncio
from itertools import count

import msgspec
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from contracts import subjects
from contracts.chat import TimelineEntry
from contracts.errors import Code, Refusal
from contracts.ids import RoomId
from contracts.registry import TIMELINE_EVENTS
from contracts.streams import TIMELINES, Stream, timeline_of
from runtime.bus import WRONG_LAST_SEQUENCE, Bus
from runtime.codec import Decoder
from services.chat.domain.tail import Kept

APPEND_SECONDS = 3.0
"""Less than the asker's patience of five: it gets a refusal, not silence."""

READ_SECONDS = 3.0
BATCH = 256
"""Entries asked for at once: 5 ms of reading, and at 4 KB each a quarter of the server's
per-connection buffer."""

_STATUS = "Status"
_END_OF_BATCH = "204"

_decode: Decoder[TimelineEntry] = Decoder(TIMELINE_EVENTS)  # pyright: ignore[reportAssignmentType]


class Moved(Exception):  # an outcome to be tried again, not a failure
    """The room's head is not where the appender thought: nothing was stored."""


class _Failure(msgspec.Struct):
    err_code: int = 0


class _Ack(msgspec.Struct):
    """The server's answer to an append (ADR-20 of the NATS project has its fields)."""

    seq: int = 0
    duplicate: bool = False
    error: _Failure | None = None


class Stored(msgspec.Struct, frozen=True):
    """Where an append went. `duplicate`: the entry stood there before."""

    position: int
    duplicate: bool


class _Request(msgspec.Struct, omit_defaults=True):
    """A direct get (ADR-31 of the NATS project)."""

    seq: int = 0
    next_by_subj: str = ""
    batch: int = 0


class _State(msgspec.Struct):
    subjects: dict[str, int] | None = None


class _Info(msgspec.Struct):
    """The server's description of the stream, as far as it is wanted."""

    state: _State


_infos = msgspec.json.Decoder(_Info)
_acks = msgspec.json.Decoder(_Ack)
_encoder = msgspec.json.Encoder()


class Journal:
    """Appends to and reads from the log of each room; knows nothing of what an entry means."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._tokens = count()
        self._batches: dict[str, tuple[list[Kept], asyncio.Future[list[Kept]]]] = {}

    async def start(self) -> None:
        """Begins to listen for the answers to batch reads."""
        self._inbox = self._bus.nc.new_inbox()
        self._subscription = await self._bus.nc.subscribe(f"{self._inbox}.*", cb=self._take)

    async def stop(self) -> None:
        """Ends that."""
        if self._subscription is not None and not self._bus.nc.is_closed:
            await self._subscription.unsubscribe()

    async def append(self, room: RoomId, data: bytes, key: str, after: int) -> Stored:
        """Stores an entry behind the one at place `after` (0: as the first of its room).

        Returns only once the entry is on disk.

        Raises:
            Moved: `after` is not the room's last entry any more.
            Refusal: the broker is away. The entry may be stored all the same; whoever asks again
                finds out by its client id.
        """
        if not self._bus.connected:
            # Else the client would keep the bytes and send them at some later time.
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0)
        headers = {"Nats-Msg-Id": key, "Nats-Expected-Last-Subject-Sequence": str(after)}
        answer = await self._ask(subjects.log(room), data, headers)
        ack = _acks.decode(answer.data)
        if ack.error is None:
            return Stored(ack.seq, ack.duplicate)
        if ack.error.err_code in WRONG_LAST_SEQUENCE:
            raise Moved
        raise Refusal(Code.UNAVAILABLE, retry_after=1.0)

    async def last(self, room: RoomId) -> Kept | None:
        """The room's last entry; none where it has none."""
        return _kept(await self._ask(f"{_get(room)}.{subjects.log(room)}", b""))

    async def next(self, room: RoomId, position: int) -> Kept | None:
        """The room's first entry at or after a place of the stream."""
        request = _Request(seq=position, next_by_subj=subjects.log(room))
        return _kept(await self._ask(_get(room), _encoder.encode(request)))

    async def at(self, room: RoomId, position: int) -> Kept | None:
        """The entry at a place of the stream that keeps this room."""
        return _kept(await self._ask(_get(room), _encoder.encode(_Request(seq=position))))

    async def after(self, room: RoomId, position: int, limit: int = BATCH) -> list[Kept]:
        """Up to `limit` entries of the room after a place of the stream, in order."""
        token = str(next(self._tokens))
        request = _Request(seq=position + 1, next_by_subj=subjects.log(room), batch=limit)
        done: asyncio.Future[list[Kept]] = asyncio.get_running_loop().create_future()
        self._batches[token] = ([], done)
        try:
            await self._bus.nc.publish(
                _get(room), _encoder.encode(request), reply=f"{self._inbox}.{token}"
            )
            async with asyncio.timeout(READ_SECONDS):
                return await done
        except (NatsError, TimeoutError):
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0) from None
        finally:
            del self._batches[token]

    async def _take(self, message: Msg) -> None:
        waiting = self._batches.get(message.subject.rpartition(".")[2])
        if waiting is None:
            return
        entries, done = waiting
        kept = _kept(message)
        if kept is not None:
            entries.append(kept)
        elif not done.done():
            done.set_result(entries)

    async def rooms(self) -> dict[RoomId, int]:
        """Every room that has entries, and how many."""
        found: dict[RoomId, int] = {}
        for stream in TIMELINES:
            found |= await self._rooms(stream)
        return found

    async def _rooms(self, stream: Stream) -> dict[RoomId, int]:
        found: dict[RoomId, int] = {}
        while True:
            request = {"subjects_filter": stream.subjects[0], "offset": len(found)}
            answer = await self._ask(f"$JS.API.STREAM.INFO.{stream.name}", _encoder.encode(request))
            page = _infos.decode(answer.data).state.subjects
            if not page:
                return found
            found |= {subjects.room_of_log(subject): count for subject, count in page.items()}

    async def purge(self, room: RoomId) -> None:
        """Removes all entries of a room for good."""
        try:
            await self._bus.js.purge_stream(timeline_of(room).name, subject=subjects.log(room))
        except NotFoundError:
            return

    async def _ask(self, subject: str, body: bytes, headers: dict[str, str] | None = None) -> Msg:
        try:
            return await self._bus.requests.ask(
                subject, body, headers, APPEND_SECONDS if headers else READ_SECONDS
            )
        except (NatsError, TimeoutError):
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0) from None


def _get(room: RoomId) -> str:
    return f"$JS.API.DIRECT.GET.{timeline_of(room).name}"


def _kept(message: Msg) -> Kept | None:
    headers = message.headers or {}
    if _STATUS in headers:
        # 204 ends a batch, 404 says that there is no such entry.
        return None
    return Kept(_decode(message.data), int(headers["Nats-Sequence"]), message.data)
