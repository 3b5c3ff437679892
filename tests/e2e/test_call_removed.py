"""Out of a room is out of its call: devices close, no picture stands still, and one is told why."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person, fresh
from tests.e2e.recorded_call import RecordedCall
from tests.e2e.studio import Studio
from tests.e2e.test_access import serious
from tests.e2e.test_call_devices import COUNTS_TRACKS, has_open

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(300)]

Picture = Callable[[Page, str], None]


def two_in_a_call(caller: NewPerson, room: str) -> tuple[Person, Person]:
    ann, bob = caller("Ann"), caller("Bob")
    bob.context.add_init_script(COUNTS_TRACKS)
    ann.registers().creates_room(room)
    bob.registers().joins_by_browsing(room)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann", "Bob (you)")
    ann.sees_tile_of("Bob")
    return ann, bob


def puts_out(owner: Person, whom: Person, how: str) -> None:
    row = owner.people.get_by_role("listitem").filter(has_text=whom.account)
    row.get_by_role("button").click()
    owner.page.get_by_role("menuitem", name=f"{how} room").click()
    asked = owner.page.get_by_role("dialog").filter(has_text=re.compile("^(Remove|Ban) "))
    asked.get_by_role("button", name=f"{how} room").click()
    expect(asked).to_have_count(0)
    owner.page.keyboard.press("Escape")


def is_out(someone: Person) -> None:
    """No device is open, and there is neither a stage nor a small picture."""
    has_open(someone, audio=0, video=0)
    expect(someone.controls).to_have_count(0)
    expect(someone.page.get_by_role("region", name=re.compile("^Call in "))).to_have_count(0)


def is_told(someone: Person, room: str) -> Locator:
    card = someone.page.get_by_role("status").filter(has_text=f"You are no longer in {room}.")
    expect(card).to_contain_text("You are not in this call any more")
    expect(card).to_contain_text("Your camera and microphone are off.")
    return card


@pytest.mark.alone
def test_who_is_removed_from_the_room_is_out_of_its_call(caller: NewPerson, picture: Picture):
    cellar = fresh("Cellar")
    ann, bob = two_in_a_call(caller, cellar)
    RecordedCall(bob).begins()
    puts_out(ann, bob, "Remove from")
    is_out(bob)
    ann.sees_no_tile_of("Bob").sees_people_in_call(1)
    card = is_told(bob, cellar)
    expect(bob.page.get_by_text("You were removed by a moderator.")).to_be_visible()
    picture(bob.page, "call-removed")
    assert serious(bob.page) == []
    Studio(bob.page).sees_toast("The recording is saved on this device.")

    # Back in the room it is no news any more; whoever looks elsewhere is told there.
    bob.page.get_by_role("button", name="Try again").click()
    bob.is_in(cellar)
    expect(card).to_have_count(0)
    bob.joins_call().sees_tile_of("Ann")
    bob.page.get_by_role("button", name="Settings").first.click()
    expect(bob.page.get_by_role("link", name="Return to the call")).to_be_visible()
    puts_out(ann, bob, "Ban from")
    is_out(bob)
    ann.sees_no_tile_of("Bob").sees_people_in_call(1)
    card = is_told(bob, cellar)
    picture(bob.page, "call-removed-elsewhere")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)


def test_who_leaves_the_room_leaves_its_call(caller: NewPerson):
    pantry = fresh("Pantry")
    ann, bob = two_in_a_call(caller, pantry)
    bob.page.get_by_role("button", name="Room menu").click()
    bob.page.get_by_role("menuitem", name="Leave room").click()
    asked = bob.page.get_by_role("dialog", name=f"Leave {pantry}?")
    asked.get_by_role("button", name="Leave room").click()
    is_out(bob)
    ann.sees_no_tile_of("Bob").sees_people_in_call(1)
    expect(bob.room_link(pantry)).to_have_count(0)
    expect(bob.page.get_by_role("status").filter(has_text=pantry)).to_have_count(0)
    expect(bob.page.get_by_text("You left the call.")).to_be_attached()
