"""The connection to one other participant: a part of perfect negotiation that aiortc can do.

aiortc has neither rollback nor ICE restart. Where the pattern rolls an offer back, the polite bot
throws its connection away and answers with a new one; an offer of another connection, or of
restarted ICE, is answered by a new one as well. Whatever comes is worked on one after the other.
"""

import asyncio
import contextlib
import time
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame, VideoFrame

from contracts.errors import Refusal
from contracts.signaling import (
    AnswerReceived,
    CandidateReceived,
    OfferReceived,
    RestartAsked,
    Signal,
)
from stack.bot.descriptions import (
    answered,
    answering,
    fragments,
    kinds,
    maker,
    streams,
    surplus,
    version,
)
from stack.bot.figures import AudioFigures, PeerFigures, VideoFigures
from stack.bot.line import Line
from stack.bot.pattern import Luma
from stack.bot.routes import route_of
from stack.bot.sending import Sending, lacks
from stack.bot.watch import AudioWatch, VideoWatch

PATIENCE_SECONDS = 3.0
"""Who was here first waits so long for the newcomer's offer, then makes one."""
UNANSWERED_SECONDS = 4.0
"""Far above any answer's time; an offer is told again after it."""
_EARLY_KEPT = 64
_SETTLING_SECONDS = 3.0
_GATHERING_SECONDS = 6.0
"""Past the five that aioice gives to servers that do not answer."""


@dataclass(frozen=True)
class Parts:
    """What a peer stands on."""

    configuration: Callable[[], RTCConfiguration]
    clock: Callable[[], int]
    """Milliseconds on the clock that pictures carry."""
    now: Callable[[], float] = time.monotonic
    """Seconds by which gaps are measured."""


_Deed = Callable[[], Awaitable[None]]


class Peer:
    """One other participant, as a bot meets and watches it."""

    def __init__(
        self,
        line: Line,
        parts: Parts,
        sending: Sending,
        *,
        polite: bool,
        newcomer: bool,
        frequency: int,
    ) -> None:
        """`newcomer`: we came after the other one, so we make the first offer."""
        self.video = VideoWatch()
        self.screen = VideoWatch()
        self.audio = AudioWatch(frequency=frequency)
        self.screen_stream = ""  # the other one's `Media.screen_stream`
        self.began = parts.now()
        self.connected_after: float | None = None
        self.connections = 0
        """How many peer connections it took; one where nothing went wrong."""
        self.offers = self.answers = self.glares = 0
        self.proofs = self.forged = 0
        self.complaints: list[str] = []
        self._line = line
        self._parts = parts
        self._sending = sending
        self._polite = polite
        self._pc: RTCPeerConnection | None = None
        self._remote = ""
        self._closed = False
        self._early: list[CandidateReceived] = []
        self._deeds: asyncio.Queue[_Deed] = asyncio.Queue()
        self._readers: set[asyncio.Task[None]] = set()
        self._work = asyncio.create_task(self._do_all(), name="bot's peer")
        self._patience: asyncio.TimerHandle | None = None
        self._reminder: asyncio.TimerHandle | None = None
        if newcomer:
            self._deeds.put_nowait(self._offer)
        else:
            self._wait()

    @property
    def state(self) -> str:
        """The state of the connection in use: `connected`, `connecting`, `failed` and so on."""
        return self._pc.connectionState if self._pc is not None else "new"

    @property
    def route(self) -> tuple[str, str]:
        """The candidate types of both ends of the route in use."""
        return route_of(self._pc) if self._pc is not None else ("", "")

    async def figures(self, session: str) -> PeerFigures:
        """What was measured of this participant until now."""
        now = self._parts.now()
        seconds = now - self.began
        connected = seconds - (self.connected_after or 0)
        return PeerFigures(
            session=session,
            seconds=round(seconds, 1),
            state=self.state,
            route=self.route,
            connected_ms=(
                None if self.connected_after is None else round(self.connected_after * 1000)
            ),
            connections=self.connections,
            glares=self.glares,
            kbps=round(await self._received_bytes() * 8 / 1000 / connected) if connected else 0,
            verified=False if self.forged else True if self.proofs else None,
            video=VideoFigures.of(self.video, now),
            audio=AudioFigures.of(self.audio, now),
            complaints=tuple(self.complaints),
        )

    async def _received_bytes(self) -> int:
        if self._pc is None:
            return 0
        report = await self._pc.getStats()
        return max((getattr(stats, "bytesReceived", 0) for stats in report.values()), default=0)

    def show(self, pictures: bool) -> None:
        """Sends pictures from now on, or sound alone: the other one speaks now, or listens."""
        if pictures != self._sending.pictures:
            self._sending.pictures = pictures
            self._deeds.put_nowait(self._adjust)

    def take(self, signal: Signal) -> None:
        """Takes what the other side sent by the server."""
        match signal:
            case OfferReceived():
                self._deeds.put_nowait(lambda: self._take_offer(signal))
            case AnswerReceived():
                self._deeds.put_nowait(lambda: self._take_answer(signal))
            case CandidateReceived():
                self._deeds.put_nowait(lambda: self._take_candidate(signal))
            case RestartAsked():
                self._deeds.put_nowait(self._offer)
            case _:
                pass  # the end of candidates changes nothing: each is tried as it comes

    async def close(self) -> None:
        """Ends the connection; its watches stay."""
        self._closed = True
        for timer in (self._patience, self._reminder):
            if timer is not None:
                timer.cancel()
        # Not cut off while it gathers: aioice would lose a relay's allocation that is under way.
        self._deeds.put_nowait(_nothing)
        await asyncio.wait({self._work}, timeout=_GATHERING_SECONDS)
        self._work.cancel()
        await asyncio.gather(self._work, return_exceptions=True)
        if self._pc is not None:
            # Nor while it connects: what aioice begins at the end of that would stay behind.
            await _settled(self._pc)
            await self._pc.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    # ---- negotiating -------------------------------------------------------------------------

    async def _do_all(self) -> None:
        while not self._closed:
            deed = await self._deeds.get()
            try:
                await deed()
            except Refusal as refusal:
                # The other one has left, or we have: the roster will say so.
                self.complaints.append(refusal.code.code)
            except Exception as error:  # noqa: BLE001 - aiortc raises many kinds on a bad description
                self.complaints.append(repr(error))

    def _lose_patience(self) -> None:
        if not self._closed and self.state in ("new", "closed"):
            self._deeds.put_nowait(self._offer)

    def _wait(self) -> None:
        """Makes an offer after a while, unless the other side makes one."""
        if self._patience is not None:
            self._patience.cancel()
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(PATIENCE_SECONDS, self._lose_patience)

    async def _offer(self) -> None:
        """Begins anew: media sections as before, so that the other side may keep its own."""
        before, layout = self._pc, kinds(self._remote)
        pc = self._begin(data="application" in layout)
        for kind in surplus(layout):
            pc.addTransceiver(kind, direction="recvonly")
        await self._describe(pc)
        if before is not None:
            await before.close()

    async def _describe(self, pc: RTCPeerConnection) -> None:
        await pc.setLocalDescription()
        await self._tell_offer(pc)

    async def _adjust(self) -> None:
        if self._pc is not None:
            self._sending.adjust(self._pc)
            # Who begins to speak makes an offer of their own, which has a place for our pictures.
            asyncio.get_running_loop().call_later(
                PATIENCE_SECONDS, self._deeds.put_nowait, self._make_up
            )

    async def _make_up(self) -> None:
        """Offers what is sent and was not agreed to: the other side's offer had no place for it."""
        pc = self._pc
        if pc is not None and pc.signalingState == "stable" and lacks(pc):
            await self._describe(pc)

    async def _tell_offer(self, pc: RTCPeerConnection) -> None:
        """Tells the offer in hand, again and again until it is answered.

        The server hands it to whoever holds the other session at that moment, which is nobody
        while that one changes its gateway.
        """
        if pc is not self._pc or pc.signalingState != "have-local-offer":
            return
        self.offers += 1
        await self._line.offer(pc.localDescription.sdp)
        loop = asyncio.get_running_loop()
        self._reminder = loop.call_later(
            UNANSWERED_SECONDS, self._deeds.put_nowait, lambda: self._tell_offer(pc)
        )

    async def _take_offer(self, signal: OfferReceived) -> None:
        self._check(signal)
        pc = self._pc
        is_glare = pc is not None and pc.signalingState == "have-local-offer"
        if is_glare:
            self.glares += 1
            if not self._polite:
                return
        before = pc
        if pc is None or is_glare or maker(signal.sdp) != maker(self._remote):
            pc = self._begin()
        await pc.setRemoteDescription(RTCSessionDescription(sdp=signal.sdp, type="offer"))
        self._remote = signal.sdp
        await self._add_early(pc)
        await pc.setLocalDescription()
        self.answers += 1
        await self._line.answer(answering(pc.localDescription.sdp, signal.sdp))
        if before is not None and before is not pc:
            await before.close()
        await self._make_up()

    async def _take_answer(self, signal: AnswerReceived) -> None:
        pc = self._pc
        if pc is None or pc.signalingState != "have-local-offer":
            return
        meant = answered(signal.sdp)
        if meant is not None and meant != version(pc.localDescription.sdp):
            return
        self._check(signal)
        await pc.setRemoteDescription(RTCSessionDescription(sdp=signal.sdp, type="answer"))
        self._remote = signal.sdp
        await self._add_early(pc)

    async def _take_candidate(self, signal: CandidateReceived) -> None:
        pc = self._pc
        if pc is not None and self._belongs(signal):
            await _add(pc, signal)
        else:
            self._early = [*self._early[1 - _EARLY_KEPT :], signal]

    def _belongs(self, signal: CandidateReceived) -> bool:
        fragment = signal.username_fragment
        return bool(self._remote) and (not fragment or fragment in fragments(self._remote))

    async def _add_early(self, pc: RTCPeerConnection) -> None:
        early, self._early = self._early, []
        for signal in early:
            if self._belongs(signal):
                await _add(pc, signal)

    def _check(self, signal: OfferReceived | AnswerReceived) -> None:
        proven = self._line.proven(signal)
        self.proofs += proven is True
        self.forged += proven is False
        if proven is False:
            raise ForgedDescription(signal.sender)

    # ---- one connection ----------------------------------------------------------------------

    def _begin(self, *, data: bool = False) -> RTCPeerConnection:
        pc = RTCPeerConnection(self._parts.configuration())
        self._pc = pc
        self._remote = ""
        self.connections += 1
        self._sending.begin(pc)
        if data:
            pc.createDataChannel("layout")

        def changed() -> None:
            if pc is not self._pc or self._closed:
                return
            if pc.connectionState == "connected" and self.connected_after is None:
                self.connected_after = self._parts.now() - self.began
            if pc.connectionState == "failed":
                self._deeds.put_nowait(self._line.ask_restart)
            if pc.connectionState == "closed":
                self._wait()  # the other side ended it: to leave, or to begin anew

        def came(track: MediaStreamTrack) -> None:
            (self.video if track.kind == "video" else self.audio).tracks += 1
            reader = asyncio.create_task(self._read(pc, track), name=f"bot's {track.kind}")
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)

        pc.on("connectionstatechange", changed)
        pc.on("track", came)
        return pc

    async def _read(self, pc: RTCPeerConnection, track: MediaStreamTrack) -> None:
        """Reads every frame to the end: what nobody reads fills the memory."""
        watch: VideoWatch | None = None
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if isinstance(frame, VideoFrame):
                    watch = watch or (self.screen if self._is_screen(pc, track) else self.video)
                    self._see(frame, watch)
                elif isinstance(frame, AudioFrame):
                    self._hear(frame)
        if pc is self._pc and not self._closed:
            (self.video if track.kind == "video" else self.audio).ended += 1

    def _is_screen(self, pc: RTCPeerConnection, track: MediaStreamTrack) -> bool:
        mid = next((t.mid for t in pc.getTransceivers() if t.receiver.track is track), "")
        return streams(self._remote).get(mid or "") == self.screen_stream

    def _see(self, frame: VideoFrame, watch: VideoWatch) -> None:
        plane = frame.planes[0]
        luma = Luma(plane, frame.width, frame.height, plane.line_size)
        watch.see(luma, self._parts.now(), self._parts.clock())

    def _hear(self, frame: AudioFrame) -> None:
        samples = array("h", bytes(frame.planes[0]))
        channels = len(frame.layout.channels)
        wanted = frame.samples * channels
        self.audio.hear(samples[:wanted], channels, frame.sample_rate, self._parts.now())


async def _nothing() -> None:
    pass


async def _settled(pc: RTCPeerConnection) -> None:
    """Waits, not for long, until a connection under way is up or has failed."""
    settled = asyncio.Event()

    def look() -> None:
        if pc.connectionState != "connecting":
            settled.set()

    pc.on("connectionstatechange", look)
    look()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(settled.wait(), _SETTLING_SECONDS)


class ForgedDescription(Exception):
    """A description whose proof is not right: somebody stands in between."""


async def _add(pc: RTCPeerConnection, signal: CandidateReceived) -> None:
    candidate = candidate_from_sdp(signal.candidate.removeprefix("a=").removeprefix("candidate:"))
    candidate.sdpMid = signal.sdp_mid
    candidate.sdpMLineIndex = signal.sdp_m_line_index
    await pc.addIceCandidate(candidate)
