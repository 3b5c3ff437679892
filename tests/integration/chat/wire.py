"""A wire between chat and its broker that a test can make deaf, and break."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest_asyncio


class Wire:
    """Passes bytes both ways, until told otherwise; every reconnect passes through here again."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.deaf = False
        """What the server says is lost on the way; what the client says still arrives."""
        self.deaf_after = b""
        """Goes deaf once the server has said this; empty for never."""
        self.lost = 0
        """Bytes that were lost so."""

    @property
    def port(self) -> int:
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        await self.break_off()

    async def break_off(self) -> None:
        """Ends all connections, as a cable that is pulled and put back; hearing is back too."""
        for writer in list(self._writers):
            writer.transport.abort()
        pipes = list(self._pipes)
        for pipe in pipes:
            pipe.cancel()
        await asyncio.gather(*pipes, return_exceptions=True)
        self.deaf, self.deaf_after = False, b""

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, back}
        for pipe in (self._pass(reader, back), self._pass(there, writer, is_answer=True)):
            task = asyncio.get_running_loop().create_task(pipe)
            self._pipes.add(task)
            task.add_done_callback(self._pipes.discard)

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        is_answer: bool = False,
    ) -> None:
        try:
            while data := await reader.read(1 << 16):
                if is_answer and self.deaf:
                    self.lost += len(data)
                    continue
                if is_answer and self.deaf_after and self.deaf_after in data:
                    self.deaf = True
                writer.write(data)
                await writer.drain()
        except OSError:
            return
        finally:
            writer.close()
            self._writers.discard(writer)


StartWire = Callable[[int], Awaitable[Wire]]


@pytest_asyncio.fixture
async def start_wire() -> AsyncIterator[StartWire]:
    """`await start_wire(port)`: a wire to a server on this machine."""
    async with AsyncExitStack() as running:

        async def start(port: int) -> Wire:
            wire = Wire(port)
            await wire.start()
            running.push_async_callback(wire.stop)
            return wire

        yield start
