"""A client that says no more and reads no more is cut off like any other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contracts.closing import Closing
from gateway import protocol
from gateway.listener import Listener
from tests.integration.gateway.bare import Owner, Owners, Raw, listening, masked, raw
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]

CLOSE = 8
FOR_EVER = 600


@asynccontextmanager
async def unread() -> AsyncIterator[tuple[Listener, Raw, Owner]]:
    """A connection whose client reads nothing, while half of an outbox waits for it."""
    owners = Owners()
    async with listening(owners) as listener, raw(listener.port, receive_buffer=4_096) as client:
        await client.answered()
        client.writer.transport.pause_reading()
        await wait_until(lambda: owners.all)
        (owner,) = owners.all
        # The kernel takes some megabytes first.
        while owner.outbox.waiting < 500_000:
            owner.outbox.write(b"\x82\x7f" + (65_536).to_bytes(8, "big") + bytes(65_536))
            await asyncio.sleep(0)
        yield listener, client, owner


async def cut(listener: Listener, owner: Owner) -> None:
    """Nothing is left of it, though it has read nothing."""
    await wait_until(lambda: owner.is_lost)
    assert not listener._server.server_state.connections


async def test_a_half_closed_connection_is_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 0.1)
    async with unread() as (listener, client, owner):
        client.writer.write_eof()
        await cut(listener, owner)
    assert owner.ends == []


async def test_one_that_is_closing_already_is_cut_when_it_is_ended(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 0.1)
    async with unread() as (listener, _, owner):
        owner.wire.transport.close()
        owner.end(Closing.HEARTBEAT_MISSED)
        await cut(listener, owner)


async def test_its_end_does_not_put_off_the_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 0.1)
    async with unread() as (listener, client, owner):
        client.writer.write_eof()
        await wait_until(lambda: owner.wire.transport.is_closing())
        monkeypatch.setattr(protocol, "CLOSE_SECONDS", FOR_EVER)
        owner.end(Closing.HEARTBEAT_MISSED)
        await cut(listener, owner)


async def test_who_closes_and_reads_nothing_is_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 0.1)
    async with unread() as (listener, client, owner):
        client.writer.write(masked(CLOSE, b"\x03\xe8"))
        await cut(listener, owner)


async def test_who_says_no_more_but_reads_on_gets_everything():
    owners = Owners()
    async with listening(owners) as listener, raw(listener.port) as client:
        await client.answered()
        await wait_until(lambda: owners.all)
        (owner,) = owners.all
        for _ in range(8):
            owner.outbox.write(bytes(100_000))
        client.writer.write_eof()
        assert len(await client.rest()) == 800_000
        await wait_until(lambda: owner.is_lost)
