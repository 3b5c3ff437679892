"""Headers are read and written as nats-py would have it."""

import asyncio

import nats
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import BadHeaderError
from nats.js.api import Header

from runtime import lean
from runtime.bus import taken_in
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration]

_PIECES = st.sampled_from(
    [
        *(b":", b" ", b"\t", b"\x0b", b"\x00", b"\r", b"\n", b"\x1c", b"\r\n"),
        *(b"Name", b"n-m", b"v", b"\xc3\xa5", b"\xff", b"\xc2\xa0", b"\xe2\x80\xa8"),
    ]
)


@given(st.lists(_PIECES, max_size=24).map(b"".join))
def test_any_block_reads_as_nats_py_reads_it(raw: bytes):
    assert lean.parsed(raw) == Client._parse_header_lines(raw)


async def heard_with(url: str, headers: dict[str, str]) -> list[Msg]:
    """What arrives of the same message, sent by a client as it is and by one that is lean."""
    heard: list[Msg] = []

    async def hear(message: Msg) -> None:
        heard.append(message)

    listener, own, fast = await asyncio.gather(*(nats.connect(url) for _ in range(3)))
    lean.fit(fast)
    await listener.subscribe("said", cb=hear)
    await taken_in(listener)
    try:
        for client in (own, fast):
            await client.publish("said", b"body", reply="back", headers=headers)
            await taken_in(client)
        await wait_until(lambda: len(heard) == 2)
        assert own.stats["out_bytes"] == fast.stats["out_bytes"]
    finally:
        for client in (listener, own, fast):
            await client.close()
    return heard


@pytest.mark.parametrize(
    "headers",
    [
        {"Parley-Caller": '{"t":"account","agent":"Wörter: 🦜"}', "traceparent": "00-ab-cd-01"},
        {"Nats-Msg-Id": "a.b", "Empty": "", "Colons": "a:b::c"},
        {Header.MSG_ID: "a.b", Header.EXPECTED_LAST_SUBJECT_SEQUENCE: "7"},
        {"Spaced": "  around  ", " trimmed ": "name"},
        {"Broken": "one\r\nInjected: two", "Half": "a\nb\rc"},
    ],
)
async def test_what_is_sent_arrives_as_nats_py_sends_it(nats_url: str, headers: dict[str, str]):
    own, fast = await heard_with(nats_url, headers)
    assert fast.headers == own.headers
    assert (fast.data, fast.reply, fast.subject) == (own.data, own.reply, own.subject)


async def test_a_name_that_is_none_is_refused(nats_url: str):
    client = await nats.connect(nats_url)
    lean.fit(client)
    with pytest.raises(BadHeaderError):
        await client.publish("said", b"", headers={"no name": "x"})
    await client.close()
