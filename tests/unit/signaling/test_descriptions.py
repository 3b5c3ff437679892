"""Descriptions of real peers pass; what no browser sends does not."""

import asyncio

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Code, Refusal
from services.signaling.descriptions import check_candidate, check_description

pytestmark = [pytest.mark.unit, pytest.mark.calls]


@pytest.fixture(scope="module")
def descriptions() -> tuple[str, str]:
    """An offer and an answer, as aiortc makes them."""

    async def make() -> tuple[str, str]:
        one = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        two = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        one.addTransceiver("audio")
        one.addTransceiver("video")
        one.createDataChannel("chat")
        await one.setLocalDescription(await one.createOffer())
        await two.setRemoteDescription(one.localDescription)
        await two.setLocalDescription(await two.createAnswer())
        both = one.localDescription.sdp, two.localDescription.sdp
        await one.close()
        await two.close()
        return both

    return asyncio.run(make())


def refused(kind: str, sdp: str) -> bool:
    with pytest.raises(Refusal) as caught:
        check_description(kind, sdp)
    return caught.value.code is Code.SDP_INVALID


def test_what_peers_make_passes(descriptions: tuple[str, str]):
    offer, answer = descriptions
    check_description("offer", offer)
    check_description("answer", answer)
    check_description("offer", offer.replace("\r\n", "\n"))


def test_an_answer_is_no_offer(descriptions: tuple[str, str]):
    offer, answer = descriptions
    assert refused("offer", answer)
    assert refused("answer", offer)


@pytest.mark.parametrize(
    "cut", ["v=0", "m=", "a=fingerprint", "a=ice-ufrag", "a=ice-pwd", "a=setup"]
)
def test_what_is_needed_must_be_there(descriptions: tuple[str, str], cut: str):
    lines = [line for line in descriptions[0].split("\r\n") if not line.startswith(cut)]
    assert refused("offer", "\r\n".join(lines))


@given(st.text(max_size=300))
def test_text_is_not_a_description(text: str):
    assert refused("offer", text)
    with pytest.raises(Refusal):
        check_candidate(text)


@pytest.mark.parametrize(
    "candidate",
    [
        "candidate:842163049 1 udp 1677729535 203.0.113.7 44323 typ srflx raddr 0.0.0.0 rport 0",
        "candidate:1 1 UDP 2122252543 3d1a4b2e-0000-4b6b-8f25-1f2a3b4c5d6e.local 50000 typ host",
        "candidate:4 1 tcp 1518280447 2001:db8::1 9 typ host tcptype active generation 0",
        "a=candidate:5 2 udp 1 192.0.2.1 1 typ relay",
    ],
)
def test_candidates_of_browsers_pass(candidate: str):
    check_candidate(candidate)
