"""A room's timeline as one client has it: entries by `seq`, byte for byte as they came."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec


class _Numbered(msgspec.Struct):
    seq: int


_numbered = msgspec.json.Decoder(_Numbered)


class View:
    """What a client knows of a timeline; entries may come twice and out of order."""

    def __init__(self) -> None:
        self.entries: dict[int, bytes] = {}
        self.head = 0
        """The last entry up to which nothing is missing."""
        self.starts_after = 0
        """Where the view begins: 0 unless the server could not tell all that came before."""
        self.conflicts: list[tuple[bytes, bytes]] = []
        """Pairs of different entries that were shown for one place."""

    def take(self, seq: int, data: bytes) -> None:
        """Puts an entry in its place."""
        known = self.entries.setdefault(seq, data)
        if known != data:
            self.conflicts.append((known, data))
        while self.head + 1 in self.entries:
            self.head += 1

    def take_all(self, entries: Iterable[bytes]) -> None:
        """Puts several entries in their places."""
        for entry in entries:
            self.take(_numbered.decode(entry).seq, entry)

    def begin_again(self, entries: list[bytes], head: int) -> None:
        """Forgets everything, since the server could not tell all that came in between."""
        self.entries.clear()
        first = _numbered.decode(entries[0]).seq if entries else head + 1
        self.starts_after = self.head = first - 1
        self.take_all(entries)

    @property
    def has_gap(self) -> bool:
        """Whether a later entry is known than the head."""
        return len(self.entries) > self.head - self.starts_after

    def decoded(self) -> list[dict[str, Any]]:
        """The entries in their order, as dicts."""
        return [msgspec.json.decode(self.entries[seq]) for seq in sorted(self.entries)]

    def assert_sound(self) -> None:
        """Nothing is missing from the first entry on, nothing came twice, the chain holds."""
        assert not self.conflicts, f"two entries in one place: {self.conflicts[0]}"
        assert self.starts_after == 0, f"everything up to {self.starts_after} was given up"
        assert sorted(self.entries) == list(range(1, self.head + 1)), "there are gaps"
        before = b""
        seen: dict[str, int] = {}
        for entry, seq in zip(self.decoded(), sorted(self.entries), strict=True):
            assert entry["seq"] == seq
            assert entry["prev"] == (_digest(before) if before else ""), f"chain broken at {seq}"
            first = seen.setdefault(entry["client_id"], seq)
            assert first == seq, f"{entry['client_id']} stands at {first} and at {seq}"
            before = self.entries[seq]


def _digest(stored: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(stored).digest()).decode().rstrip("=")
