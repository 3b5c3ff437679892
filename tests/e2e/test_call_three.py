"""Three people in a mesh: who comes, who goes, and how it looks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import GONE_MS, fresh
from tests.e2e.portrait import DESK, portrait

# Three pages that encode and decode pictures, on two cores.
pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(300)]


def test_three_in_a_mesh_come_and_go(caller: NewPerson, picture: Callable[[Page, str], None]):
    garden = fresh("Garden")
    ann = caller("Ann", surname="Lindqvist")
    bob = caller("Bob", surname="Okafor")
    eve = caller("Eve", surname="Moreau", phone=True)
    for number, someone in enumerate((ann, bob, eve)):
        someone.context.add_init_script(portrait(number))
        someone.context.add_init_script(DESK)
        someone.registers()
    path = ann.creates_room(garden)
    bob.joins_by_browsing(garden)
    eve.joins_by_browsing(garden)
    ann.says("Shall we see each other?")

    ann.starts_call()
    bob.joins_call()
    eve.joins_call()
    for someone, others in ((ann, "Bob Eve"), (bob, "Ann Eve"), (eve, "Ann Bob")):
        someone.sees_people_in_call(3).sees_tile_of(*others.split()).hears(*others.split())
    picture(ann.page, "call-three-light")
    picture(eve.page, "call-three-phone-light")
    for someone in (ann, eve):
        someone.page.emulate_media(color_scheme="dark")
    picture(ann.page, "call-three-dark")
    picture(eve.page, "call-three-phone-dark")

    # The speaker large, somebody pinned, and all alike again.
    ann.controls.get_by_role("button", name="More", exact=True).click()
    ann.page.get_by_role("menuitem", name="Speaker large").click()
    boxes = [ann.tile_of(name).bounding_box()["width"] for name in ("Ann (you)", "Bob", "Eve")]
    assert max(boxes) > 2 * min(boxes)
    picture(ann.page, "call-speaker-dark")

    # A shared screen has the stage, and the people stand beside it.
    bob.shares_screen()
    for someone, own in ((ann, "Ann (you)"), (eve, "Eve (you)")):
        someone.sees_tile_of("Screen of Bob", "Bob", own)
    picture(ann.page, "call-speaker-screen-dark")
    picture(eve.page, "call-speaker-screen-phone-dark")
    for someone in (ann, eve):
        someone.page.emulate_media(color_scheme="light")
    picture(ann.page, "call-speaker-screen-light")
    picture(eve.page, "call-speaker-screen-phone-light")
    bob.stops_sharing()
    ann.sees_no_tile_of("Screen of Bob")

    # The first to come is the first to go, by closing the laptop: no frozen picture stays.
    ann.closes_the_laptop()
    for someone, other in ((bob, "Eve"), (eve, "Bob")):
        someone.sees_no_tile_of("Ann", within=GONE_MS).sees_people_in_call(2)
        someone.sees_tile_of(other).hears(other)

    # Everyone leaves, the last comes back, and the call begins anew.
    bob.leaves_call()
    eve.leaves_call()
    expect(eve.page.get_by_role("button", name="Start a call")).to_be_visible()
    eve.starts_call().sees_people_in_call(1)
    ann.comes_back(path)
    ann.joins_call().sees_tile_of("Eve").hears("Eve")
    eve.sees_people_in_call(2).sees_tile_of("Ann").hears("Ann")
