"""Passwords: which are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.passwords import easy_to_guess, length_allowed, normal
from services.auth.hashing import common_passwords

pytestmark = pytest.mark.auth


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PassWord",
        "12345678",
        "qwertyuiop",
        "sunshine1",
        "password123!",
        "aaaaaaaa",
        "abababab",
        "annalena",
        "annalena1",
        "ANNALENAannalena",
        "anelanna",
    ],
)
def test_easy_ones(password: str) -> None:
    assert easy_to_guess(password, "annalena", common_passwords())


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "tr0ub4dor&3", "пароль-для-анны", "annalena-rides-9-bikes"],
)
def test_good_ones(password: str) -> None:
    assert not easy_to_guess(password, "annalena", common_passwords())


@given(st.sampled_from(sorted(common_passwords())), st.sampled_from(["", "1", "!", "2024"]))
def test_a_common_one_stays_common_in_capitals_and_with_a_tail(word: str, tail: str) -> None:
    assert easy_to_guess(word.upper() + tail, "somebody", common_passwords())


@pytest.mark.parametrize(("length", "allowed"), [(7, False), (8, True), (256, True), (257, False)])
def test_length(length: int, allowed: bool) -> None:
    assert length_allowed("ü" * length) is allowed


def test_the_keyboard_that_composed_a_letter_does_not_matter() -> None:
    assert normal("Zoe\u0308") == normal("Zo\u00eb")
