"""Avatars: what is a picture, and what only begins like one."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.pictures import PictureRefused, digest_of, media_type_of
from tests.support.pictures import JPEG, WEBP_EXTENDED, WEBP_LOSSLESS, WEBP_LOSSY, png

pytestmark = pytest.mark.auth

GOOD = {
    "png": (png(4, 4), "image/png"),
    "jpeg": (JPEG, "image/jpeg"),
    "webp": (WEBP_LOSSY, "image/webp"),
    "webp-lossless": (WEBP_LOSSLESS, "image/webp"),
    "webp-extended": (WEBP_EXTENDED, "image/webp"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_pictures(kind: str) -> None:
    picture, media_type = GOOD[kind]
    assert media_type_of(picture) == media_type


@pytest.mark.parametrize("kind", GOOD)
def test_one_that_is_cut_off_anywhere_is_refused(kind: str) -> None:
    picture, _ = GOOD[kind]
    for length in range(len(picture)):
        with pytest.raises(PictureRefused):
            media_type_of(picture[:length])


@pytest.mark.parametrize("kind", GOOD)
def test_one_with_something_behind_it_is_refused(kind: str) -> None:
    with pytest.raises(PictureRefused):
        media_type_of(GOOD[kind][0] + b"<script>")


@pytest.mark.parametrize(("width", "height"), [(1_025, 4), (4, 1_025), (60_000, 60_000), (0, 4)])
def test_sizes_that_no_avatar_has(width: int, height: int) -> None:
    with pytest.raises(PictureRefused):
        media_type_of(png(width, height))


@pytest.mark.parametrize(
    "picture",
    [b"", b"GIF89a" + bytes(20), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xd9"],
)
def test_other_kinds(picture: bytes) -> None:
    with pytest.raises(PictureRefused):
        media_type_of(picture)


@given(
    st.sampled_from([b"", *(picture[:n] for picture, _ in GOOD.values() for n in (4, 12, 20, 30))]),
    st.binary(max_size=200),
)
def test_noise_is_refused_or_a_picture_and_never_a_crash(head: bytes, tail: bytes) -> None:
    with contextlib.suppress(PictureRefused):
        assert media_type_of(head + tail).startswith("image/")


def test_another_picture_has_another_digest() -> None:
    assert digest_of(png(4, 4)) != digest_of(png(4, 5))
    assert len(digest_of(b"")) == 32
