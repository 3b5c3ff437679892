"""The real servers that tests talk to. `tests/conftest.py` makes these fixtures known everywhere.

`nats_url` and `mongodb_url` are servers shared by the tests of one worker; `fresh_nats` and
`fresh_store` start others on folders of their own, which a test may kill and start again.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import nats
import pytest
import pytest_asyncio
from pymongo import MongoClient
from ulid import ULID

from stack.nats import NatsServer
from stack.store import StoreServer

T = TypeVar("T")


class BackgroundLoop:
    """An event loop in a thread, for servers that outlive one test's own loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="servers", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` there to its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="session")
def background() -> Iterator[BackgroundLoop]:
    loop = BackgroundLoop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def shared_nats(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    background.run(server.start())
    yield server
    background.run(server.stop())


@pytest.fixture(scope="session")
def shared_store(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StoreServer]:
    server = StoreServer(tmp_path_factory.mktemp("store"))
    background.run(server.start())
    yield server
    background.run(server.stop())


@pytest_asyncio.fixture
async def nats_url(shared_nats: NatsServer) -> AsyncIterator[str]:
    """A NATS server that anybody may use, without streams or buckets of an earlier test."""
    yield shared_nats.url
    connection = await nats.connect(shared_nats.url, connect_timeout=5)
    try:
        context = connection.jetstream()
        for stream in await context.streams_info():
            await context.delete_stream(stream.config.name or "")
    finally:
        await connection.close()


@pytest.fixture
def mongodb_database() -> str:
    """The name of a database that no other test uses."""
    return f"test_{str(ULID()).lower()}"


@pytest.fixture
def mongodb_url(shared_store: StoreServer, mongodb_database: str) -> Iterator[str]:
    """The embedded store; `mongodb_database` is this test's own database in it, dropped after."""
    yield shared_store.url
    with MongoClient(shared_store.url) as client:
        client.drop_database(mongodb_database)


FreshNats = Callable[..., Awaitable[NatsServer]]
FreshStore = Callable[..., Awaitable[StoreServer]]


@pytest_asyncio.fixture
async def fresh_nats(tmp_path: Path) -> AsyncIterator[FreshNats]:
    """`await fresh_nats()`: a server of this test alone, which it may `kill()` and `start()`."""
    async with AsyncExitStack() as running:

        async def start(authorization: str = "", *, name: str = "nats") -> NatsServer:
            server = NatsServer(tmp_path / name, authorization=authorization, name=name)
            await server.start()
            running.push_async_callback(server.stop)
            return server

        yield start


@pytest_asyncio.fixture
async def fresh_store(tmp_path: Path) -> AsyncIterator[FreshStore]:
    """`await fresh_store()`: a store of this test alone, which it may `kill()` and `start()`."""
    async with AsyncExitStack() as running:

        async def start(*, name: str = "store") -> StoreServer:
            server = StoreServer(tmp_path / name, name=name)
            await server.start()
            running.push_async_callback(server.stop)
            return server

        yield start
