"""A way between two places that a test can cut and mend, as networks do."""

import asyncio


class Relay:
    """Forwards TCP to a port of this machine, from a port that stays the same.

    While it is cut, connections break and new ones are refused.
    """

    def __init__(self, target: int, port: int) -> None:
        self._target = target
        self._port = port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._is_cut = True

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://localhost:{self._port}"

    async def mend(self) -> None:
        """Take connections, from now on or again."""
        self._is_cut = False
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)

    def lead(self, target: int) -> None:
        """Take new connections to another port, as a balancer does with those of a lost gateway."""
        self._target = target

    async def cut(self) -> None:
        """Break every connection and take no new ones."""
        self._is_cut = True
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            # One that was taken just before the cut begins only now.
            if not self._is_cut:
                await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):
            # Nobody at the other end; or cut, which ends here, since the server that made this
            # task would only log it.
            return
        finally:
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, backward = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, backward))
                both.create_task(_pump(onward, writer))
        finally:
            backward.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        # The other direction ends with this one.
        writer.transport.abort()
