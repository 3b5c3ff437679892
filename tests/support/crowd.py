"""Many scripted clients who talk in a few rooms, and the proof that all of them saw the same."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from contracts.ids import RoomId
from contracts.rooms import CreateRoom, JoinRoom
from tests.support.clients import PATIENCE, Client, Person
from tests.support.waiting import wait_until

PACE_SECONDS = 0.2
"""Each client's pause between posts: a score of them make about a hundred posts a second."""


class Crowd:
    """Clients who are all in the same rooms."""

    def __init__(self, clients: Sequence[Client], rooms: Sequence[RoomId]) -> None:
        self.clients = clients
        self.rooms = rooms
        self._stop = asyncio.Event()

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Everybody posts within, now here and now there; on leaving, each last post is awaited."""
        self._stop.clear()
        async with asyncio.TaskGroup() as talk:
            for index, client in enumerate(self.clients):
                talk.create_task(self._talk(index, client))
            try:
                yield
            finally:
                self._stop.set()

    async def _talk(self, index: int, client: Client) -> None:
        for turn in count(index):
            room = self.rooms[turn % len(self.rooms)]
            await client.say(room, f"{client.person.name} says {turn}")
            try:
                await asyncio.wait_for(self._stop.wait(), PACE_SECONDS)
            except TimeoutError:
                continue
            return

    async def heard_out(self, posts: int) -> None:
        """Waits until each client has `posts` more of its own acknowledged than now."""
        before = [len(client.acknowledged) for client in self.clients]

        def behind() -> list[str]:
            return [
                client.person.name
                for client, had in zip(self.clients, before, strict=True)
                if len(client.acknowledged) < had + posts
            ]

        await wait_until(lambda: not behind(), PATIENCE, missing=lambda: f"posts of {behind()}")

    async def assert_nothing_lost(self) -> None:
        """Every acknowledged message is in every view and in history, once, in one order."""
        for room in self.rooms:
            await self._assert_views_agree(room)
            await self._assert_history_agrees(room)

    def acknowledged(self, room: RoomId) -> dict[str, tuple[int, str]]:
        """What was acknowledged in a room: seq and text by client id."""
        return {
            client_id: (post.seq, post.text)
            for client in self.clients
            for client_id, post in client.acknowledged.items()
            if post.room == room
        }

    async def _assert_views_agree(self, room: RoomId) -> None:
        views = [client.views[room] for client in self.clients]
        promised = self.acknowledged(room)
        last = max(seq for seq, _ in promised.values())

        def behind() -> dict[str, int]:
            return {
                client.person.name: client.views[room].head
                for client in self.clients
                if client.views[room].head < max(last, *(view.head for view in views))
            }

        await wait_until(
            lambda: not behind(),
            missing=lambda: f"entries up to {last} in the views of {behind()}",
        )
        for view in views:
            view.assert_sound()
            assert view.entries == views[0].entries
        shown = {e["client_id"]: (e["seq"], e["text"]) for e in views[0].decoded()}
        lost = {client_id: post for client_id, post in promised.items() if client_id not in shown}
        assert not lost, f"acknowledged but in no view: {lost}"
        assert promised == {client_id: shown[client_id] for client_id in promised}

    async def _assert_history_agrees(self, room: RoomId) -> None:
        seen = [
            (e["seq"], e["client_id"], e["author"], e["text"])
            for e in self.clients[0].views[room].decoded()
        ]
        history = [
            (shown.seq, shown.client_id, shown.author, shown.text)
            for shown in await self.clients[0].history(room)
        ]
        assert history == seen


async def open_rooms(owner: Client, names: Sequence[str]) -> list[RoomId]:
    """Public rooms of `owner`."""
    return [(await owner.insist(CreateRoom(name=name))).info.room for name in names]


@asynccontextmanager
async def crowd(
    people: Sequence[Person], gateways: Sequence[str], *, rooms: int = 3
) -> AsyncIterator[Crowd]:
    """`people` online, spread over the gateways, in as many new rooms, following all of them."""
    async with AsyncExitStack() as stack:
        clients = [Client(person, gateways, first=n) for n, person in enumerate(people)]
        for client in clients:
            await stack.enter_async_context(client)
        opened = await open_rooms(clients[0], [f"Room {n}" for n in range(rooms)])

        async def settle_in(client: Client) -> None:
            for room in opened:
                await client.insist(JoinRoom(room=room))
            await client.follow(*opened)

        await asyncio.gather(*map(settle_in, clients))
        yield Crowd(clients, opened)
