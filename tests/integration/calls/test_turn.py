"""Calls through coturn alone, and who may not use it."""

import asyncio
import os
import sys
import time
from pathlib import Path

import psutil
import pytest
from aioice import stun
from aioice.turn import create_turn_endpoint

from services.signaling.ice import credential
from stack.bot.caller import Sends
from stack.bot.crowd import Orders, send
from stack.relays import Way, allocate, ways_of
from tests.integration.calls.conftest import LIGHT, Calls, all_see_all
from tests.support.system import RunningSystem, running_system

pytestmark = [pytest.mark.calls, pytest.mark.turn]

RELAY_PORTS = range(61_000, 65_000)


def way(system: RunningSystem, transport: str = "udp") -> Way:
    """A way to the relay of a running system."""
    found = ways_of(system.environment("signaling")["PARLEY_TURN_URLS"])
    return next(each for each in found if each.transport == transport)


# Half a second without a picture is no fault of a relay that another worker's browser took it from.
@pytest.mark.alone
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_call_goes_through_the_relay_alone(
    system: RunningSystem, calls: Calls, transport: str
) -> None:
    sends = Sends(size=LIGHT.size, rate=LIGHT.rate, relay_only=True, transport=transport)
    ann, bob = await calls(sends=sends), await calls(first=1, sends=sends)
    await all_see_all(ann, bob, relayed=True)
    # And coturn holds the ports through which it goes, one for each of the two at least.
    held = psutil.Process(system.pid("turn")).net_connections("udp")
    assert len({each.laddr.port for each in held if each.laddr.port in RELAY_PORTS}) >= 2


@pytest.mark.parametrize(
    ("expires", "secret"),
    [(-60, None), (3600, "not the secret")],
    ids=["expired", "signed by somebody else"],
)
async def test_credentials_that_are_not_good_open_nothing(
    system: RunningSystem, expires: int, secret: str | None
) -> None:
    settings = system.environment("signaling")
    name = f"{int(time.time()) + expires}:somebody"
    word = credential(secret or settings["PARLEY_TURN_SECRET"], name)
    with pytest.raises(stun.TransactionFailed) as refused:
        await allocate(way(system), name, word, None)
    assert refused.value.response.error_code == 401


async def test_fresh_credentials_open_an_allocation(system: RunningSystem) -> None:
    settings = system.environment("signaling")
    name = f"{int(time.time()) + 60}:somebody"
    word = credential(settings["PARLEY_TURN_SECRET"], name)
    for transport in ("udp", "tcp"):
        address, port = await allocate(way(system, transport), name, word, None)
        assert address == "127.0.0.1"
        assert port in RELAY_PORTS


async def test_the_relay_leads_to_no_service_of_this_machine(tmp_path: Path) -> None:
    # Without the switch of tests: whoever has credentials must not reach loopback through it.
    async with running_system(tmp_path / "data") as system:
        settings = system.environment("signaling")
        name = f"{int(time.time()) + 60}:somebody"
        word = credential(settings["PARLEY_TURN_SECRET"], name)
        at = way(system)
        transport, protocol = await create_turn_endpoint(
            Listener, (at.host, at.port), name, word, transport="udp"
        )
        transport.sendto(b"hello", ("127.0.0.1", at.port))
        error = await asyncio.wait_for(protocol.error, 20)
        assert isinstance(error, stun.TransactionFailed)
        assert error.response.error_code == 403
        transport.close()
        await asyncio.wait_for(protocol.lost, 20)


class Listener(asyncio.DatagramProtocol):
    """Keeps what went wrong."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.error: asyncio.Future[Exception] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()

    def error_received(self, exc: Exception) -> None:
        self.error.set_result(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.lost.set_result(None)


@pytest.mark.alone
async def test_the_switch_sends_every_call_through_the_relay(tmp_path: Path) -> None:
    options = ("--port", "0", "--turn-relay-only")
    environment = {"PARLEY_TURN_LOOPBACK": "true"}
    async with running_system(tmp_path / "data", *options, env=environment) as system:
        # The bots ask for nothing special: the server says so.
        outcome = await send(Orders(urls=system.gateways, seconds=6, sends=LIGHT))
        assert not outcome.faults
        routes = [peer.route for caller in outcome.callers for peer in caller.peers]
        assert routes == [("relay", "relay")] * 2


async def test_relays_alone_without_a_relay_is_refused_at_the_start(tmp_path: Path) -> None:
    argv = ["-m", "stack.cli", "up", "--json", "--port", "0", "--turn-relay-only"]
    asked = await asyncio.create_subprocess_exec(
        sys.executable,
        *argv,
        "--data",
        str(tmp_path / "data"),
        env={**os.environ, "PATH": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(asked.communicate(), 60)
    assert asked.returncode == 1
    assert "no call could go through a relay: coturn is not installed" in said.decode()
