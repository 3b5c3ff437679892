"""The built web client, out of memory: every file that may be asked for is known beforehand."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from runtime import log

INDEX = "index.html"

FOREVER = "public, max-age=31536000, immutable"
"""For files whose name changes with their content."""

ASK_AGAIN = "no-cache"
"""Kept, but never used without asking: these names stay while the content changes."""

_HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_ENCODINGS = {".br": "br", ".gz": "gzip"}

WORTH_PACKING = 1_024
"""Bytes; less fits in the packet that carries the headers anyway."""

_PACKED_ALREADY = ("image/png", "image/jpeg", "image/webp", "image/x-icon", "font/woff2")
# Not in every system's table, and browsers refuse modules of the wrong type.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".ico": "image/x-icon",
    ".map": "application/json",
    ".txt": "text/plain",
}

_logger = log.get("static")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is served; `bodies` are by content encoding, "" for none."""

    bodies: dict[str, bytes]
    media_type: str
    cache: str
    etag: str


class Site:
    """The files of the web client by path, with the index for the client's own deep links."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, File] = {}
        self._stamp: tuple[int, int] | None = None

    def find(self, path: str) -> File | None:
        """The file at a path without its leading slash; the index where the path is a page's.

        A path whose last part has a dot asks for a file, so that a missing script is not answered
        by a page.
        """
        self._refresh()
        found = self._files.get(path or INDEX)
        if found is not None:
            return found
        return None if "." in path.rpartition("/")[2] else self._files.get(INDEX)

    @property
    def built(self) -> bool:
        """Whether there is a web client to serve."""
        self._refresh()
        return INDEX in self._files

    def _refresh(self) -> None:
        """Reads everything again where the index was built anew."""
        try:
            stat = (self._root / INDEX).stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            stamp = None
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._files = _read(self._root) if stamp else {}
        _logger.info("static.loaded", files=len(self._files))


def _read(root: Path) -> dict[str, File]:
    files: dict[str, File] = {}
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.suffix in _ENCODINGS:
            continue
        bodies = {"": path.read_bytes()}
        for suffix, encoding in _ENCODINGS.items():
            packed = path.with_name(path.name + suffix)
            if packed.is_file():
                bodies[encoding] = packed.read_bytes()
        media_type = _media_type(path)
        if "gzip" not in bodies and media_type not in _PACKED_ALREADY:
            _pack(bodies)
        name = path.relative_to(root).as_posix()
        files[name] = File(
            bodies=bodies,
            media_type=media_type,
            cache=FOREVER if _is_hashed(name) else ASK_AGAIN,
            # Weak (RFC 9110 §8.8.1): packed or not, it is the same file in other bytes.
            etag=f'W/"{hashlib.sha256(bodies[""]).hexdigest()[:32]}"',
        )
    return files


def _pack(bodies: dict[str, bytes]) -> None:
    whole = bodies[""]
    if len(whole) >= WORTH_PACKING:
        packed = gzip.compress(whole, mtime=0)
        if len(packed) < len(whole):
            bodies["gzip"] = packed


def _is_hashed(name: str) -> bool:
    return name.startswith("assets/") and _HASHED.search(name) is not None


def _media_type(path: Path) -> str:
    # Whoever answers adds the character set where the type is text.
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return known or "application/octet-stream"
