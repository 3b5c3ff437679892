"""Whose address a request has, and which pages may send it."""

from ipaddress import ip_network

import pytest

from gateway.addresses import client_address, counted
from gateway.origins import origin_allowed

pytestmark = [pytest.mark.unit, pytest.mark.gateway]

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.9"], "10.0.0.9"),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (None, ["198.51.100.1"], "0.0.0.0"),
        ("not an address", [], "0.0.0.0"),
    ],
)
def test_only_proxies_of_ours_are_believed(peer, forwarded, address):
    assert client_address(peer, forwarded, TRUSTED) == address


def test_a_household_counts_as_one():
    assert counted("2001:db8:1:2:3::4") == counted("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert counted("2001:db8:1:3::1") != counted("2001:db8:1:2::1")
    assert counted("198.51.100.1") == "198.51.100.1"


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "may"),
    [
        ("https://talk.example", "talk.example", (), True),
        ("https://talk.example", "talk.example:443", (), True),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", (), True),
        ("http://[::1]:8080", "[::1]:8080", (), True),
        ("https://evil.example", "talk.example", (), False),
        ("http://127.0.0.1:8081", "127.0.0.1:8080", (), False),
        ("null", "talk.example", (), False),
        ("https://talk.example:bad", "talk.example", (), False),
        ("https://talk.example", None, (), False),
        ("https://talk.example", "inner:8080", ("https://talk.example",), True),
        ("https://TALK.example/", "inner:8080", ("https://talk.example",), True),
        ("http://talk.example", "talk.example", ("https://talk.example",), False),
        ("https://evil.example", "evil.example", ("https://talk.example",), False),
    ],
)
def test_a_page_speaks_to_its_own_host_or_stands_on_the_list(origin, host, allowed, may):
    assert origin_allowed(origin, host=host, allowed=allowed) is may


def test_without_an_origin_the_browser_must_not_say_that_it_is_another_site():
    assert origin_allowed(None, host="a", allowed=())
    assert origin_allowed(None, host="a", allowed=(), site="same-origin")
    assert not origin_allowed(None, host="a", allowed=(), site="cross-site")
