"""A call that goes through the server's relay alone, and the relay is gone for a while."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PATIENT, NewPerson
from tests.e2e.person import Person, fresh
from tests.e2e.waiting import until
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem
from tests.support.waiting import wait_until

pytestmark = [
    *(pytest.mark.web, pytest.mark.calls, pytest.mark.faults, pytest.mark.turn),
    pytest.mark.timeout(300),
]

RELAY_PORTS = range(61_000, 65_000)

HEALING_MS = 90_000
"""Until the browsers have noticed, waited for it to heal by itself, and mended it."""

RECONNECTING = re.compile("Reconnecting")

# The ends of the routes in use, own and other, in all connections that there are.
ENDS = """async () => {
  const open = parleyConnections.filter(({ signalingState }) => signalingState !== 'closed');
  return Promise.all(open.map(async (connection) => {
    const reports = await connection.getStats();
    const transport = [...reports.values()].find(({ type }) => type === 'transport');
    const pair = reports.get(transport?.selectedCandidatePairId);
    return [pair?.localCandidateId, pair?.remoteCandidateId]
      .map((id) => reports.get(id)?.candidateType ?? 'none');
  }));
}"""
# Each page answers for its own end. The other one is peer-reflexive where its check was here before
# its candidate (RFC 8445, 7.3.1.3).
BY_RELAY = f"""async () => {{
  const routes = await ({ENDS})();
  return routes.length > 0 && routes.every(
    ([own, other]) => own === 'relay' && ['relay', 'prflx'].includes(other));
}}"""

# Other names for the ends of the connection in use than before: ICE has begun anew. The first one
# there was may be closed: another one takes its place where a restart did not help.
OWN_SDP = (
    "parleyConnections.findLast(({ signalingState }) => signalingState !== 'closed')"
    "?.localDescription?.sdp"
)
KEEP_NAMES = f"window.parleyNames = {OWN_SDP}.match(/^a=ice-ufrag.*/gm)"
HAS_RESTARTED = f"""() => {{
  const sdp = {OWN_SDP};
  return sdp !== undefined && !parleyNames.some((name) => sdp.includes(name));
}}"""


@pytest.fixture(scope="module")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """A system that sends every call through its relay."""
    running = RunningSystem(tmp_path_factory.mktemp("relayed"))
    environment = {**PATIENT, "PARLEY_TURN_LOOPBACK": "true"}
    background.run(running.start("--port", "0", "--turn-relay-only", env=environment))
    yield running
    background.run(running.stop())


def see_and_hear_by_the_relay(ann: Person, bob: Person) -> None:
    for someone, other in ((ann, bob), (bob, ann)):
        someone.sees_tile_of(other.name).hears(other.name)
        until(someone.page, BY_RELAY, otherwise=ENDS)


async def carries_a_call(relay: psutil.Process) -> None:
    """Both people have a place at this relay."""

    def places() -> set[int]:
        held = {each.laddr.port for each in relay.net_connections("udp")}
        return held & set(RELAY_PORTS)

    await wait_until(lambda: len(places()) >= 2, HEALING_MS / 1000, missing="a call at the relay")


@contextmanager
def silent(process: psutil.Process) -> Iterator[None]:
    """It holds its breath: packets to it go nowhere, as in a network that is cut."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def test_the_relay_of_a_call_is_lost_and_found_again(
    caller: NewPerson, system: RunningSystem, background: BackgroundLoop
):
    cellar = fresh("Cellar")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(cellar)
    bob.joins_by_browsing(cellar)
    ann.starts_call()
    bob.joins_call()
    see_and_hear_by_the_relay(ann, bob)
    # A person is told, too.
    ann.tile_of("Bob").hover()
    ann.tile_of("Bob").get_by_role("button", name=re.compile("^More about bob", re.I)).click()
    ann.page.get_by_role("menuitem", name="Connection quality").click()
    panel = ann.page.get_by_role("dialog", name="Connection quality")
    expect(panel.get_by_text(re.compile("^Through a relay, (UDP|TCP)$"))).to_be_visible()
    ann.page.keyboard.press("Escape")

    # It dies, and with it each place at it; they find new ones at the next.
    background.run(system.kill("turn"))
    background.run(system.healed("turn"))
    relay = psutil.Process(system.pid("turn"))
    background.run(carries_a_call(relay))
    for someone, other in ((ann, bob), (bob, ann)):
        tile = someone.tile_of(other.name)
        expect(tile).not_to_have_accessible_name(RECONNECTING, timeout=HEALING_MS)
    see_and_hear_by_the_relay(ann, bob)

    # The way is cut until both are told, and somebody's page looks for another way.
    for someone in (ann, bob):
        someone.page.evaluate(KEEP_NAMES)
    with silent(relay):
        for someone, other in ((ann, bob), (bob, ann)):
            tile = someone.tile_of(other.name)
            expect(tile).to_have_accessible_name(RECONNECTING, timeout=HEALING_MS)
        until(ann.page, HAS_RESTARTED, timeout=HEALING_MS)
    for someone, other in ((ann, bob), (bob, ann)):
        tile = someone.tile_of(other.name)
        expect(tile).not_to_have_accessible_name(RECONNECTING, timeout=HEALING_MS)
    see_and_hear_by_the_relay(ann, bob)
