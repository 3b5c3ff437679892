"""What an operator writes into the environment is what a gateway goes by."""

from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from gateway.addresses import client_address
from gateway.settings import GatewaySettings

pytestmark = [pytest.mark.unit, pytest.mark.gateway]


@pytest.mark.parametrize(
    ("written", "networks"),
    [
        ("", []),
        ("10.0.0.0/8", ["10.0.0.0/8"]),
        ("127.0.0.1", ["127.0.0.1/32"]),
        ("10.0.0.0/8,127.0.0.1", ["10.0.0.0/8", "127.0.0.1/32"]),
        (" 10.0.0.0/8 , ::1, fd00::/8,", ["10.0.0.0/8", "::1/128", "fd00::/8"]),
    ],
)
def test_trusted_proxies_are_networks_with_commas_between(
    monkeypatch: pytest.MonkeyPatch, written: str, networks: list[str]
):
    monkeypatch.setenv("PARLEY_TRUSTED_PROXIES", written)
    assert GatewaySettings().trusted_proxies == tuple(map(ip_network, networks))


def test_a_proxy_of_the_environment_is_believed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARLEY_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    trusted = GatewaySettings().trusted_proxies
    for peer in ("10.1.2.3", "::1"):
        assert client_address(peer, ["198.51.100.1"], trusted) == "198.51.100.1"


@pytest.mark.parametrize(
    "written", ["10.0.0.1/8", "10.0.0.0/33", "proxy.example", "10.0.0.0/8;::1"]
)
def test_what_is_no_network_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.setenv("PARLEY_TRUSTED_PROXIES", written)
    with pytest.raises(ValidationError, match="trusted_proxies"):
        GatewaySettings()


def test_origins_are_written_as_a_browser_says_them_or_with_a_slash(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("PARLEY_PUBLIC_ORIGINS", "https://talk.example/, https://b.example")
    settings = GatewaySettings()
    assert settings.public_origins == ("https://talk.example", "https://b.example")
    assert settings.secure
