"""A recorded file, judged packet by packet and picture by picture, away from any browser."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import av

WIDTH, HEIGHT = 64, 36
"""Enough to tell two tiles apart, and quick to compare."""

_RATE = 8_000

_DIFFERENT = 24
"""Of 255: more than an encoder makes of a picture that stands still."""


@dataclass(frozen=True)
class Part:
    """Of the picture, from 0 to 1."""

    left: float
    right: float
    top: float = 0.0
    bottom: float = 1.0


LEFT_TILE = Part(0.02, 0.48, 0.25, 0.65)
RIGHT_TILE = Part(0.52, 0.98, 0.25, 0.65)
"""Two people beside each other, without the names at the foot of their tiles."""

EVERYTHING = Part(0, 1)


class Footage:
    """One WebM file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.moments: dict[str, list[float]] = {"video": [], "audio": []}
        """When each packet is to be shown or heard, in seconds."""
        ends = [0.0]
        with av.open(str(path)) as file:
            self.header = (file.duration or 0) / av.time_base
            """The duration that the file says it has."""
            for packet in file.demux():
                if packet.pts is None or packet.time_base is None:
                    continue
                at = float(packet.pts * packet.time_base)
                self.moments[packet.stream.type].append(at)
                ends.append(at + float((packet.duration or 0) * packet.time_base))
        self.length = max(ends)
        """When the last of it ends."""

    def holes(self, least: float, kind: str = "video") -> list[tuple[float, float]]:
        """Where nothing came for so long: from when, and how many seconds."""
        moments = [0.0, *self.moments[kind], self.length]
        return [(a, round(b - a, 2)) for a, b in pairwise(moments) if b - a > least]

    def assert_whole(self) -> None:
        """Picture and sound go forwards and end together, and the header says when."""
        for kind, moments in self.moments.items():
            assert moments, f"no {kind}"
            backwards = [(a, b) for a, b in pairwise(moments) if b < a]
            assert not backwards, (kind, backwards)
        assert abs(self.header - self.length) < 0.1, (self.header, self.length)

    def moves(self, part: Part, start: float, end: float) -> int:
        """How many of the pictures in that time differ there from the one before."""
        shown = [picture for at, picture in self._pictures if start <= at <= end]
        assert len(shown) > 2, f"{len(shown)} pictures from {start} to {end}"
        return sum(_differ(a, b, part) for a, b in pairwise(shown))

    def loudest(self, start: float, end: float) -> float:
        """0 is silence, 1 as loud as can be."""
        heard = self._sound[int(start * _RATE) : int(end * _RATE)]
        assert len(heard) > _RATE / 2, f"no sound from {start} to {end}"
        return max(map(abs, heard))

    @cached_property
    def _pictures(self) -> list[tuple[float, bytes]]:
        with av.open(str(self._path)) as file:
            file.streams.video[0].thread_type = "AUTO"
            return [
                (float(frame.time or 0), bytes(frame.reformat(WIDTH, HEIGHT, "rgb24").planes[0]))
                for frame in file.decode(video=0)
            ]

    @cached_property
    def _sound(self) -> "array[float]":
        heard = array("f")
        plain = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
        with av.open(str(self._path)) as file:
            for frame in file.decode(audio=0):
                at = int(float(frame.time or 0) * _RATE)
                if at > len(heard):
                    heard.extend([0.0] * (at - len(heard)))
                for turned in plain.resample(frame):
                    heard.frombytes(bytes(turned.planes[0])[: turned.samples * 4])
        return heard


def _pixels(picture: bytes, part: Part) -> Iterator[tuple[int, int, int]]:
    for row in range(int(part.top * HEIGHT), int(part.bottom * HEIGHT)):
        for column in range(int(part.left * WIDTH), int(part.right * WIDTH)):
            at = (row * WIDTH + column) * 3
            yield picture[at], picture[at + 1], picture[at + 2]


def _differ(one: bytes, other: bytes, part: Part) -> bool:
    return any(
        abs(a - b) > _DIFFERENT
        for pixel, former in zip(_pixels(one, part), _pixels(other, part), strict=True)
        for a, b in zip(pixel, former, strict=True)
    )
