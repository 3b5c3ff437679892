"""The streams and buckets on the broker: names, what they keep, and who alone writes them.

Each is made by its owner at start, idempotently; the others wait until it is there.
"""

from dataclasses import dataclass

from contracts import subjects
from contracts.ids import RoomId

Owner = str

DEDUPE_SECONDS = 120
"""How long the server remembers a `Nats-Msg-Id`. A retry after this is caught by chat itself."""

EVENTS_DAYS = 7
"""How long facts wait for a service that is away; after that it rebuilds from its owner."""


@dataclass(frozen=True)
class Stream:
    """A JetStream stream on disk."""

    name: str
    owner: Owner
    subjects: tuple[str, ...]
    republish: tuple[str, str] | None = None
    max_age_seconds: int = 0


@dataclass(frozen=True)
class Bucket:
    """A key-value bucket: a read model or leases. `ttl_keys` allows a time to live per key."""

    name: str
    owner: Owner
    purpose: str
    memory: bool = False
    ttl_keys: bool = False
    history: int = 1


TIMELINES = tuple(
    Stream(
        name=f"TIMELINE_{number}",
        owner="chat",
        subjects=(subjects.partition_log(number),),
        republish=(subjects.partition_log(number), "room.{{wildcard(1)}}.timeline"),
    )
    for number in range(subjects.TIMELINE_PARTITIONS)
)
"""The logs of all rooms, by partition: the server syncs a stream's entries one by one (ADR 12)."""
UNPARTITIONED = "TIMELINE"
"""The one stream of all logs that there was before; chat moves what it finds there (ADR 12)."""

EVENTS = Stream(
    name="EVENTS",
    owner="auth",
    subjects=(subjects.EVENTS_ALL,),
    max_age_seconds=EVENTS_DAYS * 86_400,
)

ROOMS = Bucket("ROOMS", "rooms", "what other services must know of a room")
MEMBERS = Bucket("MEMBERS", "rooms", "who is in a room, or banned from it")
CALLS = Bucket("CALLS", "signaling", "who is in which call")
LEASES = Bucket(
    "LEASES", "gateway", "which gateways and sessions are alive", memory=True, ttl_keys=True
)
REVOKED = Bucket("REVOKED", "auth", "access tokens that end before their time", ttl_keys=True)
KEYS = Bucket("KEYS", "auth", "public keys that verify access tokens")
LEADERS = Bucket("LEADERS", "rooms", "which replica speaks for presence", ttl_keys=True)

STREAMS = (*TIMELINES, EVENTS)
BUCKETS = (ROOMS, MEMBERS, CALLS, LEASES, REVOKED, KEYS, LEADERS)


def timeline_of(room: RoomId) -> Stream:
    """The stream that keeps a room's log."""
    return TIMELINES[subjects.partition(room)]
