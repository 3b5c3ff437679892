"""A device that fills up: nothing begins without room, and what was written is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.conftest import CHROMIUM_WITH_DEVICES, DESKTOP
from tests.e2e.person import Person
from tests.e2e.studio import Studio
from tests.e2e.test_recording import GROWN, assert_plays
from tests.e2e.waiting import until
from tests.support.system import RunningSystem

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

Picture = Callable[[Page, str], None]


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


def test_a_full_device_refuses_to_begin_and_stops_cleanly(
    lasting: Person, picture: Picture, tmp_path: Path
):
    page = lasting.registers().page
    studio = Studio(page).opens()
    leave = quota_of(studio)

    leave(100)
    studio.sets_up("Record the camera")
    page.get_by_role("button", name="Record", exact=True).click()
    studio.sees_toast("There is too little space left on this device to record.")
    assert studio.files() == []
    page.reload()
    picture(page, "recordings-nearly-full-desktop")
    studio.sets_up("Record the camera")

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
    assert_plays(studio.plays("Recording"), studio.downloads("Recording", tmp_path / "full"))


def test_a_device_that_fills_up_while_a_recording_is_saved(lasting: Person, tmp_path: Path):
    page = lasting.registers().page
    studio = Studio(page).opens().sets_up("Record the camera")
    leave = quota_of(studio)
    leave(400)
    studio.records()
    # The copy goes to the disk by the mebibyte: some of it is taken, and then no more.
    until(page, GROWN, arg=2_500_000, timeout=90_000)
    leave(1.5)
    studio.stop_button.click()
    studio.sees_toast("The recording is safe, but not finished.")
    expect(studio.rows.get_by_text("Not finished.")).to_be_visible()
    leave(400)
    studio.rows.get_by_role("button", name="Finish it").click()
    studio.sees_toast("The recording is whole again.")
    assert studio.files() == ["jpg", "json", "webm"]
    assert_plays(studio.plays("Recording"), studio.downloads("Recording", tmp_path / "full"))


def quota_of(studio: Studio) -> Callable[[float], None]:
    """`leave(megabytes)`: the device has room for so much more."""
    devtools = studio.page.context.new_cdp_session(studio.page)
    origin = studio.page.evaluate("location.origin")

    def leave(megabytes: float) -> None:
        size = studio.used() + megabytes * 1_000_000
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})

    return leave
