"""Networks go, tabs are reloaded, gateways die: nothing that was written is lost or doubled."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import fresh
from tests.support.relay import Relay
from tests.support.servers import BackgroundLoop
from tests.support.system import RunningSystem

pytestmark = pytest.mark.web

BRIDGE = fresh("Bridge")
TUNNEL = fresh("Tunnel")


def test_what_is_written_offline_survives_a_reload_and_is_sent_once(
    person: NewPerson, relay: Relay, background: BackgroundLoop
):
    ann, bob = person("Ann", url=relay.url).registers(), person("Bob").registers()
    path = ann.creates_room(TUNNEL)
    bob.joins_by_browsing(TUNNEL)
    ann.says("Into the tunnel")
    bob.sees("Into the tunnel")

    ann.context.set_offline(True)
    # Chromium's own switch leaves open websockets alone.
    background.run(relay.cut())
    expect(ann.page.get_by_text("You are offline since")).to_be_visible()
    ann.writes("Written in the dark")
    ann.sees("Written in the dark")
    bob.says("Where are you?")
    # The page is loaded anew as soon as there is light again; the words were kept on the device.
    ann.closes_the_laptop()
    ann.context.set_offline(False)
    background.run(relay.mend())
    ann.comes_back(path)
    ann.sees("Where are you?").sees_stored("Written in the dark")
    bob.sees_stored("Written in the dark")
    ann.page.reload()
    ann.sees_stored("Written in the dark")
    bob.reads_in_order("Into the tunnel", "Where are you?", "Written in the dark")


def test_a_gateway_dies_and_the_conversation_goes_on(
    person: NewPerson, system: RunningSystem, background: BackgroundLoop
):
    first, second = system.gateways
    ann, bob = person("Ann", url=first).registers(), person("Bob", url=second).registers()
    ann.creates_room(BRIDGE)
    bob.joins_by_browsing(BRIDGE)
    ann.says("One")
    background.run(system.kill("gateway-1"))
    ann.writes("Two")
    bob.says("Three")
    background.run(system.healed("gateway-1"))
    for someone in (ann, bob):
        for text in ("One", "Two", "Three"):
            someone.sees_stored(text)
    ann.says("Four")
    bob.sees("Four")


def test_signing_out_elsewhere_ends_this_device_at_once(person: NewPerson):
    laptop = person("Ann").registers()
    phone = person("Ann", phone=True).signs_in(laptop)
    expect(phone.page.get_by_text("There are three ways to begin.")).to_be_visible()
    laptop.page.goto("/settings/devices")
    others = laptop.page.get_by_role("button", name=re.compile("^Sign out.*: "))
    expect(others).to_have_count(1)
    others.click()
    expect(phone.page.get_by_text("You were signed out")).to_be_visible()


def test_a_part_that_the_server_no_longer_has_offers_to_reload(person: NewPerson):
    ann = person("Ann")
    # As after an update of the server: this page's files of another name are gone.
    ann.page.route("**/assets/BrowseScreen-*.js", lambda route: route.fulfill(status=404))
    ann.registers()
    ann.page.get_by_role("link", name="Browse").first.click()
    expect(ann.page.get_by_text("This part did not load")).to_be_visible()
    ann.page.unroute_all()
    ann.page.get_by_role("button", name="Reload").click()
    expect(ann.page.get_by_role("searchbox", name="Search public rooms")).to_be_visible()
