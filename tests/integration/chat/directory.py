"""Rooms and members as `services/rooms` tells of them, without that service."""

from typing import Any

import msgspec
from nats.js.kv import KeyValue

from contracts.callers import Account
from contracts.ids import RoomId, UserId
from contracts.rooms import MemberView, Role, RoomView
from contracts.streams import EVENTS, MEMBERS, ROOMS
from runtime.bus import Bus
from runtime.ids import new_id
from tests.support.asking import account


class Directory:
    """Writes KV `ROOMS` and `MEMBERS`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rooms: KeyValue | None = None
        self._members: KeyValue | None = None

    async def open(self) -> None:
        self._rooms = await self._bus.ensure_bucket(ROOMS)
        self._members = await self._bus.ensure_bucket(MEMBERS)
        await self._bus.ensure_stream(EVENTS)

    async def room(self, *members: Account, slow_mode: int = 0) -> RoomId:
        """A new room with these members, the first its owner."""
        room = RoomId(new_id())
        owner = members[0].user if members else UserId(new_id())
        await self.set_room(room, slow_mode=slow_mode, owner=owner, members=len(members))
        for member in members:
            await self.let_in(room, member, Role.OWNER if member.user == owner else Role.MEMBER)
        return room

    async def set_room(self, room: RoomId, **fields: Any) -> None:
        fields = {"name": "Kitchen", "private": False, "revision": 1, "slow_mode": 0} | fields
        fields = {"owner": UserId(new_id()), "members": 1} | fields
        await self._put(self._rooms, room, RoomView(**fields))

    async def let_in(
        self,
        room: RoomId,
        who: Account,
        role: Role | None = Role.MEMBER,
        *,
        muted_until: int = 0,
        banned: bool = False,
        joined_at: int = 0,
    ) -> None:
        view = MemberView(
            role=role, muted_until=muted_until, banned=banned, revision=1, joined_at=joined_at
        )
        await self._put(self._members, f"{room}.{who.user}", view)

    async def send_out(self, room: RoomId, who: Account) -> None:
        assert self._members is not None
        await self._members.delete(f"{room}.{who.user}")

    async def end(self, room: RoomId) -> None:
        assert self._rooms is not None
        await self._rooms.delete(room)

    async def _put(self, bucket: KeyValue | None, key: str, value: msgspec.Struct) -> None:
        assert bucket is not None
        await bucket.put(key, msgspec.json.encode(value))


def people(count: int) -> list[Account]:
    """So many people with an account."""
    return [account() for _ in range(count)]
