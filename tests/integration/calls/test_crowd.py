"""`parley bot` as a person runs it: twenty of them, and a call that is not well."""

import asyncio
import json
import sys
from typing import Any

import pytest

from tests.support.system import RunningSystem

pytestmark = pytest.mark.calls


async def bots(*options: str) -> tuple[int | None, str, str]:
    """Runs the command; its exit code, and what it said on both outputs."""
    asked = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "stack.cli", "bot", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, failed = await asyncio.wait_for(asked.communicate(), 110)
    return asked.returncode, said.decode(), failed.decode()


async def test_twenty_bots_in_ten_rooms_all_see_and_hear(system: RunningSystem) -> None:
    load = ("--peers", "20", "--per-room", "2", "--rate", "5", "--size", "128x96")
    stay = ("--seconds", "12", "--json")
    _, said, failed = await bots("--data", str(system.data), *load, *stay)
    assert said, failed
    outcome: dict[str, Any] = json.loads(said)
    callers = outcome["callers"]
    assert len(callers) == 20
    assert len({caller["room"] for caller in callers}) == 10
    assert all(len(caller["peers"]) == 1 for caller in callers)
    # Whether all is there: how long a crowded machine pauses, and what it drops, promises nothing.
    for peer in (peer for caller in callers for peer in caller["peers"]):
        assert peer["state"] == "connected"
        assert peer["verified"]
        assert peer["video"]["moving"] > 0.3
        assert peer["video"]["clocks"] > 0.3
        assert peer["audio"]["tone"] > 0.3


async def test_a_promise_that_is_not_kept_is_told_and_ends_in_one(system: RunningSystem) -> None:
    # Pictures a second apart: 100 ms without one must be found.
    options = ("--rate", "1", "--size", "96x64", "--max-gap", "100", "--seconds", "8")
    code, said, _ = await bots("--data", str(system.data), *options)
    assert code == 1
    assert "no picture for" in said


async def test_more_bots_than_a_call_takes_stay_outside(system: RunningSystem, room: str) -> None:
    code, _, failed = await bots("--url", system.url, "--room", room, "--peers", "2")
    assert code == 2
    assert failed.strip()


async def test_without_a_system_there_is_a_plain_sentence(tmp_path: object) -> None:
    code, _, failed = await bots("--data", str(tmp_path))
    assert code == 2
    assert "No system runs on" in failed
