"""One headless participant: a session in a room's call, and a peer for each other one in it."""

import asyncio
import ssl
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from aiortc import RTCConfiguration, RTCIceServer
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy, RTCIceTransportPolicy

from contracts.base import Done, Event
from contracts.errors import Refusal
from contracts.ids import RoomId, SessionId
from contracts.signaling import (
    AnswerReceived,
    AskRestart,
    GetIceServers,
    GetRoster,
    IceServer,
    IceServers,
    JoinCall,
    LeaveCall,
    Media,
    OfferReceived,
    Relayed,
    Roster,
    RosterFound,
    SendAnswer,
    SendOffer,
    Signal,
)
from runtime.ids import now_ms
from stack.bot import tone
from stack.bot.account import Account
from stack.bot.connection import Connection, Gone
from stack.bot.figures import CallerFigures
from stack.bot.peer import Parts, Peer
from stack.bot.proofs import holds
from stack.bot.pulse import Pulse
from stack.bot.rosters import Missed, RosterEvent, after
from stack.bot.sending import Sending
from stack.bot.sources import Picture, Sound

_ONLINE_WITHIN = 20.0
_EARLY_KEPT = 256
"""The candidates of many newcomers at once; what is lost beyond is told again, or asked for."""


@dataclass(frozen=True)
class Sends:
    """What a bot sends, and by which way."""

    size: tuple[int, int] = (320, 240)
    rate: int = 15
    relay_only: bool = False
    """Relayed candidates alone; also where the server says so."""
    transport: str = ""
    """`udp`, `tcp` or `tls`: the only one of TURN's to be tried; empty for the first there is."""


@dataclass
class Link:
    """The way from us to one participant, with proofs."""

    caller: "Caller"
    to: SessionId

    async def offer(self, sdp: str) -> None:
        """Sends an offer, signed."""
        caller = self.caller
        proof = caller.prover.prove(caller.call, caller.session, self.to, sdp)
        command = SendOffer(room=caller.room, to=self.to, sdp=sdp, proof=proof)
        await caller.connection.insist(command, Relayed)

    async def answer(self, sdp: str) -> None:
        """Sends an answer, signed."""
        caller = self.caller
        proof = caller.prover.prove(caller.call, caller.session, self.to, sdp)
        command = SendAnswer(room=caller.room, to=self.to, sdp=sdp, proof=proof)
        await caller.connection.insist(command, Relayed)

    async def ask_restart(self) -> None:
        """Asks the other side to begin anew."""
        caller = self.caller
        await caller.connection.insist(AskRestart(room=caller.room, to=self.to), Relayed)

    def proven(self, signal: OfferReceived | AnswerReceived) -> bool | None:
        """Whether the one who signed made it, for us, in this call; none where nobody signed."""
        if signal.proof is None:
            return None
        caller = self.caller
        return holds(signal.proof, caller.call, self.to, caller.session, signal.sdp)


@dataclass
class Past:
    """A participant who is gone, and how the call with them was."""

    peer: Peer
    why: str


class Caller:
    """One participant without a face. `join` first, `leave` at the end."""

    def __init__(
        self,
        gateways: Sequence[str],
        account: Account,
        room: RoomId,
        sends: Sends | None = None,
        *,
        first: int = 0,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`first` is the index of the gateway to begin at."""
        self.room = room
        self.prover = account.prover
        self.pulse = Pulse()
        self.roster: Roster | None = None
        self.peers: dict[SessionId, Peer] = {}
        self.gone: list[Past] = []
        self.sessions: list[SessionId] = []
        """Every session that this caller was; more than one where one could not be resumed."""
        self.refused: Refusal | None = None
        """Why the server sent us out of the call."""
        self.connection = Connection(
            gateways, lambda: account.token, self._hear, self._came, first=first, trust=trust
        )
        self._sends = sends or Sends()
        self._servers: IceServers | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._errand: asyncio.Task[None] | None = None
        self._joined = False
        self._early: list[Signal | RosterEvent] = []

    @property
    def session(self) -> SessionId:
        """Who we are in the call."""
        assert self.connection.session is not None, "joined"
        return self.connection.session

    @property
    def call(self) -> str:
        """The call we are in."""
        return self.roster.call or "" if self.roster is not None else ""

    def clock(self) -> int:
        """Milliseconds on the server's clock: what pictures carry, so that ages compare."""
        return now_ms() + self.connection.ahead_ms

    async def join(self) -> None:
        """Connects, follows the room and joins its call.

        Raises:
            Refusal: not a member, the call is full, or the like.
            TimeoutError: no gateway answered.
        """
        self.pulse.start()
        self.connection.open()
        await self.connection.until_online(_ONLINE_WITHIN)
        await self.connection.follow(self.room)
        await self._enter()
        self._joined = True

    async def leave(self) -> None:
        """Leaves the call and ends the connection."""
        self._joined = False
        if self._errand is not None:
            self._errand.cancel()
            await asyncio.gather(self._errand, return_exceptions=True)
        if self.connection.online.is_set():
            with suppress(Gone, TimeoutError, Refusal):
                await self.connection.ask(LeaveCall(room=self.room), Done)
        peers = list(self.peers.values())
        await asyncio.gather(*(peer.close() for peer in peers), *self._closing)
        await self.connection.close()
        await self.pulse.stop()

    async def figures(self) -> CallerFigures:
        """What this bot has measured until now, of those who are in the call now."""
        peers = [await peer.figures(session) for session, peer in self.peers.items()]
        return CallerFigures(
            session=self.session,
            room=self.room,
            sessions=len(self.sessions),
            returns=len(self.connection.resumed) - 1,
            gone=len(self.gone),
            clock_ahead_ms=self.connection.ahead_ms,
            held_up_ms=round(self.pulse.held_up * 1000),
            refused=self.refused.message if self.refused else "",
            peers=peers,
        )

    # ---- the roster --------------------------------------------------------------------------

    async def _enter(self) -> None:
        """Joins, and meets who is there: we came later, so we make the offers."""
        connection = self.connection
        self._servers = await connection.insist(GetIceServers(room=self.room), IceServers)
        former = self.sessions[-1] if self.sessions else None
        joining = JoinCall(room=self.room, media=Media(microphone=True, camera=True), former=former)
        self.sessions.append(self.session)
        found = await connection.insist(joining, RosterFound)
        self._take_roster(found.roster)

    async def _came(self, resumed: bool) -> None:
        """A connection is up (again). A session that went on is still in the call."""
        if not self._joined:
            return
        if not resumed:
            for session in list(self.peers):
                self._part(session, "our session is over")
            self.roster = None
        self._do(self._catch_up(rejoin=not resumed))

    async def _catch_up(self, *, rejoin: bool = False) -> None:
        try:
            if not rejoin:
                found = await self.connection.insist(GetRoster(room=self.room), RosterFound)
                inside = any(p.session == self.session for p in found.roster.participants)
                if inside:
                    self._take_roster(found.roster)
                    return
            await self._enter()
        except Refusal as refusal:
            self.refused = refusal

    def _do(self, errand: Coroutine[Any, Any, None]) -> None:
        if self._errand is not None:
            self._errand.cancel()
        self._errand = asyncio.create_task(errand, name="bot's errand")

    def _hear(self, event: Event) -> None:
        if not isinstance(event, Signal | RosterEvent) or event.room != self.room:
            return
        if self.roster is None:
            self._keep(event)
        elif isinstance(event, Signal):
            self._take_signal(event)
        else:
            self._take_event(event)

    def _take_signal(self, signal: Signal) -> None:
        peer = self.peers.get(signal.sender)
        if peer is None:
            self._keep(signal)
        else:
            peer.take(signal)

    def _keep(self, event: Signal | RosterEvent) -> None:
        """Works on it after the next roster: the reply to joining, or the news of a newcomer."""
        self._early = [*self._early[1 - _EARLY_KEPT :], event]

    def _take_event(self, event: RosterEvent) -> None:
        assert self.roster is not None, "asked by the only one who calls"
        try:
            roster = after(self.roster, event)
        except Missed:
            self._do(self._catch_up())
        else:
            self._take_roster(roster)

    def _take_roster(self, roster: Roster) -> None:
        """Meets who is new, parts from who is gone, and knows who sends what."""
        self.roster = roster
        present = {p.session: p for p in roster.participants}
        for session in [session for session in self.peers if session not in present]:
            self._part(session, "left")
        before_us = True
        for participant in roster.participants:
            if participant.session == self.session:
                before_us = False
                continue
            known = self.peers.get(participant.session)
            pictures = not participant.listening
            peer = known or self._meet(participant.session, newcomer=before_us, pictures=pictures)
            peer.show(pictures)
            peer.screen_stream = participant.media.screen_stream
            peer.screen.expect(participant.media.screen)
            peer.video.expect(participant.media.camera)
            peer.audio.expect(participant.media.microphone)
        early, self._early = self._early, []
        for event in early:
            self._hear(event)

    def _meet(self, session: SessionId, *, newcomer: bool, pictures: bool) -> Peer:
        parts = Parts(
            configuration=self._configuration,
            clock=self.clock,
            now=self.pulse.now,
        )
        peer = Peer(
            Link(self, session),
            parts,
            Sending(self._sound, self._picture, pictures),
            polite=self.session < session,
            newcomer=newcomer,
            frequency=tone.frequency_of(session),
        )
        self.peers[session] = peer
        return peer

    def _part(self, session: SessionId, why: str) -> None:
        peer = self.peers.pop(session)
        self.gone.append(Past(peer, why))
        closing = asyncio.create_task(peer.close(), name="bot's parting")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    # ---- what a connection is made of --------------------------------------------------------

    def _sound(self) -> MediaStreamTrack:
        return Sound(tone.frequency_of(self.session))

    def _picture(self) -> MediaStreamTrack:
        tag = crc32(self.session.encode()) & 0xFF
        return Picture(tag, self.clock, self._sends.size, self._sends.rate)

    def _configuration(self) -> RTCConfiguration:
        assert self._servers is not None, "asked before joining"
        relay_only = self._sends.relay_only or self._servers.relay_only
        return RTCConfiguration(
            iceServers=usable(self._servers.servers, self._sends.transport),
            iceTransportPolicy=(
                RTCIceTransportPolicy.RELAY if relay_only else RTCIceTransportPolicy.ALL
            ),
            bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
        )


def usable(servers: Sequence[IceServer], transport: str) -> list[RTCIceServer]:
    """The servers as aiortc takes them: IPv4 or names, and of TURN one transport, if one is asked.

    It uses the first STUN and the first TURN server there are.
    """
    chosen: list[RTCIceServer] = []
    for server in servers:
        urls = [url for url in server.urls if "[" not in url and _is_by(url, transport)]
        if urls:
            chosen.append(
                RTCIceServer(urls=urls, username=server.username, credential=server.credential)
            )
    return chosen


def _is_by(url: str, transport: str) -> bool:
    if url.startswith("stun") or not transport:
        return True
    if transport == "tls":
        return url.startswith("turns:")
    return url.startswith("turn:") and url.endswith(f"transport={transport}")
