"""What all connections of a gateway share: who is here, who may come, who is told what."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from contracts import subjects
from contracts.auth import Revocation
from contracts.closing import Closing
from contracts.errors import Code, Refusal
from contracts.ids import GatewayId, RoomId, SessionId, UserId
from contracts.notices import RoomRemoved, SignedOut
from contracts.presence import SessionTaken
from gateway import metrics
from gateway.asking import Services
from gateway.effects import Claim
from gateway.following import Following
from gateway.hub import Hub, Key, room_key, session_key, user_key
from gateway.leases import Leases, Seat
from gateway.protocol import Wire
from gateway.session import Rules, Session
from gateway.settings import GatewaySettings
from gateway.socket import Socket
from runtime import ids, log
from runtime.bus import Bus
from runtime.codec import Decoder, decode_as
from runtime.tap import Tap, as_future
from runtime.tokens import Verifier

_HEEDED = (b'{"t":"notice.room_removed"', b'{"t":"notice.signed_out"')
"""Notices that mean something for a connection; all others are passed on unread."""

CLOSE_SECONDS = 3.0
"""For the leases of those who were connected to the last; a broker that is away can't take them."""

_decode_notice: Decoder[Any] = Decoder((RoomRemoved, SignedOut))
_logger = log.get("exchange")


class Exchange:
    """The connections of this gateway, and the parts that carry out their effects."""

    def __init__(self, bus: Bus, settings: GatewaySettings, verifier: Verifier) -> None:
        self.id = GatewayId(ids.new_id())
        self.settings = settings
        self.sockets: set[Socket] = set()
        self.draining = False
        self._bus = bus
        self._verifier = verifier
        self._rules = Rules(
            gateway=self.id,
            hello_ms=int(settings.hello_seconds * 1000),
            heartbeat_ms=settings.heartbeat_ms,
            requests=settings.requests_per_session,
            rate_factor=settings.rate_factor,
            mesh_limit=settings.mesh_limit,
            listener_limit=settings.listener_limit,
        )
        self.services = Services(bus)
        self.hub = Hub(self._subscribe, self._overhear)
        self.following = Following(self.hub, self.services)
        self.leases = Leases(bus, self.id, self._taken)
        self._seated: dict[SessionId, Socket] = {}
        self._addresses: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def open(self) -> None:
        """Takes the gateway's lease and listens to other gateways."""
        await self.leases.open()
        await self._subscribe(subjects.gateway(self.id), Tap(self._told_by_gateway))

    # ---- connections come and go -------------------------------------------------------------

    def admit(self, wire: Wire, address: str, counted: str, agent: str) -> None:
        """A websocket was accepted; `counted` is what its address is counted by."""
        session = Session(self._rules, self._verifier.verify, ids.steady_ms(), address, agent)
        socket = Socket(self, wire, session, counted)
        self.sockets.add(socket)
        self._empty.clear()
        self._addresses[counted] += 1
        metrics.CONNECTIONS.inc()
        cap = self.settings.connections_per_address
        if cap and self._addresses[counted] > cap:
            socket.end(Closing.TOO_MANY_CONNECTIONS)
        elif self.draining:
            socket.end(Closing.GOING_AWAY)

    def forget(self, socket: Socket) -> None:
        """A connection has ended; a second time changes nothing."""
        if socket not in self.sockets:
            return
        self.sockets.discard(socket)
        if not self.sockets:
            self._empty.set()
        self._addresses[socket.address] -= 1
        if not self._addresses[socket.address]:
            del self._addresses[socket.address]
        metrics.CONNECTIONS.dec()
        session = socket.session
        self.leave_rooms(socket, session.followed)
        session.followed = set()
        if session.id is not None and session.claims is not None:
            self._unseat(socket, session.id, session.claims.sub)

    async def seat(self, socket: Socket, claim: Claim) -> Seat | None:
        """Gives the connection its session; none where the connection ended meanwhile.

        Raises:
            Refusal: it can't have one.
        """
        user = claim.claims.sub
        cap = self.settings.connections_per_account
        if cap and self.hub.count(user_key(user)) >= cap:
            raise Refusal(Code.RATE_LIMITED, retry_after=5.0)
        seat = await self.leases.claim(claim.wanted, claim.claims)
        # Before anything else is waited for, so that one session never has two connections.
        if (former := self._seated.get(seat.session)) is not None:
            former.end(Closing.TAKEN_OVER)
        self._seated[seat.session] = socket
        metrics.SESSIONS.inc()
        try:
            await self.hub.join(user_key(user), socket)
            await self.hub.join(session_key(seat.session), socket)
            # It may have been signed out after its token was looked at and before it was listed.
            if self._verifier.revoked(claim.claims):
                raise Refusal(Code.REVOKED)
        except NatsError:
            self._unseat(socket, seat.session, user)
            raise Refusal(Code.UNAVAILABLE, retry_after=1.0) from None
        except Refusal:
            self._unseat(socket, seat.session, user)
            raise
        if socket.session.shut:
            self._unseat(socket, seat.session, user)
            return None
        return seat

    def unseated_by(self, refusal: Refusal) -> Closing:
        """How a connection ends whose claim was refused."""
        if refusal.code is Code.RATE_LIMITED:
            return Closing.TOO_MANY_CONNECTIONS
        return Closing.REVOKED if refusal.code is Code.REVOKED else Closing.BUS_LOST

    def renew(self, socket: Socket) -> None:
        """The connection has a fresh token."""
        if socket.session.id is not None:
            self.spawn(self.leases.renew(socket.session.id))

    def leave_rooms(self, socket: Socket, rooms: Iterable[RoomId]) -> None:
        """The connection hears these rooms no more."""
        for room in rooms:
            self.hub.leave(room_key(room), socket)

    def _unseat(self, socket: Socket, session: SessionId, user: UserId) -> None:
        self.hub.leave(user_key(user), socket)
        self.hub.leave(session_key(session), socket)
        if self._seated.get(session) is not socket:
            return
        del self._seated[session]
        metrics.SESSIONS.dec()
        if socket.session.shut is Closing.REVOKED:
            self.spawn(self.leases.end(session))
        elif socket.session.shut is not Closing.TAKEN_OVER:
            self.spawn(self.leases.drop(session))

    # ---- what is told to connections ---------------------------------------------------------

    def revoked(self, key: str, revocation: Revocation | None) -> None:
        """`REVOKED` changed: whoever stands on an ended token is closed."""
        if revocation is None:
            return
        kind, _, name = key.partition(".")
        if kind == "user":
            named = [self._socket(f) for f in self.hub.followers(user_key(UserId(name)))]
        else:
            named = [
                socket
                for socket in self.sockets
                if socket.session.claims is not None and socket.session.claims.dev == name
            ]
        for socket in named:
            socket.perform(socket.session.revoked(revocation.before))

    def tick(self, now: int, wall: int) -> None:
        """Some time has passed, for everyone."""
        for socket in tuple(self.sockets):
            socket.tick(now, wall)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs what a connection waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def emptied(self, patience: float) -> None:
        """Returns once nobody is connected any more, or after `patience` seconds."""
        try:
            await asyncio.wait_for(self._empty.wait(), patience)
        except TimeoutError:
            _logger.info("exchange.not_emptied", connections=len(self.sockets))

    async def settled(self) -> None:
        """Returns once nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)
            # A task that is done leaves the set in the next turn of the loop.
            await asyncio.sleep(0)
        await self.hub.settled()

    async def renew_lease(self) -> None:
        """Says that this gateway lives; the next time comes soon, so a failure is only told."""
        try:
            await self.leases.keep(draining=self.draining)
        except (NatsError, TimeoutError) as error:
            _logger.warning("exchange.lease_not_renewed", kind=type(error).__name__)

    async def close(self) -> None:
        """Finishes what is under way and gives the gateway's lease back."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.settled()
                await self.leases.leave()
        except (NatsError, TimeoutError) as error:
            _logger.warning("exchange.closed_unsettled", kind=type(error).__name__)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("exchange.task_failed", exc_info=error)

    def _told_by_gateway(self, message: Msg) -> None:
        taken = decode_as(SessionTaken, message.data)
        self.leases.taken(taken.session, taken.revision)

    def _taken(self, session: SessionId) -> None:
        if (socket := self._seated.get(session)) is not None:
            socket.end(Closing.TAKEN_OVER)

    def _overhear(self, key: Key, payload: bytes) -> None:
        if not payload.startswith(_HEEDED):
            return
        notice = _decode_notice(payload)
        for follower in self.hub.followers(key):
            self._socket(follower).told(notice)

    def _socket(self, follower: object) -> Socket:
        if not isinstance(follower, Socket):
            raise TypeError("only sockets follow")
        return follower

    async def _subscribe(self, subject: str, tap: Tap) -> Any:
        return await self._bus.nc.subscribe(subject, future=as_future(tap))
