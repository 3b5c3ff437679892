"""Names: which can be used, and which are the same."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.auth.domain import names
from services.auth.domain.names import NameRefused, display_name_of, key_of, label_of, name_of

pytestmark = pytest.mark.auth

ANYTHING = st.text(max_size=80)
MIXED = st.text(alphabet=st.sampled_from("aZéß._-9 \u200d\u202e\u0301\ufe0f👩💻\u3164\ufdfaﬁǰΐ"))
LIKELY = st.builds(
    "".join,
    st.lists(
        st.sampled_from(["L", "L", "M", "N", "P"]).flatmap(
            lambda kind: (
                st.sampled_from("._-")
                if kind == "P"
                else st.characters(
                    categories={"L": ("Lu", "Ll", "Lo"), "M": ("Mn", "Mc"), "N": ("Nd",)}[kind]
                )
            )
        ),
        min_size=2,
        max_size=8,
    ),
)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e\u2066\u2069\u061c\u180e\u3164\u115f"
INVISIBLE += "\u2800\ufe0f\U000e0041\u0000\u001b\u007f\u0085\u2028\ue000"


def usable(typed: str) -> bool:
    try:
        name_of(typed)
    except NameRefused:
        return False
    return True


@pytest.mark.parametrize(
    "name",
    ["ab", "Anna", "anna.b-c_d", "Zoë", "李明", "Ольга", "سارة", "क्षमा", "x9", "9x", "a" * 32],
)
def test_good_names(name: str) -> None:
    assert name_of(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        " a ",
        "a" * 33,
        "a b",
        ".anna",
        "anna.",
        "an..na",
        "-",
        "an@na",
        "an/na",
        "an\nna",
        "🌻🌻",
        "\u0301ab",
        "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307b",
        "\u0430nna",  # Cyrillic а
        "αnna",  # Greek α
        *(f"an{hidden}na" for hidden in INVISIBLE),
    ],
)
def test_bad_names(name: str) -> None:
    assert not usable(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "anna"),
        ("ＡＮＮＡ", "anna"),
        ("Straße", "STRASSE"),
        ("ﬁnn", "finn"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_what_is_typed_at_the_door_finds_the_name() -> None:
    assert key_of("  Zoe\u0308 ") == key_of(name_of("ZOË"))


@given(LIKELY)
def test_a_name_is_what_it_stays(typed: str) -> None:
    assume(usable(typed))
    name = name_of(typed)
    assert name_of(name) == name
    assert key_of(typed) == key_of(name) == key_of(key_of(name))
    assert 2 <= len(name) <= 32
    assert all(unicodedata.category(c)[0] not in "CZS" for c in name)


@given(ANYTHING | MIXED)
def test_a_name_to_show_has_something_to_see_and_nothing_hidden(typed: str) -> None:
    try:
        name = display_name_of(typed)
    except NameRefused:
        return
    assert display_name_of(name) == name
    assert 1 <= len(name) <= 64
    assert name == name.strip()
    hidden = [c for c in name if unicodedata.category(c)[0] == "C" and c != "\u200d"]
    assert hidden == []
    assert set(name).isdisjoint(names._BLANK)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Anna \t B. ", "Anna B."),
        ("Anna\u202eevil", "Annaevil"),
        ("An\u200bna", "Anna"),
        ("two\nlines", "two lines"),
        ("👩‍💻 Anna", "👩‍💻 Anna"),
        ("❤️", "❤️"),
        ("🏳️‍🌈", "🏳️‍🌈"),
        ("👍🏽 1️⃣", "👍🏽 1️⃣"),
        ("a\u200db\ufe0f", "ab"),
        ("Ａｎｎａ", "Anna"),
        ("A\u200b\u0300", "À"),
    ],
)
def test_names_to_show(typed: str, shown: str) -> None:
    assert display_name_of(typed) == shown


@pytest.mark.parametrize(
    "typed", ["", "   ", "\u200b\u202e", "\u3164", "x" * 65, "a" + "\u0301" * 20]
)
def test_names_that_show_nothing_or_too_much(typed: str) -> None:
    with pytest.raises(NameRefused):
        display_name_of(typed)


def test_words_keep_their_lines_and_lose_what_is_hidden() -> None:
    assert names.words_of(" I sail.\r\n\r\nA lot.\u202e \x00") == "I sail.\n\nA lot."


def test_a_label_may_be_empty() -> None:
    assert label_of(" \u200b ") == ""
    assert label_of("Firefox\non Linux") == "Firefox on Linux"
