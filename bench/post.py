"""Posting: how soon a message is acknowledged, after fsync, and how many a second can be."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from rich.console import Console

from bench import parley as parley_
from bench.dialects import PARLEY
from bench.figures import Figure, Outcome, Target, percentile, table
from bench.loops import closed_loop, collected, open_loop, settled
from bench.machine import CpuMeter, Strangers
from bench.speaker import Speaker

PEOPLE = 50
OPEN_PER_PERSON = 10.0
IN_FLIGHT = 4
"""Posts of one person under way at once, in the closed loop."""

WARM_UP_SECONDS = 2.0
TARGET_P50_MS = 6.0
TARGET_P99_MS = 40.0
TARGET_PER_SECOND = 2_000.0


async def run(console: Console, repeats: int, seconds: float) -> Outcome:
    """Fifty people in fifty rooms, each following the own room; open and closed loop in turn."""
    p50: list[float] = []
    p99: list[float] = []
    rates: list[float] = []
    closed_p50: list[float] = []
    beside_open, beside_closed = Strangers(), Strangers()
    cpu_open: list[dict[str, float]] = []
    cpu_closed: list[dict[str, float]] = []
    async with AsyncExitStack() as running:
        ours = await running.enter_async_context(parley_.running())
        speakers = await _speakers(ours, running)
        await open_loop(speakers, PEOPLE * OPEN_PER_PERSON, WARM_UP_SECONDS)
        await settled(speakers)
        collected(speakers)
        for turn in range(repeats):
            console.print(f"[dim]post: round {turn + 1} of {repeats}[/]")
            beside_open.begin()
            meter = CpuMeter(ours.pids)
            posts = await open_loop(speakers, PEOPLE * OPEN_PER_PERSON, seconds)
            await settled(speakers)
            cpu_open.append(_each(meter, posts))
            beside_open.end()
            seen = collected(speakers)
            p50.append(percentile(seen, 0.5))
            p99.append(percentile(seen, 0.99))
            beside_closed.begin()
            meter = CpuMeter(ours.pids)
            posts = await closed_loop(speakers, IN_FLIGHT, seconds)
            rates.append(posts / seconds)
            await settled(speakers)
            cpu_closed.append(_each(meter, posts))
            beside_closed.end()
            closed_p50.append(percentile(collected(speakers), 0.5))
            # The projector may lag behind a closed loop: the next round begins with an empty desk.
            await asyncio.sleep(2)
    figures = {
        "people": PEOPLE,
        "open": {
            "posts_per_second": PEOPLE * OPEN_PER_PERSON,
            "p50_ms": Figure(tuple(p50)).as_json(),
            "p99_ms": Figure(tuple(p99)).as_json(),
            "cpu_us_per_post": _medians(cpu_open),
            "strangers_percent": Figure(tuple(beside_open.percents), digits=0).as_json(),
        },
        "closed": {
            "in_flight": PEOPLE * IN_FLIGHT,
            "acknowledged_per_second": Figure(tuple(rates), digits=0).as_json(),
            "p50_ms": Figure(tuple(closed_p50)).as_json(),
            "cpu_us_per_post": _medians(cpu_closed),
            "strangers_percent": Figure(tuple(beside_closed.percents), digits=0).as_json(),
        },
    }
    targets = [
        Target("open loop, p50", Figure(tuple(p50)).median, TARGET_P50_MS, unit="ms"),
        Target("open loop, p99", Figure(tuple(p99)).median, TARGET_P99_MS, unit="ms"),
        Target(
            "closed loop over 50 rooms",
            Figure(tuple(rates), digits=0).median,
            TARGET_PER_SECOND,
            at_most=False,
            unit="posts/s",
        ),
    ]
    return Outcome(figures, targets, [_table(figures)])


async def _speakers(ours: parley_.Parley, stack: AsyncExitStack) -> list[Speaker]:
    people = await ours.people(PEOPLE)
    speakers: list[Speaker] = []
    for number, person in enumerate(people):
        room = await ours.room(person, f"Room {number}")
        speaker = Speaker(PARLEY, room)
        await speaker.connect(ours.url, person.token, follows=True)
        stack.callback(speaker.close)
        speakers.append(speaker)
    return speakers


def _each(meter: CpuMeter, posts: int) -> dict[str, float]:
    return {name: used / posts * 1e6 for name, used in meter.spent().items()}


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {
        name: Figure(tuple(each[name] for each in rounds), digits=0).median for name in rounds[0]
    }


def _table(figures: dict[str, Any]) -> Any:
    def spread(loop: str, name: str) -> str:
        found = figures[loop].get(name)
        return f"{found['median']} ({found['min']}–{found['max']})" if found else "–"

    names = ("gateway", "chat", "nats", "store", "rooms")
    rows = [
        (
            f"{loop} loop",
            figures[loop].get("posts_per_second") or spread(loop, "acknowledged_per_second"),
            spread(loop, "p50_ms"),
            spread(loop, "p99_ms"),
            *(figures[loop]["cpu_us_per_post"][name] for name in names),
            spread(loop, "strangers_percent"),
        )
        for loop in ("open", "closed")
    ]
    costs = (f"{name} µs" for name in names)
    columns = ("posting", "posts/s", "p50 ms", "p99 ms", *costs, "others’ CPU %")
    return table("Acknowledged posts, median (min–max), and CPU a post", columns, rows)
