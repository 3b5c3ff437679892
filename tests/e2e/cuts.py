"""The network between two browsers, cut without a word: no packet of WebRTC gets through."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.person import Person

# Chromium throttles the sockets of WebRTC only where it did so when they were made; this much is
# no limit. Losing all of them leaves the websocket alone, which is TCP.
_OPEN = {"offline": False, "latency": 0, "downloadThroughput": 1e9, "uploadThroughput": 1e9}


class Airwaves:
    """What of WebRTC comes and goes by UDP in one person's page. To be made before a call is."""

    def __init__(self, someone: Person) -> None:
        self._devtools = someone.context.new_cdp_session(someone.page)
        self._devtools.send("Network.enable")
        self._lose(0)

    def _lose(self, percent: int) -> None:
        self._devtools.send("Network.emulateNetworkConditions", {**_OPEN, "packetLoss": percent})

    def cut(self) -> None:
        self._lose(100)

    def mend(self) -> None:
        self._lose(0)


@contextmanager
def silence(*airwaves: Airwaves) -> Iterator[None]:
    """Nothing gets through meanwhile."""
    for each in airwaves:
        each.cut()
    try:
        yield
    finally:
        for each in airwaves:
            each.mend()
