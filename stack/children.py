"""A child process that dies with its parent, whose every line of output is passed on."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stack.ports import listens

OnLine = Callable[[str, str], None]
"""Takes the child's name and one line it wrote."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
# A reader's line limit; JSON logs with a traceback inside reach past asyncio's 64 KiB.
_LONGEST_LINE = 1 << 20
_LINES_KEPT = 40
_LOOK_EVERY = 0.02


class ChildFailed(Exception):
    """A child ended, or never became ready; the message holds the last lines it wrote."""


def _die_with_parent() -> None:
    # Between fork and exec, so: one system call. Where the parent is killed with -9 the kernel
    # takes the child down too; Linux only, elsewhere an orphan is the operator's to end.
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """One process of ours: started once, stopped by SIGTERM and, past its grace, SIGKILL."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_line: OnLine | None = None,
    ) -> None:
        self.name = name
        self._argv = argv
        self._env = env
        self._cwd = cwd
        self._on_line = on_line
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._last_lines: deque[str] = deque(maxlen=_LINES_KEPT)

    @property
    def pid(self) -> int:
        """Its process id, while and after it runs."""
        if self._process is None:
            raise ChildFailed(f"{self.name} was never started")
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, or None while it runs."""
        return None if self._process is None else self._process.returncode

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    def last_words(self) -> str:
        """The last lines it wrote, for a person who asks why it ended."""
        return "\n".join(self._last_lines)

    async def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the parent alone."""
        self._process = await asyncio.create_subprocess_exec(
            *self._argv,
            env=None if self._env is None else {**os.environ, **self._env},
            cwd=self._cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            limit=_LONGEST_LINE,
        )
        self._reader = asyncio.create_task(self._pass_on(self._process), name=f"log {self.name}")

    async def wait(self) -> int:
        """Wait for its end, and for its last line to be passed on."""
        if self._process is None or self._reader is None:
            raise ChildFailed(f"{self.name} was never started")
        code = await self._process.wait()
        # A grandchild may hold the pipe open past the child's own end.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reader), 1)
        return code

    async def until_listening(self, port: int, within: float) -> None:
        """Wait until it, and no stranger, listens on `port`.

        Raises:
            ChildFailed: it ended, or did not listen in time and was killed.
        """
        try:
            async with asyncio.timeout(within):
                while not await asyncio.to_thread(listens, self.pid, port):
                    if not self.is_running:
                        raise ChildFailed(f"{self.name} ended at once:\n{self.last_words()}")
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            await self.kill()
            raise ChildFailed(f"{self.name} did not listen:\n{self.last_words()}") from None

    async def stop(self, grace: float = 10.0) -> int:
        """Ask it to end, wait `grace` seconds, then end its whole group; returns its code."""
        if not self.is_running:
            return await self._close()
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.wait(), grace)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.wait()
        return await self._close()

    async def kill(self) -> int:
        """End it as a power cut would, with everything it started."""
        if self.is_running:
            self._signal(signal.SIGKILL)
            await self.wait()
        return await self._close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)

    async def _close(self) -> int:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        return 0 if self.returncode is None else self.returncode

    async def _pass_on(self, process: asyncio.subprocess.Process) -> None:
        stream = process.stdout
        assert stream is not None
        while True:
            try:
                raw = await stream.readline()
            except ValueError:  # longer than any line we would want to read
                continue
            if not raw:
                return
            line = raw.decode(errors="replace").rstrip("\r\n")
            self._last_lines.append(line)
            if self._on_line is not None:
                self._on_line(self.name, line)
