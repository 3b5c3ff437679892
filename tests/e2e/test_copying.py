"""Where the browser has no clipboard for a page, what is to be copied is shown, and selected."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PLAIN_HTTP_HOST, NewPerson
from tests.e2e.person import Person, fresh
from tests.support.relay import Relay

pytestmark = [pytest.mark.web, pytest.mark.chat]

SELECTED = """() => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    return value.slice(selectionStart, selectionEnd);
}"""


def copies_by_hand(someone: Person, text: re.Pattern[str]) -> None:
    """It is all selected, and gone with Escape."""
    dialog = someone.page.get_by_role("dialog", name="Copy it yourself")
    field = dialog.get_by_role("textbox")
    expect(field).to_have_value(text)
    expect(field).to_be_focused()
    assert text.search(someone.page.evaluate(SELECTED))
    someone.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_over_plain_http_one_copies_by_hand(caller: NewPerson, relay: Relay):
    finn = caller("Finn", url=relay.url.replace("localhost", PLAIN_HTTP_HOST), permissions=[])
    finn.registers().creates_room(fresh("Shed"))
    assert finn.page.evaluate("navigator.clipboard") is None
    finn.says("The key is under the pot").writes("```\nopen --door\n```")
    code = finn.message("open --door")

    code.hover()
    code.get_by_role("button", name="Copy code").click()
    copies_by_hand(finn, re.compile(r"^open --door\s*$"))
    menu = finn.opens_menu_of("The key")
    menu.get_by_role("menuitem", name="Copy text").click()
    copies_by_hand(finn, re.compile("^The key is under the pot$"))
    menu = finn.opens_menu_of("The key")
    menu.get_by_role("menuitem", name="Copy link").click()
    copies_by_hand(finn, re.compile(rf"^http://{re.escape(PLAIN_HTTP_HOST)}.*/rooms?/"))

    finn.makes_invite()
    finn.page.get_by_role("button", name="Copy link").first.click()
    expect(finn.page.get_by_text("Copy the text yourself")).to_be_visible()
    expect(finn.page.get_by_label("Invitation link").first).to_be_focused()
    assert "/i/" in finn.page.evaluate(SELECTED)
