"""Passing commands on to services, as the bytes they came in."""

import asyncio
from collections.abc import Callable

from contracts import callers, subjects
from contracts.callers import Caller
from contracts.errors import Code, Refusal
from contracts.registry import CONTRACTS
from runtime import trace
from runtime.bus import Bus
from runtime.codec import encode

_SUBJECTS = {contract.tag: subjects.service(contract.command) for contract in CONTRACTS}


class Services:
    """Asks services on behalf of callers, and always has an answer."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def ask(self, caller: str, tag: str, body: bytes) -> bytes:
        """The encoded reply, or an encoded `Error` where there is none.

        `caller` is the header made by `header_of`.
        """
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.ask_then(caller, tag, body, lambda data: answer.done() or answer.set_result(data))
        return await answer

    def ask_then(
        self, caller: str, tag: str, body: bytes, answered: Callable[[bytes], object]
    ) -> None:
        """The same without waiting: `answered` is told, sooner or later, and once."""

        def told(answer: bytes | Refusal) -> None:
            if isinstance(answer, Refusal):
                answered(encode(answer.error()))
            else:
                answered(answer or encode(Refusal(Code.INTERNAL).error()))

        if not self._bus.connected:
            # nats-py would keep the request for a broker that may be away for long.
            told(Refusal(Code.UNAVAILABLE, retry_after=1.0))
            return
        running = trace.current.get() or trace.new_trace()
        headers = {callers.HEADER: caller, trace.HEADER: trace.header_value(running)}
        self._bus.ask_raw_then(_SUBJECTS[tag], body, headers, told)


def header_of(caller: Caller) -> str:
    """The caller as the header that services read: JSON in ASCII."""
    return encode(caller).decode("ascii")
