"""A test picture that carries the time: pure functions from a moment to luma and back.

The upper half is a grid of black and white cells that spell 40 bits of time, 8 bits that tell
whose picture it is, and a checksum of 16. Cells are read by their place in the whole, so a picture
that was scaled down on its way still tells its time. The lower half slides, so that a person sees
it move.
"""

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS, ROWS = 16, 4
_BLACK, _WHITE = 16, 235
_MIDDLE = (_BLACK + _WHITE) // 2
_TIME_BITS = 40
"""Milliseconds of 34 years: two times are told apart by far more than any delay."""
_SLIDE_MS = 4000
"""The lower half passes once in four seconds: some pixels a frame, so compressors stay calm."""

SMALLEST = (COLUMNS * 4, ROWS * 2 * 4)
"""Below four pixels a cell, compression smears a cell into its neighbours."""


@dataclass(frozen=True)
class Stamp:
    """What a picture says: its moment in milliseconds (modulo 2^40), and whose it is."""

    time: int
    tag: int

    def age(self, now: int) -> int:
        """Milliseconds from its moment to `now`; less than nothing where clocks disagree."""
        span = 1 << _TIME_BITS
        return (now - self.time + span // 2) % span - span // 2


@dataclass(frozen=True)
class Luma:
    """The brightness of a picture, row by row; `stride` bytes lie from one row to the next.

    `data` is anything with the buffer protocol, which Python names from 3.12 on.
    """

    data: Any
    width: int
    height: int
    stride: int


def draw(stamp: Stamp, width: int, height: int, stride: int) -> bytes:
    """The luma plane of the picture for a moment: `height` rows of `stride` bytes."""
    return b"".join(
        (*_grid(stamp, width, height // 2, stride), *_slide(stamp, width, height, stride))
    )


def read(luma: Luma) -> Stamp | None:
    """What the picture says, or nothing where its checksum is not right."""
    view = memoryview(luma.data)
    bits = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            bits = bits << 1 | (_brightness(view, luma, column, row) > _MIDDLE)
    payload = (bits >> 16).to_bytes(6, "big")
    if _check(payload) != bits & 0xFFFF:
        return None
    return Stamp(time=int.from_bytes(payload[:5], "big"), tag=payload[5])


def sample(luma: Luma, columns: int = 12, rows: int = 8) -> bytes:
    """A few points of a picture, for telling whether it moves."""
    view = memoryview(luma.data)
    across = [(2 * n + 1) * luma.width // (2 * columns) for n in range(columns)]
    down = [(2 * n + 1) * luma.height // (2 * rows) for n in range(rows)]
    return bytes(view[y * luma.stride + x] for y in down for x in across)


def moved(before: bytes, after: bytes) -> bool:
    """Whether two samples show different pictures; noise of compression is no movement."""
    return sum(abs(a - b) for a, b in zip(before, after, strict=True)) > 2 * len(before)


def _bits(stamp: Stamp) -> int:
    time = stamp.time % (1 << _TIME_BITS)
    payload = time.to_bytes(5, "big") + bytes([stamp.tag & 0xFF])
    return int.from_bytes(payload, "big") << 16 | _check(payload)


def _check(payload: bytes) -> int:
    # Not from zero: a black picture would be a valid one.
    return binascii.crc_hqx(payload, 0xFFFF)


def _edges(parts: int, size: int) -> list[int]:
    return [n * size // parts for n in range(parts + 1)]


def _grid(stamp: Stamp, width: int, height: int, stride: int) -> Sequence[bytes]:
    bits = f"{_bits(stamp):0{COLUMNS * ROWS}b}"
    across, down = _edges(COLUMNS, width), _edges(ROWS, height)
    rows: list[bytes] = []
    for row in range(ROWS):
        cells = bits[row * COLUMNS : (row + 1) * COLUMNS]
        line = b"".join(
            bytes([_WHITE if bit == "1" else _BLACK]) * (across[n + 1] - across[n])
            for n, bit in enumerate(cells)
        ).ljust(stride, bytes([_BLACK]))
        rows.append(line * (down[row + 1] - down[row]))
    return rows


def _slide(stamp: Stamp, width: int, height: int, stride: int) -> Sequence[bytes]:
    period = max(2, width // 2)
    offset = stamp.time * width // _SLIDE_MS % period
    span = _WHITE - _BLACK
    wave = bytes(_BLACK + span * abs(2 * x - period) // period for x in range(period))
    line = (wave * 4)[offset : offset + width].ljust(stride, bytes([_BLACK]))
    return [line * (height - height // 2)]


def _brightness(view: memoryview, luma: Luma, column: int, row: int) -> int:
    """The mean of nine points in the middle of a cell, away from its smeared borders."""
    left, right = column * luma.width / COLUMNS, (column + 1) * luma.width / COLUMNS
    half = luma.height // 2
    top, bottom = row * half / ROWS, (row + 1) * half / ROWS
    total = 0
    for down in (0.35, 0.5, 0.65):
        start = int(top + (bottom - top) * down) * luma.stride
        for along in (0.35, 0.5, 0.65):
            total += view[start + int(left + (right - left) * along)]
    return total // 9
