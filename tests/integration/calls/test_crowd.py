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
    # Judged by whether all is there: how long a crowded machine pauses is no promise of anybody's.
    patient = ("--seconds", "12", "--max-gap", "20000", "--json")
    code, said, failed = await bots("--data", str(system.data), *load, *patient)
    assert code is not None, failed
    outcome: dict[str, Any] = json.loads(said)
    assert outcome["faults"] == []
    assert code == 0
    callers = outcome["callers"]
    assert len(callers) == 20
    assert len({caller["room"] for caller in callers}) == 10
    assert all(len(caller["peers"]) == 1 for caller in callers)
    assert all(peer["verified"] for caller in callers for peer in caller["peers"])


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
