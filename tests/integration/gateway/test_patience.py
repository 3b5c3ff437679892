"""Requests that never become whole, and heads without an end."""

import asyncio

import pytest

from gateway import http_protocol
from tests.integration.gateway.town import Town, greeted, person

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


async def opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
    ],
)
async def test_a_request_that_never_becomes_whole_is_given_up(town: Town, monkeypatch, begun):
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", 0.2)
    gateway = await town.gateway()
    reader, writer = await opened(gateway.port)
    writer.write(begun)
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_patience_ends_with_the_request_and_begins_with_the_next(town: Town, monkeypatch):
    gateway = await town.gateway()
    ann = await person(gateway)
    # Not before: a hash of a password takes as long as it takes.
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", 1.0)
    async with greeted(gateway, ann) as client:
        reader, writer = await opened(gateway.port)
        for _ in range(2):
            writer.write(b"GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" in await reader.readuntil(b'{"status":"ok"}')
        writer.write(b"GET /api/health HTTP/1.1\r\n")
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        assert (await client.ask({"t": "session.ping"}))["t"] == "session.pong"


async def test_a_head_without_an_end_is_cut(town: Town):
    gateway = await town.gateway()
    _, writer = await opened(gateway.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")

    async def go_on() -> None:
        for number in range(100_000):
            writer.write(b"X-%d: %b\r\n" % (number, b"x" * 1_000))
            await writer.drain()

    with pytest.raises(ConnectionError):
        await asyncio.wait_for(go_on(), 10)
    writer.transport.abort()
