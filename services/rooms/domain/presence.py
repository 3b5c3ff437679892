"""Who is online, in all and in each room: leases and memberships in, changes out.

Sans-I/O: every input carries the time, and `take` gives what has changed since it was last called.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar

from contracts.base import Millis
from contracts.ids import GatewayId, RoomId, SessionId, UserId
from contracts.presence import SESSION_GRACE_SECONDS, SessionLease

K = TypeVar("K")
V = TypeVar("V")

ORPHAN_MS = 3_000
"""How long the sessions of a gateway without a lease still count: time to come back elsewhere.
With the four seconds of the lease and one of the broker's clock it makes eight, of ten allowed."""

DROPPED_MS = (SESSION_GRACE_SECONDS + 5) * 1_000
"""The gateway ends a dropped session after its grace; should it forget, this does."""


@dataclass(slots=True)
class Delta:
    """Who came into sight in a room and who went, each person in one of the two at the most."""

    joined: set[UserId] = field(default_factory=set[UserId])
    left: set[UserId] = field(default_factory=set[UserId])


@dataclass(slots=True)
class Changes:
    """What changed: people with the time of it, and rooms. Someone in both came, then went."""

    came: dict[UserId, Millis] = field(default_factory=dict[UserId, Millis])
    went: dict[UserId, Millis] = field(default_factory=dict[UserId, Millis])
    rooms: dict[RoomId, Delta] = field(default_factory=dict[RoomId, Delta])


class Presence:
    """Counts sessions. A person is online while one of theirs counts; in a room, while a member."""

    def __init__(self) -> None:
        self._sessions: dict[SessionId, SessionLease] = {}
        self._of_user: defaultdict[UserId, set[SessionId]] = defaultdict(set)
        self._of_gateway: defaultdict[GatewayId, set[SessionId]] = defaultdict(set)
        self._alive: set[GatewayId] = set()
        self._orphaned: dict[GatewayId, Millis] = {}
        self._missed: dict[SessionId, Millis] = {}
        self._dropped: set[SessionId] = set()
        self._online: set[UserId] = set()
        self._rooms_of: defaultdict[UserId, set[RoomId]] = defaultdict(set)
        self._members_of: defaultdict[RoomId, set[UserId]] = defaultdict(set)
        self._online_in: defaultdict[RoomId, set[UserId]] = defaultdict(set)
        self._changes = Changes()

    # ---- what is asked ----------------------------------------------------------------------

    def is_online(self, user: UserId) -> bool:
        """Whether any session of theirs counts."""
        return user in self._online

    def online(self, room: RoomId) -> int:
        """How many of a room's members are online."""
        return len(self._online_in.get(room, ()))

    def online_in(self, room: RoomId) -> frozenset[UserId]:
        """Which of a room's members are online."""
        return frozenset(self._online_in.get(room, ()))

    def rooms_with_anyone(self) -> list[RoomId]:
        """Rooms in which somebody is online."""
        return list(self._online_in)

    def everyone(self) -> frozenset[UserId]:
        """Who is online."""
        return frozenset(self._online)

    def rooms_of(self, user: UserId) -> frozenset[RoomId]:
        """The rooms a person is in, online or not."""
        return frozenset(self._rooms_of.get(user, ()))

    def members_of(self, room: RoomId) -> list[UserId]:
        """Who is a member of a room, those who are online first."""
        online = self._online_in.get(room, set())
        return [*online, *(self._members_of.get(room, set()) - online)]

    # ---- what happens -----------------------------------------------------------------------

    def session(self, session: SessionId, lease: SessionLease | None, now: Millis) -> None:
        """A session's lease is this now; none where the session is over."""
        before = self._sessions.get(session)
        if before is not None and (lease is None or before.gateway != lease.gateway):
            _discard(self._of_gateway, before.gateway, session)
        if before is not None and (lease is None or before.user != lease.user):
            _discard(self._of_user, before.user, session)
        self._missed.pop(session, None)
        self._dropped.discard(session)
        if lease is None:
            self._sessions.pop(session, None)
        else:
            self._sessions[session] = lease
            self._of_user[lease.user].add(session)
            self._of_gateway[lease.gateway].add(session)
            if lease.dropped_at is not None:
                self._dropped.add(session)
        seen = now if before is None or before.dropped_at is None else before.dropped_at
        for user in {known.user for known in (before, lease) if known is not None}:
            self._judge(user, now, seen)

    def session_missed(self, session: SessionId, now: Millis) -> None:
        """The lease was not there when the broker came back; its gateway may be about to renew."""
        if session in self._sessions:
            self._missed.setdefault(session, now)

    def gateway(self, gateway: GatewayId, alive: bool, now: Millis) -> None:
        """A gateway's lease is there, or has run out.

        Sessions of a gateway that was never seen do not count: it may have died long ago.
        """
        if alive:
            self._alive.add(gateway)
            self._orphaned.pop(gateway, None)
        elif gateway in self._alive:
            self._alive.discard(gateway)
            self._orphaned[gateway] = now
        self._judge_sessions(self._of_gateway.get(gateway, set()), now)

    def member(self, room: RoomId, user: UserId, inside: bool) -> None:
        """Someone is a member of a room, or is not."""
        if inside:
            self._rooms_of[user].add(room)
            self._members_of[room].add(user)
        else:
            _discard(self._rooms_of, user, room)
            _discard(self._members_of, room, user)
        self._show(room, user, inside and user in self._online)

    def tick(self, now: Millis) -> None:
        """Ends what has run out by now."""
        for gateway in [g for g, since in self._orphaned.items() if now >= since + ORPHAN_MS]:
            del self._orphaned[gateway]
            self._judge_sessions(self._of_gateway.get(gateway, set()), now)
        for session in [s for s, since in self._missed.items() if now >= since + ORPHAN_MS]:
            self.session(session, None, now)
        self._judge_sessions({s for s in self._dropped if self._overdue(s, now)}, now)

    def take(self) -> Changes:
        """What has changed since the last call."""
        changes, self._changes = self._changes, Changes()
        return changes

    # ---- how it is judged -------------------------------------------------------------------

    def _overdue(self, session: SessionId, now: Millis) -> bool:
        dropped_at = self._sessions[session].dropped_at
        return dropped_at is not None and now >= dropped_at + DROPPED_MS

    def _counts(self, session: SessionId, now: Millis) -> bool:
        gateway = self._sessions[session].gateway
        if gateway not in self._alive:
            since = self._orphaned.get(gateway)
            if since is None or now >= since + ORPHAN_MS:
                return False
        return not self._overdue(session, now)

    def _judge_sessions(self, sessions: set[SessionId], now: Millis) -> None:
        for user in {self._sessions[session].user for session in sessions}:
            self._judge(user, now)

    def _judge(self, user: UserId, now: Millis, seen: Millis | None = None) -> None:
        online = any(self._counts(session, now) for session in self._of_user.get(user, ()))
        if online == (user in self._online):
            return
        if online:
            self._online.add(user)
            # Gone and back since the last look: nobody needs to know.
            if self._changes.went.pop(user, None) is None:
                self._changes.came[user] = now
        else:
            self._online.discard(user)
            # Come and gone since the last look stays in both: they were here.
            self._changes.went[user] = seen or now
        for room in self._rooms_of.get(user, ()):
            self._show(room, user, online)

    def _show(self, room: RoomId, user: UserId, visible: bool) -> None:
        if visible == (user in self._online_in.get(room, ())):
            return
        delta = self._changes.rooms.setdefault(room, Delta())
        if visible:
            self._online_in[room].add(user)
            gains, undoes = delta.joined, delta.left
        else:
            _discard(self._online_in, room, user)
            gains, undoes = delta.left, delta.joined
        if user in undoes:
            undoes.discard(user)
        else:
            gains.add(user)
        if not delta.joined and not delta.left:
            del self._changes.rooms[room]


def _discard(index: defaultdict[K, set[V]], key: K, value: V) -> None:
    held = index.get(key)
    if held is not None:
        held.discard(value)
        if not held:
            del index[key]
