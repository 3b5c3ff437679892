"""uvicorn's HTTP protocol, with an end to its patience for a request that never becomes whole."""

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from contracts.errors import Code, Refusal
from gateway.http.problems import encoded, problem_of

REQUEST_SECONDS = 20.0
"""For the whole of a request to arrive, from the connection's beginning or from the first byte of
the next one. The largest body there may be, a picture of 64 KiB, takes 11 s over a slow phone."""

HEAD_BYTES = 32 * 1024
"""For a request's line and headers. Browsers send one or two KiB; the parser knows no limit."""

TRAILER_BYTES = 4 * 1024
"""For the header lines after a chunked body (RFC 9112 §7.1.2). No browser sends any."""


class PatientHttp(HttpToolsProtocol):
    """Closes a connection whose request takes too long to come, or has too much around its body.

    Trailers are dropped, as RFC 9110 §6.5.1 allows: nothing here reads them, and one that is
    taken for a header speaks past whoever checked the headers, a proxy for example.
    """

    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _lines: int = 0
    """Bytes that came since the request began, or since the last ones of its body."""
    _trailers: int = 0
    """Bytes of this request's trailers so far."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._lines += len(data)
        super().data_received(data)
        # One line without an end reaches `on_header` never, in a trailer as little as in a head.
        if self._lines > HEAD_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._trailers = 0
        if self._timer is None:
            self._begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:
            super().on_header(name, value)
            return
        self._trailers += len(name) + len(value) + 4
        if self._trailers > TRAILER_BYTES:
            # The only way to stop the parser amid what it was given; `send_400_response` follows.
            raise Refusal(Code.TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._lines = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        # The application counts it.
        self._lines = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._arrived()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if self._trailers <= TRAILER_BYTES:
            super().send_400_response(msg)
            return
        # An answer under way can't be followed by another one.
        if not (self.pipeline or self.cycle.response_started):
            problem = problem_of(Refusal(Code.TOO_LARGE))
            body, headers = encoded(problem)
            length = str(len(body)).encode()
            headers += [(b"content-length", length), (b"connection", b"close")]
            lines = b"".join(b"%b: %b\r\n" % header for header in headers)
            self.transport.write(STATUS_LINE[problem.status] + lines + b"\r\n" + body)
        self.transport.close()

    def handle_websocket_upgrade(self) -> None:
        self._arrived()
        super().handle_websocket_upgrade()

    def _begin(self) -> None:
        self._timer = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _arrived(self) -> None:
        self._lines = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
