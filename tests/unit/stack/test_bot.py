"""The pure parts of a bot: rosters, proofs, descriptions, and its judgement."""

import base64
import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from contracts.signaling import (
    CallEnded,
    CallStarted,
    IceServer,
    Media,
    Participant,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Proof,
    Roster,
)
from stack.bot.caller import usable
from stack.bot.crowd import spread
from stack.bot.descriptions import answered, answering, kinds, maker, streams, surplus
from stack.bot.figures import (
    AudioFigures,
    CallerFigures,
    Expected,
    PeerFigures,
    VideoFigures,
    faults,
)
from stack.bot.pattern import Luma
from stack.bot.proofs import Prover, holds, signed_text
from stack.bot.rosters import Missed, after
from stack.bot.watch import Flow, VideoWatch
from stack.relays import Way, ways_of

ROOM, CALL = "r" * 26, "0" * 26
SDP = (
    "v=0\r\no=- 11 12 IN IP4 0.0.0.0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\n"
    "a=ice-ufrag:abcd\r\na=fingerprint:sha-256 AA:BB\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\n"
    "a=ice-ufrag:abcd\r\na=fingerprint:sha-256 AA:BB\r\na=fingerprint:sha-512 CC:DD\r\n"
)


def participant(session: str) -> Participant:
    return Participant(session=session, user="u", device="d", since=1, media=Media())


NOBODY = Roster(room=ROOM, call=None, revision=4, started_at=None, participants=[], limit=6)


def test_a_roster_follows_its_events_and_ends_as_it_began() -> None:
    ann, bob = participant("a"), participant("b")
    louder = changed(ann, media=Media(microphone=True))
    common = {"room": ROOM, "call": CALL}
    events = [
        CallStarted(**common, revision=5, started_at=9),
        ParticipantJoined(**common, revision=6, participant=ann),
        ParticipantJoined(**common, revision=7, participant=bob),
        ParticipantChanged(**common, revision=8, participant=louder),
        ParticipantLeft(**common, revision=9, session="b", why="left"),
        ParticipantLeft(**common, revision=10, session="a", why="lost"),
        CallEnded(**common, revision=11),
    ]
    roster, seen = NOBODY, []
    for event in events:
        roster = after(roster, event)
        assert after(roster, event) is roster  # what is known already changes nothing
        seen.append([p.session for p in roster.participants])
    assert seen == [[], ["a"], ["a", "b"], ["a", "b"], ["a"], [], []]
    assert roster == changed(NOBODY, revision=11)
    with pytest.raises(Missed):
        after(NOBODY, events[1])


def test_a_proof_holds_for_its_call_its_ends_and_its_fingerprints_alone() -> None:
    proof = Prover().prove(CALL, "ann", "bob", SDP)
    assert holds(proof, CALL, "ann", "bob", SDP)
    assert holds(proof, CALL, "ann", "bob", SDP.replace("ice-ufrag:abcd", "ice-ufrag:efgh"))
    assert not holds(proof, "1" * 26, "ann", "bob", SDP)
    assert not holds(proof, CALL, "cid", "bob", SDP)
    assert not holds(proof, CALL, "ann", "cid", SDP)
    assert not holds(proof, CALL, "ann", "bob", SDP.replace("AA:BB", "AA:BC"))
    other = Prover()
    assert not holds(Proof(key=other.public, signature=proof.signature), CALL, "ann", "bob", SDP)


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_proof_of_rubbish_does_not_hold(key: str, signature: str) -> None:
    assert not holds(Proof(key=key, signature=signature), CALL, "ann", "bob", SDP)


def test_a_proof_is_what_a_browser_signs() -> None:
    # WebCrypto: an uncompressed point, and r and s side by side.
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    text = f"{CALL} ann bob sha-256 AA:BB sha-512 CC:DD".encode()
    assert signed_text(CALL, "ann", "bob", SDP) == text
    r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    said = [base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (point, raw)]
    assert holds(Proof(key=said[0], signature=said[1]), CALL, "ann", "bob", SDP)


def test_an_answer_names_the_offer_it_is_for() -> None:
    told = answering(SDP, SDP.replace("o=- 11 12", "o=- 7 8"))
    assert answered(told) == "7 8"
    assert answered(SDP) is None
    assert re.sub(r"a=x-parley-answers:.*\r\n", "", told) == SDP


def test_a_new_connection_and_a_restarted_one_are_both_told_from_the_old() -> None:
    assert maker(SDP) == maker(SDP.replace("o=- 11 12", "o=- 11 13"))
    assert maker(SDP) != maker(SDP.replace("AA:BB", "AA:BC"))
    assert maker(SDP) != maker(SDP.replace("ufrag:abcd", "ufrag:efgh"))
    assert kinds(SDP) == ["audio", "video"]


def test_a_section_tells_which_stream_its_track_is_of() -> None:
    screen = "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=msid:desk track\r\na=mid:2\r\n"
    person = SDP.replace("m=video", "a=mid:0\r\na=msid:ann sound\r\nm=video") + "a=mid:1\r\n"
    assert streams(person + screen) == {"0": "ann", "2": "desk"}
    assert surplus(kinds(person + screen)) == ["video"]


@given(st.integers(1, 200), st.integers(1, 16))
def test_bots_spread_evenly_over_as_few_rooms_as_it_takes(peers: int, per_room: int) -> None:
    counts = spread(peers, per_room)
    assert sum(counts) == peers
    assert max(counts) <= per_room
    assert max(counts) - min(counts) <= 1
    assert len(counts) == -(-peers // per_room)


def test_a_gap_counts_until_now_but_not_while_nothing_is_sent() -> None:
    flow = Flow()
    assert flow.gap(9.0) == 0
    for moment in (1.0, 1.1, 1.4):
        flow.take(moment)
    assert flow.gap(1.5) == pytest.approx(0.3)
    assert flow.gap(2.4) == pytest.approx(1.0)
    flow.expect(False)
    assert flow.gap(60.0) == pytest.approx(0.3)
    flow.expect(True)
    flow.take(60.0)
    assert flow.gap(60.1) == pytest.approx(0.3)


def grey(brightness: int) -> Luma:
    return Luma(bytes([brightness]) * 64 * 48, 64, 48, 64)


def test_somebody_who_hardly_moves_is_no_still_picture() -> None:
    drifting, noisy = VideoWatch(), VideoWatch()
    for second in range(1, 20):
        drifting.see(grey(100 + second), second, 0)
        noisy.see(grey(100 + second % 2), second, 0)
    assert (drifting.looks, drifting.moves) == (18, 6)
    assert (noisy.looks, noisy.moves) == (18, 0)


VIDEO = VideoFigures(True, 90, 15.0, 80, 0, 1.0, 1.0, (60, 70, 90), (320, 240))
AUDIO = AudioFigures(True, 400, 40, 0, 1.0, 1.0)
PEER = PeerFigures("b", 10.0, "connected", ("host", "host"), 60, 1, 0, 300, True, VIDEO, AUDIO)
CALLER = CallerFigures("a", ROOM, 1, 0, 0, 0, 0, "", [PEER])
EXPECTED = Expected(others=1, bots={"a", "b"})


def test_a_call_that_is_well_has_no_faults() -> None:
    assert faults(CALLER, EXPECTED) == []


@pytest.mark.parametrize(
    ("peer", "fault"),
    [
        (replace(PEER, state="failed"), "not connected but failed"),
        (replace(PEER, verified=False), "a description was not its sender's own"),
        (replace(PEER, video=replace(VIDEO, frames=0)), "no picture"),
        (replace(PEER, video=replace(VIDEO, moving=0.1)), "the picture moved in 10% of the looks"),
        (replace(PEER, video=replace(VIDEO, longest_gap_ms=501)), "no picture for 501 ms"),
        (replace(PEER, video=replace(VIDEO, ended=1)), "the picture's track ended"),
        (replace(PEER, video=replace(VIDEO, clocks=0.5)), "50% of the pictures told their time"),
        (replace(PEER, audio=replace(AUDIO, frames=0)), "no sound"),
        (replace(PEER, audio=replace(AUDIO, longest_gap_ms=501)), "no sound for 501 ms"),
        (replace(PEER, audio=replace(AUDIO, ended=1)), "the sound's track ended"),
        (replace(PEER, audio=replace(AUDIO, tone=0.5)), "the tone was heard in 50% of the moments"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_thing_that_is_amiss_is_told(peer: PeerFigures, fault: str) -> None:
    assert faults(replace(CALLER, peers=[peer]), EXPECTED) == [f"b: {fault}"]


def test_who_is_missing_sent_out_or_not_relayed_is_told() -> None:
    relayed = replace(EXPECTED, relayed=True)
    assert faults(CALLER, relayed) == ["b: the route is host to host, not relayed"]
    assert faults(replace(CALLER, peers=[]), EXPECTED) == ["met 0 of 1 others"]
    assert faults(replace(CALLER, refused="no"), EXPECTED) == ["was sent out: no"]


def test_a_person_is_not_held_to_the_test_pattern_nor_to_what_they_do_not_send() -> None:
    quiet = replace(
        PEER,
        video=replace(VIDEO, clocks=0.0, age_ms=None),
        audio=replace(AUDIO, expected=False, frames=0, tone=0.0),
    )
    assert faults(replace(CALLER, peers=[quiet]), replace(EXPECTED, bots={"a"})) == []


def test_ways_are_read_from_a_setting() -> None:
    setting = "stun:a:1,turn:b, turn:[fd00::2]:7?transport=tcp ,turns:c?transport=tcp,http://x"
    assert [(w.host, w.port, w.transport) for w in ways_of(setting)] == [
        ("a", 1, "stun"),
        ("b", 3478, "udp"),
        ("fd00::2", 7, "tcp"),
        ("c", 5349, "tls"),
    ]
    assert ways_of(["turn:b:9"]) == [Way("turn:b:9", "b", 9, "udp")]


def test_of_several_relays_the_transport_that_was_asked_for_is_used() -> None:
    urls = ["turn:a:1?transport=udp", "turn:a:1?transport=tcp", "turns:a:2?transport=tcp"]
    servers = [IceServer(urls=["stun:a:1"]), IceServer(urls=urls, username="n", credential="c")]
    for transport, url in zip(("udp", "tcp", "tls"), urls, strict=True):
        chosen = usable(servers, transport)
        assert [server.urls for server in chosen] == [["stun:a:1"], [url]]
        assert (chosen[1].username, chosen[1].credential) == ("n", "c")
    assert usable([IceServer(urls=["turn:[fd00::2]:1"])], "") == []
