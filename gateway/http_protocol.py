"""uvicorn's HTTP protocol, with an end to its patience for a request that never becomes whole."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 20.0
"""For the whole of a request to arrive, from the connection's beginning or from the first byte of
the next one. The largest body there may be, a picture of 64 KiB, takes 11 s over a slow phone."""

HEAD_BYTES = 32 * 1024
"""For a request's line and headers. Browsers send one or two KiB; the parser knows no limit."""


class PatientHttp(HttpToolsProtocol):
    """Closes a connection whose request takes too long to come, or begins with too much."""

    _timer: asyncio.TimerHandle | None = None
    _head: int | None = 0
    """Bytes of the request's head so far; none while its body comes."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > HEAD_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:
            self._begin()

    def on_headers_complete(self) -> None:
        # The application counts what follows.
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._arrived()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._arrived()
        super().handle_websocket_upgrade()

    def _begin(self) -> None:
        self._timer = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _arrived(self) -> None:
        self._head = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
