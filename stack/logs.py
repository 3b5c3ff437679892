"""Where the lines go that processes write: a file each, and the terminal if asked for."""

import logging
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

# Three files of this size for each process: days of a quiet system, hours of a busy one.
_LARGEST = 8 << 20
_KEPT = 2


class LogFolder:
    """Takes the lines of every process by its name."""

    def __init__(self, folder: Path, *, echo: bool = False) -> None:
        """`echo` repeats each line on standard error, with the process's name before it."""
        self._folder = folder
        self._echo = echo
        self._files: dict[str, RotatingFileHandler] = {}

    def write(self, name: str, line: str) -> None:
        """Keep one line of the process `name`, where there is room for it.

        A full disk or a terminal that is gone ends nobody who reads a process's lines: that process
        would wait at a full pipe.
        """
        with suppress(OSError):
            self._file(name).emit(logging.makeLogRecord({"msg": line}))
        if self._echo:
            with suppress(OSError):
                sys.stderr.write(f"{name:<10} {line}\n")

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self._files:
            self._files[name] = RotatingFileHandler(
                self._folder / f"{name}.log", maxBytes=_LARGEST, backupCount=_KEPT
            )
        return self._files[name]

    def close(self) -> None:
        """Close every file."""
        for file in self._files.values():
            with suppress(OSError):
                file.close()
