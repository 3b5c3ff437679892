"""Which names can be used, and which of them are the same."""

import unicodedata
from itertools import pairwise

MIN_NAME = 2
MAX_NAME = 32
MAX_DISPLAY_NAME = 64
MAX_MARKS = 4
"""Marks on one letter. Vietnamese, Thai and Hebrew need up to three; forty hide the line above."""

_PUNCTUATION = frozenset("._-")
_LOOKALIKES = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Scripts whose letters pass for each other: “аnna” in Cyrillic and “anna” in Latin."""

# Letters, marks and signs by category, but with nothing to see.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_ZWJ = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_KEYCAP = "\u20e3"


class NameRefused(ValueError):
    """The name can't be used."""


def name_of(typed: str) -> str:
    """The sign-in name in what was typed: NFKC, without surrounding space.

    Letters, marks and digits of any one script, and `.`, `_`, `-` between them; 2–32 characters.

    Raises:
        NameRefused: it can't be a name.
    """
    name = unicodedata.normalize("NFKC", typed).strip()
    if not MIN_NAME <= len(name) <= MAX_NAME:
        raise NameRefused("length")
    kinds = [_kind(character) for character in name]
    if "" in kinds or kinds[0] not in "LN" or kinds[-1] == "P":
        raise NameRefused("alphabet")
    if any(pair == ("P", "P") for pair in pairwise(kinds)):
        raise NameRefused("punctuation")
    if _longest_run(name) > MAX_MARKS:
        raise NameRefused("marks")
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()}
    if len(scripts & _LOOKALIKES) > 1:
        raise NameRefused("mixed scripts")
    return name


def key_of(typed: str) -> str:
    """What makes a name unique: names with one key are the same name, however they were typed."""
    folded = unicodedata.normalize("NFKC", typed).strip().casefold()
    return unicodedata.normalize("NFKC", folded)


def display_name_of(typed: str) -> str:
    """The name to be shown: 1–64 characters, emoji included, on one line.

    What can't be seen or turns the direction of text is left out.

    Raises:
        NameRefused: nothing is left, or too much.
    """
    name = label_of(typed)
    if not name or len(name) > MAX_DISPLAY_NAME or _longest_run(name) > MAX_MARKS:
        raise NameRefused("length")
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise NameRefused("nothing to see")
    return name


def words_of(typed: str) -> str:
    """Words about oneself: line breaks stay, what can't be seen goes."""
    lines = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").split("\n")
    return "\n".join(_seen(line).rstrip() for line in lines).strip()


def label_of(typed: str) -> str:
    """The label of a device: as a display name, but it may be empty."""
    seen = _seen(unicodedata.normalize("NFKC", typed))
    # Once more: a letter and its accent may have had something hidden between them.
    return " ".join(unicodedata.normalize("NFKC", seen).split())


def _kind(character: str) -> str:
    """L, M, N or P where it may stand in a name; empty where it may not."""
    if character in _PUNCTUATION:
        return "P"
    category = unicodedata.category(character)
    if character in _BLANK or _is_variation(character):
        return ""
    if category[0] == "L" or category in ("Mn", "Mc"):
        return category[0]
    return "N" if category == "Nd" else ""


def _is_variation(character: str) -> bool:
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or "\u180b" <= character <= "\u180f"
    )


def _seen(text: str) -> str:
    kept: list[str] = []
    for place, character in enumerate(text):
        if character.isspace():
            kept.append(" ")
        elif _shows(character) or _joins_emoji(character, kept, text[place + 1 : place + 2]):
            kept.append(character)
    return "".join(kept)


def _shows(character: str) -> bool:
    # C: control, format (bidi among them), surrogate, private, unassigned; Z: separators.
    hidden = unicodedata.category(character)[0] in "CZ"
    return not hidden and character not in _BLANK and not _is_variation(character)


def _joins_emoji(character: str, before: list[str], after: str) -> bool:
    """Whether an invisible character builds an emoji here: its style, or “woman + laptop”."""
    last = before[-1] if before else ""
    if character == _EMOJI_STYLE:
        return _is_sign(last) or (last != "" and last in "#*0123456789" and after == _KEYCAP)
    return character == _ZWJ and (_is_sign(last) or last == _EMOJI_STYLE) and _is_sign(after)


def _is_sign(character: str) -> bool:
    # So: pictures; Sk: skin tones; Sm: ♀'s and ♂'s kin.
    return character != "" and unicodedata.category(character) in ("So", "Sk", "Sm")


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest
