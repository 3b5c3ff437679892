"""A browser that nobody looks into for a while: tabs are hidden there, as on anybody's desk.

A driver that is connected keeps every page visible and awake. So it goes, and comes back.
"""

import subprocess
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from tests.e2e.conftest import CHROMIUM_WITH_DEVICES
from tests.support.servers import BackgroundLoop
from tests.support.waiting import wait_until

_LOGS_VISIBILITY = """
window.visibility = [];
document.addEventListener('visibilitychange', () => {
  window.visibility.push([document.visibilityState, Date.now() / 1000]);
});
"""


class LeftAlone:
    """A Chromium of its own, with devices and one tab."""

    def __init__(self, playwright: Playwright, background: BackgroundLoop, folder: Path) -> None:
        self._playwright = playwright
        self._background = background
        self._folder = folder
        self._connection: Browser | None = None
        self._process = subprocess.Popen(
            [
                "/usr/bin/chromium",
                "--headless",
                f"--user-data-dir={folder}",
                "--remote-debugging-port=0",
                *CHROMIUM_WITH_DEVICES,
                "about:blank",
            ],
            stderr=subprocess.DEVNULL,
        )
        said = folder / "DevToolsActivePort"
        background.run(
            wait_until(lambda: said.exists() and said.read_text().strip(), 30, missing="a port")
        )
        self._port = said.read_text().split()[0]

    @property
    def pid(self) -> int:
        return self._process.pid

    def tab(self) -> Page:
        """Its first tab, in front."""
        address = f"http://127.0.0.1:{self._port}"
        self._connection = self._playwright.chromium.connect_over_cdp(address)
        pages = self._connection.contexts[0].pages
        known = [page for page in pages if page.evaluate("window.visibility !== undefined")]
        page = known[0] if known else pages[0]
        if not known:
            page.add_init_script(_LOGS_VISIBILITY)
        return page

    def turns_to_another_tab(self, chunks: int) -> None:
        """Leaves the first one behind until so many more chunks of a recording are on the disk."""
        assert self._connection is not None
        self._connection.close()
        wanted = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/json/new?about:blank", method="PUT"
        )
        urllib.request.urlopen(wanted).close()
        seen: list[int] = []

        def grown() -> bool:
            size = self._written()
            if not seen or size > seen[-1]:
                seen.append(size)
            return len(seen) > chunks

        self._background.run(wait_until(grown, 60, missing=lambda: f"more than {seen}"))

    def _written(self) -> int:
        """Bytes of the largest file that a page has written in its private file system."""
        files = (self._folder / "Default" / "File System").rglob("*")
        return max((file.stat().st_size for file in files if file.is_file()), default=0)

    def ends(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._process.terminate()
        self._process.wait()
