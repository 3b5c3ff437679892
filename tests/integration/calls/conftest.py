"""One system with two gateways for all calls, a room in it, and bots that call."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from contracts.base import Event
from contracts.ids import RoomId
from contracts.rooms import CreateRoom, RoomChanged
from stack.bot.account import Account
from stack.bot.caller import Caller, Sends
from stack.bot.connection import Connection
from stack.bot.figures import Expected, faults
from stack.bot.routes import reach_oneself_without_a_network
from tests.support.clients import CHEAP_PASSWORDS
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem
from tests.support.waiting import wait_until

LIGHT = Sends(size=(160, 120), rate=10)
"""A picture that leaves the machine to the system under test."""

SEEN_SECONDS = 2.0
"""How long media must have flown before a test looks at it."""


@pytest.fixture(scope="package")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """A whole system; whoever kills a process of it waits until it is back."""
    reach_oneself_without_a_network()
    running = RunningSystem(tmp_path_factory.mktemp("system") / "data")
    environment = {**CHEAP_PASSWORDS, "PARLEY_TURN_LOOPBACK": "true"}
    background.run(running.start("--port", "0", "--gateways", "2", env=environment))
    yield running
    background.run(running.stop())


@pytest_asyncio.fixture
async def account(system: RunningSystem) -> AsyncIterator[Account]:
    """Somebody who is deleted after the test, with every room of theirs."""
    made = await Account.make(system.url)
    yield made
    await made.leave()


@pytest_asyncio.fixture
async def room(system: RunningSystem, account: Account) -> RoomId:
    """A room of theirs."""

    def ignore(_event: Event) -> None:
        pass

    async def nothing(_resumed: bool) -> None:
        pass

    desk = Connection(system.gateways, lambda: account.token, ignore, nothing)
    desk.open()
    try:
        await desk.until_online(20)
        created = await desk.insist(CreateRoom(name="Calls", private=True), RoomChanged)
    finally:
        await desk.close()
    return RoomId(created.info.room)


Calls = Callable[..., Awaitable[Caller]]


@pytest_asyncio.fixture
async def calls(system: RunningSystem, account: Account, room: RoomId) -> AsyncIterator[Calls]:
    """`await calls(first=1)`: a bot of theirs in the room's call, by the second gateway."""
    async with AsyncExitStack() as visit:

        async def come(
            kind: type[Caller] = Caller, *, first: int = 0, sends: Sends = LIGHT
        ) -> Caller:
            caller = kind(system.gateways, account, room, sends, first=first)
            visit.push_async_callback(caller.leave)
            await caller.join()
            return caller

        yield come


async def all_see_all(*callers: Caller, longest_gap_ms: int = 500, relayed: bool = False) -> None:
    """Everybody is connected with everybody, for long enough, and nothing is amiss."""
    bots = {caller.session for caller in callers}
    expected = Expected(len(callers) - 1, bots, longest_gap_ms, relayed)

    def flowing() -> bool:
        flows = [
            (flow.began, caller.pulse.now())
            for caller in callers
            for peer in caller.peers.values()
            for flow in (peer.video, peer.audio)
        ]
        everybody = len(flows) == 2 * len(callers) * (len(callers) - 1)
        return everybody and all(
            began is not None and now - began > SEEN_SECONDS for began, now in flows
        )

    await wait_until(
        flowing,
        30,
        missing=lambda: [
            (p.state, p.offers, p.answers, p.complaints, p.video.frames, p.audio.frames)
            for c in callers
            for p in c.peers.values()
        ],
    )
    figures = await asyncio.gather(*(caller.figures() for caller in callers))
    wrong = [fault for figure in figures for fault in faults(figure, expected, young=0)]
    assert not wrong, wrong
