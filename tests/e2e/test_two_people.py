"""What a person gets: register, make a room, meet, talk, close the laptop, come back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import GONE_MS, fresh
from tests.e2e.waiting import until

pytestmark = [pytest.mark.web, pytest.mark.timeout(240)]

PORCH = fresh("Porch")

Picture = Callable[[Page, str], None]

# How far somebody has read in a room, as the server has told this page.
KEEP_MARKER = """
window.parleyMarker = 0;
window.WebSocket = class extends WebSocket {
  constructor(...parts) {
    super(...parts);
    this.addEventListener('message', ({ data }) => {
      for (const { marker } of JSON.parse(data).reply?.rooms ?? []) {
        window.parleyMarker = Math.max(window.parleyMarker, marker ?? 0);
      }
    });
  }
};
"""


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_two_people_meet_talk_and_come_back(person: NewPerson, picture: Picture, phone: bool):
    size = "phone" if phone else "desktop"
    room = fresh(f"Kitchen {size}")
    ann, bob = person("Ann", phone=phone), person("Bob", phone=phone)

    ann.page.add_init_script(KEEP_MARKER)
    ann.registers()
    picture(ann.page, f"first-visit-{size}")
    path = ann.creates_room(room)
    picture(ann.page, f"empty-room-{size}")
    bob.registers().joins_by_browsing(room)

    ann.sees_online(ann.account, bob.account)
    if phone:
        ann.page.keyboard.press("Escape")
    ann.says("Is the kettle on?")
    bob.sees("Is the kettle on?").says("It is.", "Two minutes.")
    ann.reads_in_order("Is the kettle on?", "It is.", "Two minutes.")
    picture(ann.page, f"conversation-{size}")

    # What is read is told a moment later; a page that is closed before has told nobody.
    until(ann.page, "() => parleyMarker === 3", otherwise="() => parleyMarker")
    ann.closes_the_laptop()
    bob.says("It boils.", "Hello?")
    ann.comes_back()
    badge = (
        ann.room_link(room)
        .get_by_text("2 unread messages")
        .or_(ann.room_link(room).get_by_label("2 unread messages"))
    )
    expect(badge).to_be_visible()
    picture(ann.page, f"unread-{size}")
    ann.goes_to_room(room)
    ann.reads_in_order("Is the kettle on?", "It is.", "Two minutes.", "It boils.", "Hello?")
    ann.says("Sorry, I was away.")
    bob.sees("Sorry, I was away.")
    assert path in ann.page.url


def test_somebody_who_leaves_is_seen_to_leave(person: NewPerson):
    ann, bob = person("Ann").registers(), person("Bob").registers()
    ann.creates_room(PORCH)
    bob.joins_by_browsing(PORCH)
    ann.sees_online(bob.account)
    bob.closes_the_laptop()
    # A seat is kept for its grace; then the person is gone.
    row = ann.people.get_by_role("listitem").filter(has_text=bob.account)
    online = row.get_by_text("Online").or_(row.get_by_label("Online"))
    expect(online).to_have_count(0, timeout=GONE_MS)
