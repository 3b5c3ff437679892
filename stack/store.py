"""The embedded, MongoDB-compatible store as a child: one SQLite file for each database."""

import os
import sys
from pathlib import Path

from stack.children import Child, ChildFailed, OnLine
from stack.ports import free_port

_READY_WITHIN = 20.0


class StoreServer:
    """One store with its own data folder and a port that stays the same over restarts."""

    def __init__(self, data: Path, *, name: str = "store", on_line: OnLine | None = None) -> None:
        self.name = name
        self._data = data
        self._on_line = on_line
        self.port = 0
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """Where clients connect; a write is acknowledged without waiting for the disk."""
        return f"mongodb://127.0.0.1:{self.port}/"

    @property
    def durable_url(self) -> str:
        """Where clients connect; a write is acknowledged once it is on the disk."""
        return f"{self.url}?journal=true"

    async def start(self) -> None:
        """Start it and wait until it serves.

        Raises:
            ChildFailed: it ended instead, or somebody else answers on its port.
        """
        # Not `--db FILE`: in that mode every database is the same one, and so are their indexes.
        databases = self._data / "databases"
        databases.mkdir(parents=True, exist_ok=True)
        if self.port:
            await self._start_once(databases)
            return
        for attempt in range(3):
            self.port = free_port()
            try:
                await self._start_once(databases)
                return
            except ChildFailed:
                self.port = 0
                if attempt == 2:
                    raise

    async def _start_once(self, databases: Path) -> None:
        # After a crash its old process id stands here, and may be somebody else's by now.
        pid_file = self._data / "store.pid"
        pid_file.unlink(missing_ok=True)
        argv = [sys.executable, "-m", "stack.store_process", "--data-dir", str(databases)]
        argv += ["--host", "127.0.0.1", "--port", str(self.port)]
        argv += ["--log-file", os.devnull, "--pid-file", str(pid_file)]
        child = Child(self.name, argv, on_line=self._on_line)
        self.child = child
        await child.start()
        await child.until_listening(self.port, _READY_WITHIN)

    async def stop(self) -> None:
        """Let it end its writes and close its files."""
        if self.child is not None:
            await self.child.stop()

    async def kill(self) -> None:
        """End it as a crash would."""
        if self.child is not None:
            await self.child.kill()
