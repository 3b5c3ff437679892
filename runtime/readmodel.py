"""A bucket of the broker, mirrored in memory and kept true over reconnects."""

import asyncio
from collections.abc import Callable, ItemsView
from typing import Generic, TypeVar

import msgspec
from nats.errors import Error as NatsError
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from contracts.streams import Bucket
from runtime import log
from runtime.bus import Bus
from runtime.codec import decode_as
from runtime.watch import Entries, Entry, watch

V = TypeVar("V", bound=msgspec.Struct)

Change = Callable[[str, V | None, int], None]
"""Called with key, value (none where it is gone) and the bucket's revision of the change."""

Missed = Callable[[str], None]
"""Called with the key."""

_AT_ONCE = 100
"""Keys looked up side by side."""

_logger = log.get("readmodel")


class ReadModel(Generic[V]):
    """The values of a bucket by key. Reading is a dict look-up; it lags the bucket by a hop.

    Every reconnect begins a new watch and drops what is not there any more, since a watch may
    fall silent when its server restarts (nats.py issue 504) and deletions may have been missed.
    """

    def __init__(
        self,
        bus: Bus,
        bucket: Bucket,
        kind: type[V],
        *,
        keys: str = ">",
        on_change: Change[V] | None = None,
        on_missed: Missed | None = None,
    ) -> None:
        """`on_missed` is told, in place of `on_change`, of keys that a new watch did not find:
        they may have been deleted meanwhile, or their writer has not come back yet.
        """
        self._bus = bus
        self._bucket = bucket
        self._kind = kind
        self._keys = keys
        self._on_change = on_change
        self._on_missed = on_missed
        self._values: dict[str, tuple[V, int]] = {}
        self._synced = asyncio.Event()
        self._restart = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._store: KeyValue | None = None
        self.revision = 0
        """The bucket's revision up to which this copy is true."""

    async def start(self) -> None:
        """Begins to mirror; returns once the copy is whole."""
        self._bus.on_reconnect(self._rewatch)
        self._task = asyncio.get_running_loop().create_task(self._run())
        await self._synced.wait()

    async def stop(self) -> None:
        """Ends the mirroring."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def get(self, key: str) -> V | None:
        """The value as last heard of."""
        found = self._values.get(key)
        return found[0] if found else None

    def items(self) -> ItemsView[str, tuple[V, int]]:
        """All keys with their value and revision."""
        return self._values.items()

    def __len__(self) -> int:
        return len(self._values)

    async def fetch(self, key: str) -> V | None:
        """The value as the broker has it now, for the one whose change must be seen at once.

        Raises:
            NatsError: the broker is out of reach.
        """
        if self._store is None:
            self._store = await self._bus.bucket(self._bucket)
        try:
            entry = await self._store.get(key)
        except KeyNotFoundError:
            return None
        if not entry.value or entry.revision is None:
            return None
        value = decode_as(self._kind, entry.value)
        known = self._values.get(key)
        if known is None or known[1] < entry.revision:
            self._values[key] = (value, entry.revision)
            # The watch will not tell of this revision again: it is known by then.
            self._notify(key, value, entry.revision)
        return value

    async def _rewatch(self) -> None:
        self._restart.set()

    async def _run(self) -> None:
        while True:
            self._restart.clear()
            try:
                await self._watch()
            except (NatsError, TimeoutError) as error:
                _logger.warning(
                    "readmodel.watch_lost", bucket=self._bucket.name, kind=type(error).__name__
                )
                await asyncio.sleep(0.2)

    async def _watch(self) -> None:
        self._store = await self._bus.bucket(self._bucket)
        # A bucket in memory begins anew with its server, and counts from 1 again.
        self._values = {key: (value, 0) for key, (value, _) in self._values.items()}
        self.revision = 0
        async with watch(self._bus, self._bucket, self._keys) as entries:
            following = asyncio.get_running_loop().create_task(self._copy(entries))
            restarted = asyncio.get_running_loop().create_task(self._restart.wait())
            try:
                await asyncio.wait({following, restarted}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                following.cancel()
                restarted.cancel()
                await asyncio.gather(following, restarted, return_exceptions=True)
        if not following.cancelled():
            following.result()

    async def _copy(self, entries: Entries) -> None:
        seen: set[str] = set()
        whole = False
        async for entry in entries:
            if entry is None:
                whole = True
                await self._forget_all_but(seen)
                self._synced.set()
                continue
            if not whole:
                seen.add(entry.key)
            self._apply(entry)

    def _apply(self, entry: Entry) -> None:
        self.revision = max(self.revision, entry.revision)
        known = self._values.get(entry.key)
        if entry.value is None:
            if known is not None and known[1] <= entry.revision:
                del self._values[entry.key]
                self._notify(entry.key, None, entry.revision)
            return
        if known is None or known[1] < entry.revision:
            value = decode_as(self._kind, entry.value)
            self._values[entry.key] = (value, entry.revision)
            self._notify(entry.key, value, entry.revision)

    async def _forget_all_but(self, seen: set[str]) -> None:
        unseen = [key for key in self._values if key not in seen]
        for start in range(0, len(unseen), _AT_ONCE):
            some = unseen[start : start + _AT_ONCE]
            # One that was written again as the watch began is there, and comes a little later.
            there = await asyncio.gather(*(self._there(key) for key in some))
            for key in (key for key, found in zip(some, there, strict=True) if not found):
                self._forget(key)

    async def _there(self, key: str) -> bool:
        store = self._store or await self._bus.bucket(self._bucket)
        try:
            return bool((await store.get(key)).value)
        except KeyNotFoundError:
            return False

    def _forget(self, key: str) -> None:
        if self._values.pop(key, None) is None:
            return
        if self._on_missed is not None:
            self._on_missed(key)
        else:
            self._notify(key, None, self.revision)

    def _notify(self, key: str, value: V | None, revision: int) -> None:
        if self._on_change is not None:
            self._on_change(key, value, revision)
