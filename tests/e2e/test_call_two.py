"""Two people in a room's call, through the real system: they see, hear and know of each other."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person, fresh
from tests.e2e.test_access import serious

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(300)]


def test_two_people_see_and_hear_each_other(caller: NewPerson):
    kitchen, larder = fresh("Kitchen"), fresh("Larder")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(kitchen)
    bob.joins_by_browsing(kitchen)

    ann.starts_call()
    ann.sees_people_in_call(1)
    expect(bob.room_link(kitchen)).to_contain_text("1 person in the call")
    bob.joins_call()
    ann.sees_tile_of("Ann (you)", "Bob").hears("Bob")
    bob.sees_tile_of("Bob (you)", "Ann").hears("Ann")
    expect(ann.page.get_by_text("joined the call.")).to_be_attached()

    # Each is told what the other does.
    bob.mutes()
    expect(ann.tile_of("Bob")).to_have_accessible_name(re.compile("muted"))
    bob.page.keyboard.press("m")
    expect(ann.tile_of("Bob")).not_to_have_accessible_name(re.compile("muted"))
    bob.page.keyboard.press("h")
    expect(ann.tile_of("Bob")).to_have_accessible_name(re.compile("hand raised"))
    bob.page.keyboard.press("h")
    bob.turns_camera(False)
    expect(ann.tile_of("Bob")).to_have_accessible_name(re.compile("camera off"))
    expect(ann.tile_of("Bob").locator("video")).to_have_count(0)
    bob.turns_camera(True)
    ann.sees_tile_of("Bob")

    # Letters that are written are words, and space holds the microphone open only while it is held.
    bob.mutes()
    bob.says("Mash the vegetables, stir, heat")
    expect(bob.controls.get_by_role("button", name="Unmute")).to_be_visible()
    bob.composer.blur()
    bob.page.keyboard.down(" ")
    expect(ann.tile_of("Bob")).not_to_have_accessible_name(re.compile("muted"))
    bob.page.keyboard.up(" ")
    expect(ann.tile_of("Bob")).to_have_accessible_name(re.compile("muted"))

    # The call goes on wherever one looks, and there is one call at a time.
    bob.page.get_by_role("link", name="Settings").or_(
        bob.page.get_by_role("button", name="Settings")
    ).first.click()
    mini = bob.page.get_by_role("region", name=f"Call in {kitchen}")
    expect(mini.get_by_role("link", name="Return to the call")).to_be_visible()
    ann.sees_tile_of("Bob")
    bob.room_link(kitchen).click()
    bob.sees_tile_of("Ann").hears("Ann")
    bob.creates_room(larder)
    bob.page.get_by_role("button", name="Start a call").click()
    asked = bob.page.get_by_role("dialog", name=re.compile("^Leave the call in"))
    asked.get_by_role("button", name="Leave and go on").click()
    ann.sees_no_tile_of("Bob").sees_people_in_call(1)
    bob.goes_in().sees_people_in_call(1)


def test_a_screen_is_shared_and_taken_away(caller: NewPerson, picture: Callable[[Page, str], None]):
    studio = fresh("Studio")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(studio)
    bob.joins_by_browsing(studio)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann")
    ann.shares_screen()
    bob.sees_tile_of("Screen of Ann", "Ann").sees_people_in_call(3)
    screen, camera = bob.tile_of("Screen of Ann"), bob.tile_of("Ann")
    assert screen.bounding_box()["width"] > 2 * camera.bounding_box()["width"]
    picture(bob.page, "call-screen")
    ann.stops_sharing()
    bob.sees_no_tile_of("Screen of Ann").sees_tile_of("Ann")
    # Once more, and ended from the browser's own bar.
    ann.shares_screen()
    bob.sees_tile_of("Screen of Ann")
    ann.ends_sharing_in_the_browser()
    bob.sees_no_tile_of("Screen of Ann").sees_tile_of("Ann")


def test_one_person_with_two_devices(caller: NewPerson):
    porch = fresh("Porch")
    laptop, bob = caller("Ann").registers(), caller("Bob").registers()
    path = laptop.creates_room(porch)
    bob.joins_by_browsing(porch)
    laptop.starts_call()
    bob.joins_call()
    tablet = caller("Ann").signs_in(laptop)
    tablet.page.goto(path)
    tablet.joins_call()
    bob.sees_people_in_call(3).sees_tile_of("Ann", "Ann (other device)")
    laptop.sees_tile_of("Ann (you)", "Ann (other device)", "Bob")
    laptop.leaves_call()
    bob.sees_people_in_call(2).sees_tile_of("Ann").hears("Ann")


def test_a_reload_and_a_crash_in_the_middle_of_a_call(
    caller: NewPerson, picture: Callable[[Page, str], None]
):
    attic = fresh("Attic")
    ann, bob = (
        caller("Ann", surname="Lindqvist").registers(),
        caller("Bob", surname="Okafor", phone=True).registers(),
    )
    path = ann.creates_room(attic)
    bob.joins_by_browsing(attic)
    ann.starts_call()
    bob.joins_call().mutes().sees_tile_of("Ann")

    # Whoever reloads is gone at once, and is asked whether to go back: as they were.
    bob.page.reload()
    card = was_in(bob, attic)
    expect(card).to_contain_text("1 person in the call")
    ann.sees_no_tile_of("Bob").sees_people_in_call(1)
    picture(bob.page, "call-rejoin-phone")
    assert serious(bob.page) == []
    card.get_by_role("button", name="Rejoin").click()
    expect(bob.controls.get_by_role("button", name="Unmute", exact=True)).to_be_visible()
    expect(card).to_have_count(0)
    bob.sees_tile_of("Ann", "Bob (you)").hears("Ann")
    ann.sees_people_in_call(2).sees_tile_of("Bob")
    expect(ann.tile_of("Bob")).to_have_accessible_name(re.compile("muted"))

    # After a crash the seat is still there; nobody sees its ghost beside who came back.
    bob.crashes()
    bob.comes_back("/")
    card = was_in(bob, attic)
    expect(card).to_be_visible()
    card.get_by_role("button", name="Rejoin").click()
    bob.is_in(attic)
    bob.sees_people_in_call(2).sees_tile_of("Ann").hears("Ann")
    ann.sees_people_in_call(2).sees_tile_of("Bob")
    expect(ann.room_link(attic)).to_contain_text("2 people in the call")

    # What was left on purpose is left, and a call that is over is over.
    bob.leaves_call()
    bob.page.reload()
    expect(bob.page.get_by_role("button", name=re.compile("^Join the call"))).to_be_visible()
    expect(card).to_have_count(0)
    ann.page.reload()
    expect(ann.page.get_by_role("button", name="Start a call")).to_be_visible()
    expect(was_in(ann, attic)).to_have_count(0)
    assert ann.page.url.endswith(path)


def was_in(someone: Person, room: str) -> Locator:
    """What offers the way back."""
    said = f"You were in a call in {room}"
    return someone.page.get_by_role("status").filter(has_text=said)


def test_someone_is_rung(caller: NewPerson):
    hall = fresh("Hall")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(hall)
    bob.joins_by_browsing(hall)
    bob.page.goto("/settings/profile")
    ann.starts_call().rings("Bob")
    incoming = bob.page.get_by_role("alertdialog", name=re.compile("is calling"))
    incoming.get_by_role("button", name="Decline").click()
    expect(incoming).to_have_count(0)
    expect(ann.page.get_by_role("dialog").get_by_text("Declined")).to_be_visible()
    ann.rings("Bob")
    incoming.get_by_role("button", name="Accept").click()
    bob.goes_in().sees_tile_of("Ann")
    # Whoever is late finds a note.
    bob.leaves_call()
    ann.rings("Bob")
    expect(incoming).to_be_visible()
    ann.page.keyboard.press("Escape")
    ann.leaves_call()
    expect(incoming).to_have_count(0)
    expect(bob.page.get_by_text("Missed call from")).to_be_visible()
