"""The connection check: what works is said to work, what does not says what to do."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(300)]

Picture = Callable[[Page, str], None]

# Counts what a page opens and what it closes again: a check leaves nothing behind.
COUNT_OPEN = """
  window.stillOpen = { connections: new Set(), tracks: new Set(), sockets: new Set() };
  const { connections, tracks, sockets } = window.stillOpen;
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); connections.add(this); }
    close() { super.close(); connections.delete(this); }
  };
  const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  if (open) navigator.mediaDevices.getUserMedia = async (...given) => {
    const stream = await open(...given);
    for (const track of stream.getTracks()) tracks.add(track);
    return stream;
  };
"""
STILL_OPEN = """() => ({
  connections: window.stillOpen.connections.size,
  tracks: [...window.stillOpen.tracks].filter((track) => track.readyState === 'live').length,
  opened: window.stillOpen.tracks.size,
})"""


def line(page: Page, name: str) -> Locator:
    """The line of one check."""
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


def checks(someone: Person) -> Locator:
    """Runs the check to its end, and returns the verdict."""
    page = someone.page
    page.get_by_role("button", name=re.compile("^(Start the check|Check again)$")).click()
    copy = page.get_by_role("button", name="Copy report")
    # Each check is bounded; all of them together take a minute at the very most.
    expect(copy).to_be_visible(timeout=90_000)
    return page.get_by_role("status").get_by_role("heading")


@pytest.mark.turn
def test_all_is_well_where_all_is_well(caller: NewPerson, picture: Picture) -> None:
    ann = caller("Ann")
    ann.context.add_init_script(COUNT_OPEN)
    ann.context.grant_permissions(["clipboard-read", "clipboard-write", "camera", "microphone"])
    ann.open_page()
    ann.registers()
    ann.page.goto("/settings")
    ann.page.get_by_role("link", name="Connection check").click()
    expect(ann.page.get_by_text("nothing is recorded")).to_be_visible()
    picture(ann.page, "doctor-before")

    expect(checks(ann)).to_have_text("Calls will work")
    for name in (
        "Live connection",
        "Relay over UDP",
        "Relay over TCP",
        "Sending and showing pictures",
        "Microphone",
        "Camera",
    ):
        expect(line(ann.page, name)).to_contain_text("Works")
    # With devices allowed the page knows the machine's address, and there is no other one here.
    expect(line(ann.page, "Finding your address (STUN)")).to_contain_text("No other address")
    # No certificate without --https.
    expect(line(ann.page, "Relay over TLS")).to_contain_text("Not set up")
    picture(ann.page, "doctor-fine")
    ann.page.emulate_media(color_scheme="dark")
    picture(ann.page, "doctor-fine-dark")

    still = ann.page.evaluate(STILL_OPEN)
    assert still == {"connections": 0, "tracks": 0, "opened": 2}

    ann.page.get_by_role("button", name="Copy report").click()
    expect(ann.page.get_by_text("Report copied").first).to_be_visible()
    report = ann.page.evaluate("navigator.clipboard.readText()")
    assert "Verdict: fine" in report
    assert re.search(r"^turnUdp +ok \d+ ms$", report, re.M)
    assert not re.search(r"\d+\.\d+\.\d+\.\d+:\d+|127\.0\.0\.1", report)
    assert ann.account not in report


@pytest.mark.turn
def test_what_does_not_work_says_what_to_do(person: NewPerson, picture: Picture) -> None:
    # A browser without devices, whose owner has shut WebRTC's ways out.
    bob = person("Bob", phone=True)
    bob.context.add_init_script(
        """
        const Real = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Real {
          addIceCandidate() { return Promise.resolve(); }
        };
        """
    )
    bob.open_page()
    bob.registers()
    bob.page.goto("/doctor")
    expect(checks(bob)).to_have_text("Calls will not work here")
    expect(line(bob.page, "Live connection")).to_contain_text("Works")
    # Devices were not allowed, and names stand for addresses: what STUN tells is news.
    expect(line(bob.page, "Finding your address (STUN)")).to_contain_text("Works")
    relay = line(bob.page, "Relay over UDP")
    expect(relay).to_contain_text("The relay answers")
    media = line(bob.page, "Sending and showing pictures")
    expect(media).to_contain_text("This browser does not connect, not even to itself.")
    expect(media).to_contain_text("What to do:")
    expect(line(bob.page, "Camera")).to_contain_text("None was found.")
    picture(bob.page, "doctor-failing-phone")
    line(bob.page, "Camera").scroll_into_view_if_needed()
    bob.page.emulate_media(color_scheme="dark")
    picture(bob.page, "doctor-failing-phone-dark")


@pytest.mark.turn
def test_a_relay_that_refuses_the_credentials_is_named(caller: NewPerson) -> None:
    dee = caller("Dee")
    # As where the relay has another secret than the server.
    dee.context.add_init_script(
        """
        const Open = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Open {
          constructor({ iceServers = [], ...others } = {}) {
            super({ ...others, iceServers: iceServers.map((server) => (
              server.credential ? { ...server, credential: 'another one' } : server)) });
          }
        };
        """
    )
    dee.registers()
    dee.page.goto("/doctor")
    expect(checks(dee)).to_have_text("Calls may fail")
    for name in ("Relay over UDP", "Relay over TCP"):
        relay = line(dee.page, name)
        expect(relay).to_contain_text("The relay refuses the credentials.")
        expect(relay).to_contain_text("Asked in vain: turn:")
        expect(relay).to_contain_text("the same secret")


def test_signed_out_one_checks_what_needs_no_sign_in(caller: NewPerson, picture: Picture) -> None:
    cem = caller("Cem")
    cem.page.goto("/doctor")
    expect(checks(cem)).to_have_text("Checked as far as possible")
    expect(line(cem.page, "Live connection")).to_contain_text("Works")
    expect(line(cem.page, "Camera")).to_contain_text("Works")
    expect(line(cem.page, "Sending and showing pictures")).to_contain_text("Works")
    expect(line(cem.page, "Relay over UDP")).to_contain_text("Sign in to check")
    picture(cem.page, "doctor-signed-out")
