"""The machine's clock is set while people are connected."""

from collections.abc import Callable

import pytest

from gateway.app import Gateway
from runtime import ids
from tests.integration.gateway.town import greeted, person
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]

HOUR_MS = 3_600_000


@pytest.fixture
def ticks(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often the gateway has looked after its connections."""
    seen: list[tuple[int, ...]] = []
    tick = gateway.exchange.tick

    def ticked(*times: int) -> None:
        seen.append(times)
        tick(*times)

    monkeypatch.setattr(gateway.exchange, "tick", ticked)
    return lambda: len(seen)


@pytest.mark.parametrize("step_ms", [120_000, -HOUR_MS])
async def test_a_step_ends_nobody_who_is_there(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, ticks: Callable[[], int], step_ms: int
):
    now_ms = ids.now_ms
    async with greeted(gateway, await person(gateway)) as client:
        monkeypatch.setattr(ids, "now_ms", lambda: now_ms() + step_ms)
        since = ticks()
        await wait_until(lambda: ticks() >= since + 2)
        pong = await client.ask({"t": "session.ping"})
        assert pong["t"] == "session.pong"
        assert abs(pong["now"] - now_ms() - step_ms) < 60_000


async def test_a_step_back_keeps_nobody_who_is_silent(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
):
    now_ms, steady_ms = ids.now_ms, ids.steady_ms
    async with greeted(gateway, await person(gateway)) as client:
        monkeypatch.setattr(ids, "now_ms", lambda: now_ms() - HOUR_MS)
        monkeypatch.setattr(ids, "steady_ms", lambda: steady_ms() + 70_000)
        assert await client.closed() == 4002


async def test_who_stands_on_a_token_that_has_run_out_by_the_clock_is_ended(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
):
    now_ms = ids.now_ms
    async with greeted(gateway, await person(gateway)) as client:
        monkeypatch.setattr(ids, "now_ms", lambda: now_ms() + HOUR_MS)
        assert await client.closed() == 4004
