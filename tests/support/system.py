"""The whole system as a child of the test: `parley up --json`, and every line it said."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.support.waiting import wait_until

START_SECONDS = 60.0
"""Far above the eight seconds of an idle machine: tests run side by side."""


class RunningSystem:
    """A `parley up` of this test alone."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.lines: list[dict[str, Any]] = []
        self.ready: dict[str, Any] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._family: set[int] = set()

    @property
    def url(self) -> str:
        """Where a browser finds the (first) gateway."""
        return str(self.ready["url"])

    @property
    def gateways(self) -> list[str]:
        """Every gateway's own address."""
        return list(self.ready["gateways"])

    def environment(self, user: str) -> dict[str, str]:
        """What a process that acts as `user` has in its environment; `operator` may do all."""
        running = json.loads((self.data / "running.json").read_text())
        return dict(running["environment"][user])

    def log(self, name: str) -> str:
        """What the process `name` has logged so far."""
        return (self.data / "logs" / f"{name}.log").read_text()

    def pid(self, name: str) -> int:
        """The process id of `name` as it last became ready."""
        pids = [line["pid"] for line in self.states(name, "ready")]
        return int(pids[-1])

    def states(self, name: str, state: str) -> list[dict[str, Any]]:
        """Every time `name` was said to be in `state`."""
        return [
            line
            for line in self.lines
            if line["event"] == "state" and line["process"] == name and line["state"] == state
        ]

    async def start(self, *options: str, env: dict[str, str] | None = None) -> None:
        """Start it on any free port and wait until everything is ready."""
        self.lines.clear()
        command = [sys.executable, "-m", "stack.cli", "up", "--json", "--data", str(self.data)]
        self._process = await asyncio.create_subprocess_exec(
            *command,
            *(options or ("--port", "0")),
            env={**os.environ, **(env or {})},
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        self._reader = asyncio.create_task(self._read(self._process))
        found = await wait_until(
            lambda: self._said("ready") or self._said("failed") or not self.is_running,
            START_SECONDS,
            missing=lambda: f"a ready line after {self.lines}",
        )
        assert found is not True, f"it ended: {self.lines}"
        assert found["event"] == "ready", found["message"]
        self.ready = found
        self._family = {child.pid for child in psutil.Process(self._process.pid).children(True)}

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self, name: str) -> None:
        """`kill -9` one process, and wait until its death is announced."""
        deaths = len(self.states(name, "died"))
        os.kill(self.pid(name), signal.SIGKILL)
        await wait_until(lambda: len(self.states(name, "died")) > deaths, missing=f"{name}'s death")

    async def healed(self, name: str) -> None:
        """Wait until `name` is ready again after each of its deaths."""
        await wait_until(
            lambda: len(self.states(name, "ready")) > len(self.states(name, "died")),
            START_SECONDS,
            missing=lambda: f"{name} ready again: {self.states(name, 'died')[-1:]}",
        )

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, wait for its end and return its exit code."""
        assert self._process is not None
        assert self._reader is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        code = await asyncio.wait_for(self._process.wait(), START_SECONDS)
        await self._reader
        return code

    async def assert_nothing_left(self) -> None:
        """No process that it had started is still there."""

        def left() -> list[str]:
            alive = []
            for pid in self._family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process = psutil.Process(pid)
                    if process.status() != psutil.STATUS_ZOMBIE:
                        alive.append(" ".join(process.cmdline()))
            return alive

        await wait_until(lambda: not left(), missing=lambda: f"an end of {left()}")

    def _said(self, event: str) -> dict[str, Any] | None:
        return next((line for line in self.lines if line["event"] == event), None)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self.lines.append(json.loads(line))


@asynccontextmanager
async def running_system(
    data: Path, *options: str, env: dict[str, str] | None = None
) -> AsyncIterator[RunningSystem]:
    """`async with running_system(tmp_path) as system`: started, and stopped at the end."""
    system = RunningSystem(data)
    try:
        await system.start(*options, env=env)
        yield system
    finally:
        if system.is_running:
            await system.stop()
