"""The two servers we start ourselves: ours alone, durable, and gone when we are."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import nats
import psutil
import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from nats.js.api import StreamConfig

from stack.children import ChildFailed
from stack.nats import NatsServer
from stack.ports import OwnPort, listens
from stack.store import StoreServer
from tests.support.servers import FreshNats, FreshStore
from tests.support.waiting import wait_until


async def test_nats_keeps_what_it_acknowledged_when_it_is_killed(fresh_nats: FreshNats) -> None:
    server = await fresh_nats()
    async with await nats.connect(server.url) as client:
        stream = client.jetstream()
        await stream.add_stream(StreamConfig(name="KEPT", subjects=["kept"]))
        for number in range(20):
            await stream.publish("kept", str(number).encode())
    url = server.url
    await server.kill()
    await server.start()
    assert server.url == url
    async with await nats.connect(server.url) as client:
        info = await client.jetstream().stream_info("KEPT")
    assert info.state.messages == 20


async def test_the_store_keeps_what_it_acknowledged_when_it_is_killed(
    fresh_store: FreshStore,
) -> None:
    server = await fresh_store()
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(server.durable_url)
    await client.one.things.insert_many([{"n": number} for number in range(20)])
    await server.kill()
    await server.start()
    assert await client.one.things.count_documents({}) == 20
    client.close()


async def test_databases_of_the_store_are_apart(mongodb_url: str, mongodb_database: str) -> None:
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongodb_url)
    here, there = client[mongodb_database], client[f"{mongodb_database}_other"]
    await here.things.create_index("name", unique=True)
    await here.things.insert_one({"name": "one"})
    await there.things.insert_one({"name": "one"})
    assert await here.things.count_documents({}) == 1
    await client.drop_database(there.name)
    assert await here.things.count_documents({}) == 1
    client.close()


async def test_a_stranger_on_the_port_is_not_taken_for_our_server(tmp_path: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        server = NatsServer(tmp_path / "nats", port=port)
        with pytest.raises(ChildFailed, match="address already in use"):
            await server.start()
        await server.stop()


def test_a_listener_belongs_to_its_own_process() -> None:
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        ours.listen()
        port = ours.getsockname()[1]
        assert listens(os.getpid(), port)
        assert not listens(os.getpid(), OwnPort().number)
        with subprocess.Popen(["sleep", "60"]) as sleeper:  # a stranger to this port
            assert not listens(sleeper.pid, port)
            sleeper.kill()


_ORPHANS = """
import asyncio, sys
from pathlib import Path
from stack.nats import NatsServer
from stack.store import StoreServer

async def main():
    servers = NatsServer(Path(sys.argv[1]) / "n"), StoreServer(Path(sys.argv[1]) / "s")
    await asyncio.gather(*(server.start() for server in servers))
    print(*(server.child.pid for server in servers), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_servers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _ORPHANS, str(tmp_path), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pids = [int(word) for word in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    parent.send_signal(signal.SIGKILL)
    await parent.wait()

    def alive() -> list[int]:
        running = []
        for pid in pids:
            with contextlib.suppress(psutil.NoSuchProcess):
                if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                    running.append(pid)
        return running

    await wait_until(lambda: not alive(), missing=lambda: f"an end of {alive()}")


async def test_stopping_leaves_no_listener(tmp_path: Path) -> None:
    server = StoreServer(tmp_path)
    await server.start()
    child = server.child
    assert child is not None
    await server.stop()
    assert not child.is_running
    assert not listens(child.pid, server.port)
