"""Hands offers, answers and candidates from one session of a call to another one.

Nothing of them is stored or logged. The path is short on purpose: two look-ups in memory, one
publish; a mirror that has not heard yet is helped by one look-up in the bucket.
"""

from collections.abc import Callable

from contracts import subjects
from contracts.errors import Code, Refusal
from contracts.ids import RoomId, SessionId
from contracts.signaling import (
    AnswerReceived,
    AskRestart,
    CandidateReceived,
    CandidatesEnded,
    EndCandidates,
    OfferReceived,
    Relayed,
    RestartAsked,
    SendAnswer,
    SendCandidate,
    SendOffer,
    Signal,
)
from runtime.bus import Bus
from runtime.serve import Call, Table
from services.signaling.calls import find
from services.signaling.descriptions import check_candidate, check_description
from services.signaling.switchboard import Switchboard

Directed = SendOffer | SendAnswer | SendCandidate | EndCandidates | AskRestart


class Relay:
    """The commands that go from peer to peer."""

    def __init__(self, bus: Bus, switchboard: Switchboard) -> None:
        self._bus = bus
        self._switchboard = switchboard

    def table(self) -> Table:
        """Which command each handler answers."""
        return {
            SendOffer: self.offer,
            SendAnswer: self.answer,
            SendCandidate: self.candidate,
            EndCandidates: self.end_of_candidates,
            AskRestart: self.restart_ice,
        }

    async def offer(self, call: Call, command: SendOffer) -> Relayed:
        check_description("offer", command.sdp)
        return await self._relay(
            call,
            command,
            lambda sender: OfferReceived(
                room=command.room, sender=sender, sdp=command.sdp, proof=command.proof
            ),
        )

    async def answer(self, call: Call, command: SendAnswer) -> Relayed:
        check_description("answer", command.sdp)
        return await self._relay(
            call,
            command,
            lambda sender: AnswerReceived(
                room=command.room, sender=sender, sdp=command.sdp, proof=command.proof
            ),
        )

    async def candidate(self, call: Call, command: SendCandidate) -> Relayed:
        check_candidate(command.candidate)
        return await self._relay(
            call,
            command,
            lambda sender: CandidateReceived(
                room=command.room,
                sender=sender,
                candidate=command.candidate,
                sdp_mid=command.sdp_mid,
                sdp_m_line_index=command.sdp_m_line_index,
                username_fragment=command.username_fragment,
            ),
        )

    async def end_of_candidates(self, call: Call, command: EndCandidates) -> Relayed:
        return await self._relay(
            call,
            command,
            lambda sender: CandidatesEnded(
                room=command.room, sender=sender, username_fragment=command.username_fragment
            ),
        )

    async def restart_ice(self, call: Call, command: AskRestart) -> Relayed:
        return await self._relay(
            call, command, lambda sender: RestartAsked(room=command.room, sender=sender)
        )

    async def _relay(
        self, call: Call, command: Directed, signal: Callable[[SessionId], Signal]
    ) -> Relayed:
        sender = session_of(call)
        await self._check_both(command.room, sender, command.to)
        await self._bus.tell(subjects.session(command.to), signal(sender))
        return Relayed()

    async def _check_both(self, room: RoomId, sender: SessionId, to: SessionId) -> None:
        view = self._switchboard.seen(room)
        if find(view, sender) and find(view, to):
            return
        view = await self._switchboard.read(room)
        if find(view, sender) is None:
            raise Refusal(Code.NOT_IN_CALL)
        if find(view, to) is None:
            raise Refusal(Code.PEER_GONE)


def session_of(call: Call) -> SessionId:
    """The session that asks.

    Raises:
        Refusal: the request came by HTTP, without a live connection.
    """
    session = call.person.session
    if session is None:
        raise Refusal(Code.SESSION_REQUIRED)
    return session
