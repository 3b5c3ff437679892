"""A tone of one's own, and whether it is heard: pure functions over 16-bit samples.

Frequencies are multiples of 50 Hz, so that 20 ms hold whole waves: every frame is the same bytes.
"""

import binascii
import math
from array import array
from collections.abc import Sequence

RATE = 48_000
FRAME_SAMPLES = RATE // 50
_LOWEST, _STEP, _TONES = 400, 50, 48
"""400–2750 Hz: what every speech codec carries well."""
_LOUDNESS = 8000
_HEARD = 0.5
"""A tone whose share of all sound is above half is there; noise has a few percent in one bin."""
_SILENCE = 50 * 50
"""Mean square below which there is no sound, only what a codec makes of silence."""


def frequency_of(session: str) -> int:
    """The tone of a session, in hertz: both sides know it without telling each other."""
    return _LOWEST + binascii.crc32(session.encode()) % _TONES * _STEP


def frame(frequency: int) -> bytes:
    """20 ms of the tone, mono, 16 bits, to be repeated without a seam."""
    turn = 2 * math.pi * frequency / RATE
    return array(
        "h", (round(_LOUDNESS * math.sin(turn * n)) for n in range(FRAME_SAMPLES))
    ).tobytes()


def loud(samples: Sequence[int]) -> bool:
    """Whether there is any sound."""
    return bool(samples) and sum(s * s for s in samples) / len(samples) > _SILENCE


def hears(samples: Sequence[int], frequency: int, rate: int) -> bool:
    """Whether the tone is most of what sounds (Goertzel's filter for its one frequency)."""
    if not loud(samples):
        return False
    turn = 2 * math.pi * frequency / rate
    factor = 2 * math.cos(turn)
    one = two = 0.0
    for sample in samples:
        one, two = sample + factor * one - two, one
    power = one * one + two * two - factor * one * two
    # A pure tone of n samples has the power (n/2)² A² and the energy n A²/2.
    share = power * 2 / (len(samples) * sum(s * s for s in samples))
    return share > _HEARD
