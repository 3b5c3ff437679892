"""`parley chat reproject` on a whole system that runs."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from contracts.rooms import CreateRoom, DeleteRoom
from tests.support.clients import CHEAP_PASSWORDS, Client, register
from tests.support.system import RunningSystem, running_system
from tests.support.waiting import wait_until

pytestmark = pytest.mark.chat


async def reprojected(data: Path) -> tuple[int, str]:
    """The exit status of the command, and what it said."""
    command = [sys.executable, "-m", "stack.cli", "chat", "reproject", "--data", str(data)]
    outside = {name: value for name, value in os.environ.items() if name != "NATS_URL"}
    running = await asyncio.create_subprocess_exec(
        *command, env=outside, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await running.communicate()
    return running.returncode or 0, said.decode()


async def test_the_index_of_a_running_system_is_rebuilt_while_people_talk(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running_system(data, "--port", "0", env=CHEAP_PASSWORDS) as system:
        ann = await register(system.url)
        async with Client(ann, system.gateways) as client:
            over, room = [
                (await client.ask(CreateRoom(name=name))).info.room for name in ("Over", "Kitchen")
            ]
            await client.say(over, "soon gone")
            await client.ask(DeleteRoom(room=over))
            for number in range(10):
                await client.say(room, f"{number}")
            await wait_until(lambda: reprojects(data, "1 rooms with 10 entries"), 30)
            await client.say(room, "and on we go")
            assert len(await client.history(room)) == 11
        assert_no_complaint(system)


async def reprojects(data: Path, expected: str) -> bool:
    status, said = await reprojected(data)
    assert status == 0, said
    # The end of the other room may take a moment to reach chat.
    assert said.startswith(expected), said
    return True


def assert_no_complaint(system: RunningSystem) -> None:
    """The broker refused chat nothing that it needs."""
    assert not re.search(r"permissions violation|task_failed|serve.failed", system.log("chat"))
