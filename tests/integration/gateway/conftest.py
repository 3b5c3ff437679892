"""A town: gateways in front of real services."""

from collections.abc import AsyncIterator

import pytest_asyncio
from pymongo import AsyncMongoClient

from gateway.app import Gateway
from tests.integration.gateway.town import Town
from tests.support.waiting import wait_until


@pytest_asyncio.fixture
async def town(nats_url: str, mongodb_url: str, mongodb_database: str) -> AsyncIterator[Town]:
    """Auth, rooms and chat, and as many gateways as a test wants."""
    async with Town(nats_url, mongodb_url, mongodb_database) as made:
        yield made
    async with AsyncMongoClient(mongodb_url) as client:
        for name in ("auth", "rooms", "chat"):
            await client.drop_database(f"{mongodb_database}_{name}")


@pytest_asyncio.fixture
async def gateway(town: Town) -> AsyncIterator[Gateway]:
    """One gateway, that holds nothing when the test is through with it."""
    made = await town.gateway()
    exchange = made.exchange
    subscribed = len(exchange._bus.nc._subs)
    yield made
    await wait_until(
        lambda: (len(exchange.sockets), len(exchange.hub), len(exchange.leases)) == (0, 0, 0),
        missing=lambda: f"an end of {exchange.sockets} or {len(exchange.hub)} channels",
    )
    await wait_until(
        lambda: len(exchange._bus.nc._subs) <= subscribed, missing="an end of subscriptions"
    )
    await wait_until(lambda: not exchange._tasks, missing="an end of tasks")
