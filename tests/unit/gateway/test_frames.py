"""Whatever bytes come, a session answers by refusals or effects, and never breaks."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.frames import MAX_FRAME_BYTES
from contracts.registry import BY_TAG
from gateway.effects import Ask, Claim, FollowRooms, Send
from gateway.fanout import text_frame
from tests.unit.gateway.sessions import NOW, WALL, fresh, greeted, sent

pytestmark = [pytest.mark.unit, pytest.mark.gateway]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
requests = st.fixed_dictionaries(
    {"t": st.sampled_from(sorted(BY_TAG)) | st.text()},
    optional=dict.fromkeys(("room", "places", "token", "versions", "text", "client_id"), values),
)
frames = st.fixed_dictionaries(
    {},
    optional={"id": st.sampled_from(["1", "abc", "", "é"]) | values, "request": requests | values},
)


@given(st.binary(max_size=400) | frames.map(lambda frame: json.dumps(frame).encode()))
@settings(max_examples=300, deadline=None)
def test_any_frame_is_answered_once_or_passed_on(data):
    for session in (fresh(), greeted()):
        effects = session.received(data, NOW, WALL)
        assert len(effects) >= 1
        answers = [effect for effect in effects if isinstance(effect, Send)]
        passed_on = [e for e in effects if isinstance(e, Ask | Claim | FollowRooms)]
        assert len(answers) + len(passed_on) == 1
        for answer in sent(effects):
            assert set(answer) == {"id", "reply"}


@given(st.binary(max_size=300))
def test_a_frame_can_be_read_again(payload):
    assert _unframed(text_frame(payload)) == payload


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, MAX_FRAME_BYTES * 3])
def test_frames_of_every_size_of_length_field(size):
    assert _unframed(text_frame(b"x" * size)) == b"x" * size


def _unframed(frame: bytes) -> bytes:
    """By a parser that is not ours."""
    from websockets.frames import Frame, Opcode
    from websockets.streams import StreamReader

    reader = StreamReader()
    reader.feed_data(frame)
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as done:
        next(parsing)
    parsed = done.value.value
    assert (parsed.opcode, parsed.fin) == (Opcode.TEXT, True)
    return bytes(parsed.data)
