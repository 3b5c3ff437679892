"""What `parley up` says: to a person in lines, to a program in JSON lines.

Nothing depends on its being heard: `parley up | tee log` runs on without `tee`, and stops in good
order when Ctrl-C ends them both.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text


class State(StrEnum):
    """What can be said of a process."""

    STARTING = "starting"
    READY = "ready"
    DIED = "died"
    STOPPING = "stopping"
    STOPPED = "stopped"


class Report(Protocol):
    """Takes what happens to the system."""

    def state(self, process: str, state: State, **detail: Any) -> None:
        """A process changed its state."""
        ...

    def ready(self, system: Mapping[str, Any]) -> None:
        """Everything is up; `system` holds every URL."""
        ...

    def failed(self, message: str) -> None:
        """The system could not start."""
        ...

    def stopped(self) -> None:
        """Everything has ended."""
        ...


class JsonReport:
    """One JSON object a line on standard output, and nothing else there."""

    def state(self, process: str, state: State, **detail: Any) -> None:
        """`{"event": "state", "process": ..., "state": ...}` and what belongs to it."""
        self._write({"event": "state", "process": process, "state": state, **detail})

    def ready(self, system: Mapping[str, Any]) -> None:
        """`{"event": "ready", "url": ...}` with every URL."""
        self._write({"event": "ready", **system})

    def failed(self, message: str) -> None:
        """`{"event": "failed", "message": ...}`."""
        self._write({"event": "failed", "message": message})

    def stopped(self) -> None:
        """`{"event": "stopped"}`."""
        self._write({"event": "stopped"})

    def _write(self, line: Mapping[str, Any]) -> None:
        try:
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            _speak_to_nobody()
        except OSError:
            pass  # a full disk, or a terminal that was closed


_MARKS = {
    State.READY: ("✓", "green"),
    State.DIED: ("✗", "bold red"),
    State.STOPPED: ("·", "dim"),
}


class _Console(Console):
    """rich's own ends the process when nobody reads it any more."""

    def on_broken_pipe(self) -> None:
        """Goes on, unheard."""
        _speak_to_nobody()


class ConsoleReport:
    """One line for each process that is ready, dead or stopped, and the URL to open."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or _Console(highlight=False)

    def state(self, process: str, state: State, **detail: Any) -> None:
        """Starting and stopping pass in silence: their outcome follows at once."""
        if state not in _MARKS:
            return
        mark, style = _MARKS[state]
        line = Text.assemble(("  " + mark, style), f" {process:<12} ", (state, style))
        if state is State.READY:
            line.append(f" in {detail['seconds']:.1f} s", "dim")
        if state is State.DIED:
            line.append(f": {detail['reason']}; starting again in {detail['restart_in']:.1f} s")
        self._say(line)
        if state is State.DIED and detail["last_words"]:
            self._say(Text(_indented(detail["last_words"]), "dim"))

    def ready(self, system: Mapping[str, Any]) -> None:
        """The URL for a person, and where the data lies."""
        self._say()
        for url in system["urls"]:
            address = (url, "bold cyan underline")
            self._say(Text.assemble("  Parley is ready at ", address))
        self._say(_calls(system["turn"]))
        self._say(Text(f"  Data and logs in {system['data']}. Ctrl-C stops.", "dim"))
        self._say()

    def failed(self, message: str) -> None:
        """Why there is no system, with the last words of what failed."""
        self._say(Text(f"Parley did not start: {message}", "bold red"))

    def stopped(self) -> None:
        """The last line."""
        self._say(Text("  Stopped; nothing is lost.", "dim"))

    def _say(self, line: Text | str = "") -> None:
        with suppress(OSError):  # a full disk, or a terminal that was closed
            self._console.print(line)


def _speak_to_nobody() -> None:
    """Standard output goes nowhere from now on, what is still buffered too.

    Otherwise the interpreter tries that once more at its end, and ends with a code of its own.
    """
    with suppress(OSError):  # no descriptor to spare: the next line tries again
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _calls(turn: Mapping[str, Any]) -> Text:
    if turn["urls"]:
        return Text(f"  Calls find a way by direct routes and {turn['urls'][0]}.", "dim")
    return Text(f"  Calls work only where a direct route exists: {turn['absent']}.", "yellow")


def _indented(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.splitlines()[-8:])
