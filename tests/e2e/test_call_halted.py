"""Behind a page that can't go on no call goes on, and the page after it may go back."""

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
