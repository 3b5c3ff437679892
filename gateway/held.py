"""What a room says while nobody knows yet whether one may hear it."""

from gateway.fanout import Writer, broadcast

HELD_BYTES = 256 * 1024
"""What one place may hold; 64 of them are under way in a gateway at the most. Chat answers within
milliseconds, and the bound of a request is 5 s: 50 KB of one room in each of these seconds."""


class Held:
    """Stands where a follower's own writer will, and keeps what comes, in its order.

    What does not fit is dropped, all of it: `overflowed` tells, and what is missing has to be asked
    for.
    """

    __slots__ = ("_frames", "_room", "overflowed")

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._room = HELD_BYTES
        self.overflowed = False

    def __call__(self, frame: bytes, /) -> None:
        self._room -= len(frame)
        if self._room < 0:
            self.overflowed = True
            self._frames.clear()
        else:
            self._frames.append(frame)

    def release(self, write: Writer) -> None:
        """Writes what was kept, as one write."""
        frames, self._frames = self._frames, []
        if frames:
            broadcast(b"".join(frames), (write,))
