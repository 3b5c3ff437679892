"""What comes over the wire is either one of our messages or a named refusal."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.chat import PostMessage
from contracts.contract import Via
from contracts.errors import Code, Error, Refusal
from contracts.ids import ClientId, RoomId
from contracts.registry import BY_TAG, CONTRACTS
from contracts.rooms import JoinRoom
from runtime.bus import ERROR_PREFIX
from runtime.codec import Decoder, encode, strict

pytestmark = pytest.mark.unit

# The same in every worker that collects these tests: it stands in their names.
ROOM = "01arz3ndektsv4rrffq69g5fav"
edge = strict(c.command for c in CONTRACTS if Via.SOCKET in c.via)
inside = Decoder((PostMessage, JoinRoom))


def post(**fields: object) -> bytes:
    frame = {"t": "chat.post", "room": ROOM, "client_id": "abcdefgh", "text": "hi", **fields}
    return msgspec.json.encode({k: v for k, v in frame.items() if v is not ...})


def refused(data: bytes, decoder: Decoder = edge) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decoder(data)
    return caught.value


def test_a_command_survives_the_way_there():
    command = PostMessage(room=RoomId(ROOM), client_id=ClientId("abcdefgh"), text="hi")
    assert inside(encode(command)) == command
    assert msgspec.to_builtins(edge(encode(command))) == msgspec.to_builtins(command)


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        (b"\xff\xfe", Code.MALFORMED, None),
        (b"", Code.MALFORMED, None),
        (b'{"t":"chat.post"', Code.MALFORMED, None),
        (b'{"t":' + b"[" * 50_000, Code.MALFORMED, None),
        (b'{"t":"chat.post","text":"\xff"}', Code.MALFORMED, None),
        (post().replace(b'"hi"', b'"\\ud83d oh"'), Code.MALFORMED, None),
        (b'"chat.post"', Code.INVALID, "$"),
        (b'{"t":"no.such"}', Code.UNKNOWN, "$.t"),
        (b'{"room":"x"}', Code.INVALID, "$"),
        (post(room="../../x"), Code.INVALID, "$.room"),
        (post(room=...), Code.INVALID, "$"),
        (post(text=7), Code.INVALID, "$.text"),
        (post(text=""), Code.EMPTY, "$.text"),
        (post(text="a" * 4001), Code.TOO_LONG, "$.text"),
        (post(sender="me"), Code.INVALID, "$"),
        (
            b'{"t":"rooms.join","room":"%s","invite":"no way"}' % ROOM.encode(),
            Code.INVITE_INVALID,
            "$.invite",
        ),
    ],
)
def test_bad_input_is_refused_by_name(data: bytes, code: Code, field: str | None):
    refusal = refused(data)
    assert (refusal.code, refusal.field) == (code, field)


def test_a_field_from_the_future_passes_inside_and_not_at_the_edge():
    assert inside(post(later=1)).text == "hi"
    assert refused(post(later=1)).code is Code.INVALID


def outcome(data: bytes) -> Code | None:
    try:
        edge(data)
    except Refusal as refusal:
        return refusal.code
    return None


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_the_answer_is_a_refusal(data: bytes):
    """No random bytes make a command; none makes the decoder raise anything else."""
    assert outcome(data) in (Code.MALFORMED, Code.UNKNOWN, Code.INVALID)


def test_an_error_is_known_by_its_first_bytes():
    """The gateway and the bus tell an `Error` from a reply without decoding it."""
    assert encode(Refusal(Code.BANNED).error()).startswith(ERROR_PREFIX)
    assert not encode(Error(code="x", message="y")).startswith(b'{"code"')


def test_tags_name_their_service():
    for contract in CONTRACTS:
        assert contract.tag == f"{contract.service}.{contract.tag.split('.', 1)[1]}"
        assert contract.service in {"auth", "rooms", "chat", "signaling"}
        assert BY_TAG[contract.tag] is contract
