"""Invitations, guests and keeping order."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import fresh

pytestmark = [pytest.mark.web, pytest.mark.rooms]

CLUB = fresh("Club")
PARLOUR = fresh("Parlour")
STUDY = fresh("Study")


def test_a_guest_comes_by_a_link_and_sees_one_room(person: NewPerson):
    ann, gus = person("Ann").registers(), person("Gus")
    ann.creates_room(PARLOUR, private=True)
    ann.says("Welcome")
    path = ann.makes_invite(guests=True)
    gus.page.goto(path)
    expect(gus.page.get_by_role("heading", name=re.compile(PARLOUR))).to_be_visible()
    gus.page.get_by_label("Your name in this room").fill("Gus the guest")
    gus.page.get_by_role("button", name="Join as a guest").click()
    gus.is_in(PARLOUR)
    gus.sees("Welcome").says("Thank you")
    ann.comes_back(re.sub(r"/settings.*", "", re.sub(r"^https?://[^/]+", "", ann.page.url)))
    ann.sees("Thank you")
    expect(gus.page.get_by_role("button", name="Create a room")).to_have_count(0)


def test_an_account_comes_by_a_link_into_a_private_room(person: NewPerson):
    ann, bob = person("Ann").registers(), person("Bob").registers()
    ann.creates_room(STUDY, private=True)
    path = ann.makes_invite()
    bob.page.goto(path)
    bob.page.get_by_role("button", name="Join the room").click()
    bob.is_in(STUDY)


def test_a_broken_link_says_so(person: NewPerson):
    bob = person("Bob")
    bob.page.goto("/i/AAAAAAAAAAAAAAAAAAAAAAAA")
    expect(bob.page.get_by_text("This invitation does not work")).to_be_visible()


def test_who_is_banned_is_out_at_once_and_told_why(person: NewPerson):
    ann, bob = person("Ann").registers(), person("Bob").registers()
    path = ann.creates_room(CLUB)
    bob.joins_by_browsing(CLUB)
    row = ann.people.get_by_role("listitem").filter(has_text=bob.account)
    row.get_by_role("button").click()
    ann.page.get_by_role("menuitem", name="Ban from room").click()
    dialog = ann.page.get_by_role("alertdialog").or_(ann.page.get_by_role("dialog"))
    dialog.get_by_role("button", name=re.compile("Ban")).click()
    expect(bob.composer).to_have_count(0)
    bob.page.goto(path)
    expect(bob.page.get_by_text("You can’t enter this room")).to_be_visible()


def test_a_wrong_password_is_refused_without_telling_what_was_wrong(person: NewPerson):
    ann = person("Ann").registers()
    stranger = person("Eve")
    for name in (ann.account, "nobody-of-that-name"):
        stranger.page.goto("/sign-in")
        stranger.page.get_by_label("Name", exact=True).fill(name)
        stranger.page.get_by_label("Password", exact=True).fill("not the password at all")
        stranger.page.get_by_role("button", name="Sign in").click()
        expect(stranger.page.get_by_text("Name or password is wrong.")).to_be_visible()
