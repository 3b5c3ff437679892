"""Wires a gateway together and runs it."""

import asyncio
import random
from dataclasses import dataclass

from nats.errors import Error as NatsError

from contracts.auth import PublicKey, Revocation
from contracts.closing import Closing
from contracts.presence import GATEWAY_RENEW_SECONDS
from contracts.streams import KEYS, REVOKED
from gateway.exchange import Exchange
from gateway.http.app import make_app
from gateway.listener import Listener
from gateway.settings import GatewaySettings
from runtime import ids, log
from runtime.process import Process, run
from runtime.readmodel import ReadModel
from runtime.tokens import Verifier

TICK_SECONDS = 0.5
"""How exactly hello, heartbeats and expiry are kept: one pass over 5 000 sessions takes 2 ms."""

RECONNECTS_PER_SECOND = 250
"""How fast clients are sent away to recover, after the broker was lost. Each that comes back costs
about 2 ms of a core, and there are posts to carry as well."""

LEASE_TRIES = 40
"""Ten seconds' worth: as long as a broker may take to load what it stored."""

MS_BETWEEN_FAREWELLS = 2
"""How far apart the clients of a gateway that stops are sent away, for the sake of the others."""

_logger = log.get("gateway")


@dataclass
class Gateway:
    """A gateway that runs."""

    exchange: Exchange
    listener: Listener

    @property
    def port(self) -> int:
        """Where browsers connect."""
        return self.listener.port


async def start(process: Process) -> Gateway:
    """Begins to serve browsers; what it starts is closed with the process."""
    settings = process.settings
    if not isinstance(settings, GatewaySettings):
        raise TypeError("a gateway needs GatewaySettings")
    bus = process.bus
    keys = ReadModel(bus, KEYS, PublicKey)

    def ended(key: str, revocation: Revocation | None, _: int) -> None:
        exchange.revoked(key, revocation)

    revoked = ReadModel(bus, REVOKED, Revocation, on_change=ended)
    verifier = Verifier(keys.get, revoked.get)
    exchange = Exchange(bus, settings, verifier)
    for mirror in (keys, revoked):
        process.exit.push_async_callback(mirror.stop)
        await mirror.start()
    await exchange.open()
    bus.on_reconnect(lambda: _recover(exchange))
    listener = Listener(make_app(exchange, settings, verifier.verify), settings)
    gateway = Gateway(exchange, listener)
    caring = asyncio.get_running_loop().create_task(_care(exchange), name="care")
    _needed(process, caring)
    process.exit.push_async_callback(_drain, gateway, settings, caring)
    _needed(process, listener.open())
    await listener.opened()
    process.health.require("listener", lambda: listener.listening)
    _logger.info("gateway.listening", port=gateway.port, gateway=exchange.id)
    return gateway


def _needed(process: Process, task: "asyncio.Task[None]") -> None:
    """Ends the process where `task` fails; it is not the process's own, since it runs on while
    connections are drained."""

    def ended(done: "asyncio.Task[None]") -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None and not process.failed.done():
            _logger.error("gateway.task_failed", task=done.get_name(), exc_info=error)
            process.failed.set_exception(error)

    task.add_done_callback(ended)


async def _care(exchange: Exchange) -> None:
    """The one timer of all connections, and of the gateway's own lease."""
    renewed = 0.0
    clock = asyncio.get_running_loop().time
    while True:
        exchange.tick(ids.steady_ms(), ids.now_ms())
        if clock() - renewed >= GATEWAY_RENEW_SECONDS:
            renewed = clock()
            exchange.spawn(exchange.renew_lease())
        await asyncio.sleep(TICK_SECONDS)


async def _recover(exchange: Exchange) -> None:
    """After the broker was lost: nobody here knows what was said meanwhile.

    Leases first, so that presence is right; then each client comes back and asks by `seq`, since
    it knows its place: one way of recovering instead of two.
    """
    were_here = tuple(exchange.sockets)
    await _write_leases(exchange)
    at_once = RECONNECTS_PER_SECOND // 10
    for number, socket in enumerate(were_here):
        if number % at_once == at_once - 1:
            await asyncio.sleep(0.1)
        if socket.session.id is not None:
            socket.end(Closing.BUS_LOST)


async def _write_leases(exchange: Exchange) -> None:
    for _ in range(LEASE_TRIES):
        try:
            await exchange.leases.write_again()
        except (NatsError, TimeoutError):
            # It accepts connections before it has its streams back.
            await asyncio.sleep(0.25)
        else:
            return
    _logger.error("gateway.leases_not_written")


async def _drain(gateway: Gateway, settings: GatewaySettings, caring: "asyncio.Task[None]") -> None:
    """Tells everyone to come back elsewhere, waits for them, and closes those that stay."""
    exchange, listener = gateway.exchange, gateway.listener
    exchange.draining = True
    listener.refuse()
    spread = min(settings.drain_spread_ms, len(exchange.sockets) * MS_BETWEEN_FAREWELLS)
    for socket in tuple(exchange.sockets):
        socket.perform(socket.session.going_away(random.randint(0, spread)))  # noqa: S311
    await exchange.emptied(min(spread / 1000 + 1, settings.drain_seconds))
    for socket in tuple(exchange.sockets):
        socket.end(Closing.GOING_AWAY)
    await listener.close()
    caring.cancel()
    await asyncio.gather(caring, return_exceptions=True)
    await exchange.close()


def main() -> None:
    """Runs a gateway until it is told to stop."""
    run("gateway", GatewaySettings(), _started, serves=False)


async def _started(process: Process) -> None:
    await start(process)
