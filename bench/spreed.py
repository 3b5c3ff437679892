"""Nextcloud's standalone signaling server under test: two of them, a NATS server, and a backend.

Debian has it as `nextcloud-spreed-signaling`; it is measured where that is installed. Its two
processes find each other through NATS, as Parley's two gateways do.
"""

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.children import Child
from stack.nats import NatsServer
from stack.ports import OwnPort

BINARY = "nextcloud-spreed-signaling-server"
ABSENT = (
    "nextcloud-spreed-signaling is not installed here (Debian: apt-get install "
    "nextcloud-spreed-signaling): Parley is measured alone."
)
_CONFIG = """\
[http]
listen = 127.0.0.1:{port}
[sessions]
hashkey = 0123456789abcdef0123456789abcdef
blockkey = 0123456789abcdef
[clients]
internalsecret = nobody-is-internal-here
[backend]
allowall = true
secret = shared-with-the-backend
[nats]
url = {nats}
"""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_READY_SECONDS = 20.0


@dataclass(frozen=True)
class Spreed:
    """Two servers that run."""

    urls: tuple[str, str]
    backend: str
    pids: dict[str, int]


def installed() -> bool:
    """Whether the server is on this machine."""
    return shutil.which(BINARY) is not None


@asynccontextmanager
async def running() -> AsyncGenerator[Spreed]:
    """Servers on free ports, started here and stopped at the end."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spreed-bench-")))
        backend = await asyncio.start_server(_serve_backend, "127.0.0.1", 0)
        stack.callback(backend.close)
        nats = NatsServer(folder / "nats")
        await nats.start()
        stack.push_async_callback(nats.stop)
        assert nats.child is not None
        pids = {"nats": nats.child.pid}
        urls: list[str] = []
        ports = OwnPort(), OwnPort()
        for name, port in zip(("server-1", "server-2"), (own.number for own in ports), strict=True):
            config = folder / f"{name}.conf"
            config.write_text(_CONFIG.format(port=port, nats=nats.url))
            child = Child(name, [BINARY, "--config", str(config)], cwd=folder)
            await child.start()
            stack.push_async_callback(child.stop)
            await child.until_listening(port, _READY_SECONDS)
            pids[name] = child.pid
            urls.append(f"http://127.0.0.1:{port}")
        host, port = backend.sockets[0].getsockname()
        yield Spreed((urls[0], urls[1]), f"http://{host}:{port}/", pids)


async def _serve_backend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Stands for Nextcloud: lets everybody in, everywhere."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            asked = json.loads(await reader.readexactly(int(length[1])) if length else b"{}")
            body = json.dumps({"ocs": {"meta": _META, "data": _answer(asked)}}).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(body), body)
            )
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


_META = {"status": "ok", "statuscode": 200, "message": "OK"}


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    match asked.get("type"):
        case "auth":
            user = asked["auth"]["params"]["userid"]
            return {"type": "auth", "auth": {"version": "1.0", "userid": user, "user": {}}}
        case "room":
            room = asked["room"]["roomid"]
            return {"type": "room", "room": {"version": "1.0", "roomid": room, "properties": {}}}
        case _:
            return {"capabilities": {"spreed": {"features": [], "config": {}}}}
