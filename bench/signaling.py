"""Relaying offers: from one socket through two servers to the other, beside Nextcloud's."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from bench import parley as parley_
from bench import spreed as spreed_
from bench.callers import SDP, Dialect, Pair, Parley, Spreed
from bench.figures import Figure, Outcome, Target, percentile, table
from bench.loops import closed_loop, collected, open_loop, settled
from bench.machine import CpuMeter, Strangers, total

PAIRS = 10
CALM_PER_SECOND = 100.0
IN_FLIGHT = 4
"""Offers of one pair under way at once, in the closed loop."""

WARM_UP_SECONDS = 1.0
TARGET_P50_MS = 3.0


@dataclass
class Side:
    """One system, and what its windows showed."""

    name: str
    pids: Mapping[str, int]
    path: Sequence[str]
    pairs: list[Pair]
    p50: list[float] = field(default_factory=list[float])
    p99: list[float] = field(default_factory=list[float])
    rate: list[float] = field(default_factory=list[float])
    calm_cost: list[float] = field(default_factory=list[float])
    busy_cost: list[float] = field(default_factory=list[float])
    """Microseconds of CPU a relay, of all the processes on its path."""
    parts: list[dict[str, float]] = field(default_factory=list[dict[str, float]])
    strangers: Strangers = field(default_factory=Strangers)

    async def warm_up(self) -> None:
        """Relays for a moment."""
        await open_loop(self.pairs, CALM_PER_SECOND, WARM_UP_SECONDS)
        await settled(self.pairs)
        collected(self.pairs)

    async def window(self, seconds: float) -> None:
        """A calm window and a busy one."""
        self.strangers.begin()
        meter = CpuMeter(self.pids)
        offers = await open_loop(self.pairs, CALM_PER_SECOND, seconds)
        await settled(self.pairs)
        self.calm_cost.append(total(meter.spent(), self.path) / offers * 1e6)
        seen = collected(self.pairs)
        self.p50.append(percentile(seen, 0.5))
        self.p99.append(percentile(seen, 0.99))
        meter = CpuMeter(self.pids)
        offers = await closed_loop(self.pairs, IN_FLIGHT, seconds)
        spent = meter.spent()
        self.rate.append(offers / seconds)
        self.busy_cost.append(total(spent, self.path) / offers * 1e6)
        self.parts.append({name: spent[name] / offers * 1e6 for name in self.path})
        await settled(self.pairs)
        collected(self.pairs)
        self.strangers.end()

    def figures(self) -> dict[str, Any]:
        """Everything as JSON."""
        parts = {
            name: Figure(tuple(each[name] for each in self.parts), digits=0).median
            for name in self.path
        }
        return {
            "p50_ms": Figure(tuple(self.p50)).as_json(),
            "p99_ms": Figure(tuple(self.p99)).as_json(),
            "relays_per_second": Figure(tuple(self.rate), digits=0).as_json(),
            "cpu_us_per_relay_calm": Figure(tuple(self.calm_cost), digits=0).as_json(),
            "cpu_us_per_relay_busy": Figure(tuple(self.busy_cost), digits=0).as_json(),
            "cpu_us_per_relay_busy_by_process": parts,
            "strangers_percent": Figure(tuple(self.strangers.percents), digits=0).as_json(),
        }

    def row(self) -> tuple[object, ...]:
        """Everything as a row of the table."""
        return (
            self.name,
            Figure(tuple(self.p50)),
            Figure(tuple(self.p99)),
            Figure(tuple(self.calm_cost), digits=0),
            Figure(tuple(self.rate), digits=0),
            Figure(tuple(self.busy_cost), digits=0),
            Figure(tuple(self.strangers.percents), digits=0),
        )


async def run(console: Console, repeats: int, seconds: float) -> Outcome:
    """Ten pairs in ten calls, each with a leg on either of two servers; systems in turn."""
    async with AsyncExitStack() as running:
        sides = [await _ours(running)]
        if spreed_.installed():
            sides.append(await _theirs(running))
        else:
            console.print(f"[yellow]{spreed_.ABSENT}[/]")
        for side in sides:
            await side.warm_up()
        for turn in range(repeats):
            console.print(f"[dim]signaling: round {turn + 1} of {repeats}[/]")
            for side in sides if turn % 2 == 0 else sides[::-1]:
                await side.window(seconds)
    figures = {
        "pairs": PAIRS,
        "sdp_bytes": len(SDP),
        "calm_per_second": CALM_PER_SECOND,
        "in_flight": PAIRS * IN_FLIGHT,
        **{side.name: side.figures() for side in sides},
    }
    p50 = Figure(tuple(sides[0].p50)).median
    targets = [Target("an offer through two gateways, p50", p50, TARGET_P50_MS, unit="ms")]
    columns = ("relaying offers", "p50 ms", "p99 ms", "calm: CPU µs")
    columns += ("relays/s", "busy: CPU µs", "others’ CPU %")
    title = f"Offers of {len(SDP)} bytes, median (min–max), and CPU a relay"
    return Outcome(figures, targets, [table(title, columns, [side.row() for side in sides])])


async def _ours(stack: AsyncExitStack) -> Side:
    ours = await stack.enter_async_context(parley_.running(gateways=2))
    people = await ours.people(PAIRS * 2)
    pairs: list[Pair] = []
    for number in range(PAIRS):
        host, guest = people[2 * number : 2 * number + 2]
        room = await ours.room(host, f"Call {number}")
        await ours.join([guest], room)
        pairs.append(
            await _met(stack, Parley(), room, ours.gateways, (host.token, guest.token)),
        )
    path = ("gateway-1", "signaling", "nats", "gateway-2")
    return Side("parley", ours.pids, path, pairs)


async def _theirs(stack: AsyncExitStack) -> Side:
    theirs = await stack.enter_async_context(spreed_.running())
    dialect = Spreed(theirs.backend)
    # Each server numbers its sessions from 1, and keeps a message to number 7 where it has a number
    # 7 of its own. So the second one begins to count where the first one ends.
    for number in range(PAIRS):
        nobody, _ = await dialect.enter(theirs.urls[1], f"nobody-{number}", "nowhere", _unheard)
        nobody.close()
    pairs = [
        await _met(
            stack,
            dialect,
            f"call-{number}",
            theirs.urls,
            (f"host-{number}", f"guest-{number}"),
        )
        for number in range(PAIRS)
    ]
    return Side("spreed-signaling", theirs.pids, tuple(theirs.pids), pairs)


async def _met(
    stack: AsyncExitStack,
    dialect: Dialect,
    room: str,
    urls: Sequence[str],
    people: Sequence[str],
) -> Pair:
    pair = Pair(dialect, room)
    stack.callback(pair.close)
    await pair.meet(urls, people)
    return pair


def _unheard(payload: bytes) -> None:
    """Takes no notice."""
