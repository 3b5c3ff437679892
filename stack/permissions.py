"""What each service may say and hear on the bus, derived from `contracts/`.

Run as a module it writes `deploy/nats/nats.conf` for operators; with `--check` it fails where that
file is not what it would write.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts import subjects
from contracts.base import tag_of
from contracts.callers import Peer
from contracts.contract import Via
from contracts.registry import CONTRACTS, FACTS
from contracts.streams import (
    BUCKETS,
    CALLS,
    EVENTS,
    KEYS,
    LEASES,
    MEMBERS,
    REVOKED,
    ROOMS,
    STREAMS,
    TIMELINES,
    UNPARTITIONED,
    Bucket,
    Stream,
)

SERVICES = ("auth", "rooms", "chat", "signaling", "media", "gateway")
OPERATOR = "operator"
"""The user of people and of `parley doctor`: it may do everything."""

USERS = (*SERVICES, OPERATOR)
TEMPLATE = Path(__file__).parents[1] / "deploy" / "nats" / "nats.conf"

ANY_SESSION = "session.*"
ANY_USER = "user.*"
ANY_GATEWAY = "gateway.*"

SPEAKS: Mapping[str, tuple[str, ...]] = {
    subjects.TIMELINE_LOG: ("chat",),
    subjects.ROOM_STATE: ("rooms", "chat", "signaling", "media"),
    ANY_SESSION: ("signaling", "media"),
    ANY_USER: ("auth", "rooms", "chat", "signaling"),
    ANY_GATEWAY: ("gateway",),
    subjects.PRESENCE_LEADER: ("rooms",),
}
"""Who publishes on the subjects that reach browsers. `room.*.timeline` is the server's own."""

HEARS: Mapping[str, tuple[str, ...]] = {
    subjects.ROOM_TIMELINE: ("gateway",),
    subjects.ROOM_STATE: ("gateway",),
    ANY_SESSION: ("gateway",),
    ANY_USER: ("gateway",),
    ANY_GATEWAY: ("gateway",),
}

READS: Mapping[Stream | Bucket, tuple[str, ...]] = {
    EVENTS: ("auth", "rooms", "chat", "signaling", "media", "gateway"),
    ROOMS: ("auth", "chat", "signaling", "media", "gateway"),
    MEMBERS: ("auth", "chat", "signaling", "media", "gateway"),
    CALLS: ("rooms", "gateway"),
    LEASES: ("auth", "rooms", "chat", "signaling", "media"),
    REVOKED: ("signaling", "media", "gateway"),
    KEYS: ("signaling", "media", "gateway"),
}
"""Who reads a stream or bucket besides its owner, who alone writes it."""


@dataclass(frozen=True)
class Grant:
    """Subjects that a user may publish to and subscribe to; whatever is not here is refused."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def inbox(user: str) -> str:
    """The prefix of this user's reply subjects, so that nobody reads another's answers."""
    return f"_INBOX_{user}"


def grant(user: str) -> Grant:
    """What `user` may say and hear."""
    if user == OPERATOR:
        return Grant(publish=(">",), subscribe=(">",))
    publish = [
        *_asks(user),
        *(subject for subject, speakers in SPEAKS.items() if user in speakers),
        *(subjects.event(fact) for fact in FACTS if tag_of(fact).startswith(f"{user}.")),
        *_storage(user),
    ]
    subscribe = [
        f"{inbox(user)}.>",
        *(() if user == "gateway" else (f"svc.{user}.*",)),
        *(subject for subject, listeners in HEARS.items() if user in listeners),
    ]
    return Grant(publish=tuple(publish), subscribe=tuple(subscribe))


def _asks(user: str) -> list[str]:
    """The commands it may ask of others: the gateway a browser's, a service those for services."""
    return [
        subjects.service(contract.command)
        for contract in CONTRACTS
        if contract.service != user
        and (
            any(via is not Via.BUS for via in contract.via)
            if user == "gateway"
            else Peer in contract.callers
        )
    ]


def _storage(user: str) -> list[str]:
    allowed = ["$JS.API.INFO"]
    if user == "chat":
        # What stands in there is moved to where it belongs.
        allowed += [
            f"$JS.API.STREAM.{verb}.{UNPARTITIONED}" for verb in ("INFO", "MSG.GET", "PURGE")
        ]
    for kept in (*STREAMS, *BUCKETS):
        stream = kept.name if isinstance(kept, Stream) else f"KV_{kept.name}"
        if user == kept.owner:
            allowed += [f"$JS.API.STREAM.{verb}.{stream}" for verb in ("CREATE", "UPDATE")]
        if user == kept.owner and isinstance(kept, Bucket):
            allowed.append(f"$KV.{kept.name}.>")
        if user == kept.owner and (isinstance(kept, Bucket) or kept in TIMELINES):
            # A room that is over takes its timeline with it.
            allowed.append(f"$JS.API.STREAM.PURGE.{stream}")
        if user == kept.owner or user in READS.get(kept, ()):
            allowed += _reads(stream)
    return allowed


def _reads(stream: str) -> list[str]:
    """Looking a stream up, reading single messages, and consuming it."""
    return [
        f"$JS.API.STREAM.INFO.{stream}",
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}.>",
        f"$JS.API.CONSUMER.CREATE.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}.>",
        f"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.*",
        f"$JS.API.CONSUMER.INFO.{stream}.*",
        f"$JS.API.CONSUMER.DELETE.{stream}.*",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.*",
        f"$JS.ACK.{stream}.>",
        f"$JS.FC.{stream}.>",
    ]


def password_variable(user: str) -> str:
    """The environment variable that holds this user's password in an operator's deployment."""
    return f"PARLEY_NATS_{user.upper()}_PASSWORD"


def authorization(passwords: Mapping[str, str]) -> str:
    """The `authorization` block of a NATS configuration.

    `passwords` are tokens of that language: a quoted string, or `$NAME` of a variable.
    """
    blocks = [_user(user, passwords[user]) for user in USERS]
    return "authorization {\n    users: [\n" + "".join(blocks) + "    ]\n}\n"


def _user(user: str, password: str) -> str:
    allowed = grant(user)
    return (
        f"        {{\n            user: {user}, password: {password}\n"
        f"            permissions {{\n"
        f"                publish: {_list(allowed.publish)}\n"
        f"                subscribe: {_list(allowed.subscribe)}\n"
        # One answer to each request received, wherever its sender wants it.
        f"                allow_responses: true\n"
        f"            }}\n        }}\n"
    )


def _list(allowed: tuple[str, ...]) -> str:
    lines = "".join(f'                    "{subject}"\n' for subject in sorted(allowed))
    return f"[\n{lines}                ]"


_HEAD = """\
# Generated by `make docs` from contracts/; a change by hand is lost.
# Give each user a password by its variable, of letters with digits among them: the server reads a
# value of digits alone as a number, and then nobody can log in.
#     {variables}
# Check it with: nats-server -t -c nats.conf
server_name: $PARLEY_NATS_SERVER_NAME
listen: "0.0.0.0:4222"
http: "127.0.0.1:8222"
jetstream {{
    store_dir: "/data"
    # The default syncs every two minutes: a power cut would take acknowledged messages with it.
    sync_interval: always
}}
max_pending: 64MB
"""


def template() -> str:
    """A server configuration for operators, with passwords from the environment."""
    variables = "\n#     ".join(password_variable(user) for user in USERS)
    passwords = {user: f"${password_variable(user)}" for user in USERS}
    return _HEAD.format(variables=variables) + authorization(passwords)


def main() -> None:
    """Write the operators' template, or with `--check` compare it."""
    if "--check" not in sys.argv[1:]:
        TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
        TEMPLATE.write_text(template())
    elif not TEMPLATE.exists() or TEMPLATE.read_text() != template():
        sys.exit(f"{TEMPLATE.name} is not what contracts/ says: run `make docs`")


if __name__ == "__main__":
    main()
