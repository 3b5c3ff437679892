"""Which command is answered by what."""

from contracts.chat import (
    CountUnread,
    DeleteMessage,
    EditMessage,
    MarkRead,
    PostMessage,
    React,
    ReadHistory,
    ReadSince,
    Type,
    Unreact,
)
from runtime.serve import Table
from services.chat.posting import Posting
from services.chat.reading import Reading
from services.chat.typing import TypingSigns
from services.chat.unread import Unreads


def table(posting: Posting, reading: Reading, unreads: Unreads, typing: TypingSigns) -> Table:
    """Every command of chat."""
    return {
        PostMessage: posting.post,
        EditMessage: posting.edit,
        DeleteMessage: posting.delete,
        React: posting.react,
        Unreact: posting.unreact,
        ReadHistory: reading.history,
        ReadSince: reading.since,
        MarkRead: unreads.mark_read,
        CountUnread: unreads.count,
        Type: typing.type,
    }
