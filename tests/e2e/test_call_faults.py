"""Processes are killed, tabs crash: a call goes on, and nobody stays in it as a ghost."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from contracts.ids import RoomId
from stack.bot.caller import Sends
from stack.ports import OwnPort
from tests.e2e.bot import Bot
from tests.e2e.conftest import PATIENT, NewPerson
from tests.e2e.person import Person, fresh
from tests.e2e.steady import SteadyCall
from tests.e2e.waiting import until
from tests.e2e.watching import ALL_MOVE
from tests.support.relay import Relay
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

# Pages that encode and decode pictures, and the seconds that the server waits for who is lost.
pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.faults]
pytestmark += [pytest.mark.alone, pytest.mark.timeout(300)]

HEALING_MS = 60_000
"""Until a page knows what happened while parts of the server were away."""


@pytest.fixture(scope="module")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory, relay_port: OwnPort
) -> Iterator[RunningSystem]:
    """A system whose processes may be killed; whoever does so waits until they are back."""
    running = RunningSystem(tmp_path_factory.mktemp("faults"))
    environment = {**PATIENT, "PARLEY_PUBLIC_ORIGINS": f"http://localhost:{relay_port.number}"}
    background.run(running.start("--port", "0", "--gateways", "2", env=environment))
    yield running
    background.run(running.stop())


def in_a_room(*people: Person) -> RoomId:
    """They register, and look at the same room."""
    name = fresh("Lighthouse")
    host, *guests = people
    path = host.registers().creates_room(name)
    for guest in guests:
        guest.registers().joins_by_browsing(name)
    return RoomId(path.rsplit("/", 1)[1])


def is_told_of_muting(someone: Person, *, by: Person) -> None:
    tile, muted = someone.tile_of(by.name), re.compile("muted")
    by.mutes()
    expect(tile).to_have_accessible_name(muted, timeout=HEALING_MS)
    by.unmutes()
    expect(tile).not_to_have_accessible_name(muted, timeout=HEALING_MS)


def sees_no_ghost(someone: Person, *, of: Person) -> None:
    expect(someone.tile_of(of.name)).to_have_count(0, timeout=HEALING_MS)


def test_the_gateway_of_all_is_killed_and_the_other_takes_over(
    caller: NewPerson, relay: Relay, system: RunningSystem, background: BackgroundLoop
):
    first, second = (urlsplit(url).port or 0 for url in system.gateways)
    relay.lead(first)
    ann, bob, eve = (caller(name, url=relay.url) for name in ("Ann", "Bob", "Eve"))
    in_a_room(ann, bob, eve)
    ann.starts_call()
    bob.joins_call()
    eve.joins_call()
    ann.sees_tile_of("Bob", "Eve")
    with SteadyCall(ann, bob) as steady:
        eve.crashes()
        relay.lead(second)
        background.run(system.kill("gateway-1"))
        ann.says("Are you still there?")
        bob.sees("Are you still there?")
        is_told_of_muting(ann, by=bob)
        # The dead gateway's people have their grace: who has not come back then is gone, nobody
        # else.
        for someone in (ann, bob):
            sees_no_ghost(someone, of=eve)
            someone.sees_people_in_call(2)
        steady.was_undisturbed()
        ann.hears("Bob")
        background.run(system.healed("gateway-1"))


def test_signaling_is_killed_and_a_third_one_comes(
    caller: NewPerson, system: RunningSystem, background: BackgroundLoop
):
    ann, bob, eve = caller("Ann"), caller("Bob", url=system.gateways[1]), caller("Eve")
    in_a_room(ann, bob, eve)
    ann.starts_call()
    bob.joins_call()
    with SteadyCall(ann, bob) as steady:
        background.run(system.kill("signaling"))
        background.run(system.healed("signaling"))
        is_told_of_muting(ann, by=bob)
        eve.joins_call().sees_people_in_call(3).sees_tile_of("Ann", "Bob")
        ann.sees_tile_of("Eve")
        # A tab that crashes leaves no ghost: it is gone once the grace is over.
        eve.crashes()
        for someone in (ann, bob):
            sees_no_ghost(someone, of=eve)
            someone.sees_people_in_call(2)
        steady.was_undisturbed()


def test_the_broker_is_killed_and_the_call_goes_on(
    caller: NewPerson, system: RunningSystem, background: BackgroundLoop
):
    ann, bob = caller("Ann"), caller("Bob", url=system.gateways[1])
    in_a_room(ann, bob)
    ann.starts_call()
    bob.joins_call()
    with SteadyCall(ann, bob) as steady:
        background.run(system.kill("nats"))
        background.run(system.healed("nats"))
        is_told_of_muting(ann, by=bob)
        is_told_of_muting(bob, by=ann)
        ann.sees_people_in_call(2).hears("Bob")
        bob.sees_people_in_call(2).hears("Ann")
        steady.was_undisturbed()
        bob.leaves_call()
        sees_no_ghost(ann, of=bob)
        ann.sees_people_in_call(1)


def test_six_in_a_call_and_the_seventh_is_told(
    caller: NewPerson, system: RunningSystem, background: BackgroundLoop
):
    ann, bob, eve = caller("Ann"), caller("Bob"), caller("Eve")
    room = in_a_room(ann, bob, eve)
    for someone in (ann, bob, eve):
        # Fifteen ways, thirty senders, one machine.
        someone.context.set_default_timeout(HEALING_MS)
    ann.starts_call()
    bots = [Bot(background, system, Sends(size=(96, 64), rate=3)) for _ in range(4)]
    try:
        for bot in bots:
            bot.comes(room)
        bob.joins_call()
        for someone in (ann, bob):
            someone.sees_people_in_call(6)
            until(someone.page, ALL_MOVE, arg=6)
        for bot in bots:
            bot.sees_everybody(5)

        eve.page.get_by_role("button", name="Call is full, 6 people in the call").click()
        sentence = eve.page.get_by_role("dialog").get_by_text("more than 6 would make it stall")
        expect(sentence).to_be_visible(timeout=HEALING_MS)
        eve.page.keyboard.press("Escape")
        eve.says("I shall read along")
        ann.sees("I shall read along")
        bots[0].leaves()
        ann.sees_no_tile_of(bots[0].account.name)
        free = eve.page.get_by_role("button", name="Join the call, 5 people in the call")
        expect(free).to_be_visible(timeout=HEALING_MS)
    finally:
        for bot in bots:
            bot.goes_away()
