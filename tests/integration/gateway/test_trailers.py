"""Header lines after a chunked body: nobody is told of them, and there is an end to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway import http_protocol
from tests.integration.gateway.bare import listening
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]

HEAD = (
    b"POST / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class Heard:
    """An application that reads each request whole, and keeps what it was told of it."""

    def __init__(self) -> None:
        self.headers: list[list[tuple[bytes, bytes]]] = []
        self.bodies: list[bytes] = []
        self.held: list[tuple[bytes, bytes]] = []
        """The headers of the request that is being read."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.held = scope["headers"]
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            more = message["more_body"]
        self.headers.append(list(scope["headers"]))
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[Heard, asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to such an application."""
    heard = Heard()
    async with listening(heard) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        yield heard, reader, writer
        writer.transport.abort()


async def test_a_trailer_is_never_a_header_of_its_request_or_of_the_next():
    async with asked() as (heard, reader, writer):
        trailed = HEAD + b"3\r\nabc\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\nX-More:\r\n\r\n"
        for _ in range(2):
            writer.write(trailed)
            assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
    assert heard.bodies == [b"abc", b"abc"]
    for headers in heard.headers:
        assert headers == [
            (b"host", b"x"),
            (b"x-forwarded-for", b"9.9.9.9"),
            (b"transfer-encoding", b"chunked"),
        ]


@pytest.mark.parametrize("apart", [False, True])
async def test_too_many_trailers_are_refused_by_name_and_end_the_connection(apart):
    async with asked() as (heard, reader, writer):
        writer.write(HEAD + b"0\r\n")
        if apart:
            await wait_until(lambda: heard.held)
        writer.write(b"a:b\r\n" * 20_000)
        answer = await asyncio.wait_for(reader.read(), 5)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"request.too_large" in answer
        assert len(heard.held) == 3
    assert heard.bodies == []


async def test_trailers_after_an_answer_end_the_connection_without_another_one():
    async def hasty(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with listening(hasty) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(HEAD + b"0\r\n")
        assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"a:b\r\n" * 2_000)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_a_trailer_without_an_end_is_cut():
    async with asked() as (_, _, writer):
        writer.write(HEAD + b"0\r\na: ")

        async def go_on() -> None:
            for _ in range(1_000):
                writer.write(b"x" * 100_000)
                await writer.drain()

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(go_on(), 10)


async def test_what_a_body_holds_is_not_counted_as_lines():
    async with asked() as (heard, reader, writer):
        writer.write(HEAD)
        piece = b"x" * (http_protocol.HEAD_BYTES // 2)
        for _ in range(5):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
    assert heard.bodies == [piece * 5]
