"""Processes are killed in a call, and media does not notice."""

import asyncio

import pytest

from stack.bot.caller import Caller
from tests.integration.calls.conftest import Calls, all_see_all
from tests.support.system import RunningSystem
from tests.support.waiting import wait_until

# Half a second without a picture is no fault of a call that another worker's browser took it from.
pytestmark = [pytest.mark.calls, pytest.mark.faults, pytest.mark.alone]


def untouched(*callers: Caller) -> None:
    """Same sessions, same connections among them, no track ended."""
    those = {caller.session for caller in callers}
    for caller in callers:
        assert len(caller.sessions) == 1
        assert not caller.gone
        for peer in (caller.peers[session] for session in those - {caller.session}):
            assert peer.connections == 1
            assert peer.video.ended == peer.audio.ended == 0


async def test_a_gateway_is_killed_and_the_other_takes_its_sessions(
    system: RunningSystem, calls: Calls
) -> None:
    ann, bob, cid = await calls(), await calls(first=1), await calls()
    await all_see_all(ann, bob, cid)
    await system.kill("gateway-1")
    for caller in (ann, cid):
        await wait_until(
            lambda caller=caller: (
                caller.connection.resumed == [True] or caller.connection.resumed[1:] == [True]
            ),
            40,
            missing=lambda caller=caller: f"a way back: {caller.connection.resumed}",
        )
    await system.healed("gateway-1")
    untouched(ann, bob, cid)
    # The promise itself: nobody was without picture or sound for longer than half a second.
    await all_see_all(ann, bob, cid, longest_gap_ms=500)
    await bob.leave()
    await wait_until(lambda: len(ann.peers) == len(cid.peers) == 1, missing="Bob's leaving")


async def test_signaling_is_killed_and_who_comes_after_it_is_let_in(
    system: RunningSystem, calls: Calls
) -> None:
    ann, bob = await calls(), await calls(first=1)
    await all_see_all(ann, bob)
    await system.kill("signaling")
    cid = await calls()  # insists until signaling is back
    await system.healed("signaling")
    await all_see_all(ann, bob, cid, longest_gap_ms=500)
    untouched(ann, bob)


async def test_the_broker_is_killed_and_the_call_goes_on(
    system: RunningSystem, calls: Calls
) -> None:
    ann, bob = await calls(), await calls(first=1)
    await all_see_all(ann, bob)
    await system.kill("nats")
    await system.healed("nats")
    cid = await calls()
    await all_see_all(ann, bob, cid, longest_gap_ms=500)
    untouched(ann, bob)


async def test_a_socket_that_drops_is_nothing_to_the_peers(calls: Calls) -> None:
    ann, bob = await calls(), await calls(first=1)
    await all_see_all(ann, bob)
    for _ in range(3):
        socket = ann.connection._socket
        assert socket is not None
        times = len(ann.connection.resumed)
        socket.abort()
        await wait_until(lambda: len(ann.connection.resumed) > times, 20, missing="a way back")  # noqa: B023
        await asyncio.wait_for(ann.connection.online.wait(), 20)
    assert ann.connection.resumed == [False, True, True, True]
    await all_see_all(ann, bob, longest_gap_ms=500)
    untouched(ann, bob)
