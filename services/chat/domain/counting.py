"""Which messages are unread to somebody."""

from collections.abc import Iterable

from contracts.ids import UserId
from services.chat.domain.message import Message

MAX_COUNT = 1_000
"""Counts stop here and stand for "more"; nobody reads a larger number."""


class Tally:
    """The messages after a marker that someone else wrote and that were not deleted, by seq."""

    def __init__(self, user: UserId, marker: int) -> None:
        self.user: UserId = user
        self.marker = marker
        self.messages: set[int] = set()
        self.mentions: set[int] = set()

    def add(self, messages: Iterable[Message]) -> None:
        """Counts each message as it stands, in place of how it was counted before."""
        for message in messages:
            if message.seq <= self.marker:
                continue
            self.messages.discard(message.seq)
            self.mentions.discard(message.seq)
            if message.author == self.user or message.deleted:
                continue
            self.messages.add(message.seq)
            if self.user in message.mentions:
                self.mentions.add(message.seq)

    def forget_after(self, seq: int) -> None:
        """Counts no message past this place."""
        self.messages = {counted for counted in self.messages if counted <= seq}
        self.mentions = {counted for counted in self.mentions if counted <= seq}
