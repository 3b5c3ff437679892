"""Credentials that coturn accepts, and nobody else can make."""

import pytest

from contracts.ids import UserId
from contracts.signaling import IceServer
from services.signaling.ice import credential, ice_servers
from services.signaling.settings import SignalingSettings

pytestmark = pytest.mark.unit

ALICE = UserId("01arz3ndektsv4rrffq69g5fav")


def test_the_password_is_the_one_coturn_computes():
    # printf %s 1700000000:alice | openssl dgst -sha1 -hmac north -binary | base64
    assert credential("north", "1700000000:alice") == "Cd/49soE35ICqcJF/bCTn8Z4OyE="


def test_stun_needs_no_credentials_and_turn_has_them():
    stun, turn = ice_servers(["stun:a"], ["turn:b", "turns:b"], "north", ALICE, 17)
    assert stun == IceServer(urls=["stun:a"])
    assert turn.urls == ["turn:b", "turns:b"]
    assert turn.username == f"17:{ALICE}"
    assert turn.credential == credential("north", f"17:{ALICE}")


def test_nothing_configured_is_nothing_told():
    assert ice_servers([], [], "", ALICE, 17) == []


def test_lists_come_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PARLEY_TURN_URLS", "turn:a:3478?transport=udp, turns:a:5349")
    assert SignalingSettings().turn_urls == ("turn:a:3478?transport=udp", "turns:a:5349")
