"""What dies is said aloud and started again; what is stopped stays stopped."""

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nats
import psutil
import pytest

from stack.children import Child, ChildFailed
from stack.nats import NatsServer
from stack.report import State
from stack.supervisor import Supervised
from tests.support.waiting import wait_until


class Heard:
    """Keeps what was said."""

    def __init__(self) -> None:
        self.states: list[tuple[str, State, dict[str, Any]]] = []

    def state(self, process: str, state: State, **detail: Any) -> None:
        self.states.append((process, state, detail))

    def said(self) -> list[State]:
        return [state for _, state, _ in self.states]


async def test_a_killed_server_is_announced_and_serves_again(tmp_path: Path) -> None:
    heard = Heard()
    server = NatsServer(tmp_path)
    supervised = Supervised(server, heard)
    await supervised.start()
    first = server.child
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    await wait_until(lambda: heard.said().count(State.READY) == 2, missing=heard.said)
    assert heard.said() == [
        State.STARTING,
        State.READY,
        State.DIED,
        State.STARTING,
        State.READY,
    ]
    died = heard.states[2][2]
    assert died["reason"] == "killed by SIGKILL"
    async with await nats.connect(server.url) as client:
        assert client.is_connected
    await supervised.stop()
    assert heard.said()[-2:] == [State.STOPPING, State.STOPPED]
    assert server.child is not None
    assert not psutil.pid_exists(server.child.pid)


class Failing:
    """A part that ends at once, however often it is started."""

    name = "failing"

    def __init__(self) -> None:
        self.child: Child | None = None
        self.starts = 0

    async def start(self) -> None:
        self.starts += 1
        self.child = Child(self.name, ["sh", "-c", "echo the reason; exit 3"])
        await self.child.start()
        if self.starts > 1:
            code = await self.child.wait()
            raise ChildFailed(f"ended with {code}")

    async def stop(self) -> None:
        assert self.child is not None
        await self.child.stop()

    async def kill(self) -> None:
        await self.stop()


async def test_what_dies_again_and_again_is_started_ever_more_slowly() -> None:
    heard = Heard()
    part = Failing()
    supervised = Supervised(part, heard)
    await supervised.start()
    await wait_until(lambda: heard.said().count(State.DIED) == 3, missing=heard.said)
    await supervised.stop()
    deaths = [detail for _, state, detail in heard.states if state is State.DIED]
    assert deaths[0]["reason"] == "exit code 3"
    assert deaths[0]["last_words"] == "the reason"
    waits = [death["restart_in"] for death in deaths]
    assert waits == sorted(set(waits))


async def test_what_cannot_be_started_for_now_is_started_when_it_can(tmp_path: Path) -> None:
    heard = Heard()
    server = NatsServer(tmp_path)
    supervised = Supervised(server, heard)
    await supervised.start()
    assert server.child is not None
    # What a full disk does: the server's configuration cannot be written.
    config = tmp_path / "nats.conf"
    config.unlink()
    config.mkdir()
    os.kill(server.child.pid, signal.SIGKILL)
    await wait_until(lambda: heard.said().count(State.DIED) == 3, missing=heard.said)
    config.rmdir()
    await wait_until(lambda: heard.said().count(State.READY) == 2, missing=heard.said)
    deaths = [detail for _, state, detail in heard.states if state is State.DIED]
    assert "nats.conf" in deaths[1]["last_words"]
    assert deaths[0]["restart_in"] < deaths[1]["restart_in"] < deaths[2]["restart_in"]
    async with await nats.connect(server.url) as client:
        assert client.is_connected
    await supervised.stop()


class Sleeper:
    """A part that does nothing; `fails` is asked after each start, and may raise."""

    name = "sleeper"

    def __init__(self, fails: Callable[[int], None] = lambda _: None) -> None:
        self.child: Child | None = None
        self.pids: list[int] = []
        self._fails = fails

    async def start(self) -> None:
        self.child = Child(self.name, ["sleep", "60"])
        await self.child.start()
        self.pids.append(self.child.pid)
        self._fails(len(self.pids))

    async def stop(self) -> None:
        assert self.child is not None
        await self.child.stop()

    async def kill(self) -> None:
        assert self.child is not None
        await self.child.kill()


async def test_a_start_that_ends_half_way_leaves_nobody_behind() -> None:
    def fails(start: int) -> None:
        if start == 2:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    heard = Heard()
    part = Sleeper(fails)
    supervised = Supervised(part, heard)
    await supervised.start()
    os.kill(part.pids[0], signal.SIGKILL)
    await wait_until(lambda: heard.said().count(State.READY) == 2, missing=heard.said)
    assert not psutil.pid_exists(part.pids[1])
    assert psutil.pid_exists(part.pids[2])
    await supervised.stop()


async def test_a_signal_without_a_name_is_a_death_like_any_other() -> None:
    heard = Heard()
    part = Sleeper()
    supervised = Supervised(part, heard)
    await supervised.start()
    os.kill(part.pids[0], signal.SIGRTMIN + 6)
    await wait_until(lambda: heard.said().count(State.READY) == 2, missing=heard.said)
    assert heard.states[2][2]["reason"] == f"killed by signal {signal.SIGRTMIN + 6}"
    await supervised.stop()


async def test_a_child_that_ignores_sigterm_is_ended_with_all_it_started(tmp_path: Path) -> None:
    told = tmp_path / "grandchild"
    script = f"trap '' TERM; sleep 60 & echo $! > {told}; wait; sleep 60"
    child = Child("stubborn", ["sh", "-c", script])
    await child.start()
    await wait_until(lambda: told.exists() and told.read_text().strip())
    grandchild = int(told.read_text())
    assert await child.stop(grace=0.1) == -signal.SIGKILL
    await wait_until(lambda: not psutil.pid_exists(grandchild) or _is_zombie(grandchild))


def _is_zombie(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_every_line_is_passed_on_with_its_process(tmp_path: Path) -> None:
    lines: list[tuple[str, str]] = []
    child = Child(
        "talker",
        ["sh", "-c", "echo one; printf 'two\\377\\n' >&2; printf three"],
        on_line=lambda name, line: lines.append((name, line)),
    )
    await child.start()
    assert await child.wait() == 0
    await child.stop()
    assert lines == [
        ("talker", "one"),
        ("talker", "two\N{REPLACEMENT CHARACTER}"),
        ("talker", "three"),
    ]
    assert child.last_words().splitlines()[0] == "one"


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        await Child("absent", [str(tmp_path / "no-such-program")]).start()
