"""Who hears what: the first follower of a channel subscribes at the broker, the last ends it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError
from nats.errors import Error as NatsError

from contracts import subjects
from contracts.ids import RoomId, SessionId, UserId
from gateway import metrics
from gateway.burst import Burst
from gateway.fanout import Writer, text_frame
from gateway.held import Held
from runtime.tap import Tap


class Follower(Protocol):
    """One connection, as far as the hub knows it."""

    @property
    def write(self) -> Writer:
        """Takes framed bytes."""
        ...


Key = tuple[str, str]
"""The kind of a channel (room, user, session) and the id of whom it is about."""

Subscribe = Callable[[str, Tap], Awaitable[Subscription]]
Overhear = Callable[[Key, bytes], None]


def room_key(room: RoomId) -> Key:
    """The channel of a room: its timeline and its state."""
    return ("room", room)


def user_key(user: UserId) -> Key:
    """The channel of a person: notices to all their devices."""
    return ("user", user)


def session_key(session: SessionId) -> Key:
    """The channel of one connection."""
    return ("session", session)


def subjects_of(key: Key) -> tuple[str, ...]:
    """The subjects that make up a channel."""
    kind, name = key
    if kind == "room":
        return (subjects.timeline(RoomId(name)), subjects.state(RoomId(name)))
    if kind == "user":
        return (subjects.user(UserId(name)),)
    return (subjects.session(SessionId(name)),)


class Channel:
    """The followers of one channel, and its subscriptions."""

    __slots__ = ("burst", "followers", "opening", "subscriptions")

    def __init__(self) -> None:
        self.followers: dict[Follower, Writer] = {}
        self.burst = Burst(self.followers.values(), asyncio.get_running_loop())
        self.subscriptions: list[Subscription] = []
        self.opening: asyncio.Future[None] | None = None


class Hub:
    """The channels that connections of this gateway follow.

    `overhear` is given what comes on channels of people and sessions, after it went out; what
    comes on rooms is passed on unread.
    """

    def __init__(self, subscribe: Subscribe, overhear: Overhear) -> None:
        self._subscribe = subscribe
        self._overhear = overhear
        self._channels: dict[Key, Channel] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def join(self, key: Key, follower: Follower, held: Held | None = None) -> None:
        """Has `follower` hear the channel; returns once the broker was told.

        With `held` what comes is kept there until `admit`. Who is in the channel already stays as
        they are: a second question about a room silences nobody and lets nobody in.

        Raises:
            NatsError: it could not be. The follower does not hear it, nor after any other error.
        """
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = Channel()
            metrics.CHANNELS.labels(key[0]).inc()
            channel.followers[follower] = follower.write if held is None else held
            await self._open(key, channel)
            return
        channel.followers.setdefault(follower, follower.write if held is None else held)
        if channel.opening is not None:
            await asyncio.shield(channel.opening)

    def admit(self, key: Key, follower: Follower, held: Held) -> bool:
        """Writes what `held` kept, and from now on whatever comes; false for one who has left."""
        channel = self._channels.get(key)
        writer = channel.followers.get(follower) if channel else None
        if channel and writer is held:
            held.release(follower.write)
            channel.followers[follower] = follower.write
        return writer is not None

    def leave(self, key: Key, follower: Follower) -> None:
        """Ends it; a follower that was none is no error."""
        channel = self._channels.get(key)
        if channel is None or follower not in channel.followers:
            return
        # Whoever is sent out of a room still hears of it.
        channel.burst.flush()
        del channel.followers[follower]
        if not channel.followers and channel.opening is None:
            self._close(key, channel)

    def followers(self, key: Key) -> Collection[Follower]:
        """Who hears the channel now."""
        channel = self._channels.get(key)
        return tuple(channel.followers) if channel else ()

    def count(self, key: Key) -> int:
        """How many hear the channel now."""
        channel = self._channels.get(key)
        return len(channel.followers) if channel else 0

    def __len__(self) -> int:
        return len(self._channels)

    async def settled(self) -> None:
        """Returns once every ended channel is unsubscribed."""
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
            # Since Python 3.12 waiting for what is done does not yield, and a task that is done
            # leaves the set in the next turn of the loop.
            await asyncio.sleep(0)

    async def _open(self, key: Key, channel: Channel) -> None:
        channel.opening = asyncio.get_running_loop().create_future()
        # Nobody may be waiting for it.
        channel.opening.add_done_callback(lambda done: done.exception())
        tap = Tap(self._passing(key, channel))
        try:
            for subject in subjects_of(key):
                channel.subscriptions.append(await self._subscribe(subject, tap))
        except BaseException as error:
            # Whatever it was, nobody hears the channel, and who waits beside is told: a
            # cancellation is the opener's alone.
            ours = isinstance(error, Exception)
            channel.opening.set_exception(error if ours else ConnectionClosedError())
            channel.followers.clear()
            raise
        else:
            channel.opening.set_result(None)
        finally:
            channel.opening = None
            if not channel.followers:
                self._close(key, channel)

    def _passing(self, key: Key, channel: Channel) -> Callable[[Msg], None]:
        followers, send = channel.followers, channel.burst.send
        overhear = self._overhear if key[0] != "room" else None

        def take(message: Msg) -> None:
            payload = message.data
            send(text_frame(payload))
            metrics.EVENTS_OUT.inc(len(followers))
            if overhear is not None:
                overhear(key, payload)

        return take

    def _close(self, key: Key, channel: Channel) -> None:
        del self._channels[key]
        metrics.CHANNELS.labels(key[0]).dec()
        task = asyncio.get_running_loop().create_task(_unsubscribe(channel.subscriptions))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _unsubscribe(subscriptions: list[Subscription]) -> None:
    for subscription in subscriptions:
        try:
            await subscription.unsubscribe()
        except NatsError:
            # Closed by the connection's own end.
            continue
