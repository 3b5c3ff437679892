"""A client that says far more than there is to say costs the others nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.frames import Frame
from websockets.server import ServerProtocol

from contracts.closing import Closing
from contracts.frames import MAX_FRAME_BYTES
from gateway import protocol
from gateway.buckets import LOOSE
from gateway.fanout import close_frame
from tests.integration.gateway.bare import Owners, listening, masked, raw
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]

CONT, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10
SLICE = protocol.SLICE_BYTES // 6 + 1
"""How many of the smallest frames are parsed before the end is looked for."""
A_MINUTE = LOOSE.burst + LOOSE.per_second * 60
"""How much is put up with in a minute; no test here takes that long."""

FLOODING = close_frame(Closing.FLOODING.value.code, Closing.FLOODING.value.reason)


@pytest.fixture
def parsed(monkeypatch) -> list[int]:
    """The opcode of every frame that the server's parser took apart."""
    opcodes: list[int] = []
    whole = ServerProtocol.recv_frame

    def counted(self: ServerProtocol, frame: Frame) -> None:
        opcodes.append(frame.opcode)
        whole(self, frame)

    monkeypatch.setattr(ServerProtocol, "recv_frame", counted)
    return opcodes


@pytest_asyncio.fixture
async def owners() -> Owners:
    return Owners()


@pytest_asyncio.fixture
async def port(owners: Owners) -> AsyncIterator[int]:
    async with listening(owners) as listener:
        yield listener.port


@pytest.mark.parametrize("opcode", [PING, PONG, CONT])
async def test_frames_without_a_meaning_end_the_connection_and_are_parsed_no_further(
    owners: Owners, port: int, parsed: list[int], opcode: int
):
    async with raw(port) as client:
        await client.answered()
        if opcode == CONT:
            client.writer.write(masked(TEXT, b"{", fin=False))
        frame = masked(opcode, fin=opcode != CONT)
        flooding = asyncio.create_task(client.flood(frame * 500_000))
        heard = await client.rest()
        await flooding
    assert FLOODING in heard
    (owner,) = owners.all
    assert owner.ends == [Closing.FLOODING]
    assert LOOSE.burst < len(parsed) < A_MINUTE + protocol.LATE_FRAMES + 2 * SLICE
    assert owner.signs + owner.parts < A_MINUTE


async def test_once_it_has_ended_a_connection_is_only_read_empty(
    owners: Owners, port: int, parsed: list[int]
):
    async with raw(port) as client:
        await client.answered()
        await wait_until(lambda: owners.all)
        (owner,) = owners.all
        owner.end(Closing.TAKEN_OVER)
        flooding = asyncio.create_task(client.flood(masked(TEXT, b"x") * 500_000))
        heard = await client.rest()
        await flooding
    assert close_frame(4005, Closing.TAKEN_OVER.value.reason) in heard
    assert owner.messages == []
    assert len(parsed) <= protocol.LATE_FRAMES + SLICE


async def test_the_answer_to_a_close_frame_is_found_behind_what_was_under_way(
    owners: Owners, port: int, monkeypatch
):
    # Far longer than the test: the connection ends by the answer, or not in time.
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 600)
    async with raw(port) as client:
        await client.answered()
        await wait_until(lambda: owners.all)
        (owner,) = owners.all
        owner.end(Closing.TAKEN_OVER)
        client.writer.write(masked(TEXT, b"x" * 500) * 100 + masked(CLOSE, b"\x0f\xa5"))
        await client.rest()
        await wait_until(lambda: owner.is_lost)
    assert owner.messages == []


async def test_nothing_is_parsed_before_the_handshake_is_answered(
    owners: Owners, port: int, parsed: list[int]
):
    owners.may.clear()
    async with raw(port) as client:
        await wait_until(lambda: owners.asked)
        flooding = asyncio.create_task(client.flood(masked(PING) * 500_000))
        # Long enough for it to be read, where it is read at all: every turn reads what is there.
        for _ in range(50):
            await asyncio.sleep(0)
        assert parsed == []
        owners.may.set()
        await client.answered()
        assert FLOODING in await client.rest()
        await flooding
    assert len(parsed) < A_MINUTE + protocol.LATE_FRAMES + 2 * SLICE


async def test_the_largest_message_passes_in_many_parts_and_in_one(owners: Owners, port: int):
    message = bytes(range(32, 96)) * (MAX_FRAME_BYTES // 64)
    parts = [message[at : at + 128] for at in range(0, len(message), 128)]
    first, *between, last = parts
    async with raw(port) as client:
        await client.answered()
        client.writer.write(masked(TEXT, message[:-1]))
        client.writer.write(masked(TEXT, first, fin=False))
        client.writer.write(b"".join(masked(CONT, part, fin=False) for part in between))
        client.writer.write(masked(CONT, last))
        await wait_until(lambda: owners.all and len(owners.all[0].messages) == 2)
    assert owners.all[0].messages == [message[:-1], message]
    assert owners.all[0].ends == []


async def test_pings_are_answered_as_long_as_they_are_few(owners: Owners, port: int):
    async with raw(port) as client:
        await client.answered()
        for number in range(200):
            client.writer.write(masked(PING, b"%d" % number))
            answer = b"%d" % number
            assert await client.reader.readexactly(2 + len(answer)) == (
                bytes((0x8A, len(answer))) + answer
            )
    assert owners.all[0].ends == []
