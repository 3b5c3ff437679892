"""Recording on one's own device: whole files, kept through crashes, and nothing left open."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.footage import EVERYTHING, Footage
from tests.e2e.left_alone import LeftAlone
from tests.e2e.open_media import KINDS, Counter, Open
from tests.e2e.person import PASSWORD, fresh
from tests.e2e.starvation import OFF, Starvation
from tests.e2e.studio import Studio
from tests.e2e.test_access import serious
from tests.e2e.waiting import until
from tests.e2e.watching import Seen
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

Picture = Callable[[Page, str], None]

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

HEAP_GROWTH = 50_000
"""Bytes of twenty switches: tables grow in steps. A switch leaves less than one kilobyte."""


@pytest.fixture
def starvation(chromium_with_devices: Browser) -> Iterator[Starvation]:
    """For how long the browser of `caller` got no core."""
    with Starvation.of(chromium_with_devices) as watch:
        yield watch


def assert_plays(seen: Seen, footage: Footage) -> None:
    """A player shows it, knows how long it is, and can jump about in it."""
    assert abs(seen.duration - footage.length) < 0.2, (seen, footage.length)
    assert seen.colours >= 8, seen
    assert seen.played > 0.2, seen
    assert seen.missed < 0.1, seen
    assert (seen.width, seen.height) in {(1280, 720), (1920, 1080)}, seen


def assert_recorded(
    studio: Studio,
    title: str,
    file: Path,
    starvation: Starvation,
    *,
    since: float = 0,
    moving: float = 0.5,
) -> Footage:
    """It is all that was recorded and no more, moves without holes, plays, and can be heard.

    `moving` is how much of it shows what moves.
    """
    seen = studio.plays(title)
    footage = studio.downloads(title, file)
    starvation.assert_as_long_as(footage, studio.shown, studio.ended)
    starvation.assert_steady(footage, studio.ended, since)
    assert_plays(seen, footage)
    shown = len(footage.moments["video"])
    assert footage.moves(EVERYTHING, 0, footage.length) > moving * shown, shown
    assert footage.loudest(0, footage.length) > AUDIBLE
    return footage


def assert_open_to_all(page: Page) -> None:
    """Nothing that axe finds keeps anybody out, in either theme."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert serious(page) == [], scheme
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_camera_is_recorded_played_renamed_downloaded_deleted(
    caller: NewPerson, starvation: Starvation, picture: Picture, tmp_path: Path, phone: bool
):
    size = "phone" if phone else "desktop"
    ann = caller("Ann", phone=phone).registers()
    studio = Studio(ann.page).opens()
    expect(ann.page.get_by_text("No recordings yet")).to_be_visible()
    picture(ann.page, f"recordings-empty-{size}")
    assert_open_to_all(ann.page)

    studio.sets_up("Record the camera").records().waits_for("0:03")
    # What happens in a pause is not in the file, and the clock knows.
    studio.pauses(True)
    paused = studio.clock
    picture(ann.page, f"recordings-paused-{size}")
    ann.page.wait_for_timeout(4000)
    assert studio.clock == paused
    studio.pauses(False).waits_for(f"0:{int(paused) + 3:02d}")
    until(ann.page, GROWN, arg=SECONDS_WORTH, timeout=90_000)
    picture(ann.page, f"recordings-recording-{size}")
    studio.stops()
    expect(studio.rows).to_have_count(1)
    assert studio.files() == ["jpg", "json", "webm"]
    kept = studio.used()
    seen = studio.plays("Recording")

    studio.acts("Recording", "Rename")
    ann.page.get_by_label("Name", exact=True).fill("Bread, step by step")
    ann.page.get_by_role("button", name="Save").click()
    expect(studio.rows).to_contain_text("Bread, step by step")
    ann.page.reload()
    expect(studio.rows).to_contain_text("Bread, step by step")
    picture(ann.page, f"recordings-list-{size}")
    assert_open_to_all(ann.page)
    named = "Bread, step by step"
    assert_plays(
        seen, assert_recorded(studio, named, tmp_path / "a", starvation, since=paused + OFF)
    )

    studio.acts("Bread, step by step", "Delete")
    dialog = ann.page.get_by_role("dialog", name="Delete this recording?")
    picture(ann.page, f"recordings-delete-{size}")
    dialog.get_by_role("button", name="Delete").click()
    expect(ann.page.get_by_text("No recordings yet")).to_be_visible()
    assert studio.files() == []
    assert studio.used() < kept


def test_a_recording_whose_tab_died_is_rescued(
    caller: NewPerson, starvation: Starvation, picture: Picture, tmp_path: Path
):
    ann = caller("Ann").registers()
    dying = Studio(ann.page).opens().sets_up("Record the camera").records().waits_for("0:05")

    beside = ann.context.new_page()
    other = Studio(beside).opens()
    expect(other.rows.get_by_text("Recording in a tab")).to_be_visible()
    expect(other.rows.get_by_role("button", name="Finish it")).to_have_count(0)

    # Seconds' worth, so that there is something to rescue.
    until(beside, GROWN, arg=SECONDS_WORTH, timeout=90_000)
    written = beside.evaluate(SIZE)
    recorded, died = dying.clock, time.time()
    crash(ann.page)
    expect(other.rows.get_by_text("Not finished.")).to_be_visible()
    picture(beside, "recordings-not-finished-desktop")
    assert_open_to_all(beside)
    other.rows.get_by_role("button", name="Finish it").click()
    other.sees_toast("The recording is whole again.")
    assert other.files() == ["jpg", "json", "webm"]
    # The packets are all there; what holds them is packed a little tighter.
    assert beside.evaluate(SIZE) > 0.9 * written
    seen = other.plays("Recording")
    footage = other.downloads("Recording", tmp_path / "rescued")
    assert_plays(seen, footage)
    assert footage.loudest(0, footage.length) > AUDIBLE
    # A second that was not a chunk yet, and what the encoder still had before it.
    lost = recorded - footage.length
    assert -OFF < lost < OFF + starvation.waited(died - 10, died), (recorded, footage.length)


def crash(page: Page) -> None:
    """Kills the page's process, as the system does when memory runs out."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash", wait_until="commit")


@pytest.mark.timeout(240 + 60 * MINUTES)
def test_twenty_switches_keep_one_file_and_leave_nothing_open(
    interpreting: Browser, interpreted: NewPerson, tmp_path: Path
):
    """The heap is as large after many switches as after the first, and everything is closed."""
    ann = interpreted("Ann")
    counter = Counter(ann.page)
    studio = Studio(ann.registers().page).opens().sets_up("Record the camera")

    def switch(number: int) -> None:
        """Camera, screen and microphone in turn, off and on; the picture comes back each time."""
        instrument = ("Camera", "Screen", "Microphone")[number % 3]
        switched = ann.page.get_by_role("switch", name=instrument)
        studio.switches(instrument, switched.get_attribute("aria-checked") != "true")

    with Starvation.of(interpreting) as starvation:
        studio.records()
        for number in range(6):
            switch(number)
        assert counter.open() == Open(tracks=2, voices=1, feeds=1, workers=2)
        figures = []
        with starvation.looking():
            figures.append(counter.memory())
        began = time.monotonic()
        for number in range(SWITCHES):
            switch(number)
            due = began + (number + 1) * MINUTES * 60 / SWITCHES
            ann.page.wait_for_timeout(max(0, due - time.monotonic()) * 1000)
        for number in range(SWITCHES, SWITCHES + -SWITCHES % 6):
            switch(number)
        with starvation.looking():
            figures.append(counter.memory())
        assert counter.open() == Open(tracks=2, voices=1, feeds=1, workers=2)
        studio.stops()
    print(*figures, sep="\n")
    assert figures[-1].heap - figures[0].heap < HEAP_GROWTH, figures
    assert figures[-1].nodes - figures[0].nodes < 200, figures

    ann.page.get_by_role("button", name="Cancel").click()
    counter.goes_back_to(Open(0, 0, 0, 0), dict.fromkeys(KINDS, 0))
    assert_recorded(studio, "Recording", tmp_path / "switched", starvation, moving=0.2)


def test_a_tab_that_nobody_looks_at_records_on(
    playwright: Playwright, background: BackgroundLoop, system: RunningSystem, tmp_path: Path
):
    """Pages that are hidden draw nothing and have one timer a second: the mixer is a worker."""
    alone = LeftAlone(playwright, background, tmp_path / "profile")
    try:
        tab = alone.tab()
        tab.goto(f"{system.url}/register")
        tab.get_by_label("Name", exact=True).fill(fresh("left-alone").replace(" ", "-"))
        tab.get_by_label("Password", exact=True).fill(PASSWORD)
        tab.get_by_role("button", name="Create account").click()
        expect(tab.get_by_text("There are three ways to begin.")).to_be_visible()
        tab.goto(f"{system.url}/recordings")
        studio = Studio(tab).sets_up("Record the camera").records()
        with Starvation(alone.pid) as starvation:
            alone.turns_to_another_tab(chunks=8)
            studio = Studio(alone.tab())
            until(studio.page, "() => visibility.length >= 2", otherwise="() => visibility")
            hidden, visible = studio.page.evaluate("window.visibility")
            assert (hidden[0], visible[0]) == ("hidden", "visible")
            assert visible[1] - hidden[1] > 5
            studio.stops()
        footage = assert_recorded(studio, "Recording", tmp_path / "hidden", starvation)
        start, end = (at - studio.ended + footage.length for at in (hidden[1], visible[1]))
        assert footage.moves(EVERYTHING, start, end) > 10
    finally:
        alone.ends()


def test_a_guest_who_signs_out_leaves_no_recording_behind(caller: NewPerson, picture: Picture):
    """Nobody ever comes back as the same guest: what they recorded would lie there for nobody."""
    ann, gus = caller("Ann").registers(), caller("Gus")
    ann.creates_room(fresh("Parlour"), private=True)
    gus.page.goto(ann.makes_invite(guests=True))
    gus.page.get_by_label("Your name in this room").fill("Gus the guest")
    gus.page.get_by_role("button", name="Join as a guest").click()
    expect(gus.composer).to_be_enabled()
    studio = Studio(gus.page).opens().sets_up("Record the camera").records().waits_for("0:02")
    until(gus.page, GROWN, arg=SECONDS_WORTH // 4, timeout=90_000)
    studio.stops()
    gus.page.goto("/settings")
    gus.page.get_by_role("button", name="Sign out", exact=True).click()
    asked = gus.page.get_by_role("dialog", name="Delete your recording and sign out?")
    expect(asked).to_be_visible()
    picture(gus.page, "recordings-guest-signs-out-desktop")
    assert_open_to_all(gus.page)
    # First they take it along.
    asked.get_by_role("link", name="Show the recordings").click()
    expect(studio.rows).to_have_count(1)
    gus.page.goto("/settings")
    gus.page.get_by_role("button", name="Sign out", exact=True).click()
    asked.get_by_role("button", name="Delete and sign out").click()
    expect(gus.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert studio.files() == []


def test_without_frames_in_workers_the_page_draws(
    caller: NewPerson, starvation: Starvation, tmp_path: Path
):
    """Firefox has no way to take frames out of a page: there the page's own canvas is recorded."""
    ann = caller("Ann")
    ann.page.add_init_script(
        "delete window.MediaStreamTrackProcessor; delete window.MediaStreamTrackGenerator;"
    )
    studio = Studio(ann.registers().page).opens().sets_up("Record a screen")
    studio.records().waits_for("0:02").switches("Camera", True).waits_for("0:04")
    until(ann.page, GROWN, arg=SECONDS_WORTH, timeout=90_000)
    studio.stops()
    assert_recorded(studio, "Recording", tmp_path / "drawn", starvation)
