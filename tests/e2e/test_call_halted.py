"""A call and what stands in the place of the whole page: it is left, or stays in hand."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import GONE_MS, fresh
from tests.e2e.test_call_devices import COUNTS_TRACKS, has_open

pytestmark = [pytest.mark.web, pytest.mark.calls, pytest.mark.timeout(300)]

# A server of another version, as the page hears it: 4502 is for good.
KEEPS_SOCKETS = """
window.parleySockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...asked) {
    super(...asked);
    window.parleySockets.push(this);
  }
};
"""
CLOSES = """() => {
  const socket = parleySockets.at(-1);
  socket.dispatchEvent(new CloseEvent('close', { code: 4502 }));
  socket.onclose = null;
  socket.close();
}"""

# As the browser's own button does, for whoever came by one.
GOES_BACK_TO_AN_INVITATION = """() => {
  history.pushState(null, '', '/i/AAAAAAAAAAAAAAAAAAAAAAAA');
  dispatchEvent(new PopStateEvent('popstate'));
}"""


def test_a_page_out_of_date_leaves_its_call_until_it_is_reloaded(caller: NewPerson):
    barn = fresh("Barn")
    ann, bob = caller("Ann").registers(), caller("Bob")
    ann.creates_room(barn)
    for script in (COUNTS_TRACKS, KEEPS_SOCKETS):
        bob.context.add_init_script(script)
    bob.registers().joins_by_browsing(barn)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann")
    bob.page.evaluate(CLOSES)
    expect(bob.page.get_by_role("alert")).to_contain_text("This page is out of date")
    has_open(bob, audio=0, video=0)
    ann.sees_no_tile_of("Bob", within=GONE_MS)

    bob.page.get_by_role("button", name="Reload").click()
    card = bob.page.get_by_role("status").filter(has_text=f"You were in a call in {barn}")
    card.get_by_role("button", name="Rejoin").click()
    bob.sees_tile_of("Ann", "Bob (you)")
    ann.sees_tile_of("Bob")


def test_a_call_stays_in_hand_beside_an_invitation(caller: NewPerson):
    mill = fresh("Mill")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(mill)
    bob.joins_by_browsing(mill)
    ann.starts_call()
    bob.joins_call().sees_tile_of("Ann")
    bob.page.evaluate(GOES_BACK_TO_AN_INVITATION)
    expect(bob.page.get_by_text("This invitation does not work")).to_be_visible()
    expect(bob.page.locator("audio[data-session]")).to_have_count(1)
    mini = bob.page.get_by_role("region", name=f"Call in {mill}")
    mini.get_by_role("button", name="Mute", exact=True).click()
    expect(ann.tile_of("Bob")).to_have_accessible_name(re.compile("muted"))
    mini.get_by_role("button", name="Leave", exact=True).click()
    ann.sees_no_tile_of("Bob").sees_people_in_call(1)
