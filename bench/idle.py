"""Idle connections: what one that says nothing costs in memory."""

import asyncio
from contextlib import AsyncExitStack

from rich.console import Console

from bench import parley as parley_
from bench.figures import Figure, Outcome, Target, table
from bench.followers import Followers
from bench.machine import CpuMeter, rss_bytes

CONNECTIONS = 5_000
PEOPLE = 100
WARM_UP = 50
"""Connections opened and closed before: what the first ones load is not each one's."""

SETTLED_BYTES = 256 * 1024
SETTLE_SECONDS = 3.0
LONGEST_SETTLE_SECONDS = 90.0
IDLE_SECONDS = 10.0
TARGET_KB = 30.0


async def run(console: Console, repeats: int, seconds: float) -> Outcome:
    """Five thousand signed-in connections to one gateway, all following one room.

    Memory that was freed does not always go back to the system, so each round has a system anew.
    """
    each: list[float] = []
    before: list[float] = []
    after: list[float] = []
    cpu: list[float] = []
    for turn in range(min(repeats, 2)):
        console.print(f"[dim]idle: round {turn + 1}[/]")
        async with AsyncExitStack() as running:
            ours = await running.enter_async_context(parley_.running())
            people = await ours.people(PEOPLE)
            room = await ours.room(people[0], "Silence")
            await ours.join(people, room)
            gateway = ours.pids["gateway"]
            tokens = [person.token for person in people]
            followers = await running.enter_async_context(Followers("parley", ours.url))
            await followers.join(tokens, room, WARM_UP)
            await followers.leave()
            first = await _settled(gateway)
            await followers.join(tokens, room, CONNECTIONS)
            last = await _settled(gateway)
            meter = CpuMeter({"gateway": gateway})
            await asyncio.sleep(IDLE_SECONDS)
            cpu.append(meter.spent()["gateway"] / IDLE_SECONDS * 100)
            await followers.counted()
        each.append((last - first) / CONNECTIONS / 1000)
        before.append(first / 1e6)
        after.append(last / 1e6)
    per = Figure(tuple(each))
    figures = {
        "connections": CONNECTIONS,
        "people": PEOPLE,
        "rss_kb_per_connection": per.as_json(),
        "gateway_rss_mb_before": Figure(tuple(before), digits=1).as_json(),
        "gateway_rss_mb_after": Figure(tuple(after), digits=1).as_json(),
        "gateway_cpu_percent_idle": Figure(tuple(cpu)).as_json(),
    }
    shown = table(
        "Idle connections, median (min–max)",
        ("connections", "RSS before MB", "RSS after MB", "KB a connection", "CPU % of a core"),
        [
            (
                CONNECTIONS,
                Figure(tuple(before), digits=1),
                Figure(tuple(after), digits=1),
                per,
                Figure(tuple(cpu)),
            )
        ],
    )
    target = Target("RSS per idle connection at 5 000", per.median, TARGET_KB, unit="KB")
    return Outcome(figures, [target], [shown])


async def _settled(pid: int) -> int:
    """The RSS of a process once it does not change any more."""
    deadline = asyncio.get_running_loop().time() + LONGEST_SETTLE_SECONDS
    known = rss_bytes(pid)
    while True:
        await asyncio.sleep(SETTLE_SECONDS)
        now = rss_bytes(pid)
        if abs(now - known) < SETTLED_BYTES or asyncio.get_running_loop().time() > deadline:
            return now
        known = now
