"""For how long a browser's threads were ready to run and got no core: the kernel counts it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil
from playwright.sync_api import Browser

from tests.e2e.footage import Footage

LONGEST_HOLE = 1.0
"""Seconds without a picture that nothing excuses."""

OFF = 2.0
"""Seconds between a recorder's own clock and its file that nothing excuses."""

_EVERY = 0.25


class Starvation:
    """Watches every thread of a browser from now on, until its end.

    A picture that is late because the encoder waited for a core says nothing about the recorder;
    one that is late while every thread had its core does.
    """

    def __init__(self, process: int) -> None:
        self._browser = psutil.Process(process)
        self._seen: list[tuple[float, dict[str, int]]] = [(time.time(), self._now())]
        self._looks: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @classmethod
    def of(cls, browser: Browser | None) -> Self:
        """Of a browser that this test's driver has started."""
        assert browser is not None
        devtools = browser.new_browser_cdp_session()
        running = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        return cls(next(each["id"] for each in running if each["type"] == "browser"))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """The page stands still meanwhile: somebody takes a snapshot of its heap."""
        began = time.time()
        yield
        self._looks.append((began, time.time()))

    def waited(self, start: float, end: float) -> float:
        """Seconds that the thread waited which waited longest, between two times of the clock.

        What the page stood still for being looked at counts as well.
        """
        stood = sum(max(0, min(end, over) - max(start, began)) for began, over in self._looks)
        before = [seen for at, seen in self._seen if at <= start] or [self._seen[0][1]]
        after = [seen for at, seen in self._seen if at >= end] or [self._seen[-1][1]]
        first, last = before[-1], after[0]
        longest = max((ns - first.get(thread, 0) for thread, ns in last.items()), default=0)
        return stood + longest / 1e9

    def assert_as_long_as(self, footage: Footage, shown: float, ended: float) -> None:
        """The file is as long as the recorder's clock said when it was stopped.

        The clock shows whole seconds, and so much less as the page waited to draw the next one.
        """
        off = OFF + self.waited(ended - 5, ended)
        assert abs(footage.length - shown) < off, (footage.length, shown, off)

    def assert_steady(self, footage: Footage, ended: float, since: float = 0) -> None:
        """No picture failed to come for longer than the browser waited for a core.

        `ended` is when the recording was stopped, in seconds since the epoch; what was before
        `since`, in seconds of the file, is not judged: a pause lies between.
        """
        shift = ended - footage.length
        for kind in ("video", "audio"):
            for at, hole in footage.holes(LONGEST_HOLE, kind):
                if at < since:
                    continue
                waited = self.waited(at + shift, at + shift + hole)
                assert hole - waited < LONGEST_HOLE, (kind, at, hole, waited)

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self._seen.append((time.time(), self._now()))

    def _now(self) -> dict[str, int]:
        waited: dict[str, int] = {}
        for process in self._browser.children(recursive=True):
            for thread in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
                try:
                    waited[thread.parent.name] = int(thread.read_text().split()[1])
                except (OSError, IndexError):
                    # It ended while we looked.
                    continue
        return waited
