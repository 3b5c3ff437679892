"""Two people in a room's call, through the real system: they see and hear each other."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import fresh

pytestmark = [pytest.mark.web, pytest.mark.calls]


def test_two_people_see_and_hear_each_other(caller: NewPerson):
    kitchen = fresh("Kitchen")
    ann, bob = caller("Ann").registers(), caller("Bob").registers()
    ann.creates_room(kitchen)
    bob.joins_by_browsing(kitchen)

    ann.starts_call()
    ann.sees_people_in_call(1)
    bob.joins_call()
    ann.sees_tile_of("Ann (you)", "Bob").hears("Bob")
    bob.sees_tile_of("Bob (you)", "Ann").hears("Ann")
    expect(ann.page.get_by_text("joined the call.")).to_be_attached()
