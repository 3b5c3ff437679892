"""Replying, editing, deleting, reacting, naming: each seen by the other at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person, fresh

pytestmark = [pytest.mark.web, pytest.mark.chat]


@pytest.fixture
def workshop() -> str:
    """The name of the room they meet in."""
    return fresh("Workshop")


@pytest.fixture
def pair(person: NewPerson, workshop: str) -> tuple[Person, Person]:
    """Ann, who owns the room, and Bob, who is in it."""
    ann, bob = person("Ann").registers(), person("Bob").registers()
    ann.creates_room(workshop)
    bob.joins_by_browsing(workshop)
    return ann, bob


def test_edit_reply_react_delete(pair: tuple[Person, Person]):
    ann, bob = pair
    ann.says("Shall we meet at eihgt?")
    bob.sees("Shall we meet at eihgt?")

    ann.composer.press("ArrowUp")
    editor = ann.page.locator("textarea:focus")
    expect(editor).to_have_value("Shall we meet at eihgt?")
    editor.fill("Shall we meet at eight?")
    editor.press("Enter")
    expect(bob.message("Shall we meet at eight?")).to_contain_text("edited")

    bob.message("at eight?").hover()
    bob.message("at eight?").get_by_role("button", name="Reply").click()
    expect(bob.page.get_by_text(re.compile("Replying to"))).to_be_visible()
    bob.says("Eight is fine.")
    expect(ann.message("Eight is fine.")).to_contain_text("Shall we meet at eight?")

    ann.message("Eight is fine.").hover()
    ann.message("Eight is fine.").get_by_role("button", name="Add reaction").click()
    ann.page.get_by_role("searchbox", name="Search emoji").fill("heart")
    ann.page.get_by_role("button", name=re.compile("red heart", re.I)).first.click()
    expect(
        bob.message("Eight is fine.").get_by_role("button", name=re.compile("❤"))
    ).to_be_visible()

    menu = bob.opens_menu_of("Eight is fine.")
    menu.get_by_role("menuitem", name="Delete").click()
    bob.page.get_by_role("alertdialog").or_(bob.page.get_by_role("dialog")).get_by_role(
        "button", name="Delete"
    ).click()
    expect(ann.page.get_by_text("Message deleted")).to_be_visible()
    expect(ann.message("Eight is fine.")).to_have_count(0)


def test_somebody_named_is_told(pair: tuple[Person, Person], workshop: str):
    ann, bob = pair
    bob.page.goto("/settings/profile")
    ann.composer.press_sequentially(f"@{bob.account[:6]}")
    options = ann.page.get_by_role("listbox", name="People to mention")
    options.get_by_role("option").filter(has_text=bob.account).click()
    ann.composer.press_sequentially("look at this")
    ann.composer.press("Enter")
    ann.sees_stored("look at this")
    expect(bob.page).to_have_title(re.compile(r"^\(1\)"))
    bob.page.goto("/")
    mention = (
        bob.room_link(workshop)
        .get_by_text("1 mention of you")
        .or_(bob.room_link(workshop).get_by_label("1 mention of you"))
    )
    expect(mention).to_be_visible()


def test_markdown_is_drawn_and_nothing_runs(pair: tuple[Person, Person]):
    ann, bob = pair
    ann.writes("**bold** `code` <img src=x onerror=alert(1)> [site](https://example.org)")
    message = bob.message("bold")
    expect(message.locator("strong")).to_have_text("bold")
    expect(message.locator("code")).to_have_text("code")
    expect(message.locator("img[src=x]")).to_have_count(0)
    link = message.get_by_role("link", name="site")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    ann.writes("[bad](javascript:alert(1))")
    expect(bob.message("javascript:alert")).to_be_visible()
    expect(bob.message("javascript:alert").get_by_role("link")).to_have_count(0)


def test_a_long_timeline_keeps_its_place_and_finds_the_way_back(pair: tuple[Person, Person]):
    ann, bob = pair
    for number in range(1, 41):
        ann.writes(f"Line number {number:03}")
    bob.sees_stored("Line number 040")
    bob.page.mouse.move(700, 400)
    for _ in range(12):
        bob.page.mouse.wheel(0, -700)
    bob.sees("Line number 001")
    ann.says("One more line")
    jump = bob.page.get_by_role("button", name=re.compile("1 new message|Jump to the latest"))
    expect(jump).to_be_visible()
    bob.sees("Line number 001")
    jump.click()
    bob.sees("One more line")
