"""Descriptions and candidates, looked at just enough to refuse what no browser would send."""

import re
from typing import Literal

from contracts.errors import Code, Refusal

# Whole texts are searched, not lines one by one: a browser's offer has 160 of them.
_NO_LINE = re.compile(r"\n(?![a-z]=)")
_MEDIA_LINES = re.compile(r"\nm=[^\n]*")
_MEDIA = re.compile(r"\nm=(audio|video|application) \d{1,5} [A-Z/]+( \S+)+")
_SETUP = re.compile(r"\na=setup:(\w+)(?![^\n])")
_NEEDED = ("\na=fingerprint:", "\na=ice-ufrag:", "\na=ice-pwd:", "\na=setup:")
_SETUPS = {
    # RFC 8842 §5.2 and §5.3: who offers leaves the choice of DTLS roles, who answers makes it.
    "offer": {"actpass"},
    "answer": {"active", "passive"},
}
# RFC 8839 §5.1: foundation component transport priority address port "typ" type …
_CANDIDATE = re.compile(
    r"candidate:[A-Za-z0-9+/]{1,32} [12] (?:udp|tcp) \d{1,10} \S{1,253} \d{1,5}"
    r" typ (?:host|srflx|prflx|relay)(?: \S+)*",
    re.IGNORECASE,
)


def check_description(kind: Literal["offer", "answer"], sdp: str) -> None:
    """Lets pass what has the form of a WebRTC session description (RFC 8866, RFC 8829 §5).

    Raises:
        Refusal: `calls.description_invalid`.
    """
    text = sdp.replace("\r\n", "\n").rstrip("\n")
    if not text.startswith("v=0\n") or _NO_LINE.search(text):
        raise _invalid("lines")
    media = _MEDIA_LINES.findall(text)
    if not media or not all(_MEDIA.fullmatch(line) for line in media):
        raise _invalid("media")
    if not all(need in text for need in _NEEDED):
        raise _invalid("transport")
    if not _SETUPS[kind].issuperset(_SETUP.findall(text)):
        raise _invalid("setup")


def check_candidate(candidate: str) -> None:
    """Lets pass what has the form of an ICE candidate (RFC 8839 §5.1).

    Raises:
        Refusal: `calls.candidate_invalid`.
    """
    if not _CANDIDATE.fullmatch(candidate.removeprefix("a=")):
        raise Refusal(Code.CANDIDATE_INVALID, field="$.candidate")


def _invalid(part: str) -> Refusal:
    return Refusal(Code.SDP_INVALID, f"The description's {part} are not valid.", field="$.sdp")
