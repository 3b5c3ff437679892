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

V = TypeVar("V", bound=msgspec.Struct)

Change = Callable[[str, V | None, int], None]
"""Called with key, value (none where it is gone) and the bucket's revision of the change."""

Missed = Callable[[str], None]
"""Called with the key."""

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
        watcher = await self._store.watch(self._keys)
        following = asyncio.get_running_loop().create_task(self._copy(watcher))
        restarted = asyncio.get_running_loop().create_task(self._restart.wait())
        try:
            await asyncio.wait({following, restarted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            following.cancel()
            restarted.cancel()
            await asyncio.gather(following, restarted, return_exceptions=True)
            try:
                await watcher.stop()
            except (NatsError, TimeoutError):
                _logger.info("readmodel.unwatch_failed", bucket=self._bucket.name)
        if not following.cancelled():
            following.result()

    async def _copy(self, watcher: KeyValue.KeyWatcher) -> None:
        seen: set[str] = set()
        whole = False
        async for entry in watcher:
            # None stands between what was there and what is new.
            if entry is None:
                if not whole:
                    whole = True
                    self._forget_all_but(seen)
                    self._synced.set()
                continue
            if not whole:
                seen.add(entry.key)
            self._apply(entry)

    def _apply(self, entry: KeyValue.Entry) -> None:
        revision = entry.revision or 0
        self.revision = max(self.revision, revision)
        # An expired key shows as an entry without value or with a purge marker: both are "gone".
        gone = entry.operation is not None or not entry.value
        known = self._values.get(entry.key)
        if gone:
            if known is not None and known[1] <= revision:
                del self._values[entry.key]
                self._notify(entry.key, None, revision)
            return
        if known is None or known[1] < revision:
            value = decode_as(self._kind, entry.value or b"")
            self._values[entry.key] = (value, revision)
            self._notify(entry.key, value, revision)

    def _forget_all_but(self, seen: set[str]) -> None:
        for key in [key for key in self._values if key not in seen]:
            del self._values[key]
            if self._on_missed is not None:
                self._on_missed(key)
            else:
                self._notify(key, None, self.revision)

    def _notify(self, key: str, value: V | None, revision: int) -> None:
        if self._on_change is not None:
            self._on_change(key, value, revision)
