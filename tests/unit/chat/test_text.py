import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Code, Refusal
from contracts.ids import UserId
from services.chat.domain.text import EXCERPT_CHARS, clean, excerpt, mentions

pytestmark = pytest.mark.chat

ANN, BOB = UserId("01" + "a" * 24), UserId("01" + "b" * 24)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("hello", "hello"),
        ("  as typed  ", "  as typed  "),
        ("a\r\nb\rc\nd\te", "a\nb\nc\nd\te"),
        ("a\x00b\x1bc\x7fd\x85e", "abcde"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("👍🏽", "👍🏽"),
        ("e\u0301", "e\u0301"),
        ("שלום", "שלום"),
        ("\u200bx", "\u200bx"),
        ("한글", "한글"),
        ("…", "…"),
    ],
)
def test_text_is_kept_as_typed_but_for_controls(typed: str, stored: str) -> None:
    assert clean(typed) == stored


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        " ",
        "\n\t ",
        "\u200b",
        "\u2060\ufeff",
        "\x00",
        "\u3164",
        "\u2800 \u115f",
        "\u00a0",
        "\u0301",
        "\u202e",
        "\u00ad",
        "\u200d",
    ],
)
def test_what_can_not_be_seen_is_empty(nothing: str) -> None:
    with pytest.raises(Refusal) as refused:
        clean(nothing)
    assert refused.value.code is Code.EMPTY


@given(st.text(max_size=50))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    try:
        once = clean(text)
    except Refusal:
        return
    assert clean(once) == once
    assert "\x00" not in once
    assert len(once) <= len(text)


def test_mentions_are_members_each_once_in_order() -> None:
    text = f"<@{BOB}> <@{ANN}> <@{BOB}> <@nobody> <@{'0' * 26}>"
    assert mentions(text, lambda user: user in {ANN, BOB}) == [BOB, ANN]
    assert mentions(text, lambda user: user == ANN) == [ANN]
    assert mentions("nobody", lambda user: True) == []


@given(st.text(alphabet=f"<@>{ANN[:4]} \n", max_size=400))
def test_an_excerpt_is_one_short_line(text: str) -> None:
    short = excerpt(text)
    assert len(short) <= EXCERPT_CHARS
    assert "\n" not in short


def test_an_excerpt_cuts_no_mention_in_two() -> None:
    for before in range(100, EXCERPT_CHARS + 1):
        text = "x" * before + f"<@{ANN}>" + " and much more of it" * 10
        short = excerpt(text)
        assert short.count("<") == short.count(">")
        assert short.endswith("…")
    assert excerpt("short") == "short"
