"""The picture that tells the time, through what a call does to pictures."""

import random

import pytest
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder, VpxPayloadDescriptor
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import VIDEO_TIME_BASE
from av import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from stack.bot.pattern import SMALLEST, Luma, Stamp, draw, moved, read, sample

stamps = st.builds(Stamp, time=st.integers(0, (1 << 40) - 1), tag=st.integers(0, 255))
sizes = st.tuples(st.integers(SMALLEST[0], 330), st.integers(SMALLEST[1], 250))


def plane(stamp: Stamp, width: int, height: int, padding: int = 0) -> Luma:
    return Luma(draw(stamp, width, height, width + padding), width, height, width + padding)


@given(stamps, sizes, st.integers(0, 40))
def test_what_is_drawn_is_read(stamp: Stamp, size: tuple[int, int], padding: int) -> None:
    luma = plane(stamp, *size, padding)
    assert len(bytes(luma.data)) == luma.stride * luma.height
    assert read(luma) == stamp


@given(stamps, sizes, st.integers(0, 40), st.integers(-20, 20), st.integers(0, 1 << 30))
def test_noise_and_another_brightness_change_nothing(
    stamp: Stamp, size: tuple[int, int], noise: int, shift: int, seed: int
) -> None:
    luma = plane(stamp, *size)
    chance = random.Random(seed)
    noisy = bytes(
        max(0, min(255, value + shift + chance.randint(-noise, noise)))
        for value in bytes(luma.data)
    )
    assert read(Luma(noisy, luma.width, luma.height, luma.stride)) == stamp


@given(stamps, st.sampled_from([2, 3, 4]))
def test_a_picture_scaled_down_still_tells_its_time(stamp: Stamp, factor: int) -> None:
    luma = plane(stamp, 320, 240)
    width, height = 320 // factor, 240 // factor
    data = bytes(luma.data)
    small = bytes(data[y * factor * 320 + x * factor] for y in range(height) for x in range(width))
    assert read(Luma(small, width, height, width)) == stamp


@pytest.mark.parametrize("shade", [0, 16, 128, 235, 255])
def test_a_plain_picture_tells_nothing(shade: int) -> None:
    assert read(Luma(bytes([shade]) * 320 * 240, 320, 240, 320)) is None


@given(stamps, st.integers(0, 63))
def test_one_wrong_cell_is_noticed(stamp: Stamp, cell: int) -> None:
    luma = plane(stamp, 64, 64)
    data = bytearray(bytes(luma.data))
    column, row = cell % 16, cell // 16
    for y in range(row * 8, row * 8 + 8):
        for x in range(column * 4, column * 4 + 4):
            data[y * 64 + x] = 251 - data[y * 64 + x]
    assert read(Luma(bytes(data), 64, 64, 64)) is None


@given(st.integers(0, 1 << 41), st.integers(-100_000, 100_000))
def test_an_age_is_right_around_the_end_of_the_count(now: int, age: int) -> None:
    stamp = Stamp(time=(now - age) % (1 << 40), tag=0)
    assert stamp.age(now) == age


def test_a_moment_later_the_picture_has_moved_and_the_same_one_has_not() -> None:
    first, later = (sample(plane(Stamp(time, 3), 320, 240)) for time in (10_000, 10_066))
    assert moved(first, later)
    assert not moved(first, first)


def test_it_survives_the_codec_of_calls_at_a_low_rate() -> None:
    encoder, decoder = Vp8Encoder(), Vp8Decoder()
    encoder.target_bitrate = 150_000
    read_back = []
    for n in range(30):
        frame = VideoFrame(320, 240, "yuv420p")
        y, u, v = frame.planes
        y.update(draw(Stamp(1_000_000 + n * 66, 7), 320, 240, y.line_size))
        for chroma in (u, v):
            chroma.update(bytes([128]) * chroma.buffer_size)
        frame.pts = n * 6000
        frame.time_base = VIDEO_TIME_BASE
        payloads, timestamp = encoder.encode(frame)
        data = b"".join(VpxPayloadDescriptor.parse(payload)[1] for payload in payloads)
        for out in decoder.decode(JitterFrame(data=data, timestamp=timestamp)):
            shown = out.planes[0]
            read_back.append(read(Luma(shown, out.width, out.height, shown.line_size)))
    assert read_back == [Stamp(1_000_000 + n * 66, 7) for n in range(30)]
