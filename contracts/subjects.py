"""Subjects are built and parsed here and nowhere else. `docs/generated/subjects.md` lists them.

Each id that enters a subject is checked to be one token, so that nobody can widen a subject by a
dot or a wildcard in a name.
"""

from zlib import crc32

from contracts.base import Command, Fact, tag_of
from contracts.ids import GatewayId, RoomId, SessionId, UserId, is_ulid

TIMELINE_PARTITIONS = 4
"""Over how many streams the rooms' logs are spread; as many as of them sync to disk side by side.

Where a room's log lies follows from this number, so changing it moves every log (ADR 12).
"""
TIMELINE_LOG = "log.*.*"
ROOM_TIMELINE = "room.*.timeline"
ROOM_STATE = "room.*.state"
EVENTS_ALL = "evt.>"
PRESENCE_LEADER = "svc.rooms.presence_leader"
"""To the replica of `services/rooms` that speaks for presence, from the others alone."""


def _token(value: str) -> str:
    if not is_ulid(value):
        raise ValueError("not an id, so not a token of a subject")
    return value


def service(command: type[Command]) -> str:
    """`svc.<service>.<verb>`: where this command is asked."""
    return f"svc.{tag_of(command)}"


def partition(room: RoomId) -> int:
    """Which of the partitions keeps this room's log: the CRC-32 of its id, modulo their number."""
    return crc32(room.encode()) % TIMELINE_PARTITIONS


def partition_log(number: int) -> str:
    """`log.<partition>.*`: the logs of all rooms of a partition."""
    return f"log.{number}.*"


def log(room: RoomId) -> str:
    """`log.<partition>.<room>`: where chat appends to the room's timeline; never followed."""
    return f"log.{partition(room)}.{_token(room)}"


def timeline(room: RoomId) -> str:
    """`room.<room>.timeline`: entries of the room, republished by the server once stored."""
    return f"room.{_token(room)}.timeline"


def state(room: RoomId) -> str:
    """`room.<room>.state`: membership, presence, typing, roster; not stored."""
    return f"room.{_token(room)}.state"


def session(session: SessionId) -> str:
    """`session.<session>`: to the gateway that holds this connection."""
    return f"session.{_token(session)}"


def user(user: UserId) -> str:
    """`user.<user>`: notices to all devices of a person."""
    return f"user.{_token(user)}"


def gateway(gateway: GatewayId) -> str:
    """`gateway.<gateway>`: to one gateway process."""
    return f"gateway.{_token(gateway)}"


def event(fact: type[Fact]) -> str:
    """`evt.<service>.<event>`: facts that other services build on."""
    return f"evt.{tag_of(fact)}"


def room_of_log(subject: str) -> RoomId:
    """The room of a `log.<partition>.<room>` subject.

    Raises:
        ValueError: it is not such a subject.
    """
    room = RoomId(subject.rpartition(".")[2])
    if subject != log(room):
        raise ValueError("not a log subject")
    return room
