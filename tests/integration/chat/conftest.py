"""A chat service in the test's own loop, and rooms written as `services/rooms` writes them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest_asyncio

from runtime.process import Process
from services.chat import app
from services.chat.settings import ChatSettings
from tests.integration.chat.directory import Directory
from tests.support.asking import Asker

StartChat = Callable[..., Awaitable[Process]]


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

        async def start(**settings: object) -> Process:
            made = ChatSettings(
                NATS_URL=nats_url,
                MONGODB_URL=mongodb_url,
                MONGODB_DATABASE=mongodb_database,
                **{"chat_person_rate": 1e6, "chat_person_burst": 1e6, **settings},
            )
            process = await running.enter_async_context(Process("chat", made))
            await app.start(process, made)
            return process

        yield start


@pytest_asyncio.fixture
async def chat(directory: Directory, start_chat: StartChat) -> Process:
    """A running chat service."""
    return await start_chat()
