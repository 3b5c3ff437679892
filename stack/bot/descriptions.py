"""What a peer reads in a session description (RFC 8866), and the one line that it adds."""

import re

_VERSION = re.compile(r"^o=\S+ (\d+ \d+) ", re.MULTILINE)
_UFRAG = re.compile(r"^a=ice-ufrag:(\S+)", re.MULTILINE)
_FINGERPRINT = re.compile(r"^a=fingerprint:(\S+ \S+)", re.MULTILINE)
_MEDIA = re.compile(r"^m=(\w+) ", re.MULTILINE)
_SECTION = re.compile(r"^(?=m=)", re.MULTILINE)
_MID = re.compile(r"^a=mid:(\S+)", re.MULTILINE)
_STREAM = re.compile(r"^a=msid:(\S+)", re.MULTILINE)
_ANSWERED = re.compile(r"^a=x-parley-answers:(\d+ \d+)", re.MULTILINE)


def maker(sdp: str) -> tuple[frozenset[str], frozenset[str]]:
    """Which connection made it, and in which generation of its candidates.

    A connection keeps its certificate; ICE restarted shows by another user fragment. Either is
    something that aiortc's connection can't follow: it takes another one.
    """
    return frozenset(_FINGERPRINT.findall(sdp)), frozenset(_UFRAG.findall(sdp))


def fragments(sdp: str) -> frozenset[str]:
    """The ICE user fragments, by which candidates name the description they belong to."""
    return frozenset(_UFRAG.findall(sdp))


def kinds(sdp: str) -> list[str]:
    """The kinds of its media sections, in their order."""
    return _MEDIA.findall(sdp)


def surplus(layout: list[str]) -> list[str]:
    """The media sections of a description beyond the first of each kind, which our tracks take."""
    more: list[str] = []
    seen: set[str] = set()
    for kind in layout:
        if kind in seen and kind != "application":
            more.append(kind)
        seen.add(kind)
    return more


def streams(sdp: str) -> dict[str, str]:
    """Which stream each media section's track is of (RFC 8830), by the section's mid."""
    found: dict[str, str] = {}
    for section in _SECTION.split(sdp):
        mid, stream = _MID.search(section), _STREAM.search(section)
        if mid and stream:
            found[mid[1]] = stream[1]
    return found


def version(sdp: str) -> str | None:
    """Which of a connection's descriptions it is: session id and version of the `o=` line."""
    found = _VERSION.search(sdp)
    return found[1] if found else None


def answering(answer: str, offer: str) -> str:
    """Names the offer in its answer, so that an answer to one that was taken back is noticed."""
    told = version(offer)
    if told is None:
        return answer
    return answer.replace("m=", f"a=x-parley-answers:{told}\r\nm=", 1)


def answered(answer: str) -> str | None:
    """The version of the offer that an answer names; none where it names none."""
    found = _ANSWERED.search(answer)
    return found[1] if found else None
