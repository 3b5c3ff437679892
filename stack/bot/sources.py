"""What a bot sends: tracks for aiortc, one pair for each peer connection."""

import asyncio
import time
from collections.abc import Callable
from fractions import Fraction

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

from stack.bot import tone
from stack.bot.pattern import Stamp, draw

_VIDEO_CLOCK = 90_000
_SMALL_CHROMA, _CHROMA_SPAN = 64, 128


class Pace:
    """Says when the next frame is due. After a standstill it goes on from now: no burst."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._next = time.monotonic()

    async def wait(self) -> None:
        """Returns when the next frame is due."""
        self._next = max(self._next + self._interval, time.monotonic() - self._interval)
        await asyncio.sleep(self._next - time.monotonic())


class Picture(MediaStreamTrack):
    """The test pattern, with the time of each frame in it."""

    kind = "video"

    def __init__(
        self, tag: int, clock: Callable[[], int], size: tuple[int, int], rate: int
    ) -> None:
        """`clock` gives milliseconds; `tag` tells whose picture it is."""
        super().__init__()
        self._tag = tag
        self._clock = clock
        self._size = size
        self._pace = Pace(1 / rate)
        self._began = time.monotonic()

    async def recv(self) -> VideoFrame:
        """The next frame, when it is due."""
        if self.readyState != "live":
            raise MediaStreamError
        await self._pace.wait()
        width, height = self._size
        frame = VideoFrame(width, height, "yuv420p")
        luma, *chroma = frame.planes
        stamp = Stamp(time=self._clock(), tag=self._tag)
        luma.update(draw(stamp, width, height, luma.line_size))
        for plane, step in zip(chroma, (37, 91), strict=True):
            # Each bot has a colour of its own, for people who look on.
            shade = _SMALL_CHROMA + self._tag * step % _CHROMA_SPAN
            plane.update(bytes([shade]) * plane.buffer_size)
        frame.pts = round((time.monotonic() - self._began) * _VIDEO_CLOCK)
        frame.time_base = Fraction(1, _VIDEO_CLOCK)
        return frame


class Sound(MediaStreamTrack):
    """A tone without end."""

    kind = "audio"

    def __init__(self, frequency: int) -> None:
        super().__init__()
        self._bytes = tone.frame(frequency)
        self._pace = Pace(tone.FRAME_SAMPLES / tone.RATE)
        self._samples = 0

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when they are due."""
        if self.readyState != "live":
            raise MediaStreamError
        await self._pace.wait()
        frame = AudioFrame(format="s16", layout="mono", samples=tone.FRAME_SAMPLES)
        frame.planes[0].update(self._bytes)
        frame.pts = self._samples
        frame.sample_rate = tone.RATE
        frame.time_base = Fraction(1, tone.RATE)
        self._samples += tone.FRAME_SAMPLES
        return frame
