"""When which key signs, and until when it verifies.

Everything follows from the keys that are stored, so replicas that read the same keys agree. A new
key is published a while before it signs, so that it is known wherever its tokens will be shown.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from contracts.base import Millis


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key pair. `generation` counts from 1 and makes two replicas' new keys collide."""

    generation: int
    kid: str
    private: bytes
    public: bytes
    created_at: Millis
    signs_from: Millis


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """How often keys change, in milliseconds.

    A new key is known for `lead` before it signs; an old one verifies for `tail` after it signed
    last: the life of a token and some more.
    """

    every: int
    lead: int
    tail: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with the stored keys at one moment.

    `signs` is none only where there is no key at all. `retired` says of a key that verifies but
    does not sign any more since when.
    """

    signs: SigningKey | None
    verifies: tuple[SigningKey, ...]
    retired: dict[str, Millis]
    remove: tuple[SigningKey, ...]
    wanted: tuple[int, Millis] | None
    """Generation and `signs_from` of a key that is to be made now."""


def plan(keys: Sequence[SigningKey], at: Millis, rotation: Rotation) -> Plan:
    """What holds at `at`."""
    ordered = sorted(keys, key=lambda key: key.generation)
    if not ordered:
        return Plan(signs=None, verifies=(), retired={}, remove=(), wanted=(1, at))
    begun = [key for key in ordered if key.signs_from <= at]
    signs = begun[-1] if begun else ordered[0]
    retired = {
        key.kid: successor.signs_from
        for key, successor in pairwise(ordered)
        if key.generation < signs.generation
    }
    over = {kid for kid, since in retired.items() if since + rotation.tail <= at}
    newest = ordered[-1]
    due = newest.signs_from + rotation.every <= at
    return Plan(
        signs=signs,
        verifies=tuple(key for key in ordered if key.kid not in over),
        retired={kid: since for kid, since in retired.items() if kid not in over},
        remove=tuple(key for key in ordered if key.kid in over),
        wanted=(newest.generation + 1, at + rotation.lead) if due else None,
    )
