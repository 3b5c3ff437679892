"""Passing commands on to services, as the bytes they came in."""

from contracts import callers, subjects
from contracts.callers import Caller
from contracts.errors import Code, Refusal
from contracts.registry import CONTRACTS
from runtime import trace
from runtime.bus import REQUEST_SECONDS, Bus
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
        try:
            return await self._ask(caller, tag, body)
        except Refusal as refusal:
            return encode(refusal.error())

    async def _ask(self, caller: str, tag: str, body: bytes) -> bytes:
        if not self._bus.connected:
            # nats-py would keep the request for a broker that may be away for long.
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0)
        running = trace.current.get() or trace.new_trace()
        headers = {callers.HEADER: caller, trace.HEADER: trace.header_value(running)}
        answer = await self._bus.ask_raw(_SUBJECTS[tag], body, headers, REQUEST_SECONDS)
        if not answer:
            raise Refusal(Code.INTERNAL)
        return answer


def header_of(caller: Caller) -> str:
    """The caller as the header that services read: JSON in ASCII."""
    return encode(caller).decode("ascii")
