"""The embedded, MongoDB-compatible store as a child: one SQLite file for each database."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from stack.children import OnLine
from stack.own_server import OwnServer
from stack.ports import OwnPort

_READY_WITHIN = 20.0


class StoreServer(OwnServer):
    """One store with its own data folder."""

    def __init__(self, data: Path, *, name: str = "store", on_line: OnLine | None = None) -> None:
        super().__init__(name, _READY_WITHIN, on_line)
        self._data = data

    @property
    def url(self) -> str:
        """Where clients connect; a write is acknowledged without waiting for the disk."""
        return f"mongodb://127.0.0.1:{self.port}/"

    @property
    def durable_url(self) -> str:
        """Where clients connect; a write is acknowledged once it is on the disk."""
        return f"{self.url}?journal=true"

    def _choose_ports(self) -> None:
        self.port = self._hold(OwnPort())

    def _command(self) -> Sequence[str]:
        # Not `--db FILE`: in that mode every database is the same one, and so are their indexes.
        databases = self._data / "databases"
        databases.mkdir(parents=True, exist_ok=True)
        # After a crash its old process id stands here, and may be somebody else's by now.
        pid_file = self._data / "store.pid"
        pid_file.unlink(missing_ok=True)
        argv = [sys.executable, "-m", "stack.store_process", "--data-dir", str(databases)]
        argv += ["--host", "127.0.0.1", "--port", str(self.port)]
        return [*argv, "--log-file", os.devnull, "--pid-file", str(pid_file)]
