"""A call that somebody records: its clock, and when things happened in it."""

from playwright.sync_api import Locator, expect

from tests.e2e.footage import Footage
from tests.e2e.person import Person
from tests.e2e.studio import seconds_of
from tests.e2e.waiting import until

_LOOK_MS = 2_500
"""A while to look at and to listen to: five beeps of each microphone."""

_MARGIN = 0.8
"""Seconds after a click: what it changed takes its time to be in the file."""

_GROWN = """
async (least) => {
  let files = 0, size = 0;
  const walk = async (folder) => {
    for await (const [name, handle] of folder) {
      if (handle.kind !== 'file') await walk(handle);
      else if (name.endsWith('.part')) size += (await handle.getFile()).size;
    }
  };
  await walk(await navigator.storage.getDirectory());
  window.parleyGrowth = [...new Set([...(window.parleyGrowth ?? []), size])];
  return window.parleyGrowth.length > least;
}
"""


class RecordedCall:
    """What somebody records of the call that they are in."""

    def __init__(self, someone: Person) -> None:
        self._page = someone.page
        self._marks: dict[str, tuple[float, float]] = {}
        self.ended = 0.0
        """When it was stopped, in seconds since the epoch."""
        self.shown = 0.0
        """What the recorder's own clock said then."""

    @property
    def stop(self) -> Locator:
        return self._page.get_by_role("button", name="Stop recording")

    @property
    def _now(self) -> float:
        return float(self._page.evaluate("Date.now()")) / 1000

    def begins(self) -> None:
        self._page.get_by_role("button", name="Record", exact=True).click()
        expect(self.stop).to_be_visible(timeout=20_000)

    def takes(self, option: str) -> None:
        """Takes one of the options beside the clock."""
        self._page.get_by_role("button", name="Recording options").click()
        self._page.get_by_role("menuitem", name=option).click()

    def looks(self, name: str) -> None:
        """A while in which everything stays as it is, until it is in the file."""
        began = self._now
        self._page.wait_for_timeout(_LOOK_MS)
        self._page.evaluate("window.parleyGrowth = []")
        # One chunk that had begun before, and one of this while: a starved encoder takes long.
        until(self._page, _GROWN, arg=2, timeout=60_000)
        self._marks[name] = (began, self._now)

    def clock(self) -> float:
        return seconds_of(self.stop.text_content() or "")

    def ends(self) -> None:
        # At once: a busy page takes a click when it can, and the clock goes on until then.
        shown, ended = self.stop.evaluate(
            "stop => { stop.click(); return [stop.textContent, Date.now()]; }"
        )
        self.shown = seconds_of(shown)
        self.ended = float(ended) / 1000
        saved = self._page.get_by_text("The recording is saved on this device.")
        expect(saved).to_be_visible(timeout=60_000)

    def where(self, name: str, footage: Footage) -> tuple[float, float]:
        """That while, in seconds of the file, which ends when it was stopped."""
        began, ended = self._marks[name]
        shift = footage.length - self.ended
        return began + shift + _MARGIN, ended + shift
