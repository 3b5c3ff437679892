"""A tone is heard where it is, and only there."""

import itertools
import random
from array import array

from hypothesis import given
from hypothesis import strategies as st

from stack.bot import tone

sessions = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26)


def samples(frequency: int, milliseconds: int = 100) -> array:
    one = tone.frame(frequency)
    return array("h", one * (milliseconds // 20))[::6]


@given(sessions, st.integers(0, 1500), st.integers(0, 1 << 30))
def test_a_tone_is_heard_through_noise(session: str, noise: int, seed: int) -> None:
    chance = random.Random(seed)
    frequency = tone.frequency_of(session)
    noisy = [s + chance.randint(-noise, noise) for s in samples(frequency)]
    assert tone.hears(noisy, frequency, tone.RATE // 6)


@given(sessions, sessions)
def test_another_tone_is_not_taken_for_it(one: str, other: str) -> None:
    sent, wanted = tone.frequency_of(one), tone.frequency_of(other)
    assert tone.hears(samples(sent), wanted, tone.RATE // 6) == (sent == wanted)


@given(sessions)
def test_frames_join_without_a_seam(session: str) -> None:
    twice = array("h", tone.frame(tone.frequency_of(session)) * 2)
    steepest = max(abs(a - b) for a, b in itertools.pairwise(twice[:960]))
    assert abs(twice[960] - twice[959]) <= steepest + 1


def test_silence_is_no_tone() -> None:
    assert not tone.loud([0] * 800)
    assert not tone.hears([0] * 800, 400, 8000)
    assert not tone.hears([], 400, 8000)


def test_noise_is_loud_but_no_tone() -> None:
    chance = random.Random(1)
    noise = [chance.randint(-8000, 8000) for _ in range(800)]
    assert tone.loud(noise)
    assert not tone.hears(noise, 1000, 8000)
