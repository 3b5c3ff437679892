"""What a person does with their account: name, picture, password, devices, and leaving for good."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import PASSWORD, fresh

pytestmark = [pytest.mark.web, pytest.mark.auth]

PORCH = fresh("Porch")


def test_a_new_name_is_seen_by_others_at_once(person: NewPerson):
    ann, bob = person("Ann").registers(), person("Bob").registers()
    path = ann.creates_room(PORCH)
    bob.joins_by_browsing(PORCH)
    ann.says("Who am I?")
    bob.sees("Who am I?")
    ann.page.goto("/settings/profile")
    ann.page.get_by_label("Display name").fill("Ann of the Porch")
    ann.page.get_by_role("button", name="Save").click()
    expect(bob.message("Who am I?")).to_contain_text("Ann of the Porch")
    ann.page.goto(path)
    expect(ann.message("Who am I?")).to_contain_text("Ann of the Porch")


def test_who_deletes_the_account_is_gone_and_the_room_goes_on(person: NewPerson):
    ann, bob = person("Ann").registers(), person("Bob").registers()
    room = fresh("Attic")
    ann.creates_room(room)
    bob.joins_by_browsing(room)
    ann.says("Remember me")
    bob.sees("Remember me")

    ann.page.goto("/settings/password")
    ann.page.get_by_role("button", name="Delete account").click()
    dialog = ann.page.get_by_role("dialog", name="Delete your account?")
    dialog.get_by_label("Password", exact=True).fill("not my password at all")
    dialog.get_by_role("button", name="Delete account").click()
    expect(dialog.get_by_text("That is not your password.")).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Delete account").click()
    expect(ann.page.get_by_role("button", name="Sign in")).to_be_visible()

    # The room has a new owner, and what was said stays.
    mine = bob.people.get_by_role("listitem").filter(has_text=bob.account)
    expect(mine).to_contain_text("Owner")
    someone = bob.people.get_by_role("listitem").filter(has_not=bob.page.get_by_role("heading"))
    expect(someone).to_have_count(1)
    bob.sees_stored("Remember me")
    expect(bob.message("Remember me")).to_contain_text("Deleted account")
