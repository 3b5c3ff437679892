"""Cameras, microphones and speakers before a call: choosing, trying, and what keeps them away."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.e2e.conftest import CHROMIUM_WITH_DEVICES, PLAIN_HTTP_HOST, NewPerson, people_at
from tests.e2e.person import Person, fresh
from tests.e2e.waiting import until
from tests.support.relay import Relay
from tests.support.system import RunningSystem

pytestmark = pytest.mark.timeout(300)

# A browser keeps no list of the tracks that a page has open, copies included: this does.
COUNTS_TRACKS = """
window.openedTracks = [];
if (navigator.mediaDevices) {
  const devices = MediaDevices.prototype;
  const getUserMedia = devices.getUserMedia;
  devices.getUserMedia = async function (constraints) {
    const stream = await getUserMedia.call(this, constraints);
    window.openedTracks.push(...stream.getTracks());
    return stream;
  };
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    const copy = clone.call(this);
    window.openedTracks.push(copy);
    return copy;
  };
}
window.liveTracks = (kind) =>
  window.openedTracks.filter((t) => t.kind === kind && t.readyState === 'live').length;
window.soundsFrom = [];
const setSinkId = HTMLMediaElement.prototype.setSinkId;
HTMLMediaElement.prototype.setSinkId = function (id) {
  window.soundsFrom.push(id);
  return setSinkId.call(this, id);
};
"""

# A second program that holds the camera: fake devices let everybody in, so the browser's own
# refusal is said in its place.
CAMERA_IS_BUSY = """
window.cameraIsBusy = true;
const open = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = function (constraints) {
  if (constraints.video && window.cameraIsBusy) {
    return Promise.reject(new DOMException('Could not start video source', 'NotReadableError'));
  }
  return open.call(this, constraints);
};
"""

SCREEN_IS_BUSY = """
MediaDevices.prototype.getDisplayMedia = () =>
  Promise.reject(new DOMException('Could not start video source', 'NotReadableError'));
"""

Picture = Callable[[Page, str], None]


@pytest.fixture
def asked(playwright: Playwright, system: RunningSystem) -> Iterator[NewPerson]:
    """`asked("Cleo")`: somebody whose browser has devices, and keeps them from the page."""
    flags = [flag for flag in CHROMIUM_WITH_DEVICES if flag != "--use-fake-ui-for-media-stream"]
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
    # Granting something else refuses the rest.
    yield from people_at(browser, system, permissions=["notifications"])
    browser.close()


def at_the_door(someone: Person, room: str) -> Person:
    """In a room of one's own, about to start a call."""
    someone.registers()
    someone.creates_room(fresh(room))
    someone.page.get_by_role("button", name="Start a call").click()
    expect(door(someone)).to_be_visible()
    return someone


def door(someone: Person) -> Locator:
    """What one sees before a call."""
    return someone.page.get_by_role("region", name=re.compile("^Join the call in "))


def preview(someone: Person) -> Locator:
    return someone.page.get_by_label("Your camera", exact=True)


def trouble(someone: Person) -> Locator:
    """What is said about a device that does not open."""
    return door(someone).get_by_role("alert").filter(has=someone.page.get_by_role("heading"))


def plays(video: Locator) -> None:
    """The picture is there and goes on."""
    expect(video).to_be_visible()
    video.evaluate(
        """async (v) => {
          const shown = () => new Promise((done) => v.requestVideoFrameCallback(done));
          await shown();
          await shown();
          if (!v.videoWidth) throw new Error('a picture without a size');
        }"""
    )


def has_open(someone: Person, *, audio: int, video: int) -> None:
    """So many tracks are open, and after a moment no others."""
    until(
        someone.page,
        "([audio, video]) => liveTracks('audio') === audio && liveTracks('video') === video",
        arg=[audio, video],
    )


def field(someone: Person, kind: str) -> Locator:
    return someone.page.get_by_role("button", name=re.compile(f"^{kind}: "))


def chooses(someone: Person, kind: str, number: int) -> str:
    """Takes the device at this place of the menu and returns what it is called."""
    field(someone, kind).click()
    device = someone.page.get_by_role("menuitemradio").nth(number)
    name = device.inner_text().strip()
    device.click()
    expect(field(someone, kind)).to_have_accessible_name(f"{kind}: {name}")
    return name


def shows_every_theme(someone: Person, picture: Picture, name: str) -> None:
    for theme in ("light", "dark"):
        someone.page.emulate_media(color_scheme=theme)
        picture(someone.page, f"{name}-{theme}")
    someone.page.emulate_media(color_scheme="light")


def test_one_chooses_and_tries_devices_before_a_call(caller: NewPerson, picture: Picture) -> None:
    ann = caller("Ann")
    ann.context.add_init_script(COUNTS_TRACKS)
    at_the_door(ann, "Choir")
    plays(preview(ann))
    # One's own picture is seen as in a mirror; the meter moves with the fake microphone's beeps.
    assert "matrix(-1" in preview(ann).evaluate("v => getComputedStyle(v).transform")
    meter = ann.page.get_by_role("meter", name="Microphone level")
    # Often: a look now and then may fall between the beeps for ever.
    until(ann.page, "meter => meter.ariaValueNow !== '0'", arg=meter.element_handle(), every=10)
    shows_every_theme(ann, picture, "prejoin-desktop")
    # The microphone, the copy that the meter hears, and one camera.
    has_open(ann, audio=2, video=1)

    for turn in range(10):
        chooses(ann, "Camera", (turn + 1) % 3)
    plays(preview(ann))
    has_open(ann, audio=2, video=1)

    # Faster than any camera starts.
    for _ in range(5):
        ann.page.keyboard.press("v")
    expect(ann.page.get_by_role("button", name="Turn camera on")).to_be_visible()
    expect(preview(ann)).to_be_hidden()
    has_open(ann, audio=2, video=0)
    picture(ann.page, "prejoin-camera-off")

    ann.page.get_by_role("button", name="Turn camera on").click()
    ann.page.get_by_role("button", name="Mute", exact=True).click()
    camera, microphone = chooses(ann, "Camera", 2), chooses(ann, "Microphone", 2)
    speaker = chooses(ann, "Speaker", 1)
    plays(preview(ann))
    has_open(ann, audio=2, video=1)
    field(ann, "Microphone").click()
    picture(ann.page, "prejoin-menu")
    ann.page.keyboard.press("Escape")

    # A few seconds of oneself, although muted, through the chosen speaker.
    ann.page.get_by_role("button", name="Test microphone and speaker").click()
    expect(ann.page.get_by_text("Say a few words.")).to_be_visible()
    picture(ann.page, "prejoin-echo")
    expect(ann.page.get_by_text("Now you should hear yourself.")).to_be_visible()
    assert ann.page.evaluate("soundsFrom.at(-1)") == ann.page.evaluate(
        """async (label) => (await navigator.mediaDevices.enumerateDevices())
          .find((d) => d.kind === 'audiooutput' && d.label === label).deviceId""",
        speaker,
    )
    expect(ann.page.get_by_text("Did you hear yourself?")).to_be_visible()
    has_open(ann, audio=2, video=1)

    # What was chosen is chosen after a reload.
    ann.page.reload()
    ann.page.get_by_role("button", name="Start a call").click()
    plays(preview(ann))
    expect(field(ann, "Camera")).to_have_accessible_name(f"Camera: {camera}")
    expect(field(ann, "Microphone")).to_have_accessible_name(f"Microphone: {microphone}")
    expect(field(ann, "Speaker")).to_have_accessible_name(f"Speaker: {speaker}")
    expect(ann.page.get_by_role("button", name="Unmute")).to_be_visible()

    door(ann).get_by_role("button", name="Close").click()
    expect(preview(ann)).to_be_hidden()
    has_open(ann, audio=0, video=0)


def test_a_phone_has_room_for_all_of_it(caller: NewPerson, picture: Picture) -> None:
    bo = at_the_door(caller("Bo", phone=True), "Kitchen")
    plays(preview(bo))
    for theme in ("light", "dark"):
        bo.page.emulate_media(color_scheme=theme)
        picture(bo.page, f"prejoin-phone-{theme}")
    join = door(bo).get_by_role("button", name="Join", exact=True)
    expect(join).to_be_in_viewport()
    sideways = "e => e.scrollWidth > e.clientWidth"
    assert not door(bo).evaluate(sideways)


def test_a_refusal_is_explained_and_ends_when_it_is_lifted(
    asked: NewPerson, picture: Picture
) -> None:
    cleo = at_the_door(asked("Cleo"), "Garden")
    expect(trouble(cleo)).to_contain_text("Camera and microphone are blocked")
    expect(trouble(cleo)).to_contain_text("icon to the left of the address")
    expect(door(cleo).get_by_role("button", name="Join and listen")).to_be_enabled()
    shows_every_theme(cleo, picture, "prejoin-refused")
    cleo.page.emulate_media(forced_colors="active")
    picture(cleo.page, "prejoin-refused-forced-colours")
    cleo.page.emulate_media(forced_colors="none")

    cleo.context.grant_permissions(["camera", "microphone"])
    plays(preview(cleo))
    expect(trouble(cleo)).to_have_count(0)


def test_whoever_has_no_devices_can_listen(person: NewPerson, picture: Picture) -> None:
    dan = at_the_door(person("Dan", permissions=["camera", "microphone"]), "Attic")
    alert = trouble(dan)
    expect(alert).to_contain_text("No camera and no microphone found")
    expect(alert).to_contain_text("it starts by itself")
    picture(dan.page, "prejoin-missing")
    expect(door(dan).get_by_role("button", name="Join and listen")).to_be_enabled()


def test_a_camera_in_use_elsewhere_keeps_only_the_camera_away(
    caller: NewPerson, picture: Picture
) -> None:
    eve = caller("Eve", phone=True)
    eve.context.add_init_script(CAMERA_IS_BUSY)
    at_the_door(eve, "Yard")
    alert = trouble(eve)
    expect(alert).to_contain_text("Your camera is used by another program")
    expect(alert).to_contain_text("Close it there")
    # The microphone is no part of it.
    expect(eve.page.get_by_role("meter", name="Microphone level")).to_be_visible()
    expect(door(eve).get_by_role("button", name="Join", exact=True)).to_be_enabled()
    picture(eve.page, "prejoin-busy-phone")

    eve.page.evaluate("window.cameraIsBusy = false")
    alert.get_by_role("button", name="Try again").click()
    plays(preview(eve))


def test_what_does_not_open_in_a_call_says_why(caller: NewPerson, picture: Picture) -> None:
    eve = caller("Eve")
    eve.context.add_init_script(CAMERA_IS_BUSY + SCREEN_IS_BUSY)
    at_the_door(eve, "Porch").goes_in()
    turn_on = eve.controls.get_by_role("button", name="Turn the camera on")
    turn_on.click()
    said = eve.page.get_by_text("Camera: used by another program. Close it there, then try again.")
    expect(said).to_be_visible()
    eve.page.keyboard.press("s")
    expect(eve.page.get_by_text("The screen could not be shared.")).to_be_visible()
    expect(eve.tile_of("Your screen")).to_have_count(0)
    picture(eve.page, "call-camera-busy")

    eve.page.evaluate("window.cameraIsBusy = false")
    turn_on.click()
    eve.sees_tile_of("Eve (you)")


def test_a_page_over_plain_http_says_so(caller: NewPerson, relay: Relay, picture: Picture) -> None:
    finn = caller("Finn", url=relay.url.replace("localhost", PLAIN_HTTP_HOST), permissions=[])
    at_the_door(finn, "Shed")
    assert finn.page.evaluate("isSecureContext") is False
    expect(trouble(finn)).to_contain_text("This page is not secure")
    expect(trouble(finn)).to_contain_text("https")
    expect(door(finn).get_by_role("button", name="Join and listen")).to_be_enabled()
    picture(finn.page, "prejoin-insecure")


def test_settings_try_devices_and_let_go_of_them(caller: NewPerson, picture: Picture) -> None:
    gus = caller("Gus")
    gus.context.add_init_script(COUNTS_TRACKS)
    gus.registers()
    gus.page.goto("/settings/calls")
    expect(gus.page.get_by_role("heading", name="Camera and sound")).to_be_visible()
    # Nobody expects a camera to light up because they open a page of settings.
    has_open(gus, audio=0, video=0)
    gus.page.get_by_role("button", name="Try camera and microphone").click()
    plays(preview(gus))
    has_open(gus, audio=2, video=1)
    # Chromium's fake microphone does all three or none.
    for name in ("Remove echo", "Reduce background noise", "Adjust loudness by itself"):
        gus.page.get_by_role("switch", name=name).click()
    until(
        gus.page,
        """() => openedTracks.some((t) => t.kind === 'audio' && t.readyState === 'live'
          && t.getSettings().noiseSuppression === false)""",
    )
    has_open(gus, audio=2, video=1)
    picture(gus.page, "settings-calls")
    gus.page.get_by_role("link", name="Profile").click()
    has_open(gus, audio=0, video=0)
