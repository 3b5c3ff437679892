"""What may stand in a message: which characters stay, when it is empty, whom it names."""

import re
import unicodedata
from collections.abc import Callable

from contracts.chat import MENTION_PATTERN
from contracts.errors import Code, Refusal
from contracts.ids import UserId

EXCERPT_CHARS = 140

_MENTION = re.compile(MENTION_PATTERN)
# C0 and C1 controls and DEL; a line feed and a tab are text. Terminals, logs and screen readers of
# other people act on the rest, and nobody types them: they are dropped rather than refused.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n?")
# Letters and symbols by category, but drawn as nothing: Hangul fillers and the blank Braille cell.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """The text as it is stored: as typed, without control characters, lines ended by `\\n`.

    Raises:
        Refusal: nothing that can be seen is left (`chat.empty`).
    """
    kept = _CONTROL.sub("", _LINE_END.sub("\n", text)) if not text.isprintable() else text
    if not any(_shows(character) for character in kept):
        raise Refusal(Code.EMPTY, field="$.text")
    return kept


def _shows(character: str) -> bool:
    if character.isalnum() and character not in _BLANK:
        return True
    if character.isspace() or character in _BLANK:
        return False
    # Cf: joiners, directional marks, the byte order mark. Mn, Me: marks on a letter before them.
    return unicodedata.category(character) not in {"Cf", "Cc", "Mn", "Me", "Cn"}


def mentions(text: str, is_member: Callable[[UserId], bool]) -> list[UserId]:
    """The members that the text names, each once, in the order of naming.

    An id of someone who is not a member is plain text.
    """
    if "<@" not in text:
        return []
    named = dict.fromkeys(UserId(found) for found in _MENTION.findall(text))
    return [user for user in named if is_member(user)]


def excerpt(text: str, limit: int = EXCERPT_CHARS) -> str:
    """The beginning of a text on one line, at most `limit` characters, no mention cut in two."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = limit - 1
    for found in _MENTION.finditer(line):
        if found.start() < cut < found.end():
            cut = found.start()
    return line[:cut].rstrip() + "…"
