"""Every kind of subject besides the commands': who speaks, who listens, and what is said."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from contracts import auth, presence, rooms, signaling, subjects
from contracts.base import Event, tag_of
from contracts.registry import FACTS, SESSION_EVENTS, STATE_EVENTS, TIMELINE_EVENTS, USER_EVENTS
from contracts.streams import BUCKETS, Bucket

PARAMETERS = {
    "partition": "Which of the timelines' streams; `contracts/subjects.py` says by the room.",
    "room": "Id of a room.",
    "user": "Id of a person.",
    "session": "Id of a session: a person's connection, which outlives its socket for a while.",
    "gateway": "Id of a gateway process.",
    "key": "Id of a signing key.",
    "revoked": "`user.<user>` or `device.<device>`.",
    "lease": "`gateway.<gateway>` or `session.<session>`.",
}


@dataclass(frozen=True)
class Subject:
    """A kind of subject besides `svc.*`: its form, who speaks and listens, and what is said.

    `pattern` has its parameters in angle brackets, as the documents write them.
    """

    name: str
    pattern: str
    kind: str
    speakers: tuple[str, ...]
    listeners: str
    messages: tuple[type[msgspec.Struct], ...]
    purpose: str

    @property
    def address(self) -> str:
        """The pattern as AsyncAPI writes it, with braces."""
        return self.pattern.replace("<", "{").replace(">", "}")

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters."""
        return [name for name in PARAMETERS if f"<{name}>" in self.pattern]


def _pattern(wildcard: str, *parameters: str) -> str:
    for parameter in parameters:
        wildcard = wildcard.replace("*", f"<{parameter}>", 1)
    return wildcard


def _said_by(events: Iterable[type[Event]]) -> tuple[str, ...]:
    """The services whose contracts the events stand in; presence belongs to rooms."""
    homes = (event.__module__.rpartition(".")[2] for event in events)
    return tuple(sorted({"rooms" if home == "presence" else home for home in homes}))


_VALUES: dict[str, tuple[str, tuple[type[msgspec.Struct], ...]]] = {
    "ROOMS": ("<room>", (rooms.RoomView,)),
    "MEMBERS": ("<room>.<user>", (rooms.MemberView,)),
    "CALLS": ("<room>", (signaling.CallView,)),
    "LEASES": ("<lease>", (presence.SessionLease, presence.GatewayLease)),
    "REVOKED": ("<revoked>", (auth.Revocation,)),
    "KEYS": ("<key>", (auth.PublicKey,)),
    "LEADERS": ("presence", ()),
}
"""What a bucket's keys look like and what its values are."""


def _bucket(bucket: Bucket) -> Subject:
    keys, values = _VALUES[bucket.name]
    return Subject(
        name=f"kv.{bucket.name.lower()}",
        pattern=f"$KV.{bucket.name}.{keys}",
        kind="key-value bucket",
        speakers=(bucket.owner,),
        listeners="services that mirror it",
        messages=values,
        purpose=f"{bucket.purpose[0].upper()}{bucket.purpose[1:]}.",
    )


SUBJECTS: tuple[Subject, ...] = (
    Subject(
        name="log.room",
        pattern=_pattern(subjects.TIMELINE_LOG, "partition", "room"),
        kind="stream TIMELINE_<partition>",
        speakers=("chat",),
        listeners="chat",
        messages=TIMELINE_EVENTS,
        purpose="The timeline of a room, kept; `chat` alone appends.",
    ),
    Subject(
        name="room.timeline",
        pattern=_pattern(subjects.ROOM_TIMELINE, "room"),
        kind="republished once stored",
        speakers=("the broker",),
        listeners="gateways with a follower of the room",
        messages=TIMELINE_EVENTS,
        purpose="Entries of a room, byte for byte what browsers receive.",
    ),
    Subject(
        name="room.state",
        pattern=_pattern(subjects.ROOM_STATE, "room"),
        kind="not stored",
        speakers=_said_by(STATE_EVENTS),
        listeners="gateways with a follower of the room",
        messages=STATE_EVENTS,
        purpose="Membership, presence and typing; each event with its revision where it has one.",
    ),
    Subject(
        name="user",
        pattern="user.<user>",
        kind="not stored",
        speakers=("auth", "chat", "rooms", "signaling"),
        listeners="gateways with a device of the person",
        messages=USER_EVENTS,
        purpose="Notices to all devices of a person.",
    ),
    Subject(
        name="session",
        pattern="session.<session>",
        kind="not stored",
        speakers=("signaling", "media"),
        listeners="the gateway that holds the session",
        messages=SESSION_EVENTS,
        purpose="To one session; what is sent here is forwarded to its browser.",
    ),
    Subject(
        name="gateway",
        pattern="gateway.<gateway>",
        kind="not stored",
        speakers=("gateway",),
        listeners="that gateway",
        messages=(presence.SessionTaken,),
        purpose="To one gateway process, by another one.",
    ),
    Subject(
        name="presence.leader",
        pattern=subjects.PRESENCE_LEADER,
        kind="request and reply",
        speakers=("rooms",),
        listeners="the replica of rooms that speaks for presence",
        messages=(presence.GetPresence,),
        purpose="A replica passes on who asks for presence; whether they may it has checked.",
    ),
    *(
        Subject(
            name=subjects.event(fact),
            pattern=subjects.event(fact),
            kind="stream EVENTS",
            speakers=(tag_of(fact).partition(".")[0],),
            listeners="services that build on it",
            messages=(fact,),
            purpose=fact.__doc__ or "",
        )
        for fact in FACTS
    ),
    *(_bucket(bucket) for bucket in BUCKETS),
)
"""Every subject that carries something besides a request or its reply."""
