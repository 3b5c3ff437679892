"""What a call shows, and what answers to a key: each state looked at as a person does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.glimpses import glimpsed
from tests.e2e.person import Person, fresh
from tests.e2e.portrait import portrait
from tests.e2e.test_access import serious
from tests.e2e.waiting import until

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(240)]

Picture = Callable[[Page, str], None]

CLEAR = "rgba(0, 0, 0, 0)"

# A browser without a relay that may use nothing but one: no way leads anywhere.
NO_WAY_OUT = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) {
    super({ ...configuration, iceServers: [], iceTransportPolicy: 'relay' });
  }
  setConfiguration() {}
};
"""

# The seconds after which a person is told that there is no connection pass in half of the time: no
# faster, since what is shown before has to be seen, too.
HURRY = """
const wait = window.setTimeout;
window.setTimeout = (act, ms, ...rest) => wait(act, ms === 17000 ? ms / 2 : ms, ...rest);
"""

# Chromium's microphone beeps for an instant, which is no speech: this one speaks when it is told.
VOICE = """
window.speak = (speaks) => { window.speaking = speaks; window.voice?.gain.setValueAtTime(
  speaks ? 0.7 : 0, window.voice.context.currentTime); };
const open = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function (constraints) {
  const stream = await open.call(this, constraints);
  const [microphone] = stream.getAudioTracks();
  if (!microphone) return stream;
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: 330 });
  window.voice = new GainNode(context, { gain: window.speaking ? 0.7 : 0 });
  const heard = context.createMediaStreamDestination();
  tone.connect(window.voice).connect(heard);
  tone.start();
  const [track] = heard.stream.getAudioTracks();
  track.getSettings = () => microphone.getSettings();
  const stop = track.stop;
  track.stop = function () { stop.call(this); microphone.stop(); };
  return new MediaStream([track, ...stream.getVideoTracks()]);
};
"""


def speaks(someone: Person, loud: bool) -> None:
    someone.page.evaluate("loud => window.speak(loud)", loud)


def chooses(someone: Person, name: str) -> None:
    """From the menu at the end of the controls."""
    someone.controls.get_by_role("button", name="More", exact=True).click()
    someone.page.get_by_role("menuitem", name=name).click()


def chooses_of(someone: Person, tile: Locator, name: str) -> None:
    """From a tile's own menu."""
    tile.hover()
    tile.get_by_role("button", name=re.compile("^More about")).click()
    someone.page.get_by_role("menuitem", name=name).click()


def two_in_a_call(caller: NewPerson, room: str) -> tuple[Person, Person]:
    ann, bob = caller("Ann", surname="Lindqvist"), caller("Bob", surname="Okafor")
    for number, someone in enumerate((ann, bob)):
        someone.context.add_init_script(VOICE)
        someone.context.add_init_script(portrait(number))
        someone.registers()
    ann.creates_room(room)
    bob.joins_by_browsing(room)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann")
    ann.sees_tile_of("Bob")
    return ann, bob


def rings(tile: Locator, it_does: bool = True) -> None:
    """Round who speaks there is a ring, and round nobody else."""
    green = re.compile(r"^(?!rgba\(0, 0, 0, 0\)).+$")
    wanted = green if it_does else CLEAR
    expect(tile).to_have_css("border-top-color", wanted, pseudo="after")


def test_who_speaks_the_stage_and_the_keys(caller: NewPerson, picture: Picture):
    kitchen = fresh("Kitchen")
    ann, bob = two_in_a_call(caller, kitchen)
    page, keys = ann.page, ann.page.keyboard
    bobs, own = ann.tile_of("Bob"), ann.tile_of("Ann (you)")
    rings(bobs, False)
    speaks(bob, True)
    rings(bobs)
    rings(own, False)
    picture(page, "call-two-desktop")
    speaks(ann, True)
    rings(own)
    speaks(bob, False)
    rings(bobs, False)
    assert serious(page) == []

    # Every key but those that are written, and a letter with Control is the browser's.
    ann.composer.fill("")
    ann.composer.press_sequentially("mvsh mvsh")
    expect(ann.composer).to_have_value("mvsh mvsh")
    keys.press("Control+a")
    keys.press("Delete")
    ann.composer.blur()
    keys.press("Control+m")
    for name in ("Mute", "Turn the camera off", "Share your screen", "Raise your hand"):
        expect(ann.controls.get_by_role("button", name=name, exact=True)).to_be_visible()
    for key, on, off in (
        ("v", "Turn the camera on", "Turn the camera off"),
        ("s", "Stop sharing", "Share your screen"),
        ("h", "Lower your hand", "Raise your hand"),
        ("m", "Unmute", "Mute"),
    ):
        keys.press(key)
        expect(ann.controls.get_by_role("button", name=on, exact=True)).to_be_visible()
        if key != "m":
            keys.press(key)
            expect(ann.controls.get_by_role("button", name=off, exact=True)).to_be_visible()

    # Muted, and speaking all the same: no ring, but a word to oneself.
    hint = page.get_by_text("You are muted. Press M to speak")
    expect(hint).to_be_visible()
    picture(page, "call-muted-speaking-desktop")
    rings(own, False)
    keys.down(" ")
    expect(bob.tile_of("Ann")).not_to_have_accessible_name(re.compile("muted"))
    expect(hint).to_have_count(0)
    keys.up(" ")
    expect(bob.tile_of("Ann")).to_have_accessible_name(re.compile("muted"))
    keys.press("m")

    # An emoji floats over one's picture for everybody, and is said aloud; then it is gone.
    react = ann.controls.get_by_role("button", name="React", exact=True)
    react.click()
    with_party = page.get_by_role("button", name="React with \U0001f389")
    with glimpsed("\U0001f389", bob.tile_of("Ann"), own):
        with_party.click()
    said = bob.page.get_by_text("Ann Lindqvist reacts with \U0001f389.")
    expect(said).to_be_attached()
    expect(own.get_by_text("\U0001f389")).to_have_count(0)
    # Whoever wants no motion sees it stand still.
    page.emulate_media(reduced_motion="reduce")
    with_party.click()
    expect(own.get_by_text("\U0001f389")).to_have_css("opacity", "1")
    picture(page, "call-reactions-desktop")
    page.emulate_media(reduced_motion="no-preference")
    # Escape closes what is topmost, and nothing beneath it.
    ann.controls.get_by_role("button", name="Hide the conversation").click()
    keys.press("Escape")
    expect(with_party).to_have_count(0)
    expect(ann.composer).to_have_count(0)
    keys.press("Escape")
    expect(ann.composer).to_be_visible()

    # The stage without the conversation, and by Escape with it again.
    ann.controls.get_by_role("button", name="Hide the conversation").click()
    expect(ann.composer).to_have_count(0)
    keys.press("Escape")
    expect(ann.composer).to_be_visible()

    # One is pinned, and all are alike again; the speaker is large.
    chooses_of(ann, own, "Pin")
    expect_larger(own, bobs)
    chooses_of(ann, own, "Unpin")
    expect_larger(own, bobs, than=0)
    chooses(ann, "Speaker large")
    expect_larger(bobs, own)
    picture(page, "call-speaker-desktop")
    chooses(ann, "All alike")

    # In a window of the browser's own, which goes with the call.
    chooses(ann, "Picture in picture")
    until(page, "() => document.pictureInPictureElement?.videoWidth > 0")
    page.evaluate("document.exitPictureInPicture()")
    chooses(ann, "Picture in picture")
    until(page, "() => document.pictureInPictureElement?.videoWidth > 0")
    ann.leaves_call()
    until(page, "() => document.pictureInPictureElement === null")


def expect_larger(one: Locator, other: Locator, *, than: float = 1.8) -> None:
    """So many times as wide, once all are where they belong; 0 is alike."""
    one.evaluate(
        """async (one, [other, than]) => {
            const fits = () => {
                const times = one.offsetWidth / other.offsetWidth;
                return than === 0 ? times === 1 : times > than;
            };
            for (let look = 0; look < 300 && !fits(); look += 1) {
                await new Promise((again) => setTimeout(again, 10));
            }
            if (!fits()) throw new Error(`${one.offsetWidth} beside ${other.offsetWidth}`);
        }""",
        [other.element_handle(), than],
    )


def test_full_screen_rests_and_the_quality_of_a_call(caller: NewPerson, picture: Picture):
    ann, bob = two_in_a_call(caller, fresh("Cinema"))
    page = ann.page
    chooses(ann, "Full screen")
    until(page, "() => document.fullscreenElement !== null")
    bar = ann.controls
    bar.hover()
    picture(page, "call-full-screen")
    # It goes when nothing moves, comes with a movement, and stays while the keyboard is there.
    hidden = """bar => new Promise(gone => {
        const look = () => getComputedStyle(bar.parentElement).opacity === '0' ? gone(true)
            : setTimeout(look, 50);
        look();
    })"""
    assert bar.evaluate(hidden)
    page.mouse.move(300, 300)
    expect(bar.locator("..")).to_have_css("opacity", "1")
    bar.get_by_role("button", name="Raise your hand").focus()
    page.keyboard.press("Tab")
    rested = """bar => new Promise(done => setTimeout(
        () => done(getComputedStyle(bar.parentElement).opacity), 3600))"""
    assert bar.evaluate(rested) == "1"

    # Menus and dialogs are there in full screen, too.
    chooses(ann, "Connection quality")
    panel = page.get_by_role("dialog", name="Connection quality")
    expect(panel.get_by_text(re.compile("^(Good|Fair|Weak) connection$"))).to_be_visible()
    assert "no-pointer" not in page.evaluate(
        "document.elementFromPoint(innerWidth / 2, innerHeight / 2)"
        ".closest('[role=dialog]') ? 'pointer' : 'no-pointer'"
    )
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.evaluate("document.fullscreenElement && document.exitFullscreen()")
    until(page, "() => document.fullscreenElement === null")
    chooses(ann, "Connection quality")
    expect(panel).to_be_visible()
    picture(page, "quality-panel-desktop")
    page.keyboard.press("Escape")

    # Colours that the system forces, and everything twice as large.
    page.emulate_media(forced_colors="active")
    speaks(bob, True)
    expect(ann.tile_of("Bob")).to_have_css("border-top-width", "4px", pseudo="after")
    picture(page, "call-forced-colours")
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 720, "height": 450})
    for name in ("Mute", "Turn the camera off", "More", "Leave"):
        expect(bar.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(ann.tile_of("Bob")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "call-zoom-200")


def test_before_the_call_and_ringing_on_a_phone(caller: NewPerson, picture: Picture):
    hall = fresh("Hall")
    ann = caller("Ann", surname="Lindqvist")
    bob = caller("Bob", surname="Okafor", phone=True)
    for number, someone in enumerate((ann, bob)):
        someone.context.add_init_script(portrait(number))
        someone.registers()
    ann.creates_room(hall)
    bob.joins_by_browsing(hall)
    ann.page.get_by_role("button", name="Start a call").click()
    expect(ann.page.get_by_label("Your camera")).to_be_visible()
    picture(ann.page, "prejoin-desktop")
    assert serious(ann.page) == []
    ann.goes_in()

    bob.page.goto("/settings/profile")
    ann.rings("Bob")
    card = bob.page.get_by_role("alertdialog", name="Ann Lindqvist is calling")
    card.get_by_role("button", name="Decline").click()
    expect(card).to_have_count(0)
    dialog = ann.page.get_by_role("dialog", name="Ring somebody")
    expect(dialog.get_by_text("Declined")).to_be_visible()
    picture(ann.page, "call-ring-desktop")

    ann.rings("Bob")
    card.get_by_role("button", name="Accept").click()
    expect(bob.page.get_by_label("Your camera")).to_be_visible()
    picture(bob.page, "prejoin-phone")
    assert serious(bob.page) == []
    bob.goes_in().sees_tile_of("Ann")
    assert bob.composer.bounding_box()["height"] >= 44, "one line of it is seen"
    picture(bob.page, "call-two-phone")
    bob.leaves_call()

    # Looked at now that nobody has to answer: it rings for half a minute, and axe takes its time.
    ann.rings("Bob")
    expect(card).to_be_visible()
    # A page that loads meanwhile rings on.
    bob.page.goto("/settings/profile")
    expect(card).to_be_visible()
    for answer in ("Accept", "Decline"):
        # As laid out, whatever the card's entrance does to it meanwhile.
        assert card.get_by_role("button", name=answer).evaluate("it => it.offsetHeight") >= 44
    picture(bob.page, "call-incoming-phone")
    assert serious(bob.page) == []
    ann.page.keyboard.press("Escape")
    ann.leaves_call()
    expect(card).to_have_count(0)
    missed = bob.page.get_by_text("Missed call from Ann Lindqvist")
    expect(missed).to_be_visible()
    picture(bob.page, "call-missed-phone")
    bob.page.get_by_role("button", name="Open the room").click()
    bob.is_in(hall)
    expect(missed).to_have_count(0)


def test_a_device_is_verified_and_a_new_key_is_not_believed(caller: NewPerson, picture: Picture):
    ann, bob = two_in_a_call(caller, fresh("Vault"))
    numbers = []
    for someone, other in ((ann, "Bob"), (bob, "Ann")):
        chooses_of(someone, someone.tile_of(other), "Verify the connection")
        dialog = someone.page.get_by_role("dialog", name="Verify the connection")
        numbers.append(dialog.get_by_label("Numbers to compare").inner_text())
        if someone is ann:
            picture(ann.page, "call-verify-desktop")
            assert serious(ann.page) == []
        someone.page.keyboard.press("Escape")
    assert re.fullmatch(r"\d{5}( \d{5}){4}", numbers[0])
    assert numbers[0] == numbers[1]

    # The same device comes with another key, as somebody who took its place would.
    path = re.sub(r"^https?://[^/]+", "", bob.page.url)
    bob.leaves_call()
    bob.page.goto("/sign-in")
    bob.page.evaluate(
        """() => new Promise((done, failed) => {
            const asked = indexedDB.deleteDatabase('parley-keys');
            asked.onsuccess = () => done();
            asked.onerror = asked.onblocked = () => failed(new Error('the key stays'));
        })"""
    )
    bob.page.goto(path)
    bob.joins_call()
    tile = ann.tile_of("Bob")
    expect(tile).to_contain_text("Not verified")
    expect(tile).to_contain_text("Their device could not prove who it is.")
    expect(tile).to_have_accessible_name(re.compile("could not prove who it is"))
    expect(tile.locator("video")).to_have_count(0)
    picture(ann.page, "call-not-verified-desktop")
    tile.get_by_role("button", name="What to do").click()
    dialog = ann.page.get_by_role("dialog", name="Verify the connection")
    expect(dialog.get_by_text("Only go on if Bob Okafor has told you")).to_be_visible()
    picture(ann.page, "call-trust-desktop")
    dialog.get_by_role("button", name="Trust this device").click()
    ann.sees_tile_of("Bob")
    bob.sees_tile_of("Ann")


def test_a_way_that_is_never_found_says_why(caller: NewPerson, picture: Picture):
    ann, bob = caller("Ann", surname="Lindqvist"), caller("Bob", surname="Okafor")
    ann.context.add_init_script(HURRY)
    ann.registers()
    bob.context.add_init_script(NO_WAY_OUT)
    cellar = fresh("Cellar")
    ann.creates_room(cellar)
    bob.registers().joins_by_browsing(cellar)
    ann.starts_call()
    bob.joins_call()
    tile = ann.tile_of("Bob")
    expect(tile).to_contain_text(re.compile("Connecting|Looking for a route"))
    expect(tile).to_contain_text("No connection", timeout=60_000)
    expect(tile).to_contain_text(re.compile("nothing of theirs|nothing came through|do not answer"))
    picture(ann.page, "call-failed-tile")
    assert serious(ann.page) == []
    tile.get_by_role("button", name="Try again").click()
    expect(tile).to_contain_text(re.compile("Connecting|Looking for a route"))
