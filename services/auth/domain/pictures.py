"""What kind of picture some bytes are, and whether it can be somebody's avatar.

Only the frame of the file is read: its kind, its size in pixels, and that it is whole. The pixels
are for browsers, which decode them in a sandbox of theirs.
"""

import hashlib
import struct
from typing import Literal

MAX_SIDE = 1_024
"""An avatar is shown at 256 pixels at most. 64 KiB of PNG can unfold to gigabytes of pixels."""

MediaType = Literal["image/png", "image/jpeg", "image/webp"]

_PNG = b"\x89PNG\r\n\x1a\n"
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
# Start-of-frame markers: 0xC0–0xCF but for tables (C4), an extension (C8) and arithmetic (CC).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureRefused(ValueError):
    """It is no picture that can be used."""


def media_type_of(picture: bytes) -> MediaType:
    """What the picture is, by its content.

    Raises:
        PictureRefused: no PNG, JPEG or WebP; cut off; or of a size that no avatar has.
    """
    try:
        kind, width, height = _measured(picture)
    except (struct.error, IndexError):
        raise PictureRefused("cut off") from None
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise PictureRefused("size")
    return kind


def digest_of(picture: bytes) -> str:
    """The last part of the picture's address: another picture, another address."""
    return hashlib.sha256(picture).hexdigest()[:32]


def _measured(picture: bytes) -> tuple[MediaType, int, int]:
    if picture.startswith(_PNG):
        return ("image/png", *_png(picture))
    if picture.startswith(b"\xff\xd8\xff"):
        return ("image/jpeg", *_jpeg(picture))
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return ("image/webp", *_webp(picture))
    raise PictureRefused("kind")


def _png(picture: bytes) -> tuple[int, int]:
    """PNG (W3C, third edition) §5.3, §11.2.1: IHDR comes first, IEND last."""
    length, kind, width, height = struct.unpack_from(">I4sII", picture, 8)
    if length != 13 or kind != b"IHDR":
        raise PictureRefused("header")
    place = 8
    while True:
        length, kind = struct.unpack_from(">I4s", picture, place)
        place += length + 12
        if place > len(picture):
            raise PictureRefused("cut off")
        if kind == b"IEND":
            break
    if place != len(picture):
        raise PictureRefused("something follows")
    return width, height


def _jpeg(picture: bytes) -> tuple[int, int]:
    """ITU-T T.81 annex B: segments until the frame header; the end marker last."""
    if picture[-2:] != bytes((0xFF, _EOI)):
        raise PictureRefused("cut off")
    place = 2
    while True:
        lead, marker = picture[place], picture[place + 1]
        if lead != 0xFF or marker in (_SOI, _EOI, _SOS):
            raise PictureRefused("header")
        if marker == 0xFF:  # fill bytes may come before a marker
            place += 1
            continue
        (length,) = struct.unpack_from(">H", picture, place + 2)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", picture, place + 5)
            return width, height
        place += 2 + length


def _webp(picture: bytes) -> tuple[int, int]:
    """RFC 9649 §2.4–2.7: a RIFF of exactly this length, its first chunk tells the size."""
    (length,) = struct.unpack_from("<I", picture, 4)
    if length + 8 != len(picture):
        raise PictureRefused("cut off")
    chunk = picture[12:16]
    if chunk == b"VP8X":
        return _number(picture, 24, 3) + 1, _number(picture, 27, 3) + 1
    if chunk == b"VP8L":
        if picture[20] != 0x2F:
            raise PictureRefused("header")
        bits = _number(picture, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        if picture[23:26] != b"\x9d\x01\x2a":
            raise PictureRefused("header")
        return _number(picture, 26, 2) & 0x3FFF, _number(picture, 28, 2) & 0x3FFF
    raise PictureRefused("header")


def _number(picture: bytes, place: int, length: int) -> int:
    if place + length > len(picture):
        raise PictureRefused("cut off")
    return int.from_bytes(picture[place : place + length], "little")
