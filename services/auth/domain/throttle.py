"""How long somebody waits who fails again and again."""

import hashlib
import hmac
import ipaddress

import msgspec

from contracts.base import Millis


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`free` attempts cost nothing; each further one doubles the wait, from `first` to `longest`.

    All is forgotten `memory` after the last wait ended. Times are milliseconds.
    """

    free: int
    first: int
    longest: int
    memory: int


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered: attempts that did not succeed (yet), the time of the last one, and when
    the next one is allowed.
    """

    failures: int = 0
    last: Millis = 0
    until: Millis = 0


FRESH = Record()


def waiting(record: Record, at: Millis) -> int:
    """Milliseconds until the next attempt is allowed."""
    return max(0, record.until - at)


def forgotten_at(record: Record, policy: Policy) -> Millis:
    """When nothing of this counts any more."""
    return max(record.last, record.until) + policy.memory


def attempted(record: Record, at: Millis, policy: Policy) -> Record:
    """One attempt more, counted before its outcome is known, so that a hundred at once all count.

    Only to be called when nothing is left to wait for.
    """
    failures = 1 if at >= forgotten_at(record, policy) else record.failures + 1
    delay = _delay(failures, policy)
    # While attempts are free, one that came a millisecond earlier is not made to wait for this one.
    until = at + delay if delay else record.until
    return Record(failures=failures, last=max(at, record.last), until=until)


def released(record: Record, at: Millis) -> Record:
    """The attempt went well: it does not count, and nobody waits for it."""
    failures = max(0, record.failures - 1)
    return Record(failures=failures, last=record.last, until=min(record.until, at))


def _delay(failures: int, policy: Policy) -> int:
    over = failures - policy.free
    if over <= 0:
        return 0
    # Past thirty doublings it is the longest whatever the first was.
    return min(policy.longest, policy.first * 2 ** min(over - 1, 30))


def network_of(address: str) -> str:
    """The part of an address that one person holds: an IPv4 address, or an IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False).network_address) + "/64"


def key_of(kind: str, whom: str, secret: bytes) -> str:
    """Where attempts of `kind` are counted: nobody reads a name or an address out of it."""
    digest = hmac.new(secret, f"{kind}.{whom}".encode(), hashlib.sha256).hexdigest()
    return f"{kind}.{digest[:32]}"
