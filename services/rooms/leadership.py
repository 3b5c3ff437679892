"""One replica at a time does what must be done once: it holds a lease in KV `LEADERS`."""

import asyncio
import time
from collections.abc import Callable

from nats.errors import Error as NatsError
from nats.js import api as js_api
from nats.js.errors import APIError, NotFoundError
from nats.js.kv import KV_DEL, KV_OP

from contracts.streams import LEADERS
from runtime import log
from runtime.bus import Bus

LEASE_SECONDS = 4
"""A dead leader is replaced in this time and a second of the broker's clock."""

RENEW_SECONDS = 1.25
"""Three chances to renew before the lease runs out."""

_logger = log.get("leadership")


class Leadership:
    """Tries to lead, for as long as the process lives."""

    def __init__(
        self, bus: Bus, task: str, replica: str, on_gain: Callable[[], None] = lambda: None
    ) -> None:
        self._bus = bus
        self._subject = f"$KV.{LEADERS.name}.{task}"
        self._replica = replica.encode()
        self._on_gain = on_gain
        self._sequence = 0
        self._until = 0.0

    @property
    def leads(self) -> bool:
        """Whether the lease is held right now, by the clock of this process alone."""
        return time.monotonic() < self._until

    async def run(self) -> None:
        """Takes the lease when it is free and renews it, until cancelled."""
        await self._bus.ensure_bucket(LEADERS)
        while True:
            try:
                await self._hold()
            except (NatsError, TimeoutError) as error:
                _logger.info("leadership.unreachable", kind=type(error).__name__)
            await asyncio.sleep(RENEW_SECONDS)

    async def resign(self) -> None:
        """Gives the lease back, so that the next one need not wait for its end."""
        if not self.leads:
            return
        self._until = 0.0
        headers = {KV_OP: KV_DEL, **self._expecting(self._sequence)}
        try:
            await self._bus.js.publish(self._subject, b"", headers=headers)
        except (NatsError, TimeoutError):
            _logger.info("leadership.not_resigned")

    async def _hold(self) -> None:
        # Counted from before the write, so that ours ends no later than the broker's.
        began = time.monotonic()
        if not self.leads and not await self._is_free():
            return
        try:
            stored = await self._bus.js.publish(
                self._subject,
                self._replica,
                headers=self._expecting(self._sequence),
                msg_ttl=LEASE_SECONDS,
            )
        except APIError:
            # Another replica was faster, or took over while this one stood still.
            self._until = 0.0
            return
        gained = not self.leads
        self._sequence = stored.seq
        self._until = began + LEASE_SECONDS
        if gained:
            self._on_gain()

    async def _is_free(self) -> bool:
        try:
            last = await self._bus.js.get_last_msg(f"KV_{LEADERS.name}", self._subject, direct=True)
        except NotFoundError:
            self._sequence = 0
            return True
        self._sequence = last.seq or 0
        # What is left of a lease that ran out, or was given back, is a marker without a value.
        return not last.data or last.data == self._replica

    @staticmethod
    def _expecting(sequence: int) -> dict[str, str]:
        return {js_api.Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: str(sequence)}
