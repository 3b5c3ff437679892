"""The network between people is cut: they are told, and the call heals by itself."""

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PATIENT, NewPerson
from tests.e2e.cuts import Airwaves, silence
from tests.e2e.person import Person, fresh
from tests.e2e.waiting import until
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.faults, pytest.mark.timeout(300)]

HEALING_MS = 90_000
"""Until pages on a busy machine have noticed, told, and mended."""

RECONNECTING = re.compile("Reconnecting")
NO_RELAY = "Your network lets nothing through to the server’s relay."

# Both ends of the way in use are the browsers' own sockets.
DIRECT = """async () => {
  const reports = await parleyConnections.at(-1).getStats();
  const transport = [...reports.values()].find(({ type }) => type === 'transport');
  const pair = reports.get(transport?.selectedCandidatePairId);
  const ends = [pair?.localCandidateId, pair?.remoteCandidateId].map((id) => reports.get(id));
  return ends.every((end) => ['host', 'prflx'].includes(end?.candidateType));
}"""

# What the first connection is before the cut: the names of ICE's ends, and the tracks that come.
KEEP = """() => {
  const [connection] = parleyConnections;
  window.parleyKept = { names: namesOf(connection), ended: 0 };
  for (const { track } of connection.getReceivers()) {
    track.addEventListener('ended', () => { parleyKept.ended += 1; });
  }
}"""
NAMES = """
window.namesOf = ({ localDescription, remoteDescription }) => [localDescription, remoteDescription]
  .map(({ sdp }) => sdp.match(/^a=ice-ufrag:.*/m)?.[0]);
"""
RESTARTED = """() => namesOf(parleyConnections[0])
  .every((name, end) => name !== parleyKept.names[end])"""
SAME = """() => ({
  connections: parleyConnections.length,
  state: parleyConnections[0].connectionState,
  ended: parleyKept.ended,
  tracks: new Set(parleyConnections[0].getReceivers().map(({ track }) => track.readyState)).size,
})"""

# What was heard before does not count.
FORGET_SOUND = """() => {
  for (const audio of document.querySelectorAll('audio')) delete audio.dataset.energy;
}"""


@pytest.fixture(scope="module")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """A system whose STUN server and relay never answer: there is the direct way, or none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{mute.getsockname()[1]}"
        ways = {
            "PARLEY_STUN_URLS": f"stun:{dead}",
            "PARLEY_TURN_URLS": f"turn:{dead}?transport=udp",
            "PARLEY_TURN_SECRET": "known to nobody",
        }
        running = RunningSystem(tmp_path_factory.mktemp("network"))
        background.run(running.start("--port", "0", env={**PATIENT, **ways}))
        yield running
        background.run(running.stop())


def in_a_room(*people: Person) -> None:
    name = fresh("Causeway")
    host, *guests = people
    host.registers().creates_room(name)
    for guest in guests:
        guest.registers().joins_by_browsing(name)


def see_and_hear(ann: Person, bob: Person) -> None:
    for someone, other in ((ann, bob), (bob, ann)):
        tile = someone.tile_of(other.name)
        expect(tile).not_to_have_accessible_name(
            re.compile("Reconnecting|No connection"), timeout=HEALING_MS
        )
        someone.page.evaluate(FORGET_SOUND)
        someone.sees_tile_of(other.name).hears(other.name)


def are_told(ann: Person, bob: Person, *sentences: str | re.Pattern[str]) -> None:
    for someone, other in ((ann, bob), (bob, ann)):
        for sentence in sentences:
            tile = someone.tile_of(other.name)
            expect(tile).to_have_accessible_name(re.compile(sentence), timeout=HEALING_MS)


# A restart has some sixteen seconds before another connection takes its place.
@pytest.mark.alone
def test_a_cut_between_two_is_healed_by_an_ice_restart(caller: NewPerson):
    ann, bob = caller("Ann"), caller("Bob")
    airwaves = [Airwaves(someone) for someone in (ann, bob)]
    for someone in (ann, bob):
        someone.context.add_init_script(NAMES)
    in_a_room(ann, bob)
    ann.starts_call()
    bob.joins_call()
    see_and_hear(ann, bob)
    for someone in (ann, bob):
        until(someone.page, DIRECT)
        someone.page.evaluate(KEEP)

    with silence(*airwaves):
        are_told(ann, bob, RECONNECTING)
        # The way to the server is another one, and is as it was.
        ann.says("Can you read me?")
        bob.sees("Can you read me?")
        for someone in (ann, bob):
            until(someone.page, RESTARTED, timeout=HEALING_MS)
    see_and_hear(ann, bob)
    for someone in (ann, bob):
        assert someone.page.evaluate(RESTARTED)
        found = someone.page.evaluate(SAME)
        assert found == {"connections": 1, "state": "connected", "ended": 0, "tracks": 1}


def test_a_way_is_looked_for_until_there_is_one(caller: NewPerson):
    ann, bob = caller("Ann"), caller("Bob")
    airwaves = [Airwaves(someone) for someone in (ann, bob)]
    in_a_room(ann, bob)
    ann.starts_call()
    # Bob comes by a network that lets no packet out: both are told, with the reason.
    with silence(*airwaves):
        bob.joins_call()
        are_told(ann, bob, "No connection", NO_RELAY)
        bob.says("Nothing to be seen")
        ann.sees("Nothing to be seen")
    # Nobody does anything, and there they are.
    see_and_hear(ann, bob)

    # So long that a person is told again, and that restarts have had their chance.
    made = bob.page.evaluate("parleyConnections.length")
    with silence(*airwaves):
        are_told(ann, bob, RECONNECTING)
        are_told(ann, bob, "No connection")
        until(bob.page, "made => parleyConnections.length > made", arg=made, timeout=HEALING_MS)
    see_and_hear(ann, bob)


def test_the_connection_check_names_the_servers_that_are_dead(
    caller: NewPerson, picture: Callable[[Page, str], None]
):
    ann = caller("Ann").registers()
    ann.page.goto("/doctor")
    ann.page.get_by_role("button", name="Start the check").click()
    verdict = ann.page.get_by_role("status").get_by_role("heading")
    expect(verdict).to_have_text("Calls may fail", timeout=HEALING_MS)
    asked = {"Finding your address (STUN)": "stun:", "Relay over UDP": "turn:"}
    for name, scheme in asked.items():
        named = ann.page.get_by_role("listitem").filter(has=ann.page.get_by_text(name, exact=True))
        expect(named).to_contain_text("Does not work")
        expect(named).to_contain_text(re.compile(f"Asked in vain: {scheme}127.0.0.1:[0-9]+"))
        expect(named).to_contain_text("What to do")
    picture(ann.page, "doctor-dead-servers")
