"""What bots measured, as plain figures, and what is wrong with them: pure functions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from stack.bot.watch import AudioWatch, VideoWatch

LONGEST_GAP_MS = 500
"""A pause that nobody takes for the end of a call."""
_MOVES = 0.5
"""Of all looks at a picture, a quarter of a second apart; a test pattern moves in every one, a
face in a quiet room in most."""
_CLOCKS = 0.9
_TONES = 0.8
YOUNG_SECONDS = 5.0
"""Past the three of patience with a silent newcomer: who is in for less is not judged yet."""


@dataclass(frozen=True)
class VideoFigures:
    """Pictures of one participant."""

    expected: bool
    frames: int
    rate: float
    longest_gap_ms: int
    ended: int
    moving: float
    """Share of looks at which the picture had changed."""
    clocks: float
    """Share of pictures that told their time; none of a camera's do."""
    age_ms: tuple[int, int, int] | None
    """Median, 95th percentile and worst of the time from drawing to arriving."""
    size: tuple[int, int]

    @classmethod
    def of(cls, watch: VideoWatch, now: float) -> "VideoFigures":
        """What a watch has seen until now."""
        ages = sorted(watch.ages)
        return cls(
            expected=watch.expected,
            frames=watch.frames,
            rate=round(watch.rate(), 1),
            longest_gap_ms=round(watch.gap(now) * 1000),
            ended=watch.ended,
            moving=_share(watch.moves, watch.looks),
            clocks=_share(watch.clocks, watch.frames),
            age_ms=(
                (ages[len(ages) // 2], ages[len(ages) * 95 // 100], ages[-1]) if ages else None
            ),
            size=watch.size,
        )


@dataclass(frozen=True)
class AudioFigures:
    """Sound of one participant."""

    expected: bool
    frames: int
    longest_gap_ms: int
    ended: int
    loud: float
    """Share of moments at which anything sounded."""
    tone: float
    """Share of moments at which the sender's own tone was what sounded."""

    @classmethod
    def of(cls, watch: AudioWatch, now: float) -> "AudioFigures":
        """What a watch has heard until now."""
        return cls(
            expected=watch.expected,
            frames=watch.frames,
            longest_gap_ms=round(watch.gap(now) * 1000),
            ended=watch.ended,
            loud=_share(watch.loud, watch.listens),
            tone=_share(watch.heard, watch.listens),
        )


@dataclass(frozen=True)
class PeerFigures:
    """One participant as another one met them."""

    session: str
    seconds: float
    state: str
    route: tuple[str, str]
    connected_ms: int | None
    connections: int
    glares: int
    kbps: int
    verified: bool | None
    """Whether every description was proven to be the sender's own; none where none had a proof."""
    video: VideoFigures
    audio: AudioFigures
    complaints: Sequence[str] = ()


@dataclass(frozen=True)
class CallerFigures:
    """One bot, and everybody it met."""

    session: str
    room: str
    sessions: int
    """How many sessions it was; more than one where one could not be resumed."""
    returns: int
    """Connections to a gateway after the first."""
    gone: int
    """Participants who left while it was there."""
    held_up_ms: int
    """How long this machine let the bot wait for its turn, all in all; gaps are without it."""
    clock_ahead_ms: int
    """By how much the server's clock is ahead of this machine's."""
    refused: str
    peers: Sequence[PeerFigures]


@dataclass(frozen=True)
class Expected:
    """What has to be there for a call to be well."""

    others: int
    """Participants that each bot must have met and must still see."""
    bots: Collection[str] = field(default_factory=frozenset[str])
    """Sessions that send the test pattern."""
    longest_gap_ms: int = LONGEST_GAP_MS
    relayed: bool = False
    """Whether every route must lead through a relay."""


def faults(caller: CallerFigures, expected: Expected, young: float = YOUNG_SECONDS) -> list[str]:
    """Everything that is not as it should be, in sentences; none where all is well."""
    found: list[str] = []
    if caller.refused:
        found.append(f"was sent out: {caller.refused}")
    if len(caller.peers) < expected.others:
        found.append(f"met {len(caller.peers)} of {expected.others} others")
    for peer in caller.peers:
        if peer.seconds >= young:
            found += [f"{peer.session[-6:]}: {fault}" for fault in _of_peer(peer, expected)]
    return found


def _of_peer(peer: PeerFigures, expected: Expected) -> list[str]:
    if peer.state != "connected":
        return [f"not connected but {peer.state} {' '.join(peer.complaints)}".rstrip()]
    found = _of_video(peer.video, expected) + _of_audio(peer.audio, expected)
    if peer.verified is False:
        found.append("a description was not its sender's own")
    if expected.relayed and set(peer.route) != {"relay"}:
        found.append(f"the route is {' to '.join(peer.route)}, not relayed")
    if peer.session in expected.bots:
        if peer.video.clocks < _CLOCKS:
            found.append(f"{peer.video.clocks:.0%} of the pictures told their time")
        if peer.audio.tone < _TONES:
            found.append(f"the tone was heard in {peer.audio.tone:.0%} of the moments")
    return found


def _of_video(video: VideoFigures, expected: Expected) -> list[str]:
    if not video.expected:
        return []
    if not video.frames:
        return ["no picture"]
    found: list[str] = []
    if video.moving < _MOVES:
        found.append(f"the picture moved in {video.moving:.0%} of the looks")
    if video.longest_gap_ms > expected.longest_gap_ms:
        found.append(f"no picture for {video.longest_gap_ms} ms")
    if video.ended:
        found.append("the picture's track ended")
    return found


def _of_audio(audio: AudioFigures, expected: Expected) -> list[str]:
    if not audio.expected:
        return []
    if not audio.frames:
        return ["no sound"]
    found: list[str] = []
    if audio.longest_gap_ms > expected.longest_gap_ms:
        found.append(f"no sound for {audio.longest_gap_ms} ms")
    if audio.ended:
        found.append("the sound's track ended")
    return found


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0
