"""uvicorn's websocket protocol, which hands its connection over once the handshake is done.

The ASGI call lives as long as the handshake alone. From then on frames go straight from the
protocol to their owner, and framed bytes straight to the transport: no task, no queue and no event
object for each idle connection, and a broadcast is framed once for all.

What is used of uvicorn's class (its attributes, and which method gets which frame) is not a public
promise of uvicorn's; `tests/integration/gateway/test_wire.py` holds the version to it.
"""

import asyncio
import logging
from typing import Any, Protocol, cast

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame
from websockets.http11 import Request

from contracts.closing import Closing
from gateway.fanout import close_frame, ping_frame
from gateway.outbox import Outbox

EXTENSION = "parley.wire"
"""Where the ASGI scope carries the wire."""

CLOSE_SECONDS = 2.0
"""How long a client may take to answer a close frame before the connection is cut."""

SLICE_BYTES = 8 * 1024
"""What is parsed before it is asked whether the connection has ended: 1 400 frames of the smallest
kind, 16 ms. An offer, the largest that is said often, is 5 KB; each slice more costs it 2 µs."""

LATE_FRAMES = 200
"""How many frames that were under way are looked through for the answer to a close frame. Somebody
who sends more goes unheard until the connection is cut."""

_logger = logging.getLogger("uvicorn.error")


class Owner(Protocol):
    """Who is told what happens on a wire."""

    def received(self, data: bytes) -> None:
        """A whole message came, as text or binary."""
        ...

    def alive(self) -> None:
        """A ping or a pong came."""
        ...

    def part(self) -> None:
        """A part of a message came that had begun before."""
        ...

    def overflowed(self) -> None:
        """More waits for the client than its outbox may hold."""
        ...

    def too_large(self) -> None:
        """The client began a message past the limit; nothing more can be read."""
        ...

    def lost(self) -> None:
        """The connection is gone. Nothing is told after this."""
        ...


class _Nowhere:
    """Takes the place of a queue whose reader has left."""

    def put_nowait(self, item: object) -> None:
        pass


_NOWHERE = cast("asyncio.Queue[Any]", _Nowhere())
_WRITABLE = asyncio.Event()
_WRITABLE.set()


class Wire(WebSocketsSansIOProtocol):
    """One websocket as bytes: its handshake by ASGI, its frames by an owner."""

    owner: Owner | None = None
    outbox: Outbox | None = None
    _late: int = 0
    """Frames that came after the end was decided."""

    # ---- for the owner -----------------------------------------------------------------------

    def attach(self, owner: Owner, outbox_bytes: int) -> Outbox:
        """Hands everything that comes from now on to `owner`; to be called once accepted."""
        self.owner = owner
        self.outbox = Outbox(self.transport, outbox_bytes, owner.overflowed)
        # What only the handshake needed: about 9 KB a connection.
        self.queue = _NOWHERE
        self.writable = _WRITABLE
        del self.scope, self.request, self.response
        self.read_paused = False
        self.transport.resume_reading()
        return self.outbox

    def ping(self) -> None:
        """Asks the client for a sign of life."""
        self.transport.write(ping_frame())

    def end(self, closing: Closing) -> None:
        """Says why, gives the client a moment to answer, and cuts the connection then."""
        if not (self.close_sent or self.transport.is_closing()):
            self.close_sent = True
            self.transport.write(close_frame(closing.value.code, closing.value.reason))
        self._cut_soon()

    def _cut_soon(self) -> None:
        # Never `close` alone: it waits without end for a client that reads nothing.
        if self.close_timer is None:
            self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    # ---- from uvicorn ------------------------------------------------------------------------

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions = cast("dict[str, Any]", self.scope.get("extensions"))
            extensions[EXTENSION] = self
            # A client waits for the answer to its handshake (RFC 6455 §4.1). What comes from one
            # that does not would be parsed, and nobody is there yet to count it.
            self.read_paused = True
            self.transport.pause_reading()

    async def receive(self) -> ASGIReceiveEvent:
        # uvicorn's begins to read again, and there is no owner yet.
        return await self.queue.get()

    async def run_asgi(self) -> None:
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            _logger.exception("a websocket's handshake failed")
            self.send_500_response()
        if self.owner is None and self.close_timer is None:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        if len(data) > SLICE_BYTES:
            whole = memoryview(data)
            for start in range(0, len(data), SLICE_BYTES):
                self.data_received(cast("bytes", whole[start : start + SLICE_BYTES]))
        elif self.owner is None or (self.conn.parser_exc is None and self._late < LATE_FRAMES):
            super().data_received(data)
        # Else it is over already: read on so that the close frame is not lost to a reset.

    def handle_parser_exception(self) -> None:
        if self.owner is None:
            super().handle_parser_exception()
            return
        if not isinstance(self.conn.parser_exc, PayloadTooBig):
            super().handle_parser_exception()
            self._cut_soon()
            return
        self.conn.data_to_send()
        self.owner.too_large()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        if self.owner is not None:
            self._cut_soon()

    def eof_received(self) -> None:
        super().eof_received()
        if self.owner is not None:
            # The transport closes by itself now, once everything is written.
            self._cut_soon()

    def send_receive_event_to_app(self) -> None:
        if self.owner is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            self._late += 1
        else:
            self.owner.received(bytes(data))

    def handle_cont(self, event: Frame) -> None:
        if self._heeded() and self.owner is not None:
            self.owner.part()
        super().handle_cont(event)

    def handle_ping(self) -> None:
        if self._heeded():
            super().handle_ping()
            if self.owner is not None:
                self.owner.alive()

    def handle_pong(self, event: Frame) -> None:
        if self._heeded() and self.owner is not None:
            self.owner.alive()

    def _heeded(self) -> bool:
        """Whether a frame still means something; if not, it is counted."""
        if self.close_sent:
            self._late += 1
        return not self.close_sent

    def pause_writing(self) -> None:
        if self.owner is None:
            super().pause_writing()
        elif not self.close_sent:
            # Called from within a write, maybe amid a broadcast: ending here would change the set
            # of members while it is walked.
            self.loop.call_soon(self._overflow)

    def resume_writing(self) -> None:
        if self.owner is None:
            super().resume_writing()

    def _overflow(self) -> None:
        if self.outbox is not None and not self.close_sent:
            self.outbox.overflowed()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        owner, self.owner, self.outbox = self.owner, None, None
        if owner is not None:
            owner.lost()
