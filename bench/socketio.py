"""Socket.IO 4 under test: a room server on Node, installed here and run as one process."""

import asyncio
import json
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.children import Child

FOLDER = Path(__file__).parent / "peers" / "socketio"
_INSTALLED = FOLDER / "node_modules" / ".package-lock.json"


@dataclass(frozen=True)
class SocketIo:
    """A server that runs."""

    url: str
    pid: int
    version: str


def install() -> str:
    """Installs the locked packages where they are not, and tells the version."""
    lock = FOLDER / "package-lock.json"
    if not _INSTALLED.exists() or _INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=FOLDER, check=True)
    package = FOLDER / "node_modules" / "socket.io" / "package.json"
    return str(json.loads(package.read_text())["version"])


@asynccontextmanager
async def running() -> AsyncGenerator[SocketIo]:
    """A server on a free port, started here and stopped at the end."""
    version = await asyncio.to_thread(install)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def read(_name: str, line: str) -> None:
        if not port.done():
            port.set_result(json.loads(line)["port"])

    child = Child("socket.io", ["node", "server.mjs"], cwd=FOLDER, on_line=read)
    await child.start()
    try:
        url = f"http://127.0.0.1:{await asyncio.wait_for(port, 30)}"
        yield SocketIo(url=url, pid=child.pid, version=version)
    finally:
        await child.stop()
