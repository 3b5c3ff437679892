"""A relay over TLS: the way out of networks that let nothing but web traffic pass."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Playwright, expect

from tests.e2e.conftest import (
    CHROMIUM_WITH_DEVICES,
    KEEP_CONNECTIONS,
    PATIENT,
    NewPerson,
    people_at,
)
from tests.e2e.person import Person, fresh
from tests.e2e.waiting import until
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

pytestmark = [
    *(pytest.mark.web, pytest.mark.calls, pytest.mark.turn),
    pytest.mark.timeout(300),
]

CHECKED_MS = 90_000
"""Each check is bounded; all of them together take a minute at the very most."""

# As behind such a firewall: nothing goes out but by the relay's TLS port.
TLS_ALONE = """
const narrow = (configuration = {}) => ({
  ...configuration,
  iceTransportPolicy: 'relay',
  iceServers: (configuration.iceServers ?? []).map((server) => ({
    ...server,
    urls: [server.urls].flat().filter((url) => url.startsWith('turns:')),
  })).filter(({ urls }) => urls.length > 0),
});
const Open = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Open {
  constructor(configuration) { super(narrow(configuration)); }
  setConfiguration(configuration) { super.setConfiguration(narrow(configuration)); }
};
"""

BY_TLS = """async () => {
  const reports = await parleyConnections.at(-1).getStats();
  const transport = [...reports.values()].find(({ type }) => type === 'transport');
  const pair = reports.get(transport?.selectedCandidatePairId);
  return reports.get(pair?.localCandidateId)?.relayProtocol === 'tls';
}"""


@pytest.fixture(scope="module")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """A system over https: its relay has the same certificate, which the system made itself."""
    running = RunningSystem(tmp_path_factory.mktemp("tls"))
    environment = {**PATIENT, "PARLEY_TURN_LOOPBACK": "true"}
    background.run(running.start("--port", "0", "--https", env=environment))
    yield running
    background.run(running.stop())


@pytest.fixture(scope="module")
def trusting(playwright: Playwright) -> Iterator[Browser]:
    """A browser that takes the certificate for a good one, in pages and in WebRTC alike."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=[*CHROMIUM_WITH_DEVICES, "--ignore-certificate-errors"],
    )
    yield browser
    browser.close()


@pytest.fixture
def trusting_person(trusting: Browser, system: RunningSystem) -> Iterator[NewPerson]:
    yield from people_at(
        trusting,
        system,
        permissions=["camera", "microphone"],
        ignore_https_errors=True,
        script=KEEP_CONNECTIONS + TLS_ALONE,
    )


def checks_tls(someone: Person) -> Locator:
    """Runs the connection check, and returns its line about the relay over TLS."""
    someone.page.goto("/doctor")
    someone.page.get_by_role("button", name="Start the check").click()
    expect(someone.page.get_by_role("button", name="Copy report")).to_be_visible(timeout=CHECKED_MS)
    name = someone.page.get_by_text("Relay over TLS", exact=True)
    return someone.page.get_by_role("listitem").filter(has=name)


def test_a_call_goes_through_the_relay_over_tls(trusting_person: NewPerson):
    attic = fresh("Attic")
    ann, bob = trusting_person("Ann").registers(), trusting_person("Bob").registers()
    ann.creates_room(attic)
    bob.joins_by_browsing(attic)
    ann.starts_call()
    bob.joins_call()
    for someone, other in ((ann, bob), (bob, ann)):
        someone.sees_tile_of(other.name).hears(other.name)
        until(someone.page, BY_TLS)
    ann.leaves_call()
    expect(checks_tls(ann)).to_contain_text("Works")


def test_a_certificate_that_the_browser_does_not_trust_is_named(caller: NewPerson):
    # The page is opened all the same, as by somebody who clicks the warning away.
    eve = caller("Eve", ignore_https_errors=True).registers()
    tls = checks_tls(eve)
    expect(tls).to_contain_text("The relay does not answer over TLS.")
    expect(tls).to_contain_text("Asked in vain: turns:")
    expect(tls).to_contain_text("a certificate that browsers trust")
