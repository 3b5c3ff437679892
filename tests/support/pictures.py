"""Small real pictures, 4 by 4 pixels: the JPEG and the WebPs as Chromium's canvas wrote them."""

import base64
import struct
import zlib


def png(width: int, height: int) -> bytes:
    """A whole PNG of one grey; past 4 000 pixels its header promises more than there is."""
    rows = (b"\x00" + b"\x80" * width) * height if width * height <= 4_000 else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQ"
    "c1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAEAAQDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA"
    "AAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABAX/xAAUEQEAAAAAAAAAAAAAAAAA"
    "AAAA/9oADAMBAAIRAxEAPwCEAdQf/9k="
)
WEBP_LOSSY = base64.b64decode(
    "UklGRjIAAABXRUJQVlA4ICYAAABwAQCdASoEAAQABABoJaACdAFAAAD+6tR8szhXsv+rvzt+p7YAAA=="
)
WEBP_LOSSLESS = base64.b64decode("UklGRh4AAABXRUJQVlA4TBEAAAAvA8AAAAdQmIIWpP+BiOh/AAA=")
WEBP_EXTENDED = base64.b64decode(
    "UklGRlgAAABXRUJQVlA4WAoAAAAQAAAAAwAAAwAAQUxQSAoAAAABB1DAiAhERP8DVlA4ICgAAACQAQCdASoEAAQA"
    "BABoJaACdLoAA5gA/u4KZw2qsrb/5Z/5/fF3owAA"
)
