"""The rooms service, started in the test's own loop."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest_asyncio

from contracts.streams import EVENTS
from runtime.process import Process
from services.rooms.app import start
from services.rooms.settings import Settings
from tests.support.asking import Asker

Replica = Callable[[], Awaitable[Process]]


@pytest_asyncio.fixture
async def replica(
    asker: Asker, nats_url: str, mongodb_url: str, mongodb_database: str
) -> AsyncIterator[Replica]:
    """`await replica()`: one more replica of the service, on the same broker and store."""
    await asker.bus.ensure_stream(EVENTS)
    async with AsyncExitStack() as running:

        async def begin() -> Process:
            settings = Settings(
                NATS_URL=nats_url, MONGODB_URL=mongodb_url, MONGODB_DATABASE=mongodb_database
            )
            process = await running.enter_async_context(Process("rooms", settings))
            await start(process)
            return process

        yield begin


@pytest_asyncio.fixture
async def rooms(replica: Replica) -> Process:
    """One replica of the service."""
    return await replica()
