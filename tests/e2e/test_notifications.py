"""Somebody whose tab is out of sight is called back: by a notification and by a count."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import NewPerson, people_at
from tests.e2e.person import fresh
from tests.e2e.waiting import until
from tests.support.system import RunningSystem

pytestmark = pytest.mark.web

PORCH = fresh("Porch")

# A driven page is never out of sight; here it says so itself. The notifications are the browser's.
OUT_OF_SIGHT = """
window.parleyHidden = false;
Object.defineProperty(Document.prototype, 'visibilityState', {
  get: () => (window.parleyHidden ? 'hidden' : 'visible'),
});
window.parleyNotified = [];
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    window.parleyNotified.push(this);
  }
};
"""


@pytest.fixture
def notified(chromium: Browser, system: RunningSystem) -> Iterator[NewPerson]:
    """`notified("Ann")`: somebody whose browser lets pages notify."""
    yield from people_at(chromium, system, script=OUT_OF_SIGHT, permissions=["notifications"])


def goes_out_of_sight(page: Page, *, hidden: bool = True) -> None:
    page.evaluate(
        """(hidden) => {
            window.parleyHidden = hidden;
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


def shown(page: Page) -> list[tuple[str, str]]:
    found = page.evaluate("window.parleyNotified.map(({ title, body }) => [title, body])")
    return [(title, body) for title, body in found]


def until_shown(page: Page, count: int) -> list[tuple[str, str]]:
    until(page, "(count) => window.parleyNotified.length >= count", arg=count)
    return shown(page)


def test_a_message_calls_back_whoever_looks_elsewhere(notified: NewPerson):
    ann, bob = notified("Ann").registers(), notified("Bob").registers()
    path = ann.creates_room(PORCH)
    bob.joins_by_browsing(PORCH)
    ann.page.goto("/settings/notifications")
    ann.page.get_by_role("switch", name="Notify me on this device").click()
    bob.says("You can see this.")
    expect(ann.page).to_have_title("• Parley")
    assert shown(ann.page) == []

    goes_out_of_sight(ann.page)
    bob.says("Where are you?")
    said = until_shown(ann.page, 1)
    assert said == [(f"{bob.account} in {PORCH}", "Where are you?")]

    ann.page.evaluate("window.parleyNotified[0].dispatchEvent(new Event('click'))")
    goes_out_of_sight(ann.page, hidden=False)
    ann.page.wait_for_url(f"**{path}*")
    ann.sees("Where are you?")
    expect(ann.page).to_have_title(f"{PORCH} · Parley")


def test_who_wants_only_mentions_is_called_by_nothing_else(notified: NewPerson):
    ann, bob = notified("Ann").registers(), notified("Bob").registers()
    room = fresh("Attic")
    ann.creates_room(room)
    bob.joins_by_browsing(room)
    ann.page.goto("/settings/notifications")
    for name in ("Notify me on this device", "Only when someone mentions me"):
        ann.page.get_by_role("switch", name=name).click()
    goes_out_of_sight(ann.page)
    bob.says("To nobody at all.")
    bob.composer.press_sequentially(f"@{ann.account[:6]}")
    bob.page.get_by_role("option", name=ann.account).click()
    bob.composer.press_sequentially("come here")
    bob.composer.press("Enter")
    said = until_shown(ann.page, 1)
    assert said == [(f"{bob.account} in {room}", f"@{ann.account} come here")]
    expect(ann.page).to_have_title("(1) Parley")
