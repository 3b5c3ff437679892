"""The life of a process: connect, start, be ready, drain, stop."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Self

import uvloop
from nats.errors import Error as NatsError

from runtime import log
from runtime.bus import Bus
from runtime.facts import FactTable, Follower
from runtime.health import Health
from runtime.settings import ProcessSettings

if TYPE_CHECKING:
    from faststream.nats import NatsBroker

    from runtime.serve import Server, Table

_logger = log.get("process")


class Process:
    """What a service's `start` is handed: the bus, and ways to serve, follow and run.

    An async context manager: entering connects, leaving drains and closes everything in the
    reverse order. Tests enter it themselves; `run` does it for a real process.
    """

    def __init__(self, name: str, settings: ProcessSettings, *, serves: bool = True) -> None:
        self.name = name
        self.settings = settings
        self.bus = Bus(name, settings)
        self.health = Health(settings.health_host, settings.health_port)
        self.exit = contextlib.AsyncExitStack()
        """Closers, run last to first once requests are drained."""
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set when a task that must not end has ended."""
        self._servers: list[Server] = []
        self._broker = self._make_broker() if serves else None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.health.start()
        await self.bus.connect(self._broker.connect if self._broker else None)
        self.health.require("bus", lambda: self.bus.connected)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.health.ready = False
        for server in self._servers:
            await server.drain(self.settings.drain_seconds)
        while self._tasks:
            for task in list(self._tasks):
                task.cancel()
            # Again after a moment: before Python 3.12 `wait_for` loses a cancellation that arrives
            # together with the result it waits for (cpython issue 86296).
            await asyncio.wait(self._tasks, timeout=0.25)
        await self.exit.aclose()
        if self._broker is not None:
            try:
                await self._broker.stop()
            except NatsError as error:
                # Nothing can be drained towards a broker that is away; what follows closes anyway.
                _logger.warning("process.stopped_alone", kind=type(error).__name__)
        await self.bus.close()
        await self.health.stop()
        if self.failed.done():
            self.failed.exception()

    async def serve(self, table: "Table") -> None:
        """Answers these commands from now until the process drains."""
        if self._broker is None:
            raise RuntimeError(f"{self.name} was made not to serve")
        from runtime.serve import Server

        server = Server(self.bus, self._broker, table, self.settings.concurrency)
        await server.start()
        self._servers.append(server)

    def _make_broker(self) -> "NatsBroker":
        # Imported here: the gateway serves no table, and FastStream costs 0.3 s of its start.
        from faststream.nats import NatsBroker
        from faststream.nats.security import NatsUserPassword

        user, password = self.settings.nats_user, self.settings.nats_password
        return NatsBroker(
            self.settings.nats_servers,
            security=NatsUserPassword(user, password or "") if user else None,
            apply_types=False,
            logger=None,
            **self.bus.options(),
        )

    def follow(self, durable: str, table: FactTable) -> None:
        """Hands facts of other services to their handlers, from now until the process drains."""
        self.spawn(Follower(self.bus, durable, table).run(), name=f"follow {durable}")

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Runs something for as long as the process lives; should it fail, the process ends.

        Half a process is worse than none: a supervisor restarts a dead one, nobody restarts a task.
        """
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            _logger.error("process.task_failed", task=task.get_name(), exc_info=error)
            if not self.failed.done():
                self.failed.set_exception(error)


Start = Callable[[Process], Awaitable[None]]


def run(name: str, settings: ProcessSettings, start: Start, *, serves: bool = True) -> None:
    """Runs a process until SIGTERM or SIGINT, then drains it.

    Raises:
        SystemExit: with 1 where it could not start, or where a part of it failed.
    """
    log.configure(name, settings)
    uvloop.run(_live(name, settings, start, serves=serves))


async def _live(name: str, settings: ProcessSettings, start: Start, *, serves: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    process = Process(name, settings, serves=serves)
    async with process:
        starting = loop.create_task(_started(process, start))
        stopping = loop.create_task(stop.wait())
        waits: set[asyncio.Future[Any]] = {starting, stopping, process.failed}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and not starting.exception():
            await asyncio.wait({stopping, process.failed}, return_when=asyncio.FIRST_COMPLETED)
        _logger.info("process.stopping")
        starting.cancel()
        stopping.cancel()
        failure = starting.exception() if starting.done() and not starting.cancelled() else None
    _logger.info("process.stopped")
    if failure is not None:
        _logger.error("process.start_failed", exc_info=failure)
        raise SystemExit(1)
    if process.failed.done():
        raise SystemExit(1)


async def _started(process: Process, start: Start) -> None:
    await start(process)
    _calm_collector()
    process.health.ready = True
    _logger.info("process.ready")


def _calm_collector() -> None:
    """Has the collector of cycles look less often, and never at what a process begins with.

    Messages die by reference count. With Python's own thresholds a busy chat spent a quarter of
    its time in the collector, and a pass over all objects held everybody up for 50 ms and more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
