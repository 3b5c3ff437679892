"""Tests marked `alone` have the machine to themselves: the other workers rest between two tests.

Six browsers beside another test's two are judged by which of them got a core.
"""

import fcntl
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_turns = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells each worker where all of them take turns."""
    stash = node.config.stash
    if _turns not in stash:
        stash[_turns] = tempfile.TemporaryDirectory(prefix="parley-turns-")
    node.workerinput["turns"] = stash[_turns].name


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_turns, None)
    if folder is not None:
        folder.cleanup()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    # Around everything, the time limit of the test too: waiting for a turn is not its own time.
    worker = getattr(item.config, "workerinput", None)
    if worker is None:
        return (yield)
    with _turn(Path(worker["turns"]), alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def _turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Any number at a time, or one alone. Whoever waits for that holds the door for the others."""
    with (folder / "door").open("w") as door, (folder / "room").open("w") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
