"""What waits for one client to read it: bounded in bytes, never in time."""

from asyncio import Transport
from collections.abc import Callable

from gateway.fanout import Writer


class Outbox:
    """The write buffer of one connection.

    Producers never wait: `write` takes framed bytes at once. A client that reads too slowly for
    the bound is reported, once, to `overflowed`; what waits then is a message of the past, which
    the client gets by `seq` when it comes back.

    The bytes wait in the transport itself, whose high-water mark is the bound: the transport
    counts them anyway, so that a broadcast need not ask each member how full it is.
    """

    __slots__ = ("_transport", "overflowed", "write")

    def __init__(self, transport: Transport, bound: int, overflowed: Callable[[], None]) -> None:
        self._transport = transport
        self.overflowed = overflowed
        self.write: Writer = transport.write
        transport.set_write_buffer_limits(high=bound, low=bound // 4)

    @property
    def waiting(self) -> int:
        """Bytes that the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def close(self) -> None:
        """Closes once everything is written."""
        self._transport.close()

    def abort(self) -> None:
        """Closes now; what waits is dropped. The only way out where the client reads nothing."""
        self._transport.abort()
