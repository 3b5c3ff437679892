"""What a room may be called, and the keys by which it is found and sorted."""

import unicodedata

from contracts.errors import Code, Refusal

MAX_NAME = 80
SORT_BYTES = 120
"""How much of a name sorts it. A cursor carries that, and has 256 characters itself."""


def room_name(text: str) -> str:
    """The name as it is kept: composed (NFC), trimmed, without runs of white space.

    Raises:
        Refusal: it is empty or too long, or has characters that can't be seen.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= MAX_NAME or any(_unseen(character) for character in name):
        raise Refusal(Code.ROOM_NAME_INVALID, field="$.name")
    return name


def words(text: str) -> str:
    """A description as it is kept: composed, trimmed, without characters that can't be seen."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(c for c in composed if c == "\n" or not _unseen(c)).strip()


def folded(text: str) -> str:
    """Text as it is searched: compatible forms and cases are one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def sort_key(name: str, room: str) -> str:
    """What sorts rooms by name, and is each one's own."""
    prefix = folded(name).encode()[:SORT_BYTES].decode(errors="ignore")
    # Before every character of a name; not NUL, at which the embedded store ends a text.
    return f"{prefix}\x01{room}"


def _unseen(character: str) -> bool:
    # Cc control, Cs lone surrogate, Co private, Cn unassigned; Cf joins and reorders, but ZWJ
    # (emoji families) and ZWNJ (Persian) belong to honest names.
    category = unicodedata.category(character)
    return category in {"Cc", "Cs", "Co", "Cn"} or (
        category == "Cf" and character not in "\u200c\u200d"
    )
