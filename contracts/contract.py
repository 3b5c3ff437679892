"""What a contract is: a command, what answers it, who may ask and how it can be refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from contracts.base import Command, Reply, tag_of
from contracts.callers import Account, Anonymous, Guest
from contracts.errors import Code


class Via(Enum):
    """How a command reaches its service."""

    SOCKET = "websocket"
    HTTP = "http"
    BUS = "bus"


class Rate(Enum):
    """Kinds of frame, each with a token bucket of its own in the gateway."""

    READ = "read"
    WRITE = "write"
    POST = "post"
    TYPING = "typing"
    SIGNAL = "signal"


ANYONE = (Anonymous, Account, Guest)
PERSON = (Account, Guest)
MEMBER = (Account,)


@dataclass(frozen=True)
class Contract:
    """A command, what answers it, who may ask, by which way, and how it can be refused.

    `invalid` names the refusal for a field whose value breaks its type's limits, where that is
    part of a person's life with the product and not just a client's bug: by (path, problem), the
    problem being "short", "long" or "pattern".
    """

    command: type[Command]
    reply: type[Reply]
    callers: tuple[type, ...] = PERSON
    via: tuple[Via, ...] = (Via.SOCKET,)
    rate: Rate = Rate.READ
    errors: tuple[Code, ...] = ()
    invalid: Mapping[tuple[str, str], Code] = field(default_factory=dict[tuple[str, str], Code])

    @property
    def tag(self) -> str:
        """`<service>.<verb>`."""
        return tag_of(self.command)

    @property
    def service(self) -> str:
        """Who answers."""
        return self.tag.partition(".")[0]
