"""Six people at six browsers in one call, and the seventh who listens: the whole mesh, for real."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.conftest import CHROMIUM, EXPECT_MS, KEEP_CONNECTIONS, NewPerson, people_at
from tests.e2e.person import Person, fresh
from tests.e2e.portrait import portrait
from tests.e2e.waiting import until
from tests.e2e.watching import ALL_MOVE
from tests.support.system import RunningSystem

# Fifteen connections, thirty pictures and thirty voices on two cores; nobody waits by the clock.
pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.alone, pytest.mark.timeout(600)]

Picture = Callable[[Page, str], None]

PATIENCE_MS = 90_000

FEW = 4
"""Pictures a second that two cores carry thirty times with ease."""

ENOUGH = 14
"""Pictures a second of a connection that nobody would call weak."""

# Nothing is cleaned of echo and noise: that takes longer than to encode it.
RAW_SOUND = """
(() => {
  const open = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = function (wanted) {
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return open.call(this, wanted.audio ? { ...wanted, audio: raw } : wanted);
  };
})();
"""

# One process for all, with a camera that is only opened, so that it has a name.
CHROMIUM_FOR_MANY = [
    *CHROMIUM,
    "--use-fake-device-for-media-stream=device-count=1,fps=1",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
]

PEOPLE = ("Ann Lindqvist", "Bob Okafor", "Eve Moreau", "Ivo Novak", "Mia Tanaka", "Sam Rivera")

# Windows that nobody photographs are small: what is not drawn costs nothing.
SMALL = {"width": 720, "height": 400}

WEAK = re.compile("^(Fair|Weak) connection")

# Whose sound has energy in it, and is played.
ALL_SOUND = """async (count) => {
  const energies = (window.parleyEnergies ??= new Map());
  let loud = 0;
  for (const connection of parleyConnections) {
    if (connection.connectionState !== 'connected') continue;
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue;
      const { ssrc, totalAudioEnergy: energy } = report;
      if (!energies.has(ssrc)) energies.set(ssrc, energy);
      if (energy > energies.get(ssrc)) loud += 1;
    }
  }
  const played = [...document.querySelectorAll('audio[data-session]')];
  return loud === count && played.filter(({ paused }) => !paused).length === count;
}"""


@pytest.fixture
def crowd(playwright: Playwright, system: RunningSystem) -> Iterator[NewPerson]:
    """`crowd("Ann")`: one of many in one browser, each with a camera and a microphone."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=CHROMIUM_FOR_MANY
    )
    expect.set_options(timeout=PATIENCE_MS)
    try:
        yield from people_at(
            browser, system, permissions=["camera", "microphone"], script=KEEP_CONNECTIONS
        )
    finally:
        expect.set_options(timeout=EXPECT_MS)
        browser.close()


def test_six_people_at_browsers_hold_a_call(crowd: NewPerson, picture: Picture) -> None:
    atrium = fresh("Atrium")
    ann, bob, eve, *rest = people = [comes(crowd, number) for number in range(len(PEOPLE))]
    path = ann.registers().creates_room(atrium)
    for someone in people[1:]:
        someone.registers().joins_by_browsing(atrium)
    ann.says("Is everybody here?")
    ann.starts_call()
    for someone in people[1:]:
        someone.joins_call()
    for someone in people:
        sees_and_hears(someone, others=5)
    for someone in people:
        someone.page.evaluate("rate => { window.parleyRate = rate; }", ENOUGH)
    for someone, name in ((ann, "call-six-desktop"), (eve, "call-six-phone")):
        # Where the machine is busy with other things the picture says so, as it should.
        with suppress(AssertionError):
            expect(someone.stage.get_by_label(WEAK)).to_have_count(0, timeout=20_000)
        picture(someone.page, name)
    for someone in people:
        someone.page.evaluate("rate => { window.parleyRate = rate; }", FEW)

    # The seventh reads why there is no place, and listens to all six.
    zoe = comes(crowd, len(PEOPLE), name="Zoe Haddad").registers().joins_by_browsing(atrium)
    zoe.page.get_by_role("button", name="Call is full, 6 people in the call").click()
    full = zoe.page.get_by_role("dialog", name="The call is full")
    expect(full).to_contain_text("more than 6 would make it stall")
    picture(zoe.page, "call-full-desktop")
    zoe.page.emulate_media(color_scheme="dark")
    picture(zoe.page, "call-full-desktop-dark")
    zoe.page.emulate_media(color_scheme="light")
    full.get_by_role("button", name="Listen", exact=True).click()
    expect(zoe.controls).to_contain_text("You are listening")
    zoe.sees_people_in_call(6)
    until(zoe.page, ALL_SOUND, arg=6, every=500)
    expect(ann.stage).to_contain_text(re.compile("1 listening: Zoe"))
    picture(zoe.page, "call-six-listening")

    # One leaves, and nobody is left with a frozen picture; then there is a place.
    bob.leaves_call()
    for someone in (ann, eve, *rest):
        someone.sees_no_tile_of("Bob").sees_people_in_call(5)
        someone.page.evaluate(
            "document.querySelectorAll('video').forEach((video) => delete video.dataset.from)"
        )
        until(someone.page, ALL_MOVE, arg=5, every=250)
    expect(zoe.controls.get_by_role("button", name="Join", exact=True)).to_be_enabled()
    assert ann.page.url.endswith(path)


def comes(crowd: NewPerson, number: int, name: str = "") -> Person:
    """Somebody with a face of their own; one has a phone, and two have a window that is seen."""
    first, surname = (name or PEOPLE[number]).split()
    size = {} if first in ("Ann", "Eve", "Zoe") else {"viewport": SMALL}
    someone = crowd(first, surname=surname, phone=first == "Eve", **size)
    someone.context.set_default_timeout(PATIENCE_MS)
    someone.context.add_init_script(portrait(number, FEW))
    someone.context.add_init_script(RAW_SOUND)
    return someone


def sees_and_hears(someone: Person, others: int) -> None:
    """One's own picture and one of each of the others, all of which move; and all others' sound."""
    tiles = someone.stage.get_by_role("list", name="People in the call").get_by_role("listitem")
    expect(tiles).to_have_count(others + 1)
    until(someone.page, ALL_MOVE, arg=others + 1, every=250)
    until(someone.page, ALL_SOUND, arg=others, every=500)
