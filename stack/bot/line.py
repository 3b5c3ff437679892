"""The way from a bot to one other participant."""

from typing import Protocol

from contracts.signaling import AnswerReceived, OfferReceived


class Line(Protocol):
    """The way to the other participant, by the server; each call returns once it was handed on."""

    async def offer(self, sdp: str) -> None:
        """Sends an offer, with the proof of who made it."""
        ...

    async def answer(self, sdp: str) -> None:
        """Sends an answer, with the proof of who made it."""
        ...

    async def ask_restart(self) -> None:
        """Asks the other side to begin anew."""
        ...

    def proven(self, signal: OfferReceived | AnswerReceived) -> bool | None:
        """Whether a description is its sender's own; none where nothing proves it."""
        ...
