"""Writing the read models `ROOMS` and `MEMBERS`, which never go back in time.

Two replicas may carry out the same change, one of them late. Each value carries the version of the
room that it is of, in a header, since the marker of a deletion has no value; a writer whose version
is not later than that of the last one leaves it standing.
"""

from dataclasses import dataclass

import msgspec
from nats.js import api as js_api
from nats.js.errors import APIError, NotFoundError
from nats.js.kv import KV_DEL, KV_OP

from contracts.streams import MEMBERS, ROOMS, Bucket
from runtime.bus import WRONG_LAST_SEQUENCE, Bus
from runtime.codec import encode
from services.rooms.domain.state import Membership, Room

VERSION = "Parley-Version"

_REMEMBERED = 20_000
"""Last sequences known without asking, 0.5 ms saved for each write; about 2 MB."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bucket holds under a key; no body where it holds nothing, or a deletion's marker."""

    sequence: int
    body: bytes
    version: int


class Views:
    """The one writer of both buckets, in each replica."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._last: dict[str, int] = {}

    async def ensure(self) -> None:
        """Makes the buckets where they are not there."""
        await self._bus.ensure_bucket(ROOMS)
        await self._bus.ensure_bucket(MEMBERS)

    async def put_room(self, room: Room) -> None:
        """Shows a room as it is; an ended one not at all."""
        await self._put(ROOMS, room.room, None if room.ended else room.view, room.version)

    async def put_membership(self, membership: Membership) -> None:
        """Shows a membership as it is; one of somebody outside and not banned not at all."""
        key = f"{membership.room}.{membership.user}"
        await self._put(MEMBERS, key, membership.view, membership.version)

    async def remove_membership(self, membership: Membership, version: int) -> None:
        """Shows a membership no more, since its room has ended."""
        await self._put(MEMBERS, f"{membership.room}.{membership.user}", None, version)

    async def last(self, bucket: Bucket, key: str) -> Shown:
        """What is shown under a key, and the sequence of that."""
        try:
            last = await self._bus.js.get_last_msg(
                f"KV_{bucket.name}", _subject(bucket, key), direct=True
            )
        except NotFoundError:
            return Shown(0, b"", 0)
        return Shown(last.seq or 0, last.data or b"", int((last.headers or {}).get(VERSION, 0)))

    async def mend(
        self, bucket: Bucket, key: str, seen: Shown, value: msgspec.Struct | None, version: int
    ) -> bool:
        """Shows a value in place of what was `seen`, whatever its version; whether that was wrong.

        Where a service has written meanwhile, that stands: it is newer than what was looked at.
        """
        body = b"" if value is None else encode(value)
        if seen.body == body and (seen.version == version or not body):
            return False
        try:
            await self._publish(_subject(bucket, key), body, version, seen.sequence)
        except APIError as error:
            if error.err_code not in WRONG_LAST_SEQUENCE:
                raise
            return False
        return True

    async def _put(
        self, bucket: Bucket, key: str, value: msgspec.Struct | None, version: int
    ) -> None:
        subject = _subject(bucket, key)
        body = b"" if value is None else encode(value)
        while True:
            try:
                stored = await self._publish(subject, body, version, self._last.get(subject, 0))
            except APIError as error:
                if error.err_code not in WRONG_LAST_SEQUENCE:
                    raise
                shown = await self.last(bucket, key)
                self._remember(subject, shown.sequence)
                if shown.version >= version:
                    return
            else:
                self._remember(subject, stored)
                return

    async def _publish(self, subject: str, body: bytes, version: int, expected: int) -> int:
        headers = {
            js_api.Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: str(expected),
            VERSION: str(version),
        }
        if not body:
            headers[KV_OP] = KV_DEL
        return (await self._bus.js.publish(subject, body, headers=headers)).seq

    def _remember(self, subject: str, sequence: int) -> None:
        if len(self._last) >= _REMEMBERED:
            self._last.clear()
        self._last[subject] = sequence


def _subject(bucket: Bucket, key: str) -> str:
    return f"$KV.{bucket.name}.{key}"
