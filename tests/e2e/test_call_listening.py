"""A call that is full: whoever comes next listens to it, and is seen once there is a place."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contracts.ids import RoomId
from tests.e2e.bot import Bot
from tests.e2e.conftest import PATIENT, NewPerson
from tests.e2e.glimpses import glimpsed
from tests.e2e.person import fresh
from tests.e2e.portrait import portrait
from tests.e2e.recorded_call import RecordedCall
from tests.e2e.studio import Studio
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(180)]

# What came or went as pictures on all connections of the page, and what was agreed to.
PICTURES = """async () => {
  const open = parleyConnections.filter(({ signalingState }) => signalingState !== 'closed');
  const reports = await Promise.all(open.map((each) => each.getStats()));
  const lines = open.flatMap((each) => each.getTransceivers());
  return {
    connections: open.length,
    packets: reports.flatMap((report) => [...report.values()])
      .filter(({ type, kind }) => /^(in|out)bound-rtp$/.test(type) && kind === 'video')
      .reduce((sum, each) => sum + (each.packetsReceived ?? each.packetsSent ?? 0), 0),
    agreed: lines.filter(({ receiver, currentDirection }) =>
      receiver.track.kind === 'video' && /send|recv/.test(currentDirection ?? '')).length,
  };
}"""

# Chromium's fake microphone beeps at about a fifth of full scale, twice a second.
AUDIBLE = 0.05

# How often the page has asked for devices.
COUNT_DEVICES = """
window.parleyAsked = 0;
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) => {
  window.parleyAsked += 1;
  return open(wanted);
};
"""


@pytest.fixture(scope="module")
def system(
    background: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    """A system whose calls take three, and one who listens."""
    running = RunningSystem(tmp_path_factory.mktemp("small-calls"))
    environment = {**PATIENT, "PARLEY_MESH_LIMIT": "3", "PARLEY_LISTENER_LIMIT": "1"}
    background.run(running.start("--port", "0", env=environment))
    yield running
    background.run(running.stop())


@pytest.fixture
def bot(background: BackgroundLoop, system: RunningSystem) -> Iterator[Bot]:
    bot = Bot(background, system)
    yield bot
    bot.goes_away()


def test_past_the_limit_one_listens_until_a_place_is_free(
    caller: NewPerson, bot: Bot, picture: Callable[[Page, str], None], tmp_path: Path
):
    hall = fresh("Hall")
    names = (("Ann", "Lindqvist"), ("Bob", "Okafor"), ("Eve", "Moreau"))
    ann, bob, eve = (caller(name, surname=surname) for name, surname in names)
    eve.page.add_init_script(COUNT_DEVICES)
    for number, someone in enumerate((ann, bob, eve)):
        someone.context.add_init_script(portrait(number))
        someone.registers()
    path = ann.creates_room(hall)
    bob.joins_by_browsing(hall)
    eve.joins_by_browsing(hall)
    ann.starts_call()
    bot.comes(RoomId(path.rsplit("/", 1)[1]))
    robot = bot.account.name
    bob.joins_call()
    ann.sees_tile_of("Bob", robot)

    # The limit is told before one joins, with the reason, and what one can do instead.
    eve.page.get_by_role("button", name=re.compile("^Call is full")).click()
    full = eve.page.get_by_role("dialog", name="The call is full")
    expect(full).to_contain_text("Everyone in a call sends to everyone, and more than 3 would")
    full.get_by_role("button", name="Listen", exact=True).click()
    expect(eve.controls).to_contain_text("You are listening")
    eve.sees_people_in_call(3).hears("Ann", "Bob", robot)
    for name in ("Ann", "Bob", robot):
        expect(eve.tile_of(name).locator("video")).to_have_count(0)
        expect(eve.tile_of(name)).not_to_have_accessible_name(re.compile("camera off"))
    for someone in (ann, bob):
        expect(someone.stage).to_contain_text(re.compile("1 listening: eve", re.IGNORECASE))
        someone.sees_people_in_call(3)
    for someone in (ann, bob, eve):
        expect(someone.room_link(hall)).to_contain_text("3 in the call, 1 listening")
    assert eve.page.evaluate(PICTURES) == {"connections": 3, "packets": 0, "agreed": 0}
    join = eve.controls.get_by_role("button", name="Join", exact=True)
    expect(join).to_be_disabled()
    eve.says("I am listening")
    eve.page.keyboard.press("Escape")
    # What one listens to may be recorded, and everybody is told.
    recorded = RecordedCall(eve)
    recorded.begins()
    for someone in (ann, bob):
        expect(someone.stage).to_contain_text(re.compile("eve.* records this call", re.IGNORECASE))
    recorded.looks("both are heard")
    picture(eve.page, "call-listening")
    recorded.ends()
    expect(ann.stage).not_to_contain_text("records")
    picture(ann.page, "call-listening-speaker")

    # Keys that would turn devices on do nothing here; a hand goes up all the same.
    eve.composer.blur()
    for key in "mvsh":
        eve.page.keyboard.press(key)
    expect(ann.page.get_by_text("raised a hand.")).to_be_attached()
    assert eve.page.evaluate("parleyAsked") == 0
    eve.controls.get_by_role("button", name="React", exact=True).click()
    with glimpsed("\U0001f44d", ann.stage, eve.stage):
        eve.page.get_by_role("button", name="React with \U0001f44d").click()
    eve.page.keyboard.press("Escape")

    # A place is free: from the door one comes in, seen and heard, on the connection there was.
    bob.leaves_call()
    join.click()
    eve.goes_in()
    eve.sees_people_in_call(3).sees_tile_of("Ann", robot, "Eve (you)").hears("Ann", robot)
    ann.sees_people_in_call(3).sees_tile_of("Eve").hears("Eve")
    bot.sees_everybody(2)
    assert all(peer.connections == 1 for peer in bot.peers), "on the connection there was"
    expect(ann.stage).not_to_contain_text("listening")
    assert eve.page.evaluate(PICTURES)["connections"] == 2
    expect(bob.page.get_by_role("button", name=re.compile("^Call is full"))).to_be_visible()

    footage = Studio(eve.page).opens().downloads(hall, tmp_path / "heard.webm")
    assert footage.loudest(*recorded.where("both are heard", footage)) > AUDIBLE
