"""What arrives from one participant, frame by frame: the figures a bot judges a call by.

A watch outlives the peer connections that bring its frames, so a gap across a repaired or replaced
connection counts as what it is for a person who looks on. Pure: times are arguments, in seconds.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from stack.bot import tone
from stack.bot.pattern import Luma, moved, read, sample

_LOOK_SECONDS = 0.25
"""How often the picture is compared with the one before: a still one shows at once."""
_LISTEN_SECONDS = 0.5
_WINDOW_SECONDS = 0.1
_HEARING_RATE = 8000
_AGES_KEPT = 20_000


@dataclass
class Flow:
    """Frames of one kind: how many, and the longest time without one."""

    frames: int = 0
    began: float | None = None
    last: float | None = None
    longest_gap: float = 0.0
    tracks: int = 0
    """How many there were so far; a screen is one beside the camera's."""
    ended: int = 0
    """Tracks that ended under us while their sender was still in the call."""
    expected: bool = True
    """Whether the sender says that it sends."""

    def take(self, now: float) -> None:
        """A frame came."""
        if self.last is not None:
            self.longest_gap = max(self.longest_gap, now - self.last)
        if self.began is None:
            self.began = now
        self.last = now
        self.frames += 1

    def expect(self, sends: bool) -> None:
        """The sender says whether it sends; what it does not send is no gap."""
        if sends != self.expected:
            self.expected = sends
            self.last = None

    def gap(self, now: float) -> float:
        """The longest time without a frame, the one that still lasts included."""
        if self.last is None or not self.expected:
            return self.longest_gap
        return max(self.longest_gap, now - self.last)

    def rate(self) -> float:
        """Frames a second since the first one."""
        if self.began is None or self.last is None or self.last <= self.began:
            return 0.0
        return (self.frames - 1) / (self.last - self.began)


@dataclass
class VideoWatch(Flow):
    """Pictures of one participant."""

    looks: int = 0
    moves: int = 0
    clocks: int = 0
    ages: list[int] = field(default_factory=list[int])
    """Milliseconds from drawing to arriving, of those pictures that told their time."""
    size: tuple[int, int] = (0, 0)
    _shown: bytes = b""
    _looked: float = 0.0

    def see(self, luma: Luma, now: float, clock_ms: int) -> None:
        """A picture came; `clock_ms` is the time on the clock that senders burn in."""
        self.take(now)
        self.size = (luma.width, luma.height)
        stamp = read(luma)
        if stamp is not None:
            self.clocks += 1
            if len(self.ages) < _AGES_KEPT:
                self.ages.append(stamp.age(clock_ms))
        if now - self._looked >= _LOOK_SECONDS:
            shown = sample(luma)
            moves = bool(self._shown) and moved(self._shown, shown)
            self.looks += bool(self._shown)
            self.moves += moves
            # Kept until it moves: somebody who sits nearly still moves too little in one look.
            if moves or not self._shown:
                self._shown = shown
            self._looked = now


@dataclass
class AudioWatch(Flow):
    """Sound of one participant."""

    frequency: int = 0
    listens: int = 0
    loud: int = 0
    heard: int = 0
    _window: "array[int]" = field(default_factory=lambda: array("h"))
    _listened: float = 0.0

    def hear(self, samples: Sequence[int], channels: int, rate: int, now: float) -> None:
        """20 ms or so came; `samples` of several channels lie side by side."""
        self.take(now)
        if now - self._listened < _LISTEN_SECONDS:
            return
        step = max(1, rate // _HEARING_RATE)
        # Leaving samples out folds what lies above 4 kHz onto the tones; a tone has nothing there.
        self._window.extend(samples[:: step * channels])
        if len(self._window) >= _WINDOW_SECONDS * rate / step:
            self.listens += 1
            self.loud += tone.loud(self._window)
            self.heard += tone.hears(self._window, self.frequency, rate // step)
            self._window = array("h")
            self._listened = now
