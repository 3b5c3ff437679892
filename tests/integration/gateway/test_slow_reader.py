"""A client that stops reading is let go, and nobody else waits for it."""

import asyncio
import base64
import os
import socket

import msgspec
import pytest

from contracts import subjects
from contracts.closing import Closing
from gateway import metrics
from gateway.hub import room_key
from tests.integration.gateway.town import Person, Town, greeted, person, room_of
from tests.support.asking import Asker
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.gateway]


class Mute:
    """A websocket by hand over a TCP connection that can stop reading."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self, person: Person, room: str) -> None:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", self._port))
        self.reader, self.writer = await asyncio.open_connection(sock=raw, limit=4_096)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head
        self._ask("1", {"t": "session.hello", "token": person.token, "versions": [1]})
        await self.reader.readuntil(b"session.welcome")
        self._ask("2", {"t": "session.follow", "places": [{"room": room, "after": 0}]})
        await self.reader.readuntil(b"session.followed")

    def _ask(self, request: str, command: dict) -> None:
        payload = msgspec.json.encode({"id": request, "request": command})
        size = len(payload)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
        self.writer.write(head + b"\0\0\0\0" + payload)

    def close(self) -> None:
        self.writer.transport.abort()


async def test_a_reader_that_stops_is_closed_and_cut_while_others_go_on(town: Town, asker: Asker):
    gateway = await town.gateway(outbox_bytes=128 * 1024)
    ann, bob = await person(gateway), await person(gateway)
    slow = metrics.CLOSES.labels(str(Closing.SLOW_READER.value.code))
    before = slow._value.get()
    async with greeted(gateway, ann) as hers, greeted(gateway, bob) as his:
        room = await room_of(hers, his)
        await his.follow(room)
        mute = Mute(gateway.port)
        await mute.open(ann, room)
        mute.writer.transport.pause_reading()
        subject, heard = subjects.state(room), 0
        payload = b'{"t":"typing","x":"' + b"x" * 60_000 + b'"}'
        followers = gateway.exchange.hub.followers
        while len(followers(room_key(room))) == 2:
            await asker.bus.nc.publish(subject, payload)
            await asker.bus.nc.flush()
            while (await his.event("typing"))["x"] is None:
                raise AssertionError
            heard += 1
            # The kernel takes some megabytes before anything waits in the outbox at all.
            assert heard < 500
        assert slow._value.get() == before + 1
        # Cut as well, though it never answers the close: nothing of it is left.
        await wait_until(lambda: len(gateway.exchange.sockets) == 2)
        server = gateway.listener._server.server_state
        await wait_until(lambda: len(server.connections) == 2, 6)
        assert (await his.ask({"t": "session.ping"}))["t"] == "session.pong"
        mute.close()
