"""One room, many followers: what a delivery costs the server, beside Socket.IO."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from bench import parley as parley_
from bench import socketio as socketio_
from bench.dialects import DIALECTS
from bench.figures import Figure, Outcome, Target, percentile, table
from bench.followers import CrowdFailed, Followers
from bench.loops import open_loop, settled
from bench.machine import CpuMeter, Strangers, total
from bench.speaker import Speaker

SIZES = {300: 100.0, 2_000: 15.0}
"""Followers, and messages a second: 30 000 deliveries in both, which leaves the load's own process
room on two cores."""

SPEAKERS = 5
PEOPLE = 50
"""Accounts that the followers share: a delivery is one to a connection, whoever it belongs to."""

SAMPLED = 20
"""Followers that decode what they get, to measure how long it took."""

TARGET = 0.75
_PATH = ("gateway", "nats")
"""The processes whose CPU counts as Parley's cost of a delivery."""

_SETTLE_SECONDS = 10.0
_ARRIVE_SECONDS = 15.0


@dataclass
class Side:
    """One server in one size, connected, and what its windows showed."""

    name: str
    pids: Mapping[str, int]
    path: Sequence[str]
    followers: Followers
    speakers: list[Speaker]
    size: int
    cost: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    """Microseconds of CPU a delivery: by process, and `path` for those that count."""
    strangers: Strangers = field(default_factory=Strangers)
    p50: list[float] = field(default_factory=list[float])
    p99: list[float] = field(default_factory=list[float])

    async def window(self, seconds: float) -> None:
        """Posts for so long and notes what it cost."""
        await self.followers.begin()
        self.strangers.begin()
        meter = CpuMeter(self.pids)
        posts = await open_loop(self.speakers, SIZES[self.size], seconds)
        await settled(self.speakers)
        deliveries = posts * self.size
        await self._arrived(deliveries)
        spent = meter.spent()
        self.strangers.end()
        for name, used in {**spent, "path": total(spent, self.path)}.items():
            self.cost.setdefault(name, []).append(used / deliveries * 1e6)
        latencies = await self.followers.end()
        self.p50.append(percentile(latencies, 0.5))
        self.p99.append(percentile(latencies, 0.99))

    async def _arrived(self, deliveries: int) -> None:
        deadline = asyncio.get_running_loop().time() + _ARRIVE_SECONDS
        while (counted := await self.followers.counted()) < deliveries:
            if asyncio.get_running_loop().time() > deadline:
                raise CrowdFailed(f"{counted} of {deliveries} messages arrived ({self.name})")
            await asyncio.sleep(0.02)
        if counted > deliveries:
            raise CrowdFailed(f"{counted} messages arrived, {deliveries} were expected")

    def figures(self) -> dict[str, Any]:
        """Everything it showed."""
        cpu = {name: Figure(tuple(values)).as_json() for name, values in self.cost.items()}
        return {
            "followers": self.size,
            "messages_per_second": SIZES[self.size],
            "cpu_us_per_delivery": cpu,
            "strangers_percent": Figure(tuple(self.strangers.percents), digits=0).as_json(),
            "p50_ms": Figure(tuple(self.p50)).as_json(),
            "p99_ms": Figure(tuple(self.p99)).as_json(),
        }


async def run(console: Console, repeats: int, seconds: float) -> Outcome:
    """Both servers at once, idle in turn while the other is measured."""
    figures: dict[str, Any] = {}
    targets: list[Target] = []
    rows: list[tuple[object, ...]] = []
    async with AsyncExitStack() as running:
        ours = await running.enter_async_context(parley_.running())
        theirs = await running.enter_async_context(socketio_.running())
        people = await ours.people(PEOPLE)
        for size in SIZES:
            console.print(f"[dim]fan-out to {size}: connecting[/]")
            async with AsyncExitStack() as connected:
                sides = [
                    await _parley_side(connected, ours, people, size),
                    await _socketio_side(connected, theirs, size),
                ]
                # Coming online is told to the room; that is over when this is.
                await asyncio.sleep(_SETTLE_SECONDS)
                for side in sides:
                    await side.window(1.0)
                    side.cost.clear()
                    side.p50.clear()
                    side.p99.clear()
                    side.strangers.percents.clear()
                for turn in range(repeats):
                    console.print(f"[dim]fan-out to {size}: round {turn + 1} of {repeats}[/]")
                    # A-B, B-A: what the machine does meanwhile hits both alike.
                    for side in sides if turn % 2 == 0 else reversed(sides):
                        await side.window(seconds)
            figures[str(size)] = {side.name: side.figures() for side in sides}
            rows += map(_row, sides)
            targets.append(_target(size, *sides))
            figures[str(size)]["ratio"] = targets[-1].reached
        figures["peer"] = f"socket.io {theirs.version}"
    shown = table(
        "Fan-out: server CPU a delivery (µs) and latency (ms), median (min–max)",
        (
            "server",
            "followers",
            "CPU in path",
            "of it gateway",
            "nats",
            "beside: chat",
            "p50",
            "p99",
            "others’ CPU %",
        ),
        rows,
    )
    return Outcome(figures, targets, [shown])


async def _parley_side(
    stack: AsyncExitStack, ours: parley_.Parley, people: Sequence[parley_.Person], size: int
) -> Side:
    room = await ours.room(people[0], f"Fan-out to {size}")
    await ours.join(people, room)
    followers = await stack.enter_async_context(Followers("parley", ours.url))
    await followers.join([person.token for person in people], room, size, SAMPLED)
    tokens = [person.token for person in people[:SPEAKERS]]
    speakers = await _speakers("parley", ours.url, room, tokens, stack)
    return Side("parley", ours.pids, _PATH, followers, speakers, size)


async def _socketio_side(stack: AsyncExitStack, theirs: socketio_.SocketIo, size: int) -> Side:
    room = f"room-{size}"
    followers = await stack.enter_async_context(Followers("socket.io", theirs.url))
    await followers.join([""], room, size, SAMPLED)
    speakers = await _speakers("socket.io", theirs.url, room, [""] * SPEAKERS, stack)
    return Side("socket.io", {"node": theirs.pid}, ("node",), followers, speakers, size)


async def _speakers(
    dialect: str, url: str, room: str, tokens: Sequence[str], stack: AsyncExitStack
) -> list[Speaker]:
    speakers = [Speaker(DIALECTS[dialect], room) for _ in tokens]
    for speaker, token in zip(speakers, tokens, strict=True):
        await speaker.connect(url, token, follows=False)
        stack.callback(speaker.close)
    return speakers


def _row(side: Side) -> tuple[object, ...]:
    def cost(name: str) -> object:
        return Figure(tuple(side.cost[name])) if name in side.cost else "–"

    others = Figure(tuple(side.strangers.percents), digits=0)
    tail = (Figure(tuple(side.p50)), Figure(tuple(side.p99)), others)
    return (side.name, side.size, cost("path"), cost("gateway"), cost("nats"), cost("chat"), *tail)


def _target(size: int, ours: Side, theirs: Side) -> Target:
    pairs = zip(ours.cost["path"], theirs.cost["path"], strict=True)
    ratio = Figure(tuple(mine / other for mine, other in pairs))
    return Target(f"CPU a delivery to {size}, Parley / Socket.IO", ratio.median, TARGET)
