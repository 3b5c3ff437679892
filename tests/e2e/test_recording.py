"""Recording on one's own device: whole files, kept through crashes, and nothing left open."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from tests.e2e.conftest import CHROMIUM_WITH_DEVICES, DESKTOP, NewPerson
from tests.e2e.open_media import Counter, Open
from tests.e2e.person import Person, fresh
from tests.e2e.studio import Studio
from tests.e2e.watching import Seen
from tests.support.system import RunningSystem

pytestmark = pytest.mark.web

Picture = Callable[[Page, str], None]

SHORT = (0.1, 90)
"""Seconds of a recording that was stopped at four by its clock, on a machine that is busy."""

AUDIBLE = 0.02
"""Chromium's fake microphone beeps at about a fifth of full scale."""

SIZE = """
async () => {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('recordings');
  let size = 0;
  for await (const folder of root.values())
    for await (const [name, file] of folder)
      if (/webm/.test(name)) size += (await file.getFile()).size;
  return size;
}
"""
SECONDS_WORTH = 400_000
"""Bytes of the fake camera: an encoder on a busy machine begins late, and a clock says nothing."""

GROWN = f"async (least) => (await ({SIZE})()) > least"

SWITCHES = 20

MINUTES = float(os.environ.get("PARLEY_RECORDING_MINUTES", "0"))
"""Over which the switches are spread: 0 is one after the other, 10 what a long call is like."""

HEAP_NOISE = 1_500_000
"""Bytes: caches of compiled code and of the browser come and go by several hundred thousand."""


def assert_lively(seen: Seen, *, seconds: tuple[float, float]) -> None:
    """It moves, it is as long as it should be, it plays, and one can jump about in it."""
    shortest, longest = seconds
    assert shortest <= seen.duration <= longest, seen
    assert seen.pictures >= 3, seen
    assert seen.colours >= 8, seen
    assert seen.played > 0.2, seen
    assert seen.missed < 0.1, seen
    assert (seen.width, seen.height) in {(1280, 720), (1920, 1080)}, seen


def probe(file: Path) -> dict[str, object]:
    """What ffprobe says of a file, all packets counted."""
    command = ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format"]
    said = subprocess.run([*command, "-of", "json", file], capture_output=True, check=True)
    assert not said.stderr, said.stderr
    return json.loads(said.stdout)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_camera_is_recorded_played_renamed_downloaded_deleted(
    caller: NewPerson, picture: Picture, tmp_path: Path, phone: bool
):
    size = "phone" if phone else "desktop"
    ann = caller("Ann", phone=phone).registers()
    studio = Studio(ann.page).opens()
    expect(ann.page.get_by_text("No recordings yet")).to_be_visible()
    picture(ann.page, f"recordings-empty-{size}")

    studio.sets_up("Record the camera").records().waits_for("0:04")
    ann.page.wait_for_function(GROWN, arg=SECONDS_WORTH, timeout=90_000)
    picture(ann.page, f"recordings-recording-{size}")
    studio.stops()
    expect(studio.rows).to_have_count(1)
    expect(studio.rows.get_by_text(re.compile(r"^0:[01]\d$"))).to_be_visible()
    assert studio.files() == ["jpg", "json", "webm"]
    kept = studio.used()
    assert_lively(studio.plays("Recording"), seconds=SHORT)
    assert studio.loudest() > AUDIBLE

    studio.acts("Recording", "Rename")
    ann.page.get_by_label("Name", exact=True).fill("Bread, step by step")
    ann.page.get_by_role("button", name="Save").click()
    expect(studio.rows).to_contain_text("Bread, step by step")
    ann.page.reload()
    expect(studio.rows).to_contain_text("Bread, step by step")
    picture(ann.page, f"recordings-list-{size}")

    with ann.page.expect_download() as started:
        if phone:
            studio.acts("Bread, step by step", "Download")
        else:
            ann.page.get_by_role("button", name="Download").click()
    assert started.value.suggested_filename.startswith("Bread, step by step 20")
    file = tmp_path / "recording.webm"
    started.value.save_as(file)
    assert file.read_bytes()[:4] == b"\x1a\x45\xdf\xa3", "not a WebM file"
    if shutil.which("ffprobe"):
        said = probe(file)
        streams = {stream["codec_type"]: stream for stream in said["streams"]}
        assert set(streams) == {"video", "audio"}
        assert SHORT[0] <= float(said["format"]["duration"]) <= SHORT[1]
        assert int(streams["video"]["nb_read_packets"]) > 10

    studio.acts("Bread, step by step", "Delete")
    dialog = ann.page.get_by_role("dialog", name="Delete this recording?")
    picture(ann.page, f"recordings-delete-{size}")
    dialog.get_by_role("button", name="Delete").click()
    expect(ann.page.get_by_text("No recordings yet")).to_be_visible()
    assert studio.files() == []
    assert studio.used() < kept


def test_a_recording_whose_tab_died_is_rescued(caller: NewPerson, picture: Picture):
    ann = caller("Ann").registers()
    Studio(ann.page).opens().sets_up("Record the camera").records()

    beside = ann.context.new_page()
    other = Studio(beside).opens()
    expect(other.rows.get_by_text("Recording in a tab")).to_be_visible()
    expect(other.rows.get_by_role("button", name="Finish it")).to_have_count(0)

    # Seconds' worth, so that there is something to rescue.
    beside.wait_for_function(GROWN, arg=SECONDS_WORTH, timeout=90_000)
    written = beside.evaluate(SIZE)
    crash(ann.page)
    expect(other.rows.get_by_text("Not finished.")).to_be_visible()
    picture(beside, "recordings-not-finished-desktop")
    other.rows.get_by_role("button", name="Finish it").click()
    other.sees_toast("The recording is whole again.")
    assert other.files() == ["jpg", "json", "webm"]
    # The packets are all there; what holds them is packed a little tighter.
    assert beside.evaluate(SIZE) > 0.9 * written
    assert_lively(other.plays("Recording"), seconds=SHORT)
    assert other.loudest() > AUDIBLE


def crash(page: Page) -> None:
    """Kills the page's process, as the system does when memory runs out."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash", wait_until="commit")


@pytest.mark.timeout(240 + 60 * MINUTES)
def test_twenty_switches_keep_one_file_and_leave_nothing_open(caller: NewPerson):
    """The heap is as large after many switches as after the first, and everything is closed."""
    ann = caller("Ann")
    counter = Counter(ann.page)
    studio = Studio(ann.registers().page).opens().sets_up("Record the camera").records()

    def switch(number: int) -> None:
        """Camera, screen and microphone in turn, off and on; the picture comes back each time."""
        instrument = ("Camera", "Screen", "Microphone")[number % 3]
        switched = ann.page.get_by_role("switch", name=instrument)
        studio.switches(instrument, switched.get_attribute("aria-checked") != "true")

    for number in range(6):
        switch(number)
    assert counter.open() == Open(tracks=2, voices=1, feeds=1, workers=2)
    began, figures = time.monotonic(), [counter.memory()]
    for number in range(SWITCHES):
        switch(number)
        due = began + (number + 1) * MINUTES * 60 / SWITCHES
        ann.page.wait_for_timeout(max(0, due - time.monotonic()) * 1000)
        figures.append(counter.memory())
    for number in range(SWITCHES, SWITCHES + -SWITCHES % 6):
        switch(number)
    figures.append(counter.memory())
    print("\n".join(f"{at:3d} {memory}" for at, memory in enumerate(figures)))
    assert counter.open() == Open(tracks=2, voices=1, feeds=1, workers=2)
    assert figures[-1].heap - figures[0].heap < HEAP_NOISE, figures
    assert figures[-1].nodes - figures[0].nodes < 200, figures
    recorded = time.monotonic() - began

    studio.stops()
    assert_lively(studio.plays("Recording"), seconds=(recorded, recorded + 60))
    ann.page.get_by_role("button", name="Cancel").click()
    assert counter.open() == Open(tracks=0, voices=0, feeds=0, workers=0)


@pytest.fixture
def lasting(playwright: Playwright, system: RunningSystem, tmp_path: Path) -> Iterator[Person]:
    """Somebody whose browser keeps files on the disk: a private window's never fill it."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path="/usr/bin/chromium",
        args=CHROMIUM_WITH_DEVICES,
        base_url=system.url,
        viewport=DESKTOP,
        locale="en-GB",
        permissions=["camera", "microphone"],
    )
    someone = Person("Ann", context)
    yield someone
    someone.go_away()
    assert not someone.faults


def test_a_full_device_refuses_to_begin_and_stops_cleanly(lasting: Person):
    page = lasting.registers().page
    devtools = lasting.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    studio = Studio(page).opens()

    def leave(megabytes: float) -> None:
        """The device has room for so much more."""
        size = studio.used() + megabytes * 1_000_000
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})

    leave(100)
    studio.sets_up("Record the camera")
    page.get_by_role("button", name="Record", exact=True).click()
    studio.sees_toast("There is too little space left on this device to record.")
    assert studio.files() == []

    leave(400)
    studio.records().waits_for("0:03")
    leave(0.05)
    # Chromium hands out room by the mebibyte: the file fills its last one first.
    full = page.get_by_text("The device is full, so the recording stopped.")
    expect(full).to_be_visible(timeout=90_000)
    expect(studio.rows.get_by_text("Not finished.")).to_be_visible()
    leave(400)
    studio.rows.get_by_role("button", name="Finish it").click()
    studio.sees_toast("The recording is whole again.")
    assert_lively(studio.plays("Recording"), seconds=SHORT)


def test_without_frames_in_workers_the_page_draws(caller: NewPerson):
    """Firefox has no way to take frames out of a page: there the page's own canvas is recorded."""
    ann = caller("Ann")
    ann.page.add_init_script(
        "delete window.MediaStreamTrackProcessor; delete window.MediaStreamTrackGenerator;"
    )
    studio = Studio(ann.registers().page).opens().sets_up("Record a screen")
    studio.records().waits_for("0:02").switches("Camera", True).waits_for("0:04")
    ann.page.wait_for_function(GROWN, arg=SECONDS_WORTH, timeout=90_000)
    studio.stops()
    assert_lively(studio.plays("Recording"), seconds=SHORT)
    assert studio.loudest() > AUDIBLE


@pytest.mark.calls
def test_a_call_is_recorded_with_everyone_in_it(caller: NewPerson, picture: Picture):
    kitchen = fresh("Recorded kitchen")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(kitchen)
    bob.joins_by_browsing(kitchen)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann")
    ann.sees_tile_of("Bob")

    ann.page.get_by_role("button", name="Record", exact=True).click()
    stop = ann.page.get_by_role("button", name="Stop recording")
    expect(stop).to_be_visible(timeout=20_000)
    expect(bob.page.get_by_text(re.compile("record", re.IGNORECASE)).first).to_be_visible()
    expect(stop).to_have_text(re.compile(r"0:(0[6-9]|[1-5]\d)"), timeout=30_000)
    ann.page.wait_for_function(GROWN, arg=SECONDS_WORTH, timeout=90_000)
    picture(ann.page, "recording-a-call-desktop")
    stop.click()
    expect(ann.page.get_by_text("The recording is saved on this device.")).to_be_visible(
        timeout=30_000
    )
    studio = Studio(ann.page).opens()
    assert_lively(studio.plays(kitchen), seconds=SHORT)
    assert studio.loudest() > AUDIBLE
    picture(ann.page, "recordings-of-a-call-desktop")
