"""Which passwords are refused."""

import unicodedata
from collections.abc import Set as AbstractSet

MIN_LENGTH = 8
MAX_LENGTH = 256
_TAIL = 4
"""A common password with this much or less added to its end is as easy to guess,
where no letters are among it: “password123!”."""


def normal(password: str) -> str:
    """The password as it is hashed: the same whichever keyboard composed its letters."""
    return unicodedata.normalize("NFC", password)


def length_allowed(password: str) -> bool:
    """Whether it has 8 to 256 characters."""
    return MIN_LENGTH <= len(password) <= MAX_LENGTH


def easy_to_guess(password: str, key: str, common: AbstractSet[str]) -> bool:
    """Whether it is one of the commonest, hardly more than the name, or two characters in turn."""
    folded = password.casefold()
    return (
        len(set(folded)) < 3
        or _begins_common(folded, common)
        or len(folded.replace(key, "")) < _TAIL
        or len(folded[::-1].replace(key, "")) < _TAIL
    )


def _begins_common(folded: str, common: AbstractSet[str]) -> bool:
    for length in range(_TAIL + 1):
        stem, tail = folded[: len(folded) - length], folded[len(folded) - length :]
        if stem in common and not any(character.isalpha() for character in tail):
            return True
    return False
