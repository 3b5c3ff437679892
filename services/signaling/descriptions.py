"""Descriptions and candidates, looked at just enough to refuse what no browser would send."""

import re
from typing import Literal

from contracts.errors import Code, Refusal

_LINE = re.compile(r"[a-z]=.*")
_MEDIA = re.compile(r"m=(audio|video|application) \d{1,5} [A-Z/]+( \S+)+")
_SETUP = re.compile(r"a=setup:(\w+)")
_NEEDED = ("a=fingerprint:", "a=ice-ufrag:", "a=ice-pwd:", "a=setup:")
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
    lines = sdp.replace("\r\n", "\n").rstrip("\n").split("\n")
    if lines[0] != "v=0" or not all(_LINE.fullmatch(line) for line in lines):
        raise _invalid("lines")
    media = [line for line in lines if line.startswith("m=")]
    if not media or not all(_MEDIA.fullmatch(line) for line in media):
        raise _invalid("media")
    if not all(any(line.startswith(need) for line in lines) for need in _NEEDED):
        raise _invalid("transport")
    setups = {found.group(1) for line in lines if (found := _SETUP.fullmatch(line))}
    if not setups <= _SETUPS[kind]:
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
