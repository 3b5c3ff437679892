"""Keeps one part of the system running: what dies is said aloud and started again."""

import asyncio
import signal
import time
from typing import Protocol

from stack.children import Child
from stack.report import Report, State

_FIRST_BACKOFF = 0.2
_LONGEST_BACKOFF = 10.0
# A part that lived this long was healthy: its next death begins with the first backoff again.
_HEALTHY_AFTER = 30.0


class Part(Protocol):
    """What is started, watched and stopped: a server, a service, a gateway."""

    name: str
    child: Child | None

    async def start(self) -> None:
        """Return when it is ready; raise `ChildFailed` if it never is."""
        ...

    async def stop(self) -> None:
        """Return when it has ended in good order."""
        ...

    async def kill(self) -> None:
        """Return when it has ended at once."""
        ...


class Supervised:
    """One part and its watch."""

    def __init__(self, part: Part, report: Report) -> None:
        self.part = part
        self._report = report
        self._watch: asyncio.Task[None] | None = None
        self._backoff = _FIRST_BACKOFF

    async def start(self) -> None:
        """Start the part for the first time, and watch it from then on.

        Raises:
            ChildFailed: it never became ready.
        """
        await self._start()
        self._watch = asyncio.create_task(self._keep_running(), name=f"watch {self.part.name}")

    async def stop(self) -> None:
        """Stop watching, and stop the part in good order."""
        await self._end_watch()
        if self.part.child is not None:
            self._report.state(self.part.name, State.STOPPING)
            await self.part.stop()
            self._report.state(self.part.name, State.STOPPED)

    async def kill(self) -> None:
        """Stop watching, and end the part at once."""
        await self._end_watch()
        await self.part.kill()

    async def _end_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None

    async def _start(self) -> None:
        began = time.monotonic()
        self._report.state(self.part.name, State.STARTING)
        await self.part.start()
        child = self.part.child
        self._report.state(
            self.part.name,
            State.READY,
            pid=None if child is None else child.pid,
            seconds=round(time.monotonic() - began, 2),
        )

    async def _keep_running(self) -> None:
        while True:
            child = self.part.child
            if child is None:
                return
            began = time.monotonic()
            code = await child.wait()
            if time.monotonic() - began > _HEALTHY_AFTER:
                self._backoff = _FIRST_BACKOFF
            self._report.state(
                self.part.name,
                State.DIED,
                reason=_how(code),
                restart_in=self._backoff,
                last_words=child.last_words(),
            )
            await self._restart()

    async def _restart(self) -> None:
        while True:
            await asyncio.sleep(self._backoff)
            self._backoff = min(self._backoff * 2, _LONGEST_BACKOFF)
            try:
                await self._start()
            except Exception as failure:  # noqa: BLE001
                # Whatever it was: nobody else starts it. A machine without a process, a thread, a
                # descriptor or a block of disk to spare says so in many ways, and gets over it.
                await self.part.kill()  # half a start may have left somebody on its port
                self._report.state(
                    self.part.name,
                    State.DIED,
                    reason="it did not come up again",
                    restart_in=self._backoff,
                    last_words=str(failure) or repr(failure),
                )
            else:
                return


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:  # most real-time signals have no name
        return f"killed by signal {-code}"
