"""The folder in which a system on one machine keeps everything: data, secrets, logs."""

import fcntl
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from stack.permissions import USERS


class DataBusy(Exception):
    """Another `parley up` runs on this folder."""


class DataFolder:
    """One system's folder; entered as a context it is ours alone until left."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: Any = None

    @property
    def nats(self) -> Path:
        """JetStream's files: timelines, facts, read models."""
        return self.path / "nats"

    @property
    def store(self) -> Path:
        """The embedded store's databases."""
        return self.path / "store"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.path / "logs"

    @property
    def tls(self) -> Path:
        """The self-signed certificate of `--https`."""
        return self.path / "tls"

    @property
    def turn(self) -> Path:
        """The relay's secret and configuration."""
        return self.path / "turn"

    @property
    def running(self) -> Path:
        """Where the running system's addresses and environments stand, for its other commands."""
        return self.path / "running.json"

    def __enter__(self) -> Self:
        """Take the folder, making it where it is not there.

        Raises:
            DataBusy: somebody else has it.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (self.path / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise DataBusy(f"another parley runs on {self.path}") from None
        self.logs.mkdir(exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.running.unlink(missing_ok=True)
        self._lock.close()

    def nats_passwords(self) -> dict[str, str]:
        """A password for each user of the broker, made on first use and kept."""
        path = self.path / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [user for user in USERS if user not in known]
        if missing:
            # A letter first: the server's configuration reads a bare run of digits as a number.
            known |= {user: f"p{secrets.token_hex(24)}" for user in missing}
            write_private(path, json.dumps(known, indent=1))
        return known

    def write_running(self, system: Mapping[str, Any]) -> None:
        """Tell the other commands how to reach the system that runs here."""
        write_private(self.running, json.dumps(system, indent=1))

    def read_running(self) -> dict[str, Any] | None:
        """How to reach the system that runs on this folder, if one does."""
        if not self._is_taken():
            return None  # what stands there was left by one that was killed
        try:
            found: dict[str, Any] = json.loads(self.running.read_text())
        except (OSError, ValueError):
            return None
        return found

    def _is_taken(self) -> bool:
        try:
            with (self.path / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(mode=0o600)
    draft.chmod(0o600)
    draft.write_text(text)
    draft.replace(path)
