"""Hosts to listen on, and ports that stay ours."""

import socket

import pytest

from stack.addresses import lan_addresses, names_of
from stack.ports import OwnPort, is_free

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", ["localhost", "127.0.0.1"]),
        ("localhost", ["localhost", "127.0.0.1"]),
        ("::1", ["localhost", "::1"]),
        ("192.0.2.7", ["192.0.2.7"]),
        ("talk.example", ["talk.example"]),
    ],
)
def test_what_a_browser_may_call_us(host: str, names: list[str]) -> None:
    assert names_of(host) == names


def test_a_host_of_one_family_is_not_reached_by_the_other() -> None:
    old, both = names_of("0.0.0.0"), names_of("::")
    assert old == [name for name in both if ":" not in name]
    assert set(both) == {"localhost", "127.0.0.1", "::1", *lan_addresses()}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::", "localhost"])
def test_a_port_is_kept_for_those_who_reuse_addresses(host: str) -> None:
    own = OwnPort(host)
    address = ("::1" if ":" in host else "127.0.0.1", own.number)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind(address)
    with socket.socket(family) as early, pytest.raises(ConnectionRefusedError):
        early.connect(address)
    for _ in ("first", "started again"):
        with socket.create_server(address, family=family), socket.create_connection(address):
            assert not is_free(own.number, host)
        assert is_free(own.number, host)


def test_a_port_that_somebody_listens_on_is_not_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            OwnPort(port=port)


def test_a_port_is_given_back() -> None:
    own = OwnPort()
    number = own.number
    del own
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", number))
