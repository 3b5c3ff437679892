"""A chat service in the test's own loop, and rooms written as `services/rooms` writes them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest_asyncio
from motor.motor_asyncio import AsyncIOMotorClient

from runtime.process import Process
from services.chat import app
from services.chat.settings import ChatSettings
from tests.integration.chat.directory import Directory
from tests.integration.chat.wire import start_wire
from tests.support.asking import Asker

__all__ = ["start_wire"]

StartChat = Callable[..., Awaitable["Replica"]]


class Replica:
    """One process of chat."""

    def __init__(self, settings: ChatSettings) -> None:
        self.settings = settings
        self.process = Process("chat", settings)
        self._running = AsyncExitStack()

    async def start(self) -> None:
        await self._running.enter_async_context(self.process)
        await app.start(self.process, self.settings)

    async def stop(self) -> None:
        """Drains it, as SIGTERM would."""
        await self._running.aclose()


@pytest_asyncio.fixture
async def directory(asker: Asker) -> Directory:
    """The read models of rooms and members, to be written by the test."""
    made = Directory(asker.bus)
    await made.open()
    return made


@pytest_asyncio.fixture
async def start_chat(
    nats_url: str, mongodb_url: str, mongodb_database: str
) -> AsyncIterator[StartChat]:
    """`await start_chat(chat_room_rate=5)`: one more replica of chat."""
    async with AsyncExitStack() as running:

        async def start(**settings: Any) -> Replica:
            given = {
                "NATS_URL": nats_url,
                "MONGODB_URL": mongodb_url,
                "MONGODB_DATABASE": mongodb_database,
                "chat_person_rate": 1e6,
                "chat_person_burst": 1e6,
                "chat_audit_seconds": 0.5,
            }
            replica = Replica(ChatSettings(**given | settings))
            running.push_async_callback(replica.stop)
            await replica.start()
            return replica

        yield start


@pytest_asyncio.fixture
async def chat(directory: Directory, start_chat: StartChat) -> Replica:
    """A running chat service."""
    return await start_chat()


@pytest_asyncio.fixture
async def database(mongodb_url: str, mongodb_database: str) -> AsyncIterator[Any]:
    """The collections of chat, to be looked into."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(mongodb_url)
    yield client[mongodb_database]
    client.close()
