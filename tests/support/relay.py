"""A way between two places that a test can cut, mend, or make deaf, as networks do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

import pytest_asyncio

Pass = Callable[[bytes], bytes]


class Relay:
    """Forwards TCP to a port of this machine.

    Promise: while it is cut, connections break and new ones are refused. Once the server has sent
    `deaf_after`, nothing more of what it sends arrives, until the connections are broken off.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._deaf = False
        self.port = 0
        """Where it listens; the same after each mending."""
        self.deaf_after: bytes | None = None
        self.lost = 0
        """Bytes of the server's that did not arrive."""

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://localhost:{self.port}"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    mend = start

    async def break_off(self) -> None:
        """Break every connection; new ones are taken, and heard."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        self._deaf, self.deaf_after = False, None

    async def cut(self) -> None:
        """Break every connection and take no new ones."""
        if self._server is not None:
            self._server.close()
        await self.break_off()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            onward, backward = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, backward, _unchanged))
                both.create_task(_pump(onward, writer, self._hear))
        finally:
            writer.transport.abort()
            backward.transport.abort()

    def _hear(self, data: bytes) -> bytes:
        if self._deaf:
            self.lost += len(data)
            return b""
        self._deaf = self.deaf_after is not None and self.deaf_after in data
        return data


def _unchanged(data: bytes) -> bytes:
    return data


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, through: Pass) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(through(data))
            await writer.drain()
        writer.write_eof()
    except OSError:
        # The other direction ends with this one.
        writer.transport.abort()


StartRelay = Callable[[int], Awaitable[Relay]]


@pytest_asyncio.fixture
async def start_relay() -> AsyncIterator[StartRelay]:
    """`await start_relay(port)`: a way to a server on that port, gone with the test."""
    async with AsyncExitStack() as running:

        async def start(stack: AsyncExitStack, target: int) -> Relay:
            relay = Relay(target)
            await relay.start()
            stack.push_async_callback(relay.cut)
            return relay

        yield partial(start, running)
