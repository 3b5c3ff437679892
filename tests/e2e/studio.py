"""The page of recordings, by the names a screen reader would say."""

import re
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Page, expect

from tests.e2e.footage import Footage
from tests.e2e.waiting import until
from tests.e2e.watching import Seen, watched


class Studio:
    """Somebody's recordings."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.shown = 0.0
        """What the recorder's own clock said when it was stopped, in seconds."""
        self.ended = 0.0
        """When that was, in seconds since the epoch."""

    def opens(self) -> Self:
        self.page.goto("/recordings")
        expect(self.page.get_by_role("heading", level=1, name="Recordings")).to_be_visible()
        return self

    # ---- recording -----------------------------------------------------------------------

    def switches(self, instrument: str, on: bool) -> Self:
        """Switches the camera, screen or microphone, and sees it done."""
        switch = self.page.get_by_role("switch", name=instrument)
        expect(switch).to_be_enabled()
        if (switch.get_attribute("aria-checked") == "true") is not on:
            switch.click()
        expect(switch).to_be_checked(checked=on)
        return self

    def sets_up(self, way: str) -> Self:
        """Begins with the camera or a screen, and sees the preview move."""
        self.page.get_by_role("button", name=way).click()
        expect(self.page.get_by_role("switch", name="Microphone")).to_be_checked()
        # Found anew at each look: what a test holds on to stays in the page's memory.
        until(
            self.page,
            """name => {
              const video = document.querySelector(`video[aria-label="${name}"]`);
              return video?.videoWidth > 0 && video.currentTime > 0.2;
            }""",
            arg="Preview of the recording",
        )
        return self

    def records(self) -> Self:
        self.page.get_by_role("button", name="Record", exact=True).click()
        expect(self.stop_button).to_be_visible(timeout=20_000)
        return self

    @property
    def stop_button(self) -> Locator:
        return self.page.get_by_role("button", name="Stop recording").first

    def waits_for(self, clock: str) -> Self:
        """The recording is as long as this, or longer: a busy page may miss a second."""
        until(
            self.page,
            "least => (document.querySelector('.clock')?.textContent ?? '').trim() >= least",
            arg=clock,
        )
        return self

    @property
    def clock(self) -> float:
        """How much is recorded, in whole seconds."""
        return seconds_of(self.page.locator(".clock").inner_text())

    def pauses(self, paused: bool) -> Self:
        name = "Pause" if paused else "Resume"
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def stops(self) -> Self:
        # At once: a busy page takes a click when it can, and the clock goes on until then.
        shown, ended = self.stop_button.evaluate(
            """stop => {
              stop.click();
              return [document.querySelector('.clock').textContent, Date.now()];
            }"""
        )
        self.shown = seconds_of(shown)
        self.ended = float(ended) / 1000
        self.sees_toast("The recording is saved on this device.")
        return self

    def sees_toast(self, text: str) -> Self:
        expect(self.page.get_by_text(text)).to_be_visible(timeout=20_000)
        return self

    # ---- the list ------------------------------------------------------------------------

    @property
    def rows(self) -> Locator:
        return self.page.get_by_role("list", name="Recordings").get_by_role("listitem")

    def plays(self, title: str) -> Seen:
        """Plays it, judges what is seen and heard, and closes the player."""
        self.page.get_by_role("button", name=f"Play {title}").click()
        dialog = self.page.get_by_role("dialog", name=title)
        seen = watched(dialog.get_by_label("Player"))
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()
        return seen

    def acts(self, title: str, action: str) -> Self:
        """Takes an action from a recording's menu."""
        self.page.get_by_role("button", name=f"Actions for {title}").click()
        self.page.get_by_role("menuitem", name=action).click()
        return self

    def downloads(self, title: str, to: Path) -> Footage:
        """Takes the file out of the browser, as a person does, and judges it.

        The list, the file's own header and what is in it agree on how long it is.
        """
        row = self.rows.filter(has_text=title)
        expect(row.get_by_role("button", name=f"Actions for {title}")).to_be_visible()
        # On a phone it stands in the menu.
        button = row.get_by_role("button", name="Download")
        with self.page.expect_download() as started:
            if button.count():
                button.click()
            else:
                self.acts(title, "Download")
        assert started.value.suggested_filename.startswith(f"{title} 20")
        started.value.save_as(to)
        footage = Footage(to)
        footage.assert_whole()
        # The header is what it was listed by; what is in the file may go on for a packet of sound.
        listed = {_clock(footage.header + off) for off in (-0.05, 0.05)}
        expect(row.get_by_text(re.compile("^(" + "|".join(listed) + ")$"))).to_be_visible()
        return footage

    def loudest(self) -> float:
        """The loudest moment of the one whole recording: 0 is silence, 1 as loud as can be."""
        return float(
            self.page.evaluate(
                """async () => {
                  const files = [];
                  const walk = async (folder) => {
                    for await (const [name, handle] of folder) {
                      if (handle.kind !== 'file') await walk(handle);
                      else if (/webm$/.test(name)) files.push(await handle.getFile());
                    }
                  };
                  await walk(await navigator.storage.getDirectory());
                  const bytes = await files[0].arrayBuffer();
                  const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
                  let loudest = 0;
                  for (const value of sound.getChannelData(0))
                    loudest = Math.max(loudest, Math.abs(value));
                  return loudest;
                }"""
            )
        )

    def used(self) -> int:
        """Bytes that this site takes of the device."""
        return int(self.page.evaluate("async () => (await navigator.storage.estimate()).usage"))

    def files(self) -> list[str]:
        """Every file that recordings have left on the device."""
        found = self.page.evaluate(
            """async () => {
              const names = [];
              const walk = async (folder) => {
                for await (const [name, handle] of folder) {
                  if (handle.kind === 'file') names.push(name);
                  else await walk(handle);
                }
              };
              await walk(await navigator.storage.getDirectory());
              return names;
            }"""
        )
        return sorted(re.sub(r"^[0-9a-z]+-[0-9a-z]+\.", "", name) for name in found)


def seconds_of(clock: str) -> float:
    """What a clock like `1:07` says."""
    minutes, seconds = clock.strip().split(":")
    return int(minutes) * 60 + int(seconds)


def _clock(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes}:{left:02d}"
